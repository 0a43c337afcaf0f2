"""What is inside a document that somebody brings.

Judged by its parts as they are, whatever they are called. Nothing in it is run or parsed as a
program would.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN = "application/vnd.oasis.opendocument.text"
PDF = "application/pdf"

_MOST_UNPACKED, _MOST_PARTS, _MOST_STREAMS = 150_000_000, 3_000, 60_000_000
_IMAGES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\xd7\xcd\xc6\x9a",
    b"RIFF",
)
_PROGRAMS = (b"\xd0\xcf\x11\xe0", b"MZ", b"PK\x03\x04", b"\x7fELF")
_FONT = re.compile(r"fonts/[^/]+\.(odttf|ttf|otf)$")
_BAD_KIND = re.compile(
    r"macroenabled|vbaproject|vbadata|activex|oleobject|ms-office\.(?!drawing|chart)|"
    r"x-msdownload|\.binary",
    re.IGNORECASE,
)
_RELATION = re.compile(r"<(?:[\w-]+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# Relations that bring in something from elsewhere, or something that runs.
_BAD_RELATION = frozenset(
    [
        "attachedtemplate",
        "oleobject",
        "package",
        "control",
        "activexcontrolbinary",
        "vbaproject",
        "wordvbadata",
        "afchunk",
        "frame",
        "subdocument",
        "externallink",
        "recipientdata",
        "mailmergesource",
    ]
)
_ORDERS = re.compile(
    r"<(?:[\w-]+:)?instrText\b[^>]*>([^<]*)|\binstr\s*=\s*\"([^\"]*)\"|\binstr\s*=\s*'([^']*)'"
)
_BAD_ORDER = re.compile(
    r"DDE(?:AUTO)?\b|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON|\bIMPORT\b|\bDATABASE\b|\bLINK\b|"
    r"\bEMBED\b",
    re.IGNORECASE,
)
_BAD_WORD = re.compile(
    r"<(?:[\w-]+:)?(?:object|OLEObject|control|altChunk|subDoc|attachedTemplate|embeddedFile)\b"
)
_BAD_OPEN = re.compile(
    r"<office:script[\s>/]|<script:|script:event-listener|script:macro-name|dde-(?:source|"
    r"connection|application)|<draw:(?:object|object-ole|plugin|applet|floating-frame)\b|"
    r"<text:section-source\b"
    r"|vnd\.sun\.star\.(?:script|expand)|[\"'](?:macro|javascript|service):",
    re.IGNORECASE,
)
_AWAY = re.compile(r"<meta:template\b[^>]*xlink:href\s*=\s*[\"'](?:\w{2,}:|//|\\\\)", re.IGNORECASE)
_BAD_PDF = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm)(?![A-Za-z])"
)
_ESCAPED, _STREAM = (
    re.compile(rb"#([0-9A-Fa-f]{2})"),
    re.compile(rb"/ObjStm[^>]{0,400}?>>\s{0,4}stream\r?\n", re.DOTALL),
)


def wrong_inside(kind: str, content: BinaryIO) -> str | None:
    """Tell, in the rest of a Dutch sentence, what in a document does not belong in one that is only
    to be read; None when there is nothing (`kind` is its media type).
    """
    content.seek(0)
    try:
        if kind == PDF:
            return _wrong_in_pdf(content.read())
        if kind in (WORD, OPEN):
            with zipfile.ZipFile(content) as parts:
                return _wrong_in_parts(kind, parts)
    except Exception:  # whatever somebody made of it, and whichever library stumbles over it
        return "het is beschadigd of versleuteld"
    return None


def _wrong_in_parts(kind: str, parts: zipfile.ZipFile) -> str | None:
    told = parts.infolist()
    names = [p.filename.casefold().replace("\\", "/") for p in told]
    if len(told) > _MOST_PARTS or sum(p.file_size for p in told) > _MOST_UNPACKED:
        return "het wordt uitgepakt te groot"
    if len(set(names)) != len(names) or any(p.flag_bits & 1 for p in told):
        return "het heeft delen met dezelfde naam, of is versleuteld"
    needed = "word/document.xml" if kind == WORD else "mimetype"
    if needed not in names or (
        kind == OPEN and parts.read(told[names.index(needed)]).decode("ascii") != OPEN
    ):
        return "het is geen document van dit soort"
    for one, name in zip(told, names, strict=True):
        if not one.is_dir() and (wrong := _wrong_in(kind, name, parts.read(one))):
            return wrong
    return None


def _wrong_in(kind: str, name: str, body: bytes) -> str | None:
    """Judge one part by its bytes."""
    if name == "mimetype" or not body:
        return None
    if kind == OPEN and name.startswith(("basic/", "scripts/", "dialogs/")):
        return "er zitten macro's in"
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start != b"<" or b"\x00" in body[:4000]:
        known = (
            body.startswith(_IMAGES)
            or (body[:4] == b"\x01\x00\x00\x00" and body[40:44] == b" EMF")
            or _FONT.search(name)
        )
        return (
            None
            if known and not body.startswith(_PROGRAMS)
            else "er zit iets in dat geen tekst of beeld is (een macro, een ingesloten bestand)"
        )
    text = unescape(body.decode("utf-8", "replace"))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return "er staan opdrachten in (XML-entiteiten)"
    if name.endswith(".rels"):
        return _wrong_relation(text)
    if kind == WORD:
        return _wrong_in_word(name, text)
    if _BAD_OPEN.search(text):
        return "er zitten macro's, ingesloten objecten of koppelingen in"
    return "het haalt een sjabloon van elders" if _AWAY.search(text) else None


def _wrong_relation(text: str) -> str | None:
    for told in _RELATION.finditer(text):
        marks = {m[1].casefold(): m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(told[1])}
        kind, away = (
            marks.get("type", "").rpartition("/")[2].casefold(),
            marks.get("targetmode", "").casefold() == "external",
        )
        if kind in _BAD_RELATION:
            return (
                "het haalt iets van elders (een sjabloon, een object) of sluit iets in dat kan"
                " draaien"
            )
        if away and (
            kind != "hyperlink"
            or not re.match(r"(?:https?|mailto|tel):|#", marks.get("target", ""), re.IGNORECASE)
        ):
            return "het haalt iets van elders als het wordt geopend"
    return None


def _wrong_in_word(name: str, text: str) -> str | None:
    if name == "[content_types].xml":
        return "er zitten macro's of ingesloten objecten in" if _BAD_KIND.search(text) else None
    orders = "".join(m[1] or m[2] or m[3] or "" for m in _ORDERS.finditer(text))
    if _BAD_ORDER.search(orders):
        return "er staan velden in die iets van elders halen of uitvoeren (DDE)"
    return "er zijn objecten of besturing in ingesloten" if _BAD_WORD.search(text) else None


def _wrong_in_pdf(body: bytes) -> str | None:
    for part in (body, *_streams(body)):
        plain = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), part) if b"#" in part else part
        if _BAD_PDF.search(plain):
            return "er zit een script, een formulier dat verstuurt of een ingesloten bestand in"
    return None


def _streams(body: bytes) -> Iterator[bytes]:
    """Give the streams in which a PDF packs its objects, unpacked as far as is reasonable."""
    left = _MOST_STREAMS
    for found in _STREAM.finditer(body):
        made = zlib.decompressobj().decompress(body[found.end() : found.end() + 5_000_000], left)
        left -= len(made)
        yield made
        if left <= 0:
            raise ValueError("unpacked too large")
