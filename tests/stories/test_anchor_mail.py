"""The anchors go by mail to a keeper outside the meldpunt: who has the machine and its key can sign
another past, and cannot take back what somebody else has.
"""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import ROOT, make_folder
from support.cast import hire, reader
from support.families import EL_AMRANI, melding
from support.mailbox import mailbox
from support.rebuilt import rebuilt

from amhk import clock as running
from amhk.config import Mail
from amhk.desk.house import anchor_mail, anchors, clock
from amhk.desk.house.self_check import changed_behind
from amhk.desk.intake import calls
from amhk.office import open_office
from amhk.signing import sign
from amhk.store.house import house_journal

NIGHT = datetime(2026, 11, 30, 4, tzinfo=UTC)
KEEPER = "bewaarder@gemeente.voorbeeld.nl"
NONE, ONE, FAILED = ({"sent": a, "failed": b} for a, b in ((0, 0), (1, 0), (0, 1)))


@pytest.fixture
def box():
    with mailbox() as found:
        yield found


@pytest.fixture
def house(tmp_path, box):
    """A house that mails its anchors, with a call before the first night."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
    with closing(open_office(path, proof=False)) as office:
        way = Mail("127.0.0.1", box.port, "none", "meldpunt@voorbeeld.nl", "", "", "", KEEPER)
        object.__setattr__(office, "config", replace(office.config, mail=way))
        hire(office)
        clock.move_clock(office, {"now": "2026-02-02T09:00"})
        calls.take_call(office, melding(EL_AMRANI), reader(office, "Tom"))
        yield office


def a_night(office, n):
    """An anchor is dropped."""
    anchors.drop_when_due(office, NIGHT + timedelta(days=n))
    assert anchors.drop_when_due(office, NIGHT + timedelta(days=n, minutes=1))


def at(n, **more):
    return NIGHT + timedelta(days=n, minutes=2) + timedelta(**more)


def kept(box):
    """What the keeper has: his attachments, one after the other."""
    return b"".join(a.get_content() for mail in box.read() for a in mail.iter_attachments())


def test_every_anchor_goes_once_and_the_attachments_together_are_the_file(house, box):
    assert anchor_mail.send_due(house, at(0)) == NONE, "there is none yet"
    for n in range(3):
        a_night(house, n)
        assert anchor_mail.send_due(house, at(n)) == ONE
        assert anchor_mail.send_due(house, at(n, hours=5)) == NONE
    assert {m.rcpt_tos[0] for m in box.mails} == {KEEPER}
    assert kept(box) == (house.config.folder / anchors.NAME).read_bytes()
    assert [m["Subject"].partition(",")[0] for m in box.read()] == [
        f"[OEFENING] Ankers {n} tot en met {n}" for n in (1, 2, 3)
    ]


def test_nothing_of_people_or_cases_goes_along(house, box):
    a_night(house, 0)
    anchor_mail.send_due(house, at(0))
    told = box.read()[0].get_body().get_content() + kept(box).decode()
    secrets = {p["naam"] for p in EL_AMRANI} | {"Schiedam", "M-2026", "Tom", "Gerda"}
    assert not [s for s in secrets if s in told]


def test_what_failed_is_tried_again_later_and_all_goes_that_was_missed(house, box):
    a_night(house, 0)
    box.refuse = KEEPER
    assert anchor_mail.send_due(house, at(0)) == FAILED
    assert anchor_mail.send_due(house, at(0, minutes=1)) == NONE, "not before its time"
    assert anchor_mail.send_due(house, at(0, minutes=3)) == FAILED
    assert anchor_mail.send_due(house, at(0, minutes=6)) == NONE, "it waits longer each time"
    a_night(house, 1)
    box.refuse = None
    assert anchor_mail.send_due(house, at(1)) == ONE
    assert kept(box) == (house.config.folder / anchors.NAME).read_bytes()


def test_what_does_not_go_for_two_days_is_one_term_of_the_beheerder(house, box):
    a_night(house, 0)
    box.refuse = KEEPER
    for n in range(5):
        anchor_mail.send_due(house, at(n))
        with house.store.read() as connection:
            open_now = [i["what"] for i in house_journal.open_incidents(connection)]
        assert open_now.count(anchor_mail.NOT_KEPT) == (1 if n >= 2 else 0)


def test_a_mail_whose_sender_died_after_sending_goes_again_under_the_same_key(
    house, box, monkeypatch
):
    a_night(house, 0)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(anchor_mail, "_remember", die)
    with pytest.raises(KeyboardInterrupt):
        anchor_mail.send_due(house, at(0))
    monkeypatch.undo()
    assert anchor_mail.send_due(house, at(0, minutes=1)) == ONE
    assert len({m["Message-ID"] for m in box.read()}) == 1


def test_the_running_house_sends_it_by_itself(house, box):
    a_night(house, 0)
    running.post(house)
    running.post(house)
    assert len(box.mails) == 1


def test_who_names_no_keeper_mails_none(house, box):
    way = replace(house.config.mail, keeper="")
    object.__setattr__(house, "config", replace(house.config, mail=way))
    a_night(house, 0)
    assert anchor_mail.send_due(house, at(0)) == NONE
    assert box.mails == []


def test_anchors_that_are_no_longer_there_begin_anew_and_the_keeper_sees_it(house, box):
    for n in range(2):
        a_night(house, n)
    anchor_mail.send_due(house, at(1))
    (house.config.folder / anchors.NAME).unlink()
    a_night(house, 2)
    anchor_mail.send_due(house, at(2))
    numbers = [json.loads(line)["number"] for line in kept(box).splitlines()]
    assert numbers == [1, 2, 1]


@pytest.mark.parametrize("line", ["5", "{}", "geen json"])
def test_a_file_with_what_is_no_anchor_is_not_mailed_and_no_crash(house, box, line):
    a_night(house, 0)
    with (house.config.folder / anchors.NAME).open("a") as file:
        file.write(line + "\n")
    assert anchor_mail.send_due(house, at(0)) == NONE
    assert any("geen anker" in fault for fault in changed_behind(house))


def test_who_rebuilds_a_chain_and_signs_it_anew_with_the_key_is_found_by_what_the_keeper_has(
    house, box, tmp_path
):
    """The owner of the machine: the database, `sleutel`, `handtekening` and the anchors are his."""
    a_night(house, 0)
    anchor_mail.send_due(house, at(0))
    rebuilt(house)
    signed_anew(house)
    his = tmp_path / "bewaard.jsonl"
    his.write_bytes(kept(box))
    own = json.loads(his.read_text())["key"]
    found = alone(house, his, own)
    assert "anchor 1" in found.lower()
    assert "anchor 1" not in alone(house, house.config.folder / anchors.NAME, own).lower()


def signed_anew(office):
    """Write the one anchor again over what the chains are now, with the key of the house."""
    place = office.config.folder / anchors.NAME
    one = anchors.read(place)[0]
    with office.store.read() as connection:
        one["digests"] = anchors.anchored.digests(connection, {}, {}, one["places"])
    one["signature"] = sign(office.config.folder, anchors.canonical(one))[1]
    place.write_text(json.dumps(one, sort_keys=True) + "\n")


def alone(office, known, key):
    """What the stand-alone verifier says, holding the database to a file of anchors."""
    place = ROOT / "amhk" / "verifier.py"
    database = office.config.folder / "meldpunt.sqlite"
    files = office.config.folder / "bijlagen"
    asked = [sys.executable, "-I", place, database, "--anchors", known, "--files", files]
    return subprocess.run([*asked, "--key", key], capture_output=True, text=True).stdout
