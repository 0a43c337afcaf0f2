"""A document is judged by what is inside, whatever it is called.

One that only is to be read is kept, one that can do something is refused in a sentence.
"""

import io
import random
import subprocess
import zipfile
import zlib

import pytest
from conftest import FULL
from odf.opendocument import OpenDocumentText
from odf.text import P
from support.cast import reader
from support.families import melding

from amhk.desk.cases import attachments
from amhk.documents import OPEN, PDF, WORD, wrong_inside
from amhk.errors import BadInput
from amhk.letters.pdf import as_pdf
from amhk.letters.render import Block

RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="x"><Default Extension="xml"'
    ' ContentType="application/xml"/>{}</Types>'
)
DOCUMENT = (
    '<?xml version="1.0"?><w:document'
    ' xmlns:w="w"><w:body><w:p><w:r><w:t>Tekst</w:t></w:r>{}</w:p></w:body></w:document>'
)
LINKS = '<?xml version="1.0"?><Relationships xmlns="x">{}</Relationships>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def packed(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name, body)
    return made


def link(kind, target="x.xml", mode=""):
    return LINKS.format(
        f'<Relationship Id="r1" Type="{RELS}/{kind}"'
        f' Target="{target}"{f" TargetMode={mode!r}" if mode else ""}/>'
    )


def docx(body="", types="", **parts):
    return packed(
        {"[Content_Types].xml": TYPES.format(types), "word/document.xml": DOCUMENT.format(body)}
        | parts
    )


def odt(content="<office:text/>", **parts):
    return packed(
        {
            "mimetype": OPEN,
            "content.xml": f"<office:document-content>{content}</office:document-content>",
        }
        | parts
    )


def order(*pieces):
    return "".join(
        f'<w:r><w:instrText xml:space="preserve">{p}</w:instrText></w:r>' for p in pieces
    )


BAD_WORD = {
    "macro": docx(**{"word/vbaProject.bin": OLE}),
    "macro, renamed": docx(**{"word/media/foto.png": OLE}),
    "macro, as font": docx(**{"word/fonts/font1.odttf": OLE}),
    "macro, in capitals": docx(**{"WORD/VBAPROJECT.BIN": OLE}),
    "macro by its kind": docx(
        types=(
            '<Override PartName="/word/x.xml" ContentType="application/vnd.ms-office.vbaProject"/>'
        )
    ),
    "macro document": docx(
        types=(
            '<Override PartName="/word/document.xml"'
            ' ContentType="application/vnd.ms-word.document.MacroEnabled.main+xml"/>'
        )
    ),
    "remote template": docx(
        **{
            "word/_rels/settings.xml.rels": link(
                "attachedTemplate", "https://kwaad.voorbeeld/s.dotm", "External"
            )
        }
    ),
    "remote template, in capitals": docx(
        **{
            "WORD/_RELS/SETTINGS.XML.RELS": link(
                "AttachedTemplate", "https://kwaad.voorbeeld/s.dotm", "EXTERNAL"
            )
        }
    ),
    "remote template on a share": docx(
        **{
            "word/_rels/settings.xml.rels": link(
                "attachedTemplate", "file://kwaad/s.dotm", "External"
            )
        }
    ),
    "remote image": docx(
        **{
            "word/_rels/document.xml.rels": link(
                "image", "https://kwaad.voorbeeld/a.png", "External"
            )
        }
    ),
    "hyperlink to a share": docx(
        **{"word/_rels/document.xml.rels": link("hyperlink", "file://kwaad/deel", "External")}
    ),
    "ActiveX": docx(
        **{
            "word/activeX/activeX1.xml": "<ax:ocx/>",
            "word/_rels/document.xml.rels": link("control", "activeX/activeX1.xml"),
        }
    ),
    "ActiveX by its kind": docx(
        types=(
            '<Override PartName="/word/a.xml" ContentType="application/vnd.ms-office.activeX+xml"/>'
        )
    ),
    "embedded object": docx(**{"word/embeddings/oleObject1.bin": OLE}),
    "embedded object, in capitals": docx(**{"Word/Embeddings/OleObject1.BIN": OLE}),
    "embedded workbook": docx(**{"word/embeddings/a.xlsx": b"PK\x03\x04" + b"x" * 90}),
    "embedded program": docx(**{"word/media/a.png": b"MZ" + b"x" * 90}),
    "object in the text": docx('<w:object><o:OLEObject Type="Embed"/></w:object>'),
    "other document in it": docx('<w:altChunk r:id="r1"/>'),
    "DDE": docx(order(" DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe ")),
    "DDE in pieces": docx(order(" D", "DE", "AUTO ", "cmd")),
    "DDE in a simple field": docx('<w:fldSimple w:instr=" DDE cmd x "/>'),
    "DDE in numbers": docx(order("&#68;&#68;E cmd ")),
    "text from elsewhere": docx(order(' INCLUDETEXT "https://kwaad.voorbeeld/x" ')),
    "entities": docx(**{"word/x.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "two of one name": docx(**{"WORD/document.xml": DOCUMENT.format("")}),
    "wide characters": docx(**{"word/x.xml": DOCUMENT.format(order(" DDE ")).encode("utf-16")}),
}
BAD_OPEN = {
    "macro": odt(**{"Basic/Standard/Module1.xml": "<script:module/>"}),
    "macro, in capitals": odt(**{"BASIC/x.xml": "<x/>"}),
    "script": odt(**{"Scripts/python/x.py": "import os"}),
    "script elsewhere": odt(**{"x/y.py": "import os"}),
    "event": odt('<script:event-listener script:event-name="dom:load"/>'),
    "DDE": odt('<office:dde-source office:dde-application="soffice"/>'),
    "section from elsewhere": odt(
        '<text:section-source xlink:href="https://kwaad.voorbeeld/x.odt"/>'
    ),
    "object": odt('<draw:object xlink:href="./Object 1"/>'),
    "old object": odt("<draw:object-ole/>", **{"Object 1": OLE}),
    "script address": odt('<text:a xlink:href="vnd.sun.star.script:x.y?language=Basic"/>'),
    "remote template": odt(
        **{"meta.xml": '<meta:template xlink:href="https://kwaad.voorbeeld/s.ott"/>'}
    ),
}
BAD_PDF = {
    "script": b"%PDF-1.7\n1 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
    "script, in numbers": b"%PDF-1.7\n1 0 obj << /S /J#61vaScript >> endobj",
    "program": b"%PDF-1.7\n1 0 obj << /S /Launch /F (cmd.exe) >> endobj",
    "file in it": b"%PDF-1.7\n1 0 obj << /Type /EmbeddedFile >> endobj",
    "script, packed": (
        b"%PDF-1.7\n1 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n"
        + zlib.compress(b"<< /S /JavaScript >>")
        + b"\nendstream"
    ),
}


@pytest.mark.parametrize(
    ("kind", "name"), [(k, n) for k, told in ((WORD, BAD_WORD), (OPEN, BAD_OPEN)) for n in told]
)
def test_a_document_that_can_do_something_is_refused(kind, name):
    assert wrong_inside(kind, (BAD_WORD if kind == WORD else BAD_OPEN)[name]), name


@pytest.mark.parametrize("name", BAD_PDF)
def test_a_pdf_that_can_do_something_is_refused(name):
    assert wrong_inside(PDF, io.BytesIO(BAD_PDF[name])), name


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (WORD, docx(order(" PAGE ", " DATE "))),
        (
            WORD,
            docx(
                **{
                    "word/media/a.png": PNG,
                    "word/_rels/document.xml.rels": link(
                        "hyperlink", "https://www.veiligthuis.nl", "External"
                    ),
                }
            ),
        ),
        (WORD, docx("<w:t>Hij zei DDE en LINK.</w:t>")),
        (OPEN, odt("<office:text>Hij zei: macro: nee</office:text>")),
        (OPEN, odt("<office:scripts/>", **{"Pictures/a.png": PNG})),
        (
            PDF,
            io.BytesIO(b"%PDF-1.7\n1 0 obj << /Type /Catalog /OpenAction [3 0 R /Fit] >> endobj"),
        ),
    ],
)
def test_a_document_that_is_only_to_be_read_is_kept(kind, content):
    assert wrong_inside(kind, content) is None


def test_what_an_office_program_and_this_one_make_is_kept(tmp_path):
    made, text = io.BytesIO(), OpenDocumentText()
    text.text.addElement(P(text="Verslag van het gesprek."))
    text.save(made)
    assert wrong_inside(OPEN, made) is None
    book = tmp_path / "lijst.csv"
    book.write_text("naam;plaats\nKim;Schiedam\n")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    told = [
        "soffice",
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf:calc_pdf_Export",
        "--outdir",
        str(tmp_path),
        str(book),
    ]
    subprocess.run(told, capture_output=True, check=True, timeout=600)
    assert wrong_inside(PDF, io.BytesIO((tmp_path / "lijst.pdf").read_bytes())) is None
    assert (
        wrong_inside(
            PDF,
            io.BytesIO(
                as_pdf(
                    (Block("kop", ("Brief",)), Block("alinea", ("Tekst",))),
                    "Brief",
                    "Meldpunt",
                    False,
                )
            ),
        )
        is None
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("gesp\u202efdp.docx", "gespfdp.docx"),
        ("a\u200bb.pdf", "ab.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("C:\\map\\y.pdf", "y.pdf"),
        ("brief .pdf. ", "brief .pdf"),
        ("n\nm.pdf", "nm.pdf"),
    ],
)
def test_a_name_is_kept_without_signs_that_mislead(name, kept):
    assert attachments.clean_name(name) == kept


def test_a_refused_document_leaves_nothing_and_says_why(sqlite_client, sqlite_office):
    number = sqlite_client.post("/cases", melding())["number"]
    with pytest.raises(BadInput, match="macro") as wrong:
        attachments.add_file(
            sqlite_office,
            number,
            "verslag.docx",
            docx(**{"word/vbaProject.bin": OLE}),
            reader(sqlite_office, "Tom"),
        )
    assert len(wrong.value.faults) == 1 and sqlite_client.case(number)["attachments"] == []
    assert not (sqlite_office.config.folder / sqlite_office.config.attachments).exists()


@pytest.mark.soak
def test_whatever_is_in_a_document_it_is_judged():
    dice = random.Random(10)
    for _ in range(5_000 if FULL else 300):
        content = bytearray(
            dice.choice([docx(), odt(), io.BytesIO(BAD_PDF["script, packed"])]).getvalue()
        )
        for _ in range(dice.randrange(1, 20)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        for kind in (WORD, OPEN, PDF):
            assert wrong_inside(kind, io.BytesIO(content)) is None or True
