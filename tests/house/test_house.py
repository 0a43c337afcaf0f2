"""The house itself: floors, room sizes, no state name in code, tables equal to migrations, docs
equal to commands and settings.
"""

import ast
import json
import os
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from conftest import ROOT
from sqlmodel import SQLModel
from support.server import command
from support.shipped import PACKS, pack_of
from typer.main import get_command

from amhk import __version__, config
from amhk.cli import app
from amhk.store.database import migrate, schema

LINT = str(Path(sys.executable).parent / "lint-imports")
MODULES = [
    p
    for p in (ROOT / "amhk").rglob("*.py")
    if "migrations" not in p.parts and p.read_text(encoding="utf-8").strip()
]


def functions():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.end_lineno - node.lineno + 1, f"{path.name}:{node.name}", node


def test_rooms_and_functions_are_small():
    lines = {
        str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES
    }
    assert max(lines.values()) <= 400, max(lines, key=lines.get)
    assert statistics.median(lines.values()) <= 120
    sizes = [(n, name) for n, name, _ in functions()]
    assert max(sizes)[0] <= 40, max(sizes)
    assert statistics.median(n for n, _ in sizes) <= 10


def test_no_line_hides_how_long_it_is():
    """Also one without a space in it, which the style does not count; templates have 160."""
    widths = {".py": 100, ".html": 160, ".j2": 160, ".css": 160, ".js": 160}
    wide = [
        (str(path.relative_to(ROOT)), number)
        for part in ("amhk", "templates", "tests", "benchmarks")
        for path in (ROOT / part).rglob("*")
        if path.suffix in widths and "vendor" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > widths[path.suffix]
    ]
    assert not wide


# What has no type of its own, each once with its reason beside it: rows of several tables, JSON
# and files from outside, what was filled in of a person or a form, a report read back, an
# expression in SQL.
UNTYPED = {
    "amhk/desk/figures/wording.py": {"Report", "Value"},
    "amhk/rules/parse.py": {"Filled", "Raw"},
    "amhk/rules/people/people.py": {"Person"},
    "amhk/store/rows.py": {"Json", "Row"},
    "amhk/store/tables/__init__.py": {"Query", "Sql"},
}


def untyped(tree):
    """The names of a room that stand for anything at all."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == "Any" for n in ast.walk(node.value))
    }


def test_what_the_types_cannot_see_is_little_and_has_a_name():
    rooms = {
        str(p.relative_to(ROOT)): p.read_text(encoding="utf-8")
        for p in (ROOT / "amhk").rglob("*.py")
    }
    trees = {name: ast.parse(text) for name, text in rooms.items()}
    anys = sum(
        isinstance(node, ast.Name) and node.id == "Any"
        for tree in trees.values()
        for node in ast.walk(tree)
    )
    lines = sum(len(text.splitlines()) for text in rooms.values())
    assert 1000 * anys / lines <= 6, (anys, lines)
    named = {name: found for name, tree in trees.items() if (found := untyped(tree))}
    assert named == UNTYPED


def test_every_room_opens_with_a_sentence_and_every_public_function_says_what_it_gives():
    assert not [
        p.name for p in MODULES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    public = [
        name
        for _, name, node in functions()
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    nested = {"holds_here", "connected", "begun", "one", "distance", "lifespan", "as_of"}
    assert not [n for n in public if n.split(":")[1] not in nested]


# What the engine itself speaks of by a word that a procedure uses too: what it does, or a word of
# the law or of a list. Anything else a procedure names is its own, and stands in its files alone.
ENGINE = {
    "vervolgmelding": "a melding that joins another: its line, and how both are tied",
    "andere_regio": "the other meldpunt a case is handed over to",
    "geen_hgkm": "the answer in triage that a form is none of ours",
    "niet_acuut": "the reason asked in triage when such a form said it was acute",
    "geen_antwoord": "a refusal: no answer to what was handed over",
    "geen_overdracht": "a refusal: this procedure hands nothing over",
    "vernietiging": "the right to have data destroyed (AVG art. 17)",
    "inzage": "the right to see data (AVG art. 15)",
    "bewaren": "the choice to keep personal data on a ground",
    "onderzoek": "the purpose of data given for statistics (Wmo 2015 art. 5.3.6); a key of figures",
    "conclusie": "what a letter can tell",
    "gevoegd": "how a melding that joined is told of; a key of figures",
    "ingetrokken": "what was said of a referral or a matter is taken back",
}


def test_code_names_nothing_of_a_procedure():
    """Of none of those that come with the product: what one needs stands in its own files."""
    named, packs = set(), [pack_of(place.name) for place in sorted(PACKS.iterdir())]
    assert {pack.name for pack in packs} == {"amhk", "veilig-thuis"}
    for flow in (flow for pack in packs for flow in pack.workflows.values()):
        endings = {move.ending for move in flow.moves.values() if move.ending}
        named |= {*flow.states, *flow.moves, *flow.terms, *flow.notices, *flow.needs, *endings}
    found = {}
    for path in MODULES:
        if "migrations" in path.parts or "training" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        for name in said & named:
            found.setdefault(name, set()).add(path.name)
    assert {name: where for name, where in found.items() if name not in ENGINE} == {}
    assert set(ENGINE) <= set(found), "no longer said: it need not be allowed"
    numbers = {
        (path.name, node.lineno)
        for path in (ROOT / "amhk/rules/procedure").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for part in (node.left, *node.comparators)
        if isinstance(part, ast.Constant) and part.value in (3, 4) and "finish" in ast.dump(node)
    }
    assert numbers == set()


def test_nothing_is_left_unfinished_or_switched_off():
    marks = re.compile(
        r"TODO|FIXME|XXX|NotImplementedError|pragma: no cover|mark\.(skip|xfail)|noqa"
    )
    for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]:
        if path.name != "test_house.py":
            assert not marks.search(path.read_text(encoding="utf-8")), path


def test_imports_go_down_only():
    done = subprocess.run(
        [LINT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_stray_room_fails(tmp_path):
    import shutil

    shutil.copytree(ROOT / "amhk", tmp_path / "amhk")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    (tmp_path / "amhk" / "helpers.py").write_text('"""Stray."""\n')
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode != 0
    assert "helpers" in done.stdout


def test_the_migrations_give_the_tables(office):
    with office.store.read() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), SQLModel.metadata
        )
    assert found == []
    assert migrate.head() == schema.NEWEST


def commands():
    for name, each in get_command(app).commands.items():
        subs = getattr(each, "commands", None)
        yield from ((f"{name} {sub}" for sub in subs) if subs else [name])


@pytest.mark.parametrize("name", [*commands()])
def test_every_command_is_in_the_guide_and_has_help(name):
    assert f"amhk {name}" in (ROOT / "docs" / "beheer.md").read_text(encoding="utf-8"), name


def test_the_command_line_says_which_version_it_is():
    done = command("--version")
    assert (done.returncode, done.stdout) == (0, f"amhk {__version__}\n")


def test_every_command_helps_itself():
    done = subprocess.run(
        [sys.executable, "-m", "amhk", "worker", "add", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--role" in done.stdout


def test_every_setting_is_in_the_guide():
    text = (ROOT / "docs" / "beheer.md").read_text(encoding="utf-8")
    assert not [
        name for names in config.KNOWN.values() for name in names if f"`{name}`" not in text
    ]


def test_every_route_of_the_contract_is_in_the_description(sqlite_office):
    from amhk.web.app import create_app

    described = create_app(sqlite_office).openapi()
    paths = described["paths"]
    call = paths["/api/v1/cases"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "oneOf"
    ]
    assert [c["properties"]["route"]["const"] for c in call] == ["melding", "advies"]
    assert described["components"]["securitySchemes"]
    for path in (
        "/workflows",
        "/workflows/{name}",
        "/cases",
        "/cases/{number}",
        "/cases/{number}/moves/{move}",
        "/cases/{number}/people",
        "/cases/{number}/assign",
        "/cases/{number}/terms/{term}/suspend",
        "/cases/{number}/terms/{term}/resume",
        "/cases/{number}/terms/{term}/extend",
        "/cases/{number}/journal",
        "/institutions",
        "/notices/{key}",
        "/notices/{key}.pdf",
        "/notices/{key}.html",
        "/notices/{key}/approve",
        "/notices/{key}/send",
        "/notices/{key}/withhold",
        "/reports/{name}",
        "/health",
        "/clock",
        "/tick",
    ):
        assert f"/api/v1{path}" in paths, path


def test_the_shipped_config_names_every_region():
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    tomllib.loads(text)
    for region in (
        "rotterdam-rijnmond",
        "utrecht",
        "zuid-holland-zuid",
        "zuid-kennemerland-ijmond",
    ):
        assert (
            len(config.gemeenten_of(region))
            == {
                "rotterdam-rijnmond": 16,
                "utrecht": 26,
                "zuid-holland-zuid": 17,
                "zuid-kennemerland-ijmond": 7,
            }[region]
        )


def test_each_sentence_on_security_names_a_test_that_is_there():
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }
    promised, _, _ = text.partition("## What it does not do")
    told = [line for line in promised.splitlines() if line.startswith("- ")]
    assert len(told) > 50
    for line in told:
        named = re.fullmatch(r"- [^(].*\. \((`test_\w+`(?:, `test_\w+`)*)\)", line)
        assert named, line
        assert set(re.findall(r"test_\w+", named[1])) <= there, line


def test_the_bill_of_materials_is_that_of_the_lock_file():
    """Name and version of each package; `scripts/audit --write` makes it anew."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", lock, re.MULTILINE))
    told = json.loads((ROOT / "docs" / "sbom.json").read_text(encoding="utf-8"))
    assert {(c["name"], c["version"]) for c in told["components"]} == locked
    assert all(c["hashes"] for c in told["components"])
