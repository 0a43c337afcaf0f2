"""A procedure that is wrong on the face of it is told so, in a sentence that names the place; the
one that is shipped has no such fault.
"""

import copy
import tomllib

import pytest
from conftest import ROOT
from support.shipped import CODES

from amhk.rules.procedure.lint import lint
from amhk.rules.procedure.read_workflow import read_workflow

FILES = sorted((ROOT / "workflows" / "amhk").glob("*/*route.toml"))
MELDING = next(f for f in FILES if f.stem == "meldingsroute")


def linted(data):
    workflow, faults = read_workflow("amhk", "x.toml", data, CODES)
    return [f.text for f in (*faults, *(lint(workflow) if workflow else ()))]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_what_is_shipped_is_clean(file):
    assert linted(tomllib.loads(file.read_text(encoding="utf-8"))) == []


def state_and_term(d):
    d["terms"]["onderzocht"] = d["terms"].pop("onderzoek")
    d["moves"]["onderzoek_besluiten"]["starts"] = ["onderzocht"]
    d["moves"]["onderzoek_afronden"]["meets"] = ["onderzocht"]
    for promise in d["promises"]:
        if promise.get("exactly", {}).get("term") == "onderzoek":
            promise["exactly"]["term"] = "onderzocht"


def undeclared_fact(d):
    del d["facts"]["crisisdienst"]


def fact_never_set(d):
    d["facts"]["vergeten"] = "nee"


def term_never_started(d):
    d["moves"]["verwijzing_geweigerd"]["starts"] = []
    for move in d["moves"].values():
        for row in (move, *(e for e in move.get("edges", []) if isinstance(e, dict))):
            row["starts"] = [s for s in row.get("starts", []) if s != "vervolgbesluit"]


def ladder_empty(d):
    d["terms"]["onderzoek"]["rungs"] = []


def ladder_of_what_nobody_opened(d):
    d["terms"]["openen_acuut"]["rungs"] = []


def ladder_to_nobody(d):
    d["terms"]["onderzoek"]["rungs"] = [{"at": "op de dag", "to": []}]


def day_of_a_term_it_does_not_start(d):
    d["moves"]["nieuwe_controle_afspreken"]["starts"] = []


def day_from_a_field_it_does_not_ask(d):
    d["moves"]["nieuwe_controle_afspreken"]["input"] = ["afspraken", "op"]


def need_on_a_field_it_does_not_ask(d):
    d["moves"]["antwoord_rvdk"]["needs"] = ["hulp_is_gestart"]


def dead_need(d):
    d["needs"]["conclusie"]["values"] = ["ja"]


def condition_on_nothing(d):
    d["moves"]["voortgangscontrole"]["sets"][1]["when"] = {"pasend": ["ja"]}


def condition_outside_its_list(d):
    d["moves"]["voortgangscontrole"]["sets"][1]["when"] = {"passend": ["prima"]}


def condition_on_a_fact_that_never_is(d):
    d["moves"]["onderzoek_afronden"]["sets"][1]["when"] = {"nazorg": ["vervolg_noodig"]}


def need_that_nobody_asks(d):
    d["moves"]["afsluiten"]["needs"].remove("vervolg_besloten")


def term_that_its_acts_leave_running(d):
    d["moves"]["antwoord_rvdk"]["meets"] = []
    d["moves"]["antwoord_rvdk_opgeven"]["voids"] = []


def need_against_what_never_is(d):
    d["needs"]["controle_vastgelegd"]["values"] = ["loopt_nog"]


def way_never_taken(d):
    d["moves"]["voortgangscontrole"]["edges"].insert(
        0, {"from": "verwezen_in_nazorg", "to": "nazorg_afgerond"}
    )


def answer_without_a_way(d):
    edges = d["moves"]["voortgangscontrole"]["edges"]
    edges[2]["when"] = {"passend": ["nee"]}


def two_plain_ways(d):
    d["moves"]["onderzoek_besluiten"]["edges"] = [
        {"from": "beoordeeld", "to": "in_onderzoek"},
        {"from": "beoordeeld", "to": "onderzocht"},
    ]


def need_on_two_facts(d):
    d["needs"]["zelfde_hulp"]["names"] = ["nazorg", "rvdk"]


def need_that_always_holds(d):
    d["needs"]["zelfde_hulp"]["values"] = d["values"]["nazorg"]


def count_that_is_no_number(d):
    d["needs"]["hooguit_drie"]["values"] = ["drie"]


def count_that_nobody_makes(d):
    """An edge for who was offered once is never taken where no offer is counted."""
    d["moves"]["regio_aanbieden"]["sets"] = []


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (need_on_two_facts, "een eis op een gegeven (fact) noemt er een"),
        (need_that_always_holds, "eist met 'zelfde_hulp' wat altijd zo is"),
        (count_that_is_no_number, "'hercontroles' telt, en 'hooguit_drie' eist geen getallen"),
        (need_that_nobody_asks, "de eis 'vervolg_besloten' wordt door geen stap gesteld"),
        (term_that_its_acts_leave_running, "(antwoord_rvdk) haalt haar"),
        (need_against_what_never_is, "wijkt voor 'nazorg' = 'loopt_nog'"),
        (way_never_taken, "die nooit wordt genomen"),
        (answer_without_a_way, "zegt vanuit 'verwezen_in_nazorg' niet wat volgt bij"),
        (two_plain_ways, "meer dan een weg zonder when"),
        (state_and_term, "'onderzocht' heet een staat en een termijn"),
        (undeclared_fact, "crisisdienst"),
        (fact_never_set, "'vergeten' staat bij [facts] en wordt nergens gezet"),
        (term_never_started, "(vervolgbesluit) wordt door niets gestart"),
        (ladder_empty, "(onderzoek) herinnert niemand"),
        (ladder_of_what_nobody_opened, "(openen_acuut) herinnert niemand"),
        (ladder_to_nobody, "(onderzoek) heeft een herinnering aan niemand"),
        (day_of_a_term_it_does_not_start, "geeft de termijn 'voortgangscontrole' een dag"),
        (day_from_a_field_it_does_not_ask, "uit 'nieuwe_controle', en vraagt dat niet"),
        (need_on_a_field_it_does_not_ask, "eist dat 'hulp_gestart' is ingevuld"),
        (dead_need, "'conclusie' wordt nooit wat 'conclusie' eist"),
        (condition_on_nothing, "kijkt naar 'pasend'"),
        (condition_outside_its_list, "'passend' kan nooit 'prima' zijn"),
        (condition_on_a_fact_that_never_is, "'nazorg' wordt nooit 'vervolg_noodig'"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_what_is_wrong_on_the_face_of_it_is_said(break_it, said):
    data = copy.deepcopy(tomllib.loads(MELDING.read_text(encoding="utf-8")))
    break_it(data)
    told = linted(data)
    assert [text for text in told if said in text], told
