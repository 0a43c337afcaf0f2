"""Reading a table that somebody else made: CSV in any Dutch spelling, XLSX, JSON.

One row at a time, and nothing in it is ever run or trusted.
"""

import codecs
import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import Any, BinaryIO

from amhk.errors import BadInput
from amhk.sheets.lines import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, Line, no

# A workbook of n bytes holds at most so many cells: more are made by repeating, and cost far more
# to read than to send.
_FREE_CELLS, _CELLS_A_BYTE = 50_000, 2
_MOST_PARTS, _PIECE, _DEEPEST = 2_000, 1 << 16, 12
_SAID = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)
_TWO_BYTES = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
csv.field_size_limit(100_000)


def lines(file: BinaryIO, inside: str, schema: str = "") -> Iterator[Line]:
    """Give the rows of a CSV, XLSX or JSON file (what it is, is seen from its first bytes), read as
    they are asked for.

    `inside` is the key under which JSON keeps its list; with `schema` what it says beside that of
    its own version must be this one. Raises BadInput, in one sentence, for a file that cannot be
    read as a whole.
    """
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise no(
            f"Dit bestand is {size // 1_000_000} MB; hooguit {MOST_BYTES // 1_000_000} MB. Splits"
            " het in delen."
        )
    file.seek(0)
    head = file.read(_PIECE)
    file.seek(0)
    if not head.strip():
        raise no("Dit bestand is leeg.")
    for count, line in enumerate(_reader(head)(file, inside, schema), 1):
        if count > MOST_ROWS:
            raise no(f"Dit bestand heeft meer dan {MOST_ROWS} regels. Splits het in delen.")
        yield line


def _reader(head: bytes) -> Callable[[BinaryIO, str, str], Iterator[Line]]:
    if head.startswith(b"PK"):
        return _workbook
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise no(
            "Dit is een oud of versleuteld Excel-bestand. Sla het op als .xlsx zonder wachtwoord."
        )
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if bare[:1] in (b"{", b"["):
        return _json
    if _BINARY.search(head) and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise no("Dit is geen CSV, XLSX of JSON.")
    return _table


# ------------------------------------------------------------------ CSV
def _table(file: BinaryIO, inside: str, schema: str) -> Iterator[Line]:
    text = TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        first = text.readline()
        if said := _SAID.match(first):  # a spreadsheet says which sign stands between
            delimiter, begin = said[1], text.tell()
        else:
            delimiter, begin = max(";,\t|", key=first.count), 0
        text.seek(begin)
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        head = _head(next(rows, []))
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _line(rows.line_num, head, row)
    except UnicodeError as wrong:
        raise no(
            "De tekens in dit bestand zijn niet te lezen. Sla het op als CSV UTF-8."
        ) from wrong
    except csv.Error as wrong:
        raise no(f"Regel {rows.line_num} is niet te lezen: {_csv_fault(str(wrong))}.") from wrong
    finally:
        text.detach()


def _csv_fault(text: str) -> str:
    if "field larger" in text:
        return "een cel is langer dan 100.000 tekens"
    return (
        "een aanhalingsteken wordt niet goed gesloten"
        if "quote" in text or "expected" in text or "unexpected end" in text
        else text
    )


def _encoding(file: BinaryIO) -> str:
    """Give how the text is written.

    By its byte order mark, else UTF-8 where all of it is, else Windows-1252.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    mixed = False
    for name in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            while piece := file.read(_PIECE):
                mixed = mixed or bool(_TWO_BYTES.search(piece))
                if "\0" in decoder.decode(piece):
                    raise no(
                        "Dit is geen tekst maar een ander soort bestand. Geef CSV, XLSX of JSON."
                    )
            decoder.decode(b"", final=True)
            if name == "cp1252" and mixed:
                raise no(
                    "Dit bestand mengt twee soorten tekens (UTF-8 en Windows-1252). Sla het opnieuw"
                    " op als CSV UTF-8."
                )
            return name
        except UnicodeDecodeError:
            continue
        finally:
            file.seek(0)
    raise no("De tekens in dit bestand zijn niet te lezen. Sla het op als CSV UTF-8.")


def _head(cells: list[str]) -> list[str]:
    if len(cells) > MOST_COLUMNS:
        raise no(f"De kop heeft {len(cells)} kolommen; hooguit {MOST_COLUMNS}.")
    head = [" ".join(str(cell).split()) for cell in cells]
    while head and not head[-1]:
        head.pop()
    double = sorted({name for name in head if head.count(name) > 1})
    if double:
        raise no(f"De kop noemt deze kolommen twee keer: {', '.join(repr(d) for d in double[:5])}.")
    if not any(head):
        raise no("De eerste regel hoort de namen van de kolommen te noemen, en is leeg.")
    return head


def _line(number: int, head: list[str], row: list[Any]) -> Line:
    filled = [n for n, cell in enumerate(row) if cell not in (None, "") and str(cell).strip()]
    over = filled and filled[-1] >= len(head)
    wrong = f"deze regel heeft {filled[-1] + 1} cellen en de kop {len(head)}" if over else None
    held = set(filled)
    return Line(
        number=number,
        cells={name: row[n] for n, name in enumerate(head) if name and n in held},
        wrong=wrong,
        head=tuple(head),
    )


# ------------------------------------------------------------------ XLSX
def _workbook(file: BinaryIO, inside: str, schema: str) -> Iterator[Line]:
    import openpyxl
    from defusedxml.common import DefusedXmlException

    _prove_workbook(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            most = _FREE_CELLS + _CELLS_A_BYTE * file.seek(0, 2)
            yield from _sheet(_only_sheet(book, most), most)
        finally:
            book.close()
    except DefusedXmlException as wrong:
        raise no("Dit Excel-bestand bevat opdrachten die niet mogen (XML-entiteiten).") from wrong
    except BadInput:
        raise
    except (
        Exception
    ) as wrong:  # whatever somebody made of it, and whichever library stumbles over it
        raise no(
            "Dit Excel-bestand is beschadigd of geen werkblad. Open het, sla het opnieuw op als"
            " .xlsx en probeer het nog eens."
        ) from wrong


def _only_sheet(book: Any, most: int) -> object:
    """Give the one worksheet that holds something.

    What stands on a second one would be lost without a word.
    """
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its own size is not trusted
    if any(
        any(any(c is not None for c in row) for row in _rows(sheet, most))
        for sheet in book.worksheets[1:]
    ):
        raise no(
            "Dit Excel-bestand heeft gegevens op meer dan een werkblad. Bewaar elk werkblad als een"
            " eigen bestand."
        )
    return book.worksheets[0]


def _rows(sheet: Any, most: int) -> Iterator[tuple[object, ...]]:
    """Give the rows of a worksheet, no more and no wider than a table can be, and of at most so
    many cells.
    """
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > 2 * MOST_ROWS or len(row) > 4 * MOST_COLUMNS:
            raise no(
                f"Dit werkblad is te groot: meer dan {2 * MOST_ROWS} regels of {4 * MOST_COLUMNS}"
                " kolommen."
            )
        cells += len(row)
        if cells > most:
            raise no(
                "Dit bestand is klein en houdt toch heel veel cellen in. Sla het opnieuw op zonder"
                " herhaalde of lege cellen."
            )
        yield row


def _prove_workbook(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            names = {p.filename.casefold() for p in parts}
            kinds = (
                packed.read("[Content_Types].xml")[:200_000]
                if "[content_types].xml" in names
                else b""
            )
    except Exception as wrong:
        raise no("Dit bestand begint als een Excel-bestand maar is beschadigd.") from wrong
    if (
        len(parts) > _MOST_PARTS
        or sum(p.file_size for p in parts) > MOST_UNPACKED
        or any(
            p.file_size > MOST_UNPACKED // 5
            for p in parts
            if p.filename.casefold().endswith("sharedstrings.xml")
        )
    ):
        raise no(
            f"Dit bestand wordt uitgepakt groter dan {MOST_UNPACKED // 1_000_000} MB en wordt niet"
            " geopend."
        )
    if any(n.endswith("vbaproject.bin") for n in names) or b"macroEnabled" in kinds:
        raise no(
            "Dit Excel-bestand bevat macro's en wordt niet geopend. Sla het op als .xlsx, zonder"
            " macro's."
        )
    if not kinds or not any(n.startswith("xl/") for n in names):
        raise no("Dit is een ingepakt bestand, maar geen Excel-bestand (.xlsx).")
    file.seek(0)


def _sheet(sheet: object, most: int) -> Iterator[Line]:
    head: list[str] = []
    for number, row in enumerate(_rows(sheet, most), 1):
        cells = [_plain(cell) for cell in row]
        if not any(str(c).strip() for c in cells if c is not None):
            continue
        if head:
            line = _line(number, head, cells)
            if any(isinstance(c, str) and c.startswith("=") for c in cells):
                line = replace(line, wrong="een cel bevat een formule; plak de waarden")
            yield line
        else:
            head = _head(["" if c is None else str(c) for c in cells])
    if not head:
        raise no("Het eerste werkblad van dit bestand is leeg.")


def _plain(cell: object) -> object:
    """Give a cell as somebody would have typed it."""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="minutes")
        )
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, int | float) and abs(cell) >= 10**15:
        return f"{cell:.14E}"  # longer than a spreadsheet can hold: what stood there is lost
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return None if cell is None else str(cell)


# ------------------------------------------------------------------ JSON
def _json(file: BinaryIO, inside: str, schema: str) -> Iterator[Line]:
    import ijson

    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
    start = file.tell()
    where = _where(file, start, inside)
    try:
        file.seek(start)
        _prove_shallow(
            ijson.basic_parse(file, multiple_values=where == ""),
            inside if where.startswith(inside) else None,
            schema,
        )
        file.seek(start)
        found = ijson.items(file, where, use_float=True, multiple_values=where == "")
        for number, item in enumerate(found, 1):
            if not isinstance(item, Mapping):
                yield Line(number, {}, "hier hoort een object te staan")
            else:
                yield Line(number, flat(item))
    except ijson.JSONError as wrong:
        raise no(
            "Dit is geen geldige JSON: het bestand is afgebroken of er staat een fout in."
        ) from wrong
    except (ValueError, RecursionError) as wrong:
        raise no("Dit is geen geldige JSON in UTF-8.") from wrong


def _prove_shallow(events: Iterator[tuple[str, Any]], inside: str | None, schema: str) -> None:
    """Refuse what is nested deeper than any form: building it could bring the reader down.

    A key beside the list, which would be lost; and another version.
    """
    depth, told = 0, ""
    for event, value in events:
        if inside and schema and depth == 1 and told == "schema" and value != schema:
            raise no(
                f"Dit bestand is van een andere versie ({json.dumps(value)[:60]}); deze uitgave"
                f" leest {schema}."
            )
        told = value if event == "map_key" and depth == 1 else ""
        if inside and depth == 1 and event == "map_key" and value not in (inside, "schema"):
            raise no(
                f"Dit bestand heeft naast '{inside}' ook '{str(value)[:40]}', en dat wordt niet"
                " gelezen."
            )
        depth += event.startswith("start") - event.startswith("end")
        if depth > _DEEPEST:
            raise no(f"Dit is geen geldige JSON voor formulieren: meer dan {_DEEPEST} lagen diep.")


def _where(file: BinaryIO, start: int, inside: str) -> str:
    """Give where the list is: the file itself, under `inside`, or (JSON Lines) one
    object per line.
    """
    if file.read(1_000).lstrip()[:1] == b"[":
        return "item"
    file.seek(start)
    first = file.readline(1_000_000)
    try:
        return "" if inside not in json.loads(first) else f"{inside}.item"
    except (ValueError, RecursionError):
        return f"{inside}.item"


def flat(item: Mapping[str, object], path: str = "") -> dict[str, object]:
    """Give nested values by path: `{"melder": {"naam": x}}` as `{"melder.naam": x}`.

    A list of codes stays a list.
    """
    told: dict[str, object] = {}
    for key, value in item.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            told |= flat(value, f"{name}.")
        elif isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
            for n, part in enumerate(value):
                told |= (
                    flat(part, f"{name}.{n}.")
                    if isinstance(part, Mapping)
                    else {f"{name}.{n}": part}
                )
        elif value is not None and value != []:
            told[name] = value
        if len(told) > 10 * MOST_COLUMNS:
            raise no(f"Een formulier heeft meer dan {10 * MOST_COLUMNS} gegevens.")
    return told
