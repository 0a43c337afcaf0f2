"""A made-up year can be played in every region, with any dice, and leaves a meldpunt that keeps
every promise.
"""

import pytest
from conftest import FULL, make_folder
from sqlalchemy import select
from support import second

from amhk.desk.house import health, night_proof
from amhk.errors import ClosedDoor
from amhk.office import open_office
from amhk.rules.figures.periods import read_period
from amhk.store.cases.journal import verify
from amhk.store.reads import CASE, ENTRY
from amhk.training import year
from amhk.words import REGIONS, day_of

YEARS = [
    ("rotterdam-rijnmond", "amhk", 90),
    ("utrecht", "amhk", 48),
    ("zuid-holland-zuid", "veilig-thuis", 70),
]
MORE = [(region, pack, 160) for region in REGIONS for pack in ("amhk", "veilig-thuis")]


@pytest.mark.parametrize(("region", "pack", "cases"), MORE if FULL else YEARS)
def test_a_made_up_year_keeps_every_promise(tmp_path, region, pack, cases):
    """Whichever procedure it is: the year walks the steps it finds."""
    folder = make_folder(tmp_path / "m", "meldpunt.sqlite", region=region, pack=pack)
    office = open_office(folder, proof=False)
    logins = year.fill(office, 2026, cases, 1)
    assert {role for _, role, _ in logins} >= {"medewerker", "teamleider", "beheerder"}
    with office.store.read() as connection:
        told = health.health(office, connection)
        assert told["open"] > 0
        assert told["without"] == 0
        assert list(verify(connection)) == []
        reached = {f for (told,) in connection.execute(select(CASE.c.finishes)) for f in told}
        assert reached == {1, 2, 3, 4}
    assert night_proof.prove(office)["differences"] == []
    second.same(office, read_period("2026"))
    with office.store.read() as connection:
        told = connection.execute(select(ENTRY.c.instant).order_by(ENTRY.c.id)).scalars().all()
    assert told == sorted(told), "the clock of a year never goes back"
    with office.store.read() as connection:
        assert day_of(office.now(connection)).isoformat() == "2026-12-14"
    with pytest.raises(ClosedDoor):
        year.fill(office, 2026, 70, 1)
    office.close()


def test_a_real_meldpunt_gets_no_made_up_cases(tmp_path):
    office = open_office(
        make_folder(tmp_path / "m", "meldpunt.sqlite", training=False), proof=False
    )
    with pytest.raises(ClosedDoor):
        year.fill(office, 2026, 70, 1)
    office.close()
