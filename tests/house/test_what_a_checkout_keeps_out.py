"""A meldpunt that is started in a checkout leaves nothing there that could be committed: no key, no
database, no attachment.
"""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.server import Server

from amhk.desk.cases import attachments
from amhk.desk.intake import calls
from amhk.desk.people import kin
from amhk.office import open_office

ROOT = Path(__file__).parents[2]
BROUGHT = (".gitignore", "config.toml", "workflows", "templates")


@pytest.fixture
def checkout(tmp_path):
    for name in BROUGHT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    return tmp_path


def git(folder, *words):
    return subprocess.run(
        ("git", *words), cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_a_started_meldpunt_leaves_nothing_that_could_be_committed(checkout):
    with Server(checkout / "config.toml", processes=2, more=("--training", "--no-demo")):
        office = open_office(checkout / "config.toml", proof=False)
        hire(office)
        number = calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
        attachments.add_file(
            office, number, "brief.txt", BytesIO(b"Een brief."), reader(office, "Tom")
        )
        kin.mark_of(office)
        here = {path.name for path in checkout.iterdir()}
        told = git(checkout, "status", "--porcelain").splitlines()
        office.close()
    assert {"sleutel", "bijlagen", "meldpunt.sqlite", "meldpunt.sqlite-beurt"} <= here
    assert [line for line in told if not line.startswith("A ")] == []
