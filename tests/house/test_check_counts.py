"""`amhk check` gives a number only where it counted; what could not be read is no nought."""

import json

import pytest
from conftest import make_folder
from typer.testing import CliRunner

from amhk.cli import app

COUNTS = ("open", "with_next_term", "without")


def garbage(path):
    (path.parent / "meldpunt.sqlite").write_bytes(b"geen database" * 4000)


def half(path):
    file = path.parent / "meldpunt.sqlite"
    file.write_bytes(file.read_bytes()[:40_000])


def gone(path):
    (path.parent / "meldpunt.sqlite").unlink()


def a_folder(path):
    gone(path)
    (path.parent / "meldpunt.sqlite").mkdir()


def no_settings(path):
    path.unlink()


def settings_that_do_not_read(path):
    path.write_text("region = [", encoding="utf-8")


def a_server_that_is_not_there(path):
    text = path.read_text(encoding="utf-8").replace(
        '"meldpunt.sqlite"', '"postgresql+psycopg://a@127.0.0.1:9/b?connect_timeout=2"'
    )
    path.write_text(text, encoding="utf-8")


WAYS = (
    garbage,
    half,
    gone,
    a_folder,
    no_settings,
    settings_that_do_not_read,
    a_server_that_is_not_there,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda w: w.__name__)
def test_what_could_not_be_read_is_not_counted(tmp_path, way):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    way(path)
    told = CliRunner().invoke(app, ["check", "--json", "--config", str(path)])
    found = json.loads(told.stdout)
    assert told.exit_code == 1 and found["faults"], told.stdout
    assert [found[name] for name in COUNTS] == [None] * 3
    said = CliRunner().invoke(app, ["check", "--config", str(path)])
    assert (
        said.exit_code == 1
        and said.stdout.startswith("De zaken zijn niet geteld.")
        and " 0 zonder" not in said.stdout
    )


def test_what_was_counted_is_a_number(tmp_path):
    told = CliRunner().invoke(
        app, ["check", "--json", "--config", str(make_folder(tmp_path / "m", "meldpunt.sqlite"))]
    )
    assert told.exit_code == 0 and [json.loads(told.stdout)[name] for name in COUNTS] == [0, 0, 0]
