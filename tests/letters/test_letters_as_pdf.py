"""The letters themselves: each in every state that can send it, with the most and the least there
can be; and how their PDF is built (PDF/A-2a, PDF/UA-1).
"""

import re
from datetime import date
from io import BytesIO

import pytest
from conftest import ROOT
from pypdf import PdfReader
from pypdf.generic import IndirectObject
from support.shipped import PACKS, pack_of

from amhk.desk.letters import sample_facts
from amhk.desk.letters.facts import OPTIONAL
from amhk.letters import piles
from amhk.letters.pdf import as_pdf
from amhk.letters.printable_signs import BOX, printable, unprintable
from amhk.letters.render import Block, Head, Letters, RenderFailed, as_html, as_text
from amhk.rules.privacy.disclosure import REFERRED
from amhk.rules.privacy.recipients import STANDARD
from amhk.rules.procedure.drafting import drafted, sendable
from amhk.rules.procedure.worlds import worlds_of

shown = sample_facts.for_letter
LETTERS = Letters(ROOT / "templates" / "notices")
HEAD = sample_facts.head(
    "Meldpunt Oefenregio", ("Postbus 1", "0000 AA Oefenstad", "0800-2000"), "Wijkteam Oefenstad"
)


# Of each shipped procedure how many texts it writes, and the states after a referral.
TEXTS = {"amhk": 15, "veilig-thuis": 18}
REFERRED_IN = {"verwezen_in_nazorg", "in_monitoring"}


def worlds(pack):
    flows = pack_of(pack).workflows.values()
    return [told for w in flows for told in worlds_of(w).parts.items()]


def letters_of(pack, flow):
    """The letters of the release a workflow is of: its own, and else those of the house."""
    return Letters(LETTERS.folder, own=PACKS / pack / flow.release / "brieven")


def reader_of(flow, name):
    return flow.recipients.get(name) or STANDARD[name]


def written(worlds):
    """Every template: its notice, the class of reader, and the states in which it can still stand
    open.
    """
    for track, world in worlds:
        states = sendable(world)
        for rule in (n for n in world.workflow.notices.values() if n.of == track):
            for template, recipient in rule.templates:
                reader = reader_of(world.workflow, recipient)
                yield world, rule, template, reader, sorted(states[rule.name])


@pytest.mark.parametrize("pack", TEXTS)
def test_every_letter_renders_in_every_state_that_can_send_it_with_the_most_and_the_least(pack):
    seen, templates = 0, set()
    for world, rule, template, reader, states in written(worlds(pack)):
        letters = letters_of(pack, world.workflow)
        roads = drafted(world)[rule.name]
        templates.add(template)
        for state in states:
            referred = all(3 in d.spot.finishes for d in roads) or state in REFERRED_IN
            for facts in (sample_facts.worst(), sample_facts.least()):
                told = sample_facts.for_letter(facts, reader)
                if not referred:  # what only a referral brings is not there yet
                    told |= {name: None for name in REFERRED if name in told}
                needed = {n for n in letters.asked(template) if n not in OPTIONAL}
                assert all(told.get(n) is not None for n in needed), (template, state, needed)
                blocks = letters.render(template, told)
                assert blocks[0].kind == "kop" and sum(b.kind == "kop" for b in blocks) < 15
                seen += 1
        for facts in (sample_facts.worst(), sample_facts.least(), sample_facts.fair()):
            pdf = as_pdf(
                letters.render(template, sample_facts.for_letter(facts, reader)),
                rule.title,
                "Meldpunt",
                True,
                HEAD,
            )
            assert pdf.startswith(b"%PDF")
    own = {p.stem for p in (PACKS / pack).rglob("*.j2")}
    house = {p.stem for p in LETTERS.folder.glob("*.j2")}
    assert own <= templates and (own or templates == house), "no text lies unused"
    assert len(templates) == TEXTS[pack] and seen > 200


@pytest.mark.parametrize("pack", TEXTS)
def test_what_is_typed_never_becomes_layout(pack):
    for world, _, template, reader, _ in written(worlds(pack)):
        letters = letters_of(pack, world.workflow)
        blocks = letters.render(template, shown(sample_facts.worst(), reader))
        assert not [b for b in blocks if b.kind == "kop" and "Geen kop" in b.items[0]]
        html = as_html(blocks, HEAD)
        assert "<b>" not in html and set(re.findall(r"<(\w+)", html)) <= {
            "div",
            "p",
            "br",
            "dl",
            "dt",
            "dd",
            "h1",
            "h2",
            "ul",
            "li",
        }
        assert "\u202e" not in as_text(blocks)


@pytest.mark.parametrize("fact", ["melder_naam", "ontvangen", "organisatie"])
def test_a_letter_without_a_fact_it_needs_is_not_made(fact):
    facts = shown(sample_facts.fair(), STANDARD["melder"])
    del facts[fact]
    with pytest.raises(RenderFailed, match=fact):
        LETTERS.render("terugkoppeling_melder", facts)


# ------------------------------------------------------------------ the PDF


def plain(value):
    return value.get_object() if isinstance(value, IndirectObject) else value


def tree(pdf):
    """The tags of a PDF in reading order, each with the tags under it."""
    root = plain(pdf.trailer["/Root"])

    def walk(node):
        node = plain(node)
        if isinstance(node, list):
            return [t for n in node for t in walk(n)]
        if not hasattr(node, "get") or "/S" not in node:
            return []
        return [(node["/S"], walk(node.get("/K", [])))]

    return walk(plain(root["/StructTreeRoot"]).get("/K", []))


def flat(tags):
    return [name for tag, under in tags for name in (tag, *flat(under))]


@pytest.fixture(scope="module")
def referral():
    blocks = LETTERS.render(
        "verwijzing_instelling",
        shown(sample_facts.fair(), STANDARD["instelling"]),
    )
    return blocks, PdfReader(
        BytesIO(as_pdf(blocks, "Verwijzing M-2026-000012", "Meldpunt Oefenregio", False, HEAD))
    )


def test_a_pdf_has_its_title_its_language_and_says_which_standards_it_keeps(referral):
    _, pdf = referral
    root = plain(pdf.trailer["/Root"])
    assert root["/Lang"] == "nl" and bool(plain(root["/MarkInfo"])["/Marked"])
    assert pdf.metadata.title == "Verwijzing M-2026-000012" and bool(
        plain(root["/ViewerPreferences"])["/DisplayDocTitle"]
    )
    said = plain(root["/Metadata"]).get_data().decode()
    assert (
        re.search(r"pdfaid:part>2<", said)
        and re.search(r"pdfaid:conformance>A<", said)
        and re.search(r"pdfuaid:part>1<", said)
    )


def test_headings_lists_and_paragraphs_stand_in_the_tag_tree_as_in_the_letter(referral):
    blocks, pdf = referral
    tags = flat(tree(pdf))
    heads = [b for b in blocks if b.kind == "kop"]
    assert [t for t in tags if re.fullmatch(r"/H\d", t)] == ["/H1"] + ["/H2"] * (len(heads) - 1)
    lists = [b for b in blocks if b.kind == "lijst"]
    assert tags.count("/L") == len(lists) and tags.count("/LI") == tags.count("/LBody") == sum(
        len(b.items) for b in lists
    )
    assert tags.count("/P") >= sum(b.kind == "alinea" for b in blocks)


def test_every_font_is_inside_and_what_is_read_aloud_is_what_stands_there(referral):
    blocks, pdf = referral
    fonts = [
        plain(f) for page in pdf.pages for f in plain(plain(page["/Resources"])["/Font"]).values()
    ]
    for font in fonts:
        below = plain(plain(font["/DescendantFonts"])[0])
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            plain(below["/FontDescriptor"])
        ) and "/ToUnicode" in font
    text = " ".join(p.extract_text() for p in pdf.pages)
    squeezed = re.sub(r"\s+", "", text)
    for block in blocks:
        for item in block.items:
            assert re.sub(r"\s+", "", item) in squeezed, item
    assert "OEFENING" not in text


def test_a_letter_of_a_training_meldpunt_has_the_mark_on_every_page():
    blocks = LETTERS.render("verzoek_rvdk", shown(sample_facts.worst(), STANDARD["rvdk"]))
    pdf = PdfReader(BytesIO(as_pdf(blocks, "t", "o", True, HEAD)))
    assert len(pdf.pages) > 2
    for page in pdf.pages:
        assert "OEFENING: geen echte brief" in page.extract_text() and re.search(
            r"OEFENING$|OEFENING\n", page.extract_text()
        )


def test_a_letter_carries_the_mark_of_the_meldpunt_with_words_for_who_cannot_see_it(tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80"'
        ' height="40" fill="#00568b"/></svg>',
        encoding="utf-8",
    )
    pdf = PdfReader(
        BytesIO(
            as_pdf((Block("kop", ("Kop",)),), "t", "Meldpunt", training=False, head=HEAD, logo=logo)
        )
    )
    assert "/Figure" in flat(tree(pdf)) and "Meldpunt" in str(find_alt(pdf))


def find_alt(pdf):
    def walk(node):
        node = plain(node)
        if isinstance(node, list):
            return [a for n in node for a in walk(n)]
        if not hasattr(node, "get"):
            return []
        return ([node["/Alt"]] if "/Alt" in node else []) + walk(node.get("/K", []))

    return walk(plain(plain(pdf.trailer["/Root"])["/StructTreeRoot"]).get("/K", []))


def test_every_character_that_counts_as_printable_can_be_printed_and_others_become_a_box():
    import json

    spans = json.loads((ROOT / "amhk/letters/fonts/covered.json").read_text(encoding="utf-8"))
    every = printable("".join(chr(c) for first, last in spans for c in range(first, last + 1)))
    for start in range(0, len(every), 500):
        as_pdf(
            (
                Block("kop", ("Kop",)),
                Block("alinea", (every[start : start + 500].replace("\n", " "),)),
            ),
            "t",
            "o",
            False,
        )
    assert (
        printable("Ğül \u0627\u062d\u0645\u062f 漢😀\u0007")
        == f"Ğül \u0627\u062d\u0645\u062f {BOX}{BOX}"
    )
    assert unprintable("a漢b漢😀\u202e") == "漢😀"


def test_a_pile_is_the_letters_as_they_are_each_on_a_sheet_of_its_own():
    short = as_pdf((Block("kop", ("Kort",)),), "t", "o", False)
    long = as_pdf(
        (Block("kop", ("Lang",)), *[Block("alinea", ("woord " * 60,))] * 14), "t", "o", False
    )
    pages = PdfReader(
        BytesIO(
            piles.together(
                "Meldpunt",
                date(2026, 2, 2),
                [("A", "gesloten envelop"), ("B", "gesloten envelop")],
                [short, long],
                False,
            )
        )
    ).pages
    said = [p.extract_text() for p in pages]
    assert "2 brieven" in said[0] and "A. 1 bladzijde. gesloten envelop." in said[0]
    assert [n for n, text in enumerate(said) if "Kort" in text or "Lang" in text] == [2, 4] and len(
        pages
    ) % 2 == 0


def test_the_head_of_a_letter_is_escaped_and_clean():
    html = as_html(
        (Block("kop", ("K",)),),
        Head(
            organisation="M & Co",
            sender=("<b>",),
            to=("Jan\u202e", "漢"),
            marks=(("Datum", "<i>"),),
            signature=("groet",),
        ),
    )
    assert (
        "<b>" not in html
        and "<i>" not in html
        and "\u202e" not in html
        and BOX in html
        and "M &amp; Co" in html
    )
