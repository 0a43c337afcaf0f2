"""Open the house once: config, store, workflows, letters, calendar, now.

It refuses to open if anything is missing, and says what to do.
"""

import csv
import shutil
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from amhk import __version__
from amhk.config import SEED, Config, config_text, read_config, shipped
from amhk.errors import Fault, HouseClosed
from amhk.rules.figures.definitions import Definitions, read_definitions
from amhk.rules.procedure.check import check
from amhk.rules.procedure.codes import Code, Codes, read_codes
from amhk.rules.procedure.import_layouts import layout_faults
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.workflow import Pack
from amhk.rules.procedure.world import explore
from amhk.rules.terms.days import Calendar
from amhk.words import LISTS

if TYPE_CHECKING:
    from amhk.letters.render import Letters
    from amhk.store.database.engine import Connection, Store

TRAINING, PRODUCTION = "training", "production"


@dataclass
class Office:
    """The open house: what every desk function is handed."""

    config: Config
    store: "Store"
    pack: Pack
    letters: "Letters"
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

    def close(self) -> None:
        """Close the house."""
        self.store.close()


def read_pack(config: Config) -> tuple[Pack, list[Fault]]:
    """Give the procedure in the meldpunt folder, all releases, and every fault in its files."""
    folder = config.folder / "workflows" / config.pack
    faults, found = [], {}
    for path in sorted(folder.glob("*/*.toml")):
        name = f"workflows/{config.pack}/{path.parent.name}/{path.name}"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            faults.append(Fault("workflow", f"{name}: {wrong}"))
            continue
        workflow, wrong_keys = read_workflow(config.pack, name, data)
        faults += wrong_keys
        if workflow:
            found[workflow.name, workflow.release] = workflow
    releases = {release for _, release in found}
    if not faults and not found:
        faults.append(Fault("workflow", f"Er staan geen werkwijzen in {folder}."))
    if found and config.release not in releases:
        faults.append(
            Fault(
                "workflow",
                f"Uitgave '{config.release}' bestaat niet; er is: {', '.join(sorted(releases))}.",
            )
        )
    codes, wrong_codes = _read_codes(config)
    places = tuple(
        Code(code=g.name, title=g.name, since=g.since, until=g.until)
        for g in config.gemeenten.values()
    )
    codes = replace(codes, lists={**codes.lists, "gemeente": places})
    terms = [name for workflow in found.values() for name in workflow.terms]
    figures, wrong_figures = _read_figures(config, terms, [*codes.lists, *LISTS])
    return (
        Pack(
            name=config.pack, workflows=found, current=config.release, codes=codes, figures=figures
        ),
        faults + wrong_codes + wrong_figures,
    )


def _read_figures(
    config: Config, terms: list[str], lists: list[str]
) -> tuple[Definitions, list[Fault]]:
    """Read the definitions of the figures.

    A folder from before they were data takes those that come with the product.
    """
    name = f"workflows/{config.pack}/cijfers.toml"
    path = config.folder / name
    try:
        data = tomllib.loads(
            (path if path.exists() else shipped("workflows/amhk/cijfers.toml")).read_text(
                encoding="utf-8-sig"
            )
        )
        return read_definitions(name, data, terms, lists)
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        TypeError,
        AttributeError,
        ValueError,
        KeyError,
    ) as wrong:
        return Definitions(), [Fault("cijfers", f"{name}: {wrong}")]


def _read_codes(config: Config) -> tuple[Codes, list[Fault]]:
    """Read the code lists of the meldpunt.

    A folder from before they were data has none of its own and takes those that come with the
    product.
    """
    name = f"workflows/{config.pack}/codelijsten.toml"
    path = config.folder / name
    try:
        data = tomllib.loads(
            (path if path.exists() else shipped("workflows/amhk/codelijsten.toml")).read_text(
                encoding="utf-8-sig"
            )
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        return Codes(), [Fault("codelijst", f"{name}: {wrong}")]
    try:
        return read_codes(name, data)
    except (TypeError, AttributeError, ValueError, KeyError) as wrong:
        return Codes(), [
            Fault(
                "codelijst",
                f"{name}: de lijsten hebben niet de vorm die hier hoort ({wrong}). Vergelijk met"
                " het meegeleverde bestand.",
            )
        ]


_RESTS_ON = ("rules/*.py", "letters/render.py", "letters/flow.py", "errors.py", "words.py")


def proof_digest(config: Config) -> str:
    """Give the digest of all that the proof of the procedure rests on.

    Workflows, lists, figures and letters of the folder, and the rules of this program.
    """
    own = Path(__file__).parent
    files = [
        *sorted((config.folder / "workflows" / config.pack).rglob("*.toml")),
        *sorted((config.folder / "templates" / "notices").glob("*.j2")),
        *(path for pattern in _RESTS_ON for path in sorted(own.glob(pattern))),
    ]
    told = sha256(f"{__version__}\n{config.pack}\n{config.release}\n".encode())
    for path in files:
        told.update(
            f"{path.parent.name}/{path.name}\n".encode() + sha256(path.read_bytes()).digest()
        )
    return told.hexdigest()


def procedure_faults(config: Config, proven: bool = False) -> list[Fault]:
    """Give every fault in the workflows and letter templates of a meldpunt folder.

    What is `proven` (the same digest found no fault before) is not worked out again.
    """
    from amhk.letters.render import Letters

    pack, faults = read_pack(config)
    letters = Letters(config.folder / "templates" / "notices")
    faults += [Fault("sjabloon", text) for text in letters.faults()]
    paths = letters.paths()
    for workflow in pack.workflows.values():
        faults += [] if proven else check(workflow, paths)
        told = [(m, name, code) for m in workflow.moves.values() for name, code in m.codes]
        faults += [
            Fault(
                "werkwijze",
                f"{workflow.name} {workflow.release}: '{m.title}' noemt code '{code}' van '{name}',"
                " en die bestaat niet.",
            )
            for m, name, code in told
            if code not in {c.code for c in pack.codes.lists.get(name, ())}
        ]
    if not faults:
        form = pack.of_route("melding").intake
        faults += [
            Fault("config", text)
            for layout in config.imports
            for text in layout_faults(layout, form)
        ]
    return faults


def open_office(path: Path, proof: bool = True, teams: bool = True) -> Office:
    """Open the house of a config.toml.

    HouseClosed with every fault at once when anything is missing or wrong.

    `proof=False` leaves out the proof of the procedure (for a command that only looks something
    up); `teams=False` opens although a routing rule names a team that is not there yet (for the
    command that adds it).
    """
    from amhk.letters.render import Letters
    from amhk.store import reads
    from amhk.store.database import schema
    from amhk.store.database.engine import Store
    from amhk.store.terms import calendar

    config = read_config(path)
    pack, faults = read_pack(config)
    if faults:
        _close_for(faults + [f for f in procedure_faults(config) if f not in faults])
    store = Store(config.url)
    if store.sqlite and not Path(config.url.removeprefix("sqlite:///")).is_file():
        raise HouseClosed(_NO_DATABASE)
    try:
        store.prove_open()
        schema.prove_current(store)
        with store.read() as connection:
            kind, present = reads.meta(connection, "kind"), calendar.read(connection)
            _prove_pack(reads, connection, pack, config, teams)
        if proof:
            _prove_procedure(store, config)
    except HouseClosed:
        store.close()
        raise
    letters = Letters(config.folder / "templates" / "notices")
    return Office(config, store, pack, letters, calendar=present, training=kind == TRAINING)


_NO_DATABASE = (
    "Er is nog geen database. Maak hem met: amhk init MAP --region REGIO, of voor oefenen:"
    " amhk serve --training"
)


def _close_for(faults: list[Fault]) -> NoReturn:
    raise HouseClosed("\n".join(f.text for f in faults), faults)


def _prove_procedure(store: "Store", config: Config) -> None:
    """Prove the procedure of the folder, or know by its digest that it was proven before.

    HouseClosed with every fault.
    """
    from amhk.store import reads, writes
    from amhk.store.database.engine import StoreFailed

    digest = proof_digest(config)
    with store.read() as connection:
        proven = reads.meta(connection, "proven") == digest
    faults = procedure_faults(config, proven)
    # a house that runs does not keep the whole world of its procedure in memory
    explore.cache_clear()
    if faults:
        _close_for(faults)
    if not proven:
        with (
            suppress(StoreFailed),
            store.write() as connection,
        ):  # who cannot write it down proves it again
            writes.set_meta(connection, "proven", digest)


def _prove_pack(
    reads: Any, connection: "Connection", pack: Pack, config: Config, with_teams: bool
) -> None:
    """Raise HouseClosed when an open case stands in a release or state that is gone, or a routing
    rule names a team that is not there.
    """
    faults = []
    for name, release, state in reads.standing_places(connection):
        workflow = pack.workflows.get((name, release))
        if workflow is None or state not in workflow.states:
            faults.append(
                Fault(
                    "workflow",
                    f"Er zijn lopende zaken in {name} {release}, staat '{state}', en die werkwijze"
                    " ontbreekt.",
                )
            )
    teams = {t["name"] for t in reads.teams(connection)}
    for team in (
        sorted({config.default_team, *(r.team for r in config.rules)} - teams) if with_teams else ()
    ):
        faults.append(
            Fault(
                "team",
                f"config.toml noemt het team '{team}', dat niet bestaat. Maak het met: amhk team"
                f' add "{team}"',
            )
        )
    if faults:
        _close_for(faults)


def found(folder: Path, region: str | None, training: bool) -> Path:
    """Found a meldpunt in a folder.

    Config.toml, workflows/, templates/ (what is there already stays) and its database. Gives
    config.toml.
    """
    from amhk.matching import RELEASE
    from amhk.rules.people import searching
    from amhk.store import reads, writes
    from amhk.store.database import migrate
    from amhk.store.database.engine import Store

    path = _furnish(folder, region)
    config = read_config(path)
    store = Store(config.url)
    try:
        if store.founded():
            raise HouseClosed("Er is al een database in deze map; die blijft zoals hij is.")
        migrate.upgrade(store)
        if store.sqlite:
            Path(config.url.removeprefix("sqlite:///")).chmod(0o600)
        with store.write() as connection:
            writes.set_meta(connection, "kind", TRAINING if training else PRODUCTION)
            writes.set_meta(connection, "match_release", RELEASE)
            writes.set_meta(connection, "search_release", searching.RELEASE)
            writes.add(connection, reads.TEAM, {"name": config.default_team, "is_default": True})
            if training:
                writes.add_many(connection, reads.INSTITUTION, fictitious(config.region))
    finally:
        store.close()
    return path


def _furnish(folder: Path, region: str | None) -> Path:
    """Put the files of a meldpunt in its folder, for its own account alone; gives config.toml."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "config.toml"
        if region and not path.exists():
            path.write_text(config_text(region), encoding="utf-8")
        for name in ("workflows", "templates/notices"):
            if not (folder / name).exists():
                shutil.copytree(shipped(name), folder / name)
                for copied in (folder / name, *(folder / name).rglob("*")):
                    copied.chmod(0o700 if copied.is_dir() else 0o600)
    except (OSError, ValueError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else "zo kan een map niet heten"
        raise HouseClosed(
            f"De map {str(folder)!r} is niet te maken, of niet te beschrijven: {why}."
        ) from wrong
    return path


def fictitious(region: str) -> list[dict[str, object]]:
    """Give the made-up institutions, RvdK and police units of a region, for training."""
    with (SEED / "instellingen.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "name": row["naam"],
                "kind": row["soort"],
                "scale": row["schaal"],
                "address": row["adres"],
                "vervolg": row["overdracht"] or None,
                "gemeenten": [] if row["gemeenten"] == "*" else row["gemeenten"].split(";"),
            }
            for row in csv.DictReader(file)
            if row["regio"] in (region, "*")
        ]
