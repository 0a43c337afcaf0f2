"""One vocabulary: what the glossary says stands in the code does, and what it bans does not."""

import ast
import re
from functools import cache

from conftest import ROOT

GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
USED, BANNED = GLOSSARY.split("## Words we do not use")
MARKED = re.compile(r"`(\w+)`")


def rows(part):
    """The rows of a table, without its head."""
    cells = [
        [c.strip() for c in line.split("|")[1:-1]] for line in part.splitlines() if "|" in line
    ]
    return cells[2:]


@cache
def names():
    """Every name in the code, and every word of such a name."""
    found = set()
    for path in (ROOT / "amhk").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        found.add(path.stem)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for kind, part in (
                (ast.Name, "id"),
                (ast.Attribute, "attr"),
                (ast.arg, "arg"),
                (ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, "name"),
            ):
                if isinstance(node, kind):
                    found.add(getattr(node, part))
    words = {w for name in found for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?=[A-Z_]|$)", name)}
    return found | {word.lower() for word in words}


def test_every_word_of_the_glossary_that_stands_in_the_code_does():
    marked = [word for row in rows(USED) for word in MARKED.findall(row[1])]
    assert len(marked) > 70
    assert not [word for word in marked if word not in names()]


def test_no_word_the_glossary_bans_is_part_of_a_name():
    banned = [word for row in rows(BANNED) for word in MARKED.findall(row[0])]
    assert len(banned) > 8
    assert not [word for word in banned if word in names()]


def test_every_row_of_the_glossary_says_what_it_means_and_stands_there_once():
    told = rows(USED)
    assert all(len(row) == 4 and row[0] and row[2] and row[3] for row in told)
    assert len({row[0] for row in told}) == len(told) > 50
