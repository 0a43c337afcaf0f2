"""The procedure in the meldpunt folder: read, all releases, and proven.

What was proven before, by its digest, need not be proven again.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from amhk import __version__, releases
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


def read_pack(config: Config) -> tuple[Pack, list[Fault]]:
    """Give the procedure in the meldpunt folder, all releases, and every fault in its files.

    A folder that is no settled release, and not the one that new cases follow, is a draft: with a
    fault in it, it is not read.
    """
    folder = config.folder / "workflows" / config.pack
    faults, found = list[Fault](), dict[tuple[str, str], Workflow]()
    for place in sorted(path for path in folder.glob("*") if path.is_dir()):
        settled = releases.is_settled(place)
        flows, wrong = read_release(config, place)
        if settled or place.name == config.release:
            faults += wrong
        if settled or place.name == config.release or not wrong:
            found |= flows
    names = sorted({release for _, release in found})
    if not faults and not found:
        faults.append(Fault("workflow", f"Er staan geen werkwijzen in {folder}."))
    if found and config.release not in names:
        text = f"Uitgave '{config.release}' bestaat niet; er is: {', '.join(names)}."
        faults.append(Fault("workflow", text))
    codes, wrong_codes = _read_codes(config)
    places = tuple(
        Code(code=g.name, title=g.name, since=g.since, until=g.until)
        for g in config.gemeenten.values()
    )
    codes = replace(codes, lists={**codes.lists, "gemeente": places})
    figures, wrong_figures = _read_figures(config, found.values(), [*codes.lists, *LISTS])
    register, wrong_register = _read_register(config)
    pack = Pack(
        name=config.pack,
        workflows=found,
        current=config.release,
        codes=codes,
        figures=figures,
        register=register,
        digests={name: releases.digest_of(folder / name) for name in names},
    )
    return pack, faults + wrong_codes + wrong_figures + wrong_register


def read_release(
    config: Config, place: Path, draft: str = ""
) -> tuple[dict[tuple[str, str], Workflow], list[Fault]]:
    """Give the workflows in the folder of a release, and every fault in it: also that it is another
    than was settled. `draft` is what the folder of a draft is called, which may still change.
    """
    shown = draft or f"workflows/{config.pack}/{place.name}"
    found, faults = dict[tuple[str, str], Workflow](), list[Fault]()
    proof = PROOF if draft else releases.proof_of(place)
    if not draft and releases.is_settled(place):
        file = f"{shown}/{releases.FILE}"
        if text := releases.misnamed(place):
            return {}, [Fault("uitgave", text, field="release", file=file)]
        if text := releases.unlike(place):
            faults.append(Fault("uitgave", text, field="files", file=file))
    for path in sorted(place.glob("*.toml")):
        if path.name == releases.FILE:
            continue
        name = f"{shown}/{path.name}"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            faults.append(Fault("workflow", f"{name}: {wrong}", file=name))
            continue
        workflow, wrong_keys = read_workflow(config.pack, name, data)
        faults += wrong_keys
        if workflow:
            faults += _misplaced(workflow, path, name, found)
            found[workflow.name, workflow.release] = replace(workflow, proof=proof)
    return found, faults


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


def _own_or_shipped(config: Config, file: str) -> Raw:
    """Read a file of the procedure.

    A folder from before the file was data has none of its own and takes the one that comes with
    the product.
    """
    path = config.folder / "workflows" / config.pack / file
    path = path if path.exists() else shipped(f"workflows/amhk/{file}")
    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def _read_register(config: Config) -> tuple[dict[str, MatterKind], list[Fault]]:
    """Read the kinds of matter that are kept beside the cases."""
    name = f"workflows/{config.pack}/register.toml"
    try:
        return read_register(name, _own_or_shipped(config, "register.toml"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        return {}, [Fault("register", f"{name}: {wrong}")]


def _read_figures(
    config: Config, flows: Collection[Workflow], lists: list[str]
) -> tuple[Definitions, list[Fault]]:
    """Read the definitions of the figures."""
    name = f"workflows/{config.pack}/cijfers.toml"
    there = {
        "terms": [term for flow in flows for term in flow.terms],
        "endings": [m.ending for flow in flows for m in flow.moves.values() if m.ending],
        "lists": lists,
    }
    try:
        standard = tomllib.loads(shipped("workflows/amhk/cijfers.toml").read_text("utf-8"))
        return read_definitions(name, _own_or_shipped(config, "cijfers.toml"), there, standard)
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
    """Read the code lists of the meldpunt."""
    name = f"workflows/{config.pack}/codelijsten.toml"
    try:
        data = _own_or_shipped(config, "codelijsten.toml")
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
    return _proven(running_of(pack, config), pack.codes, config)


def draft_faults(config: Config, place: Path, shown: str) -> list[Fault]:
    """Give every fault of a draft in a folder, called `shown`, as it would be in this meldpunt."""
    flows, faults = read_release(config, place, shown)
    if not flows and not faults:
        faults.append(Fault("workflow", f"Er staan geen werkwijzen in {shown}.", file=shown))
    if faults:
        return faults
    pack, _ = read_pack(config)
    return _proven(list(flows.values()), pack.codes, config)


def passed_digest(config: Config, place: Path) -> str:
    """Give the digest of a proof that was passed: of the files of a release, the letters it was
    proven with, and this program.
    """
    letters = sorted((config.folder / "templates" / "notices").glob("*.j2"))
    told = sha256(f"{__version__}\n{releases.digest_of(place)}\n".encode())
    for path in letters:
        told.update(path.name.encode() + sha256(path.read_bytes()).digest())
    return told.hexdigest()


def _proven(workflows: list[Workflow], codes: Codes, config: Config) -> list[Fault]:
    from amhk.letters.render import Letters
    from amhk.rules.procedure.check import check
    from amhk.rules.procedure.world import explore

    letters = Letters(config.folder / "templates" / "notices")
    faults = [Fault("sjabloon", text) for text in letters.faults()]
    paths = letters.paths()
    for workflow in workflows:
        faults += check(workflow, paths)
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
    return faults


def layout_faults(pack: Pack, config: Config) -> list[Fault]:
    """Give what does not fit in the layouts of imported forms."""
    form = pack.of_route("melding").intake
    return [
        Fault("config", text) for layout in config.imports for text in unfit_columns(layout, form)
    ]
