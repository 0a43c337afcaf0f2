"""An anchor is stamped by somebody outside (RFC 3161, openssl as TSA): who signs another past with
the key of the house cannot have it signed as of that night.
"""

import json
import subprocess
from base64 import b64decode
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import make_folder
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.tsa import time_stamp_authority

from amhk.config import read_config
from amhk.config.parts import TimeStamp
from amhk.desk.house import anchors, clock, stamped
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.errors import HouseClosed
from amhk.office import open_office
from amhk.signing import sign
from amhk.store.house import house_journal

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = (NOW - timedelta(days=365)).date()


@pytest.fixture
def tsa(tmp_path):
    with time_stamp_authority(tmp_path / "tsa") as found:
        yield found


@pytest.fixture
def house(tmp_path, tsa):
    """A house whose anchors are stamped, with a call and an anchor of this moment."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        config = replace(office.config, timestamp=TimeStamp(tsa.url, tsa.roots, DAY), proof_hour=0)
        object.__setattr__(office, "config", config)
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
        calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
        anchor(office)
        yield office


def anchor(office, days=0):
    """An anchor is dropped."""
    at = NOW + timedelta(days=days)
    assert any(anchors.drop_when_due(office, at - timedelta(minutes=n)) for n in (1, 0))


def stamps(office):
    place = office.config.folder / stamped.NAME
    return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []


def test_an_anchor_is_stamped_once_and_openssl_says_so_too(house, tsa, tmp_path):
    assert stamped.stamp_due(house, NOW) is True
    assert stamped.stamp_due(house, NOW) is False
    (one,) = stamps(house)
    assert (one["number"], tsa.asked) == (1, 1)
    assert changed_behind(house) == []
    (tmp_path / "answer").write_bytes(b64decode(one["answer"]))
    (told,) = anchors.read(house.config.folder / anchors.NAME)
    (tmp_path / "anchor").write_bytes(anchors.canonical(told))
    said = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "anchor", "-in", "answer", "-CAfile", tsa.roots],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_who_signs_another_past_with_the_key_of_the_house_is_found(house):
    stamped.stamp_due(house, NOW)
    place = house.config.folder / anchors.NAME
    (told,) = anchors.read(place)
    forged = told | {"digests": {name: "0" * 64 for name in told["digests"]}}
    forged["signature"] = sign(house.config.folder, anchors.canonical(forged))[1]
    place.write_text(json.dumps(forged, sort_keys=True) + "\n")
    assert f"{stamped.NAME}: het tijdstempel van anker 1 klopt niet." in changed_behind(house)


def test_an_anchor_that_says_a_later_moment_than_its_stamp_is_found(house):
    anchor(house, days=3)
    stamped.stamp_due(house, NOW)
    assert [t for t in stamped.faults(house) if "zegt een later moment" in t]


def test_an_older_past_that_is_signed_and_stamped_today_is_found_and_so_is_one_without(house):
    place = house.config.folder / anchors.NAME
    (told,) = anchors.read(place)
    forged = told | {"at": (NOW - timedelta(days=30)).isoformat()}
    forged["signature"] = sign(house.config.folder, anchors.canonical(forged))[1]
    place.write_text(json.dumps(forged, sort_keys=True) + "\n")
    assert [t for t in stamped.faults(house) if "heeft geen tijdstempel" in t]
    assert stamped.stamp_due(house, NOW) is True
    assert [t for t in stamped.faults(house) if "is pas gestempeld op" in t]
    later = replace(house.config.timestamp, since=NOW.date())
    object.__setattr__(house, "config", replace(house.config, timestamp=later))
    assert [*stamped.faults(house)] == [], "of before there were stamps nothing is asked"


def test_a_line_that_is_no_stamp_stops_no_stamping(house):
    (house.config.folder / stamped.NAME).write_text('{"number": 999, "answer": ""}\n')
    assert stamped.stamp_due(house, NOW) is True
    (house.config.folder / stamped.NAME).write_text('{"number": null, "answer": ""}\n')
    assert stamped.stamp_due(house, NOW) is True


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one | {"answer": one["answer"][:-8] + "AAAAAAA="},
        lambda one: one | {"answer": "geen antwoord"},
        lambda one: one | {"answer": ""},
        lambda one: one | {"number": 7},
        lambda one: {"number": 1},
        lambda one: one | {"number": None},
        lambda one: one | {"number": [1]},
        lambda one: one | {"number": 1e400},
        lambda one: one | {"number": True},
        lambda one: one | {"number": 999_999_999},
        lambda one: ["geen stempel"],
    ],
)
def test_a_stamp_that_was_changed_is_found(house, change):
    stamped.stamp_due(house, NOW)
    place = house.config.folder / stamped.NAME
    place.write_text(json.dumps(change(stamps(house)[0])) + "\n")
    assert [t for t in changed_behind(house) if stamped.NAME in t]


def test_one_of_another_service_is_not_believed(house, tmp_path):
    stamped.stamp_due(house, NOW)
    with time_stamp_authority(tmp_path / "other") as other:
        config = replace(house.config, timestamp=TimeStamp(other.url, other.roots, DAY))
        object.__setattr__(house, "config", config)
        assert [t for t in stamped.faults(house) if "klopt niet" in t]


def test_while_the_service_does_not_answer_it_is_asked_less_and_less_and_then_it_is_a_term(
    house, tsa
):
    tsa.fails = True
    moments = [NOW + timedelta(minutes=n) for n in range(0, 20, 1)]
    assert not any(stamped.stamp_due(house, at) for at in moments)
    assert tsa.asked == 4, "at 0, 2, 6 and 14 minutes"
    stamped.stamp_due(house, NOW + timedelta(days=2, hours=1))
    with house.store.read() as connection:
        (incident,) = house_journal.open_incidents(connection)
    assert incident["what"].startswith("de ankers krijgen al twee dagen geen tijdstempel")
    tsa.fails = False
    assert stamped.stamp_due(house, NOW + timedelta(days=2, hours=3)) is True


def test_without_such_a_service_nothing_is_asked_or_judged(house, tsa):
    object.__setattr__(house, "config", replace(house.config, timestamp=None))
    assert stamped.stamp_due(house, NOW) is False
    assert (tsa.asked, [*stamped.faults(house)]) == (0, [])


def test_settings_that_are_not_right_are_said(house):
    path = house.config.path
    path.write_text(path.read_text() + '\n[timestamp]\nurl = "ergens"\nroots = "nergens.pem"\n')
    with pytest.raises(HouseClosed) as wrong:
        read_config(path)
    assert "timestamp.url" in wrong.value.text and "timestamp.roots" in wrong.value.text
    assert "timestamp.since" in wrong.value.text
