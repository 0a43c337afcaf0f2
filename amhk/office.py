"""Open the house once: config, store, workflows, letters, calendar, now.

It refuses to open if anything is missing, and says what to do.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from amhk import procedure, releases
from amhk.config import Config, read_config
from amhk.errors import Fault, HouseClosed
from amhk.rules.procedure.workflow import Pack
from amhk.rules.terms.days import Calendar

if TYPE_CHECKING:
    from amhk.letters.render import Letters
    from amhk.store.cases.files import Files
    from amhk.store.database.engine import Connection, Store

TRAINING, PRODUCTION = "training", "production"
_RELEASES = "releases"


@dataclass
class Office:
    """The open house: what every desk function is handed."""

    config: Config
    store: "Store"
    pack: Pack
    letters: dict[str, "Letters"]
    calendar: Calendar
    training: bool

    def now(self, connection: "Connection") -> datetime:
        """Give the present instant (UTC): the training clock where one was set, else the real time.

        And see that the calendar is today's.
        """
        from amhk.store import reads

        return self.moment(connection, *reads.moment(connection))

    def moment(self, connection: "Connection", clock: str | None, release: str | None) -> datetime:
        """The same, from what was read along with a case.

        The training clock and the release of the calendar.
        """
        from amhk.store.terms import calendar

        if int(release or 0) != self.calendar.release:
            self.calendar = calendar.read(connection)
        return datetime.fromisoformat(clock) if self.training and clock else datetime.now(UTC)

    def letters_of(self, release: str) -> "Letters":
        """Give the letters of a release of the procedure, as they came with it."""
        if release not in self.letters:
            place = self.config.folder / "workflows" / self.pack.name / release
            self.letters[release] = procedure.letters_of(self.config, place)
        return self.letters[release]

    @property
    def files(self) -> "Files":
        """Give the attachments of the house."""
        return files_of(self.config)

    def close(self) -> None:
        """Close the house."""
        self.store.close()


def files_of(config: Config, folder: Path | None = None) -> "Files":
    """Give the attachments of a meldpunt by its settings, or those in another folder."""
    from amhk.store.cases.files import Files

    return Files(folder or config.folder / config.attachments, config.database_key)


def open_office(path: Path, proof: bool = True, teams: bool = True) -> Office:
    """Open the house of a config.toml.

    HouseClosed with every fault at once when anything is missing or wrong.

    `proof=False` leaves out the proof of the procedure (for a command that only looks something
    up); `teams=False` opens although a routing rule names a team that is not there yet (for the
    command that adds it).
    """
    from amhk.store import reads
    from amhk.store.database import schema
    from amhk.store.database.engine import Store
    from amhk.store.terms import calendar

    config = read_config(path)
    pack, faults = procedure.read_pack(config)
    if faults:
        _close_for(faults + [f for f in procedure.procedure_faults(config) if f not in faults])
    store = Store(config.url, config.database_key)
    if store.sqlite and not Path(config.url.removeprefix("sqlite:///")).is_file():
        raise HouseClosed(_NO_DATABASE)
    try:
        store.prove_open()
        schema.prove_current(store)
        with store.read() as connection:
            kind, present = reads.meta(connection, "kind"), calendar.read(connection)
            named = {t["name"] for t in reads.teams(connection)} if teams else None
        if kind not in (TRAINING, PRODUCTION):
            raise HouseClosed(_NO_KIND)
        _prove_cases(store, pack, config, named)
        if proof:
            _prove_procedure(store, pack, config)
    except HouseClosed:
        store.close()
        raise
    return Office(config, store, pack, {}, calendar=present, training=kind == TRAINING)


_NO_KIND = (
    "De database zegt niet of dit een echt meldpunt of een oefenomgeving is. Zet de laatste back-up"
    " terug."
)
_NO_DATABASE = (
    "Er is nog geen database. Maak hem met: amhk init MAP --region REGIO, of voor oefenen:"
    " amhk serve --training"
)


def _close_for(faults: list[Fault]) -> NoReturn:
    raise HouseClosed("\n".join(f.text for f in faults), faults)


def _prove_procedure(store: "Store", pack: Pack, config: Config) -> None:
    """Prove the procedure of the folder, or know by its digest that it was proven before.

    HouseClosed with every fault.
    """
    from amhk.store import reads, writes
    from amhk.store.database.engine import StoreFailed

    digest = procedure.proof_digest(config)
    with store.read() as connection:
        proven = reads.meta(connection, "proven") == digest
    faults = [] if proven else procedure.proof_faults(pack, config)
    if faults := faults or procedure.layout_faults(pack, config):
        _close_for(faults)
    if not proven:
        with (
            suppress(StoreFailed),
            store.write() as connection,
        ):  # who cannot write it down proves it again
            writes.set_meta(connection, "proven", digest)


def _prove_cases(store: "Store", pack: Pack, config: Config, teams: set[str] | None) -> None:
    """Prove that the releases in the folder are those the cases of the house stand in, and remember
    which they are.
    """
    from amhk.store import reads
    from amhk.store.cases import standing

    with store.read() as connection:
        held = releases.held_of(reads.meta(connection, _RELEASES))
        places = standing.places(connection)
        _prove_releases(connection, pack, held)
        _prove_pack(pack, config, places, teams)
    _remember_releases(store, pack, held, {release for _, release, _ in places})


def _prove_releases(connection: "Connection", pack: Pack, held: Mapping[str, str]) -> None:
    """Raise HouseClosed when a release that cases stand in is gone, or another than it was."""
    from amhk.store.cases import standing

    texts = []
    for key, digest in held.items():
        name, _, release = key.partition("/")
        if name != pack.name or pack.digests.get(release) == digest:
            continue
        if not standing.any_of(connection, release):
            continue
        how = "is veranderd" if release in pack.digests else "is weg"
        texts.append(
            f"Uitgave {release} {how}, en er zijn zaken in. Zet workflows/{pack.name}/{release}"
            " terug zoals zij was (uit de back-up); wat anders moet is een nieuwe uitgave (amhk"
            " workflow draft)."
        )
    if texts:
        _close_for([Fault("uitgave", text) for text in texts])


def _remember_releases(
    store: "Store", pack: Pack, held: Mapping[str, str], standing: Collection[str]
) -> None:
    """Write down which files today's release has, and those of every other that open cases stand
    in, so that nobody changes them under a case.
    """
    from amhk.store import writes
    from amhk.store.database.engine import StoreFailed

    now = {
        f"{pack.name}/{release}": pack.digests[release]
        for release in (pack.current, *sorted(standing))
        if release in pack.digests
    }
    if any(held.get(key) != digest for key, digest in now.items()):
        with suppress(StoreFailed), store.write() as connection:
            writes.set_meta(connection, _RELEASES, releases.held_text({**held, **now}))


def _prove_pack(
    pack: Pack, config: Config, places: list[tuple[str, str, str]], teams: set[str] | None
) -> None:
    """Raise HouseClosed when an open case stands in a release or state that is gone, or a routing
    rule names a team that is not there (`teams`; None: that is all one).
    """
    faults = []
    for name, release, state in places:
        workflow = pack.workflows.get((name, release))
        if workflow is None or state not in workflow.states:
            faults.append(
                Fault(
                    "workflow",
                    f"Er zijn lopende zaken in {name} {release}, staat '{state}', en die werkwijze"
                    " ontbreekt.",
                )
            )
    wanted = {config.default_team, *(r.team for r in config.rules)}
    for team in sorted(wanted - teams) if teams is not None else ():
        faults.append(
            Fault(
                "team",
                f"config.toml noemt het team '{team}', dat niet bestaat. Maak het met: amhk team"
                f' add "{team}"',
            )
        )
    if faults:
        _close_for(faults)
