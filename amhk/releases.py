"""A release of the procedure: one folder that changes no more.

In it `uitgave.toml` says what it is, what it was made from, who made it and who agreed, and the
digest of each of its files. A folder without one is a draft, which no running case stands in.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from amhk.rules.procedure.workflow import PROMISES, PROOF

FILE = "uitgave.toml"
# Who made a release that was there before releases were settled: the upgrade that settled it.
BEFORE = "overgenomen bij het bijwerken"
_TEXTS = ("release", "parent", "made_by", "approved_by", "check")


@dataclass(frozen=True)
class Release:
    """What `uitgave.toml` says: the name, the release it was made from, who made it and who agreed
    (empty: nobody yet), since which day it holds, the digest of the proof that was passed, and the
    digest of each file by its name; `shared` those of the files it uses beside its folder, by their
    names in the folder of the meldpunt. `proof`: by which proof it was settled.
    """

    release: str
    parent: str = ""
    made_by: str = ""
    approved_by: str = ""
    check: str = ""
    since: date | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    proof: int = PROOF


def is_settled(folder: Path) -> bool:
    """Tell whether a folder is a release that was settled, or says so in words nobody can read."""
    if not (folder / FILE).is_file():
        return False
    try:
        return bool(read(folder).files)
    except ValueError:
        return True


def digests(folder: Path) -> dict[str, str]:
    """Give the digest (SHA-256) of each file of a release by its name; how lines end is all one."""
    files = [f for f in folder.rglob("*") if f.name != FILE and not f.name.startswith(".")]
    return digests_of(folder, files)


def digests_of(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """Give the digest of each of these files that is there, by its name below a folder."""
    return {
        path.relative_to(folder).as_posix(): sha256(
            path.read_bytes().replace(b"\r\n", b"\n")
        ).hexdigest()
        for path in sorted(files)
        if path.is_file() and path.is_relative_to(folder)
    }


def digest_of(folder: Path) -> str:
    """Give one digest over all files of a release, and over those it said it shares."""
    try:
        shared = read(folder).shared
    except ValueError:
        shared = {}
    told = [f"{name} {digest}\n" for name, digest in (*digests(folder).items(), *shared.items())]
    return sha256("".join(told).encode()).hexdigest()


def read(folder: Path) -> Release:
    """Read what a release says of itself; ValueError, in Dutch, for a file that cannot be read."""
    try:
        told = tomllib.loads((folder / FILE).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise ValueError(f"is niet te lezen ({wrong})") from wrong
    texts = {name: told.get(name, "") for name in _TEXTS}
    files, shared = told.get("files", {}), told.get("shared", {})
    since = told.get("since")
    proof = told.get("proof", 0 if texts["made_by"] == BEFORE else PROMISES)
    tables = [t.values() if isinstance(t, dict) else (None,) for t in (files, shared)]
    plain = [*texts.values(), *(value for values in tables for value in values)]
    if not all(isinstance(one, str) for one in plain) or not texts["release"]:
        raise ValueError("heeft niet de vorm die hier hoort: release en [files] met hun digest")
    since, proof = (
        since if isinstance(since, date) else None,
        proof if proof in range(PROOF) else PROOF,
    )
    return Release(**texts, since=since, files=files, shared=shared, proof=proof)


def proof_of(folder: Path) -> int:
    """Give by which proof a release is held: today's for what is not settled."""
    try:
        return read(folder).proof if is_settled(folder) else PROOF
    except ValueError:
        return PROOF


def misnamed(folder: Path) -> str | None:
    """Give, in Dutch, why a settled release is not the one its folder is called after; None when it
    is.
    """
    try:
        told = read(folder)
    except ValueError as wrong:
        return f"{folder.name}/{FILE} {wrong}."
    if told.release == folder.name:
        return None
    return (
        f"{folder.name}/{FILE}, release: de map heet '{folder.name}' en het bestand zegt"
        f" '{told.release}'. Een uitgave is een map van haar eigen naam, en een kopie vervangt er"
        " geen: begin een nieuwe met amhk workflow draft."
    )


def unlike(folder: Path, house: Path) -> str | None:
    """Give, in Dutch, how the files of a settled release, and those it uses in the folder of the
    meldpunt (`house`), are not those it was settled with; None when they are.
    """
    told, present = read(folder), digests(folder)
    shared = digests_of(house, [house / name for name in told.shared])
    were, are = {**told.files, **told.shared}, {**present, **shared}
    ways = [
        ("gewijzigd", [n for n in were if n in are and are[n] != were[n]]),
        ("weg", [n for n in were if n not in are]),
        ("erbij gekomen", [n for n in present if n not in told.files]),
    ]
    told_of = [f"{name} is {how}" for how, names in ways for name in names]
    if not told_of:
        return None
    return (
        f"Uitgave {folder.name} is vastgesteld en verandert niet meer: {', '.join(told_of)}. Zet"
        " terug wat er stond; wat anders moet is een nieuwe uitgave (amhk workflow draft)."
    )


def held_of(text: str | None) -> dict[str, str]:
    """Read which files the releases of a house have: a digest by `pack/release`."""
    return dict(json.loads(text)) if text else {}


def held_text(held: Mapping[str, str]) -> str:
    """Give the same as the house keeps it."""
    return json.dumps(dict(sorted(held.items())))


def write(folder: Path, told: Release) -> None:
    """Write what a release is, in its folder."""
    lines = [
        "# Een uitgave verandert niet meer: wat anders moet is een nieuwe (docs/beheer.md).",
        *(f"{name} = {_quoted(getattr(told, name))}" for name in _TEXTS),
        f"proof = {told.proof}",
        *([f"since = {told.since.isoformat()}"] if told.since else []),
        *(["", "[files]"] if told.files else []),
        *(f"{_quoted(name)} = {_quoted(digest)}" for name, digest in told.files.items()),
        *(["", "[shared]"] if told.shared else []),
        *(f"{_quoted(name)} = {_quoted(digest)}" for name, digest in told.shared.items()),
    ]
    part = folder / f".{FILE}"
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(folder / FILE)


def _quoted(text: str) -> str:
    signs = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(signs.get(c, c) for c in text if c.isprintable()) + '"'
