"""Whoever gives or takes a right, by whatever door, leaves one line of it that a manager reads."""

import re

import pytest
from sqlalchemy import select
from support.cast import hire, reader
from support.http import Http
from support.server import command

from amhk.desk.house import sign_in
from amhk.desk.staff import absence, management, rights, workers
from amhk.store import reads
from amhk.store.house import house_journal
from amhk.web.app import create_app

NEL = {"name": "Nel", "role": "manager"}


@pytest.fixture
def house(office):
    hire(office)
    workers.add_team(office, "Noord")
    return office


def lines(office):
    with office.store.read() as connection:
        return [
            (e["what"], e["worker"]) for e in house_journal.entries(connection, rights.KIND, 1000)
        ]


def key(office, name):
    return reader(office, name).id


def as_he_is(office, who, **other):
    one = management.worker(office, key(office, who), reader(office, "Bea"))
    return {k: one[k] for k in ("role", "team", "registration") if one[k]} | other


ON_SCREEN = {
    "somebody is added": lambda o, bea: management.add(o, NEL, bea),
    "another role": lambda o, bea: management.change(
        o, key(o, "Anna"), as_he_is(o, "Anna", role="manager"), bea
    ),
    "another team": lambda o, bea: management.change(
        o, key(o, "Anna"), as_he_is(o, "Anna", team="Noord"), bea
    ),
    "a one-time password": lambda o, bea: management.new_password(o, key(o, "Mia"), bea),
    "somebody leaves": lambda o, bea: management.let_go(o, key(o, "Anna"), bea),
    "a registration": lambda o, bea: management.change(
        o, key(o, "Anna"), as_he_is(o, "Anna", registration="SKJ 100000001"), bea
    ),
    "an address for the mail": lambda o, bea: management.change(
        o, key(o, "Anna"), as_he_is(o, "Anna", email="anna@voorbeeld.nl"), bea
    ),
    "another name": lambda o, bea: management.change(
        o, key(o, "Anna"), as_he_is(o, "Anna", name="Anne"), bea
    ),
}
PLACES = ("another role", "another team", "somebody leaves")
BY_HAND = {
    "an address for the mail": lambda o: workers.set_email(o, "Anna", "anna@voorbeeld.nl"),
    "another name": lambda o: workers.rename(o, "Anna", "Anna Nel"),
    "somebody is added": lambda o: workers.add_worker(o, "Nel", "manager", None),
    "another role": lambda o: workers.set_role(o, "Anna", "manager"),
    "a token": lambda o: workers.make_token(o, "Anna"),
    "somebody leaves": lambda o: workers.disable(o, "Anna"),
}


@pytest.mark.parametrize("what", ON_SCREEN)
def test_on_screen_every_right_given_or_taken_is_one_line_with_who_did_it(house, what):
    before = len(lines(house))
    ON_SCREEN[what](house, reader(house, "Bea"))
    fresh = lines(house)[: len(lines(house)) - before]
    assert len(fresh) == 1, fresh
    assert fresh[0][1] == "Bea"


@pytest.mark.parametrize("what", BY_HAND)
def test_by_hand_every_right_given_or_taken_is_one_line(house, what):
    before = len(lines(house))
    BY_HAND[what](house)
    fresh = lines(house)[: len(lines(house)) - before]
    assert len(fresh) == 1, fresh
    assert re.search("Nel|Anna", fresh[0][0]) and fresh[0][1] is None


def test_the_command_line_leaves_the_same_lines(folder):
    from amhk.office import open_office

    for words in (
        ("add", "Nel", "--role", "medewerker"),
        ("role", "Nel", "--role", "manager"),
        ("token", "Nel"),
        ("disable", "Nel"),
    ):
        done = command("worker", *words, "--config", str(folder))
        assert done.returncode == 0, done.stderr
    office = open_office(folder, proof=False)
    told = [what for what, _ in lines(office)][::-1]
    office.close()
    assert [re.sub("tot .*", "tot", what) for what in told] == [
        "Medewerker Nel toegevoegd als medewerker.",
        "Medewerker Nel is nu manager (was medewerker).",
        "Medewerker Nel kreeg een token, tot",
        "Medewerker Nel werkt hier niet meer en kan niet meer inloggen.",
    ]


@pytest.mark.parametrize("what", PLACES)
def test_who_is_given_another_place_is_signed_out_everywhere(house, what):
    with house.store.read() as connection:
        anna = reads.worker_by(connection, name="Anna")
    sign_in.begin(house, anna)
    ON_SCREEN[what](house, reader(house, "Bea"))
    with house.store.read() as connection:
        mine = reads.SESSION.c.worker_id == anna["id"]
        left = connection.execute(select(reads.SESSION.c.hash).where(mine)).all()
    assert left == []


def test_who_left_and_is_let_in_again_by_a_plan_that_is_taken_back_is_told_too(house):
    mia = reader(house, "Mia")
    management.let_go(house, key(house, "Anna"), reader(house, "Bea"))
    plan = absence.view(house, mia)[0]["id"]
    absence.undo(house, plan, mia)
    assert [what for what, _ in lines(house)[:2]] == [
        "Medewerker Anna (medewerker) werkt hier weer en kan weer inloggen.",
        "Medewerker Anna werkt hier niet meer en kan niet meer inloggen.",
    ]


def test_many_lines_push_none_off_the_page(house):
    bea = reader(house, "Bea")
    management.add(house, NEL, bea)
    for _ in range(15):
        management.new_password(house, key(house, "Rita"), bea)
    http = Http(create_app(house))
    http.post(
        "/login",
        data={"name": "Mia", "password": "oefenen-oefenen"},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert "Medewerker Nel toegevoegd als manager" in http.get("/").text


def test_a_manager_reads_on_the_morning_page_who_was_given_what_and_a_worker_does_not(house):
    management.add(house, NEL, reader(house, "Bea"))
    pages = {}
    for name in ("Mia", "Tom"):
        http = Http(create_app(house))
        http.post(
            "/login",
            data={"name": name, "password": "oefenen-oefenen"},
            headers={"sec-fetch-site": "same-origin"},
        )
        pages[name] = http.get("/").text
    assert "Medewerker Nel toegevoegd als manager. Door Bea" in pages["Mia"]
    assert "Rechten gegeven" not in pages["Tom"]
