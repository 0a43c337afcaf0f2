"""What is made is for this user alone, and whatever is wrong with where or how the house is opened
is one sentence.
"""

import stat

import pytest
from support.server import command


def amhk(*told, cwd):
    """Run the command line; gives what it said."""
    done = command(*told, cwd=cwd)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A meldpunt made by the command line."""
    place = tmp_path_factory.mktemp("deuren")
    assert amhk("init", "meldpunt", "--region", "utrecht", "--training", cwd=place).returncode == 0
    return place / "meldpunt"


def test_everything_that_is_made_is_for_this_user_alone(made):
    assert amhk("worker", "add", "Tom", "--role", "teamleider", cwd=made).returncode == 0
    assert amhk("check", cwd=made).returncode == 0
    wrong = []
    for path in [made, *made.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            wrong.append((str(path), oct(mode)))
    assert not wrong


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("serve", "--port", "99999"), "geen poort"),
        (("serve", "--port", "-1"), "geen poort"),
        (("serve", "--host", "onbekend.invalid"), "bestaat hier niet"),
        (("serve", "--host", "x" * 300), "bestaat hier niet"),
        (("init", "", "--region", "utrecht"), "staat al"),
        (("init", "a" * 300, "--region", "utrecht"), "niet te maken"),
        (("init", "nieuw", "--region", "utrecht", "--pack", "geen"), "kies uit amhk"),
        (("init", "config.toml", "--region", "utrecht"), "niet te maken"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(made, told, said):
    before = sorted(p.name for p in made.iterdir())
    done = amhk(*told, cwd=made)
    assert (
        done.returncode in (1, 2)
        and said in done.stderr
        and len(done.stderr.strip().splitlines()) == 1
    ), done.stderr
    assert sorted(p.name for p in made.iterdir()) == before


def test_settings_saved_by_a_windows_editor_are_read_and_a_path_of_windows_is_explained(made):
    path = made / "config.toml"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert amhk("check", cwd=made).returncode == 0
        path.write_text(
            text.replace('out_folder = ""', r'out_folder = "C:\users\post"'), encoding="utf-8"
        )
        done = amhk("check", cwd=made)
        assert done.returncode == 1 and "Schrijf in een pad van Windows /" in done.stdout
        path.write_bytes(text.encode("utf-16"))
        assert "bewaar het bestand als UTF-8" in amhk("check", cwd=made).stdout
    finally:
        path.write_text(text, encoding="utf-8")
