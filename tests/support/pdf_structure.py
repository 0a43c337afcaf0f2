"""How a PDF is built, as a screen reader meets it: its structure tree, read by pypdf."""

from io import BytesIO
from itertools import pairwise

import pypdf

# What may stand in what (PDF 1.7, 14.8.4; PDF/UA-1, 7.1 to 7.5).
_INSIDE = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "LI": {"L"},
    "LBody": {"LI"},
    "Lbl": {"LI", "Note", "TOCI", "Reference"},
    "TOCI": {"TOC"},
}


def structure_of(told):
    """Every element of the structure: its kind (mapped to a standard one), that of what holds it,
    and its dictionary; in the order of reading.
    """
    root = pypdf.PdfReader(BytesIO(told)).trailer["/Root"]["/StructTreeRoot"]
    names = {str(k)[1:]: str(v)[1:] for k, v in root.get("/RoleMap", {}).items()}
    found = []

    def walk(node, inside):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one, inside)
        elif isinstance(node, dict):
            kind = str(node.get("/S", "/"))[1:]
            kind = names.get(kind, kind) or inside
            if "/S" in node:
                found.append((kind, inside, node))
            walk(node.get("/K", []), kind)

    walk(root["/K"], "")
    return found


def faults_of(told):
    """What stands in the way of who hears this paper instead of seeing it."""
    paper = pypdf.PdfReader(BytesIO(told))
    root = paper.trailer["/Root"]
    found = structure_of(told)
    kinds = [kind for kind, _, _ in found]
    xmp = root["/Metadata"].get_data().decode()
    heads = [int(k[1]) for k in kinds if len(k) == 2 and k[0] == "H" and k[1].isdigit()]
    if not root["/MarkInfo"]["/Marked"]:
        yield "it is not tagged"
    if str(root.get("/Lang", "")) != "nl":
        yield "its language is not said"
    if not root["/ViewerPreferences"]["/DisplayDocTitle"] or not paper.metadata.title:
        yield "its title is not shown"
    if "<pdfuaid:part>1</pdfuaid:part>" not in xmp.replace(" ", ""):
        yield "it does not say that it is PDF/UA-1"
    if not heads or heads[0] != 1 or any(b > a + 1 for a, b in pairwise(heads)):
        yield f"its headings skip a level: {heads}"
    for kind, inside, _ in found:
        if inside not in _INSIDE.get(kind, {inside}):
            yield f"{kind} stands in {inside}"
    for n, table in enumerate(node for kind, _, node in found if kind == "Table"):
        told_rows = [k for k, _ in _below(table)]
        if "TH" not in told_rows:
            yield f"table {n + 1} has no heads"
    for n, page in enumerate(paper.pages, 1):
        if str(page.get("/Tabs", "")) != "/S" and "/Annots" in page:
            yield f"page {n}: its links are not in the order of reading"
    if not paper.outline:
        yield "it has no index to walk by"


def _below(node):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from _below(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])[1:], node
        yield from _below(node.get("/K", []))
