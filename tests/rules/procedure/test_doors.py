"""What a move must ask, whatever the procedure promises; and a term by its own day, of several the
one that comes first.
"""

import copy
import tomllib
from datetime import UTC, date, datetime

import pytest
from support.shipped import CODES, PACK

from amhk.rules.procedure.doors import doors
from amhk.rules.procedure.moves import door
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.standing import Running, Standing

DATA = tomllib.loads((PACK / "2026.1/meldingsroute.toml").read_text(encoding="utf-8"))


def flow_of(data):
    flow, faults = read_workflow("amhk", "x.toml", data, CODES)
    assert not faults
    return flow


def without(move, need):
    def drop(d):
        d["moves"][move]["needs"].remove(need)

    return drop


def no_letter(d):
    d["moves"]["regio_aanbieden"]["notices"] = []


def an_act_that_leaves_its_term(d):
    d["moves"]["antwoord_rvdk"]["meets"] = []


def nothing_is_corrected(d):
    del d["moves"]["corrigeren"]


def nothing_joins(d):
    del d["moves"]["vervolgmelding"]
    d["promises"] = []


def a_finish_nobody_reaches(d):
    d["needs"]["finish_vier"]["values"] = [2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("afsluiten", "geen_overdracht"), "'Zaak afsluiten' vraagt niet of een overdracht"),
        (without("intrekken", "geen_overdracht"), "vraagt niet of een overdracht"),
        (without("regio_aanbieden", "geen_overdracht"), "vraagt niet of een overdracht"),
        (no_letter, "biedt een zaak aan zonder brief"),
        (without("verwijzing_geaccepteerd", "verwijzing_gaat"), "of de brief van de verwijzing"),
        (without("voortgangscontrole", "verwijzing_weg"), "of de brief van de verwijzing"),
        (without("voortgangscontrole", "controle_niet_te_vroeg"), "op de dag van de verwijzing"),
        (without("geen_antwoord", "controle_niet_te_vroeg"), "op de dag van de verwijzing"),
        (without("antwoord_rvdk", "rvdk_antwoord_loopt"), "'Antwoord van de RvdK' loopt (running)"),
        (without("regio_weigert", "overdracht_loopt"), "loopt (running)"),
        (an_act_that_leaves_its_term, "en laat haar lopen"),
        (nothing_is_corrected, "in 'Ontvangen' is niets te corrigeren"),
        (nothing_joins, "geen stap waarmee een melding bij een lopende komt"),
        (a_finish_nobody_reaches, "vraagt een finish die geen stap bereikt"),
    ],
)
def test_what_a_move_does_not_ask_is_said(change, said):
    data = copy.deepcopy(DATA)
    change(data)
    told = [text for _, text in doors(flow_of(data))]
    assert [text for text in told if said in text], told


def test_what_is_shipped_asks_it_all():
    assert list(doors(flow_of(DATA))) == []


def test_of_several_terms_the_first_that_runs_says_whether_it_is_too_early():
    data = copy.deepcopy(DATA)
    data["needs"]["controle_niet_te_vroeg"]["names"] = ["voortgangscontrole", "hercontrole"]
    flow = flow_of(data)

    def early(**ends):
        running = [
            Running(n, name, datetime(2026, 2, 2, tzinfo=UTC), end)
            for n, (name, end) in enumerate(ends.items())
        ]
        now = datetime(2026, 4, 20, 12, tzinfo=UTC)
        here = Standing("verwezen_in_nazorg", now, dict(flow.facts), running=tuple(running))
        faults = door(flow, here, flow.moves["voortgangscontrole"], "medewerker")
        return "controle_niet_te_vroeg" in [f.code for f in faults]

    assert early(voortgangscontrole=date(2026, 7, 1), hercontrole=date(2026, 8, 1))
    assert not early(voortgangscontrole=date(2026, 7, 1), hercontrole=date(2026, 5, 4))
    assert not early(voortgangscontrole=date(2026, 5, 4))
