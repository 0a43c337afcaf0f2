"""The stand-alone verifier: holds the database of a meldpunt (SQLite) to its chains and anchors.

It needs nothing of the program, Python alone, so that who trusts neither the program nor the
machine can read it whole and run it elsewhere:

    python3 verifier.py meldpunt.sqlite --anchors ankers.jsonl --files bijlagen --key HEX

or a dossier that another meldpunt sealed (once `age` has opened it) to its signature:

    python3 controleer.py dossier.zip --key HEX

What it can know: that a line of the journal of a case, of the house or of who looked was changed,
taken away, put in between or put elsewhere; that a line was emptied without a line that says so;
that a letter, a kept report or an attachment is another; that the database is of before an anchor;
that an anchor is not signed by the key. What it cannot know: what happened since the last anchor to
somebody who rebuilt a chain from there on; whether what was written was true; whether rows beside
the journal are what it says (`amhk verify` holds those). A key you were given by another way than
this machine makes the signatures worth something.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STANDS = (
    *("sequence", "worker_id", "kind", "what", "terms", "figures", "held", "content"),
    *("commitment", "previous", "hash"),
)
ERASED, EMPTIED = "gewist", "emptied_before"
Line = Mapping[str, object]


def instant(told: object) -> str:
    """Give an instant as the chains have it: ISO 8601 in Amsterdam, to the second."""
    moment = datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    return moment.astimezone(AMSTERDAM).isoformat(timespec="seconds")


def rows(database: sqlite3.Connection, asked: str) -> Iterator[dict[str, object]]:
    """Give rows by the name of their columns, as they are read."""
    found = database.execute(asked)
    names = [column[0] for column in found.description]
    for row in found:
        yield dict(zip(names, row, strict=True))


def digest(*parts: object) -> str:
    """Give the hash of parts, each on a line."""
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()


# ------------------------------------------------------------------ the chains


def link(case: str, line: Line) -> str:
    """Give what the hash of a line of a case must be."""
    more = [line[name] for name in ("terms", "figures", "held") if line[name]]
    return digest(
        line["previous"],
        case,
        line["sequence"],
        instant(line["instant"]),
        line["worker_id"] or "",
        line["kind"],
        line["what"],
        line["commitment"],
        *more,
    )


def left(line: Line) -> str:
    """Give the hash of what stands in a line from which words were erased."""
    told = {n: line[n] for n in STANDS if line[n] is not None}
    told["instant"] = instant(line["instant"])
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _numbers(database: sqlite3.Connection, present: set[object]) -> Iterator[str]:
    for counter in rows(database, "SELECT prefix, year, last FROM counters"):
        for n in range(1, int(str(counter["last"])) + 1):
            if (number := f"{counter['prefix']}-{counter['year']}-{n:06}") not in present:
                yield f"{number}: the case is gone."


def _line(name: str, line: Line) -> Iterator[str]:
    content, salt = line["content"], line["salt"] or ""
    if link(name, line) != line["hash"]:
        yield f"{name}: line {line['sequence']} was changed."
    elif content is not None and digest(salt, content) != line["commitment"]:
        yield f"{name}: what line {line['sequence']} holds was changed."


def _record(line: Line) -> dict[str, str]:
    """Give what a line says was left of others, from which words were erased."""
    content = str(line["content"] or "")
    found = json.loads(content).get(ERASED) if f'"{ERASED}"' in content else None
    return found if isinstance(found, dict) else {}


def cases(database: sqlite3.Connection) -> Iterator[str]:
    """Say what is wrong with the journals of the cases."""
    asked = "SELECT id, number, entries, head FROM cases"
    heads = {row["id"]: row for row in rows(database, asked)}
    yield from _numbers(database, {row["number"] for row in heads.values()})
    told = database.execute("SELECT value FROM meta WHERE key = ?", (EMPTIED,)).fetchone()
    before = set(json.loads(told[0])) if told else set()
    ends: dict[object, tuple[int, object]] = {}
    records: dict[tuple[object, str], str] = {}
    holes: list[tuple[str, Line]] = []
    for line in rows(database, "SELECT * FROM journal ORDER BY case_id, sequence"):
        head, (last, hash_) = heads.get(line["case_id"]), ends.get(line["case_id"], (0, ""))
        name = str(head["number"]) if head else f"case {line['case_id']}"
        if line["sequence"] != last + 1 or line["previous"] != hash_:
            yield f"{name}: line {last + 1} is missing, or does not join on."
        if line["salt"] is None and line["id"] not in before:
            holes.append((name, line))
        else:
            yield from _line(name, line)
        for place, hash_ in _record(line).items():
            records[line["case_id"], place] = hash_
        ends[line["case_id"]] = (int(str(line["sequence"])), line["hash"])
    for name, hole in holes:
        said = records.get((hole["case_id"], str(hole["sequence"])))
        if said is None:
            yield f"{name}: line {hole['sequence']} is empty, and no line says why."
        elif said != left(hole):
            yield f"{name}: line {hole['sequence']} was changed after words were erased from it."
    for key, head in heads.items():
        if ends.get(key, (0, "")) != (head["entries"], head["head"]):
            yield f"{head['number']}: its journal was cut off or added to."


def house(database: sqlite3.Connection) -> Iterator[str]:
    """Say what is wrong with the journal of the house."""
    last, hash_ = 0, ""
    for line in rows(database, "SELECT * FROM house ORDER BY sequence"):
        if line["sequence"] != last + 1 or line["previous"] != hash_:
            yield f"house: line {last + 1} is missing, or does not join on."
        worked = digest(
            line["previous"],
            line["sequence"],
            instant(line["instant"]),
            line["worker_id"] or "",
            line["kind"],
            line["what"],
            line["content"],
        )
        if worked != line["hash"]:
            yield f"house: line {line['sequence']} was changed."
        last, hash_ = int(str(line["sequence"])), str(line["hash"])
    told = database.execute("SELECT value FROM meta WHERE key = 'house'").fetchone()
    if told and told[0] not in ("", "0", f"{last} {hash_}"):
        yield "house: its journal was cut off or added to."


def looks(database: sqlite3.Connection) -> Iterator[str]:
    """Say what is wrong with the lines of who looked."""
    ends: dict[object, tuple[int, object]] = {}
    for line in rows(database, "SELECT * FROM looks ORDER BY chain, sequence"):
        last, hash_ = ends.get(line["chain"], (0, ""))
        parts: list[object] = [hash_, instant(line["instant"])]
        for name in ("chain", "sequence", "worker_id", "case_id", "what", "role", "via"):
            parts.append("" if line[name] is None else line[name])
        if line["sequence"] != last + 1:
            yield f"looks of {line['chain']}: line {last + 1} is missing."
        elif digest(*parts, line["commitment"]) != line["hash"]:
            yield f"looks of {line['chain']}: line {line['sequence']} was changed."
        ends[line["chain"]] = (int(str(line["sequence"])), line["hash"])
    heads = {
        r["chain"]: (r["sequence"], r["hash"]) for r in rows(database, "SELECT * FROM look_heads")
    }
    for chain in {*heads, *ends}:
        if heads.get(chain) != ends.get(chain, (0, "")):
            yield f"looks of {chain}: they were cut off or added to."


def papers(database: sqlite3.Connection, files: Path | None) -> Iterator[str]:
    """Say which letters, kept reports and attachments are others than they were."""
    for row in rows(database, "SELECT id, html, pdf, hash FROM notices WHERE pdf IS NOT NULL"):
        pdf = row["pdf"] if isinstance(row["pdf"], bytes) else b""
        if sha256(str(row["html"] or "").encode() + pdf).hexdigest() != row["hash"]:
            yield f"letter {row['id']}: it is another than was approved."
    for row in rows(database, "SELECT id, content, hash FROM kept_reports"):
        if sha256(str(row["content"]).encode()).hexdigest() != row["hash"]:
            yield f"report {row['id']}: it is another than was kept."
    for row in rows(database, "SELECT DISTINCT hash FROM attachments") if files else ():
        place = files / str(row["hash"])[:2] / str(row["hash"]) if files else Path()
        if not place.is_file():
            yield f"attachment {row['hash']}: the file is gone."
        elif sha256(place.read_bytes()).hexdigest() != row["hash"]:
            yield f"attachment {row['hash']}: the file was changed."


# ------------------------------------------------------------------ the anchors

# Of each chain: its lines from one on to another, and where it ends.
CHAINS = {
    "journal": (
        "SELECT id, case_id, sequence, hash FROM journal WHERE id > ? AND id <= ? ORDER BY id",
        "SELECT coalesce(max(id), 0) FROM journal",
    ),
    "house": (
        "SELECT id, sequence, hash FROM house WHERE id > ? AND id <= ? ORDER BY id",
        "SELECT coalesce(max(id), 0) FROM house",
    ),
    "looks": (
        "SELECT id, chain, sequence, hash FROM looks WHERE id > ? AND id <= ? ORDER BY id",
        "SELECT coalesce(max(id), 0) FROM looks",
    ),
    "reports": (
        "SELECT id, number, hash FROM kept_reports WHERE id > ? AND id <= ? ORDER BY id",
        "SELECT coalesce(max(id), 0) FROM kept_reports",
    ),
}


def canonical(anchor: Line) -> bytes:
    """Give an anchor without its signature as the bytes that were signed."""
    plain = {name: value for name, value in anchor.items() if name != "signature"}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def reached(database: sqlite3.Connection, chain: str, before: str, after: int, until: int) -> str:
    """Give what a chain comes to at a line, from what it came to at an earlier one."""
    made = sha256(before.encode())
    for row in database.execute(CHAINS[chain][0], (after, until)):
        made.update((" ".join(map(str, row)) + "\n").encode())
    return made.hexdigest()


def anchors(
    database: sqlite3.Connection, known: Sequence[dict[str, Any]], key: str
) -> Iterator[str]:
    """Say which anchors are not signed by the key, and where the database is not what they say."""
    said = database.execute(
        "SELECT content FROM house WHERE kind = 'anker' ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    if said and json.loads(said[0])["number"] > len(known):
        yield f"anchors: {json.loads(said[0])['number']} were dropped, and {len(known)} are here."
    previous, digests, places = "", dict[str, str](), dict[str, int]()
    key = key or (str(known[0]["key"]) if known else "")
    for number, one in enumerate(known, 1):
        if (one["number"], one["previous"], one["key"]) != (number, previous, key):
            yield f"anchor {number}: it does not join on, or is of another key."
        if not signed(key, str(one["signature"]), canonical(one)):
            yield f"anchor {number}: it is not signed by the key."
        previous = sha256(canonical(one)).hexdigest()
        until = one["places"]
        for chain in CHAINS:
            end = database.execute(CHAINS[chain][1]).fetchone()[0]
            if end < until[chain]:
                yield f"anchor {number}: the database was rolled back, or {chain} was cut off."
                return
        digests = {
            c: reached(database, c, digests.get(c, ""), places.get(c, 0), until[c]) for c in CHAINS
        }
        places = until
        if digests != one["digests"]:
            yield f"anchor {number}: what was written before it was changed after it."
            return


# ------------------------------------------------------------------ a sealed dossier


def dossier(path: Path, key: str) -> Iterator[str]:
    """Say what is wrong with a dossier: its signature, and each file that is not what was sent."""
    try:
        with ZipFile(path) as held:
            names = {*held.namelist()} - {"manifest.json", "handtekening.txt", "controleer.py"}
            raw = held.read("manifest.json")
            signature = held.read("handtekening.txt").decode().strip()
            said = json.loads(raw)
            if not signed(key or str(said["key"]), signature, raw):
                yield "dossier: it is not signed by the key."
            for name in sorted({*said["files"], *names}):
                if name not in names:
                    yield f"{name}: the file is gone."
                elif sha256(held.read(name)).hexdigest() != said["files"].get(name):
                    yield f"{name}: it is another file than was sent."
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError) as wrong:
        yield f"dossier: it cannot be read ({wrong})."


# ------------------------------------------------------------------ Ed25519 (RFC 8032)

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    w, x = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, x - w, x + w, v + u
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(n: int, point: Point) -> Point:
    made: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            made = _add(made, point)
        point, n = _add(point, point), n >> 1
    return made


def _point(told: bytes) -> Point | None:
    y = int.from_bytes(told, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def signed(key: str, signature: str, told: bytes) -> bool:
    """Tell whether a signature (hex) is of a public key (hex) over these bytes."""
    try:
        public, made = bytes.fromhex(key), bytes.fromhex(signature)
    except ValueError:
        return False
    if len(public) != 32 or len(made) != 64:
        return False
    a, r, s = _point(public), _point(made[:32]), int.from_bytes(made[32:], "little")
    y = 4 * pow(5, P - 2, P) % P
    base = _point(y.to_bytes(32, "little"))
    if a is None or r is None or base is None or s >= Q:
        return False
    h = int.from_bytes(sha512(made[:32] + public + told).digest(), "little") % Q
    one, other = _times(s, base), _add(r, _times(h, a))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def main() -> None:
    """Say, a line each, all that is wrong, and at the end how it is; exit 1 when anything is."""
    told = argparse.ArgumentParser(description="Hold the database of a meldpunt to its anchors.")
    told.add_argument("database", type=Path, help="the database, or the zip of a dossier")
    told.add_argument("--anchors", type=Path, help="ankers.jsonl")
    told.add_argument("--files", type=Path, help="the folder of the attachments")
    told.add_argument("--key", default="", help="the public key (hex), as you were given it")
    asked = told.parse_args()
    if is_zipfile(asked.database):
        _end([*dossier(asked.database, asked.key)])
    database = sqlite3.connect(f"file:{asked.database.resolve()}?mode=ro", uri=True)
    found = [*cases(database), *house(database), *looks(database), *papers(database, asked.files)]
    if asked.anchors:
        try:
            lines = asked.anchors.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
            found += anchors(database, [json.loads(line) for line in lines if line], asked.key)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            found.append(f"anchors: they cannot be read ({wrong}).")
    _end(found)


def _end(found: Sequence[str]) -> None:
    for line in found:
        print(line)
    print(f"{len(found)} found." if found else "Nothing found.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
