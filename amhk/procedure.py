"""The procedure in the meldpunt folder: read, all releases, and proven.

What was proven before, by its digest, need not be proven again.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from amhk import __version__, included, releases
from amhk.config import Config, shipped
from amhk.errors import Fault
from amhk.rules.figures.definitions import Definitions, read_definitions
from amhk.rules.parse import Raw
from amhk.rules.procedure.codes import Code, Codes, read_codes
from amhk.rules.procedure.import_layouts import layout_faults as unfit_columns
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.register import MatterKind, read_register
from amhk.rules.procedure.workflow import PROOF, Pack, Workflow
from amhk.words import LISTS

if TYPE_CHECKING:
    from amhk.letters.render import Letters

# What a release has beside its workflows: the texts of its letters, its code lists and what its
# figures mean; each else is one for all releases.
LETTERS, CODES, FIGURES = "brieven", "codelijsten.toml", "cijfers.toml"
BESIDE = (releases.FILE, CODES, FIGURES)


def read_pack(config: Config) -> tuple[Pack, list[Fault]]:
    """Give the procedure in the meldpunt folder, all releases, and every fault in its files.

    A folder that is no settled release, and not the one that new cases follow, is a draft: with a
    fault in it, it is not read.
    """
    folder = config.folder / "workflows" / config.pack
    faults, found = list[Fault](), dict[tuple[str, str], Workflow]()
    lists = dict[str, Codes]()
    for place in sorted(path for path in folder.glob("*") if path.is_dir()):
        settled = releases.is_settled(place)
        flows, codes, wrong = read_release(config, place)
        if settled or place.name == config.release:
            faults += [fault for fault in wrong if fault not in faults]
        if settled or place.name == config.release or not wrong:
            found |= flows
            lists[place.name] = codes
    names = sorted({release for _, release in found})
    if not faults and not found:
        faults.append(Fault("workflow", f"Er staan geen werkwijzen in {folder}."))
    if found and config.release not in names:
        text = f"Uitgave '{config.release}' bestaat niet; er is: {', '.join(names)}."
        faults.append(Fault("workflow", text))
    figures, wrong_figures = _read_figures(config, folder / config.release, found.values(), lists)
    register, wrong_register = _read_register(config)
    pack = Pack(
        name=config.pack,
        workflows=found,
        current=config.release,
        lists=lists,
        figures=figures,
        register=register,
        digests={name: releases.digest_of(folder / name) for name in names},
    )
    return pack, faults + wrong_figures + wrong_register


def read_release(
    config: Config, place: Path, draft: str = ""
) -> tuple[dict[tuple[str, str], Workflow], Codes, list[Fault]]:
    """Give the workflows in the folder of a release with the code lists they choose from, and every
    fault in it: also that it is another than was settled. `draft` is what the folder of a draft is
    called, which may still change.
    """
    shown = draft or f"workflows/{config.pack}/{place.name}"
    found, faults = dict[tuple[str, str], Workflow](), list[Fault]()
    proof = PROOF if draft else releases.proof_of(place)
    if not draft and releases.is_settled(place):
        file = f"{shown}/{releases.FILE}"
        if text := releases.misnamed(place):
            return {}, Codes(), [Fault("uitgave", text, field="release", file=file)]
        if text := releases.unlike(place, config.folder):
            faults.append(Fault("uitgave", text, field="files", file=file))
    codes, wrong_codes = _read_codes(config, place, shown)
    for path in sorted(place.glob("*.toml")):
        if path.name in BESIDE:
            continue
        name = f"{shown}/{path.name}"
        try:
            data, wrong_parts = included.whole(place, path)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            faults.append(Fault("workflow", f"{name}: {wrong}", file=name))
            continue
        key = included.KEY
        faults += [Fault("workflow", f"{name}, {key}: {t}", key, file=name) for t in wrong_parts]
        workflow, wrong_keys = read_workflow(config.pack, name, data, codes.values)
        faults += wrong_keys
        if workflow:
            faults += _misplaced(workflow, path, name, found)
            found[workflow.name, workflow.release] = replace(workflow, proof=proof)
    return found, codes, faults + wrong_codes


def _misplaced(
    workflow: Workflow, path: Path, name: str, found: Mapping[tuple[str, str], Workflow]
) -> list[Fault]:
    """Give why a workflow may not stand where it does: a release is one folder of its own name, and
    what running cases stand in is never replaced by a copy of it.
    """
    place, release = path.parent.name, workflow.release
    text = ""
    if place != release:
        text = (
            f"{name}, release: de map heet '{place}' en het bestand zegt '{release}'. Een uitgave"
            f' is een map van haar eigen naam: schrijf release = "{place}".'
        )
    elif (workflow.name, release) in found:
        other = ", ".join(found[workflow.name, release].files)
        text = f"{name}, name: '{workflow.name}' staat ook in {other}."
    return [Fault("workflow", text, field="release", file=name)] if text else []


def part_of(config: Config, place: Path, file: str) -> Path:
    """Give where a file of a release stands: in its folder (`place`), or else beside it, for all
    releases.

    A folder from before the file was data has neither, and takes the one that comes with the
    product.
    """
    places = (place / file, config.folder / "workflows" / config.pack / file)
    return next((path for path in places if path.exists()), shipped(f"workflows/amhk/{file}"))


def letters_of(config: Config, place: Path) -> "Letters":
    """Give the letters of the release in a folder: its own, and else those of the meldpunt."""
    from amhk.letters.render import Letters

    return Letters(config.folder / "templates" / "notices", own=place / LETTERS)


def _toml(path: Path) -> Raw:
    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def _named(config: Config, place: Path, shown: str, path: Path) -> str:
    """Give what a file of a release is called in a fault."""
    own = path.is_relative_to(place)
    return f"{shown}/{path.name}" if own else f"workflows/{config.pack}/{path.name}"


def _read_register(config: Config) -> tuple[dict[str, MatterKind], list[Fault]]:
    """Read the kinds of matter that are kept beside the cases."""
    name = f"workflows/{config.pack}/register.toml"
    try:
        path = config.folder / "workflows" / config.pack
        return read_register(name, _toml(part_of(config, path, "register.toml")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        return {}, [Fault("register", f"{name}: {wrong}")]


def _read_figures(
    config: Config,
    place: Path,
    flows: Collection[Workflow],
    codes: Mapping[str, Codes],
    shown: str = "",
) -> tuple[Definitions, list[Fault]]:
    """Read the definitions of the figures of the release in a folder."""
    path = part_of(config, place, FIGURES)
    name = _named(config, place, shown or f"workflows/{config.pack}/{place.name}", path)
    lists = {name for held in codes.values() for name in held.lists} | {*LISTS}
    there = {
        "terms": [term for flow in flows for term in flow.terms],
        "endings": [m.ending for flow in flows for m in flow.moves.values() if m.ending],
        "lists": sorted(lists),
    }
    try:
        standard = tomllib.loads(shipped("workflows/amhk/cijfers.toml").read_text("utf-8"))
        return read_definitions(name, _toml(path), there, standard)
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        TypeError,
        AttributeError,
        ValueError,
        KeyError,
    ) as wrong:
        return Definitions(), [Fault("cijfers", f"{name}: {wrong}")]


def _read_codes(config: Config, place: Path, shown: str) -> tuple[Codes, list[Fault]]:
    """Read the code lists of the release in a folder; the gemeenten of the settings are one."""
    path = part_of(config, place, CODES)
    name = _named(config, place, shown, path)
    try:
        data, standard = _toml(path), _toml(shipped(f"workflows/amhk/{CODES}"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        return Codes(), [Fault("codelijst", f"{name}: {wrong}", file=name)]
    places = tuple(
        Code(code=g.name, title=g.name, since=g.since, until=g.until)
        for g in config.gemeenten.values()
    )
    try:
        codes, faults = read_codes(name, data, standard)
        return replace(codes, lists={**codes.lists, "gemeente": places}), faults
    except (TypeError, AttributeError, ValueError, KeyError) as wrong:
        return Codes(), [
            Fault(
                "codelijst",
                f"{name}: de lijsten hebben niet de vorm die hier hoort ({wrong}). Vergelijk met"
                " het meegeleverde bestand.",
            )
        ]


_RESTS_ON = (
    "rules/**/*.py",
    "letters/render.py",
    "letters/flow.py",
    "letters/printable_signs.py",
    "letters/fonts/covered.json",
    "procedure.py",
    "errors.py",
    "words.py",
)


def proof_digest(config: Config) -> str:
    """Give the digest of all that the proof of the procedure rests on.

    Workflows, lists, figures and letters of the folder, and the rules of this program.
    """
    own = Path(__file__).parent
    files = [
        *sorted((config.folder / "workflows" / config.pack).rglob("*.toml")),
        *sorted((config.folder / "workflows" / config.pack).rglob("*.j2")),
        *sorted((config.folder / "templates" / "notices").glob("*.j2")),
        *(path for pattern in _RESTS_ON for path in sorted(own.glob(pattern))),
    ]
    places = ",".join(sorted(config.gemeenten))
    told = sha256(f"{__version__}\n{config.pack}\n{config.release}\n{places}\n".encode())
    for path in files:
        told.update(
            f"{path.parent.name}/{path.name}\n".encode() + sha256(path.read_bytes()).digest()
        )
    return told.hexdigest()


def procedure_faults(config: Config) -> list[Fault]:
    """Give every fault in the workflows and letter templates of a meldpunt folder."""
    pack, faults = read_pack(config)
    faults += proof_faults(pack, config)
    return faults or layout_faults(pack, config)


def running_of(pack: Pack, config: Config) -> list[Workflow]:
    """Give the workflows that cases may stand in: not those of a draft beside them."""
    folder = config.folder / "workflows" / config.pack
    return [
        workflow
        for (_, release), workflow in pack.workflows.items()
        if release == pack.current or releases.is_settled(folder / release)
    ]


def proof_faults(pack: Pack, config: Config) -> list[Fault]:
    """Give what is wrong with the letters, the promises of each workflow and the codes it names."""
    folder = config.folder / "workflows" / config.pack
    places = {release: folder / release for _, release in pack.workflows}
    return _proven(running_of(pack, config), pack.lists, config, places)


def draft_faults(config: Config, place: Path, shown: str) -> list[Fault]:
    """Give every fault of a draft in a folder, called `shown`, as it would be in this meldpunt."""
    flows, codes, faults = read_release(config, place, shown)
    if not flows and not faults:
        faults.append(Fault("workflow", f"Er staan geen werkwijzen in {shown}.", file=shown))
    pack, _ = read_pack(config)
    faults += _read_figures(config, place, flows.values(), {place.name: codes}, shown)[1]
    faults += _codes_gone(releases.read(place).parent, pack, codes, shown)
    if faults:
        return faults
    return _proven(list(flows.values()), {place.name: codes}, config, {place.name: place})


def _codes_gone(parent: str, pack: Pack, codes: Codes, shown: str) -> Iterator[Fault]:
    """Give each code that the release a draft was made from has, and the draft has not: what was
    recorded with it must stay readable.
    """
    before = pack.lists.get(parent, Codes()).lists
    for name, held in before.items():
        kept = {c.code for c in codes.lists.get(name, ())}
        for code in (c for c in held if c.code not in kept):
            text = (
                f"{shown}/{CODES}, lijsten.{name}: code '{code.code}' van uitgave {parent} staat er"
                " niet meer in, en er kunnen zaken mee zijn. Geef haar een 'tot'."
            )
            yield Fault("codelijst", text, f"lijsten.{name}", file=f"{shown}/{CODES}")


def rests_on(config: Config, place: Path, shown: str = "") -> dict[str, str]:
    """Give the digest of each file beside its folder that a release uses and that may not change
    under it, by its name in the folder of the meldpunt: the letters it writes.

    Lists and figures it has not of its own live on: by the days of each code, and by an edition.
    """
    letters = letters_of(config, place)
    flows, _, _ = read_release(config, place, shown or place.name)
    asked = (n.templates for w in flows.values() for n in w.notices.values())
    files = {letters.file(template) for told in asked for template, _ in told}
    return releases.digests_of(config.folder, [f for f in files if not f.is_relative_to(place)])


def passed_digest(config: Config, place: Path) -> str:
    """Give the digest of a proof that was passed: of the files of a release, what it shares with
    others, and this program.
    """
    shared = rests_on(config, place, place.name)
    told = f"{__version__}\n{releases.digest_of(place)}\n{sorted(shared.items())}\n"
    return sha256(told.encode()).hexdigest()


def _proven(
    workflows: list[Workflow],
    lists: Mapping[str, Codes],
    config: Config,
    places: Mapping[str, Path],
) -> list[Fault]:
    """Give every fault of workflows, each with the lists and the letters of its release."""
    from amhk.rules.procedure.check import check
    from amhk.rules.procedure.world import explore
    from amhk.rules.procedure.worlds import worlds_of

    faults, paths = list[Fault](), dict[str, Mapping[str, frozenset[str]]]()
    for release in dict.fromkeys(workflow.release for workflow in workflows):
        letters = letters_of(config, places[release])
        paths[release] = letters.paths()
        for kind, wrong in letters.faults():
            file = letters.file(kind).relative_to(config.folder).as_posix()
            fault = Fault("sjabloon", f"{file}: {wrong}", file=file)
            faults += [] if fault in faults else [fault]
    for workflow in workflows:
        faults += check(workflow, paths[workflow.release])
        codes = lists[workflow.release]
        told = [(m, name, code) for m in workflow.moves.values() for name, code in m.codes]
        faults += [
            Fault(
                "werkwijze",
                f"{workflow.name} {workflow.release}: '{m.title}' noemt code '{code}' van '{name}',"
                " en die bestaat niet.",
                field=f"moves.{m.name}",
                file=next(iter(workflow.files), None),
            )
            for m, name, code in told
            if code not in {c.code for c in codes.lists.get(name, ())}
        ]
    # a house that runs does not keep the whole world of its procedure in memory
    explore.cache_clear()
    worlds_of.cache_clear()
    return faults


def layout_faults(pack: Pack, config: Config) -> list[Fault]:
    """Give what does not fit in the layouts of imported forms."""
    form = pack.of_route("melding").intake
    return [
        Fault("config", text) for layout in config.imports for text in unfit_columns(layout, form)
    ]
