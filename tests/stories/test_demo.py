"""A made-up year can be played in every region, with any dice, and leaves a meldpunt that keeps
every promise.
"""

import pytest
from conftest import FULL, make_folder

from amhk.desk.house import health
from amhk.errors import ClosedDoor
from amhk.office import open_office
from amhk.store.cases.journal import verify
from amhk.training import year
from amhk.words import REGIONS, day_of

YEARS = [*zip(REGIONS, range(1, 5), strict=True)]


@pytest.mark.parametrize(
    ("region", "seed"), [*YEARS, ("rotterdam-rijnmond", 7)] if FULL else YEARS[:3]
)
def test_a_made_up_year_keeps_every_promise(tmp_path, region, seed):
    office = open_office(make_folder(tmp_path / "m", "meldpunt.sqlite", region=region), proof=False)
    logins = year.fill(office, 2026, (160 if FULL else 90) if seed == 1 else 48, seed)
    assert {role for _, role, _ in logins} >= {"medewerker", "teamleider", "beheerder"}
    with office.store.read() as connection:
        told = health.health(office, connection)
        assert told["open"] > 0
        assert told["without"] == 0
        assert list(verify(connection)) == []
        assert day_of(office.now(connection)).isoformat() == "2026-12-14"
    with pytest.raises(ClosedDoor):
        year.fill(office, 2026, 70, seed)
    office.close()


def test_a_real_meldpunt_gets_no_made_up_cases(tmp_path):
    office = open_office(
        make_folder(tmp_path / "m", "meldpunt.sqlite", training=False), proof=False
    )
    with pytest.raises(ClosedDoor):
        year.fill(office, 2026, 70, 1)
    office.close()
