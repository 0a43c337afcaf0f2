"""The proof of the procedure.

The shipped one has no fault, and each fault that can be made is found and told as a story.
"""

import copy
import tomllib

import pytest
from conftest import ROOT
from support.shipped import CODES, PACKS, pack_of

from amhk.letters.render import Letters
from amhk.rules.procedure.check import check
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.worlds import worlds_of

FILE = ROOT / "workflows/amhk/2026.1/meldingsroute.toml"


@pytest.fixture
def data():
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def placeholders():
    return Letters(ROOT / "templates" / "notices").paths()


def faults_of(data, placeholders):
    flow, faults = read_workflow("amhk", "meldingsroute.toml", data, CODES)
    return [f.text for f in (faults if flow is None else check(flow, placeholders))]


@pytest.mark.parametrize("name", ["amhk", "veilig-thuis"])
def test_a_shipped_procedure_has_no_fault(name):
    for workflow in pack_of(name).workflows.values():
        own = PACKS / name / workflow.release / "brieven"
        assert check(workflow, Letters(ROOT / "templates" / "notices", own=own).paths()) == []


def test_a_case_that_would_end_as_nothing_is_found_with_the_road_there(data, placeholders):
    data["moves"]["afsluiten"]["from"].append("onderzocht")
    (told,) = [f for f in faults_of(data, placeholders) if "zonder finish en zonder einde" in f]
    assert "onderzoek afgerond, dan: zaak afgesloten" in told


@pytest.mark.parametrize(
    ("length", "when", "told"),
    [
        ("12 weken", {"acuut": ["nee"]}, "duurt langer dan de wet zegt"),
        ("tien", {"acuut": ["nee"]}, "geen lengte"),
        ("5 werkdagen", {"acuut": ["nee"]}, "telt in dagen, weken"),
        ("6 weken", {}, "bij welk gegeven"),
        ("6 weken", {"kleur": ["rood"]}, "dat is geen gegeven"),
        ("6 weken", {"acuut": ["soms"]}, "wordt nooit 'soms'"),
    ],
)
def test_a_length_by_answer_is_held_to_the_law_and_to_what_can_be_known(
    data, placeholders, length, when, told
):
    data["terms"]["onderzoek"]["lengths"] = [{"length": length, "when": when}]
    assert any(told in fault for fault in faults_of(data, placeholders))


def test_the_loader_lists_every_fault_at_once_with_file_and_key(data):
    data["states"]["binnengekomen"]["kleur"] = "rood"
    data["terms"]["onderzoek"]["length"] = "tien weken"
    data["moves"]["verwijzen"]["to"] = "maan"
    data["moves"]["afsluiten"]["needs"].append("geluk")
    _, faults = read_workflow("amhk", "meldingsroute.toml", data, CODES)
    told = "\n".join(f.text for f in faults)
    for key in (
        "states.binnengekomen.kleur",
        "terms.onderzoek",
        "moves.verwijzen.to",
        "moves.afsluiten.needs",
    ):
        assert f"meldingsroute.toml, {key}" in told


def remove(name):
    return lambda d: d["moves"].pop(name)


def way_round(d):
    d["moves"]["afsluiten"]["needs"].remove("controle_vastgelegd")


def no_investigation(d):
    d["moves"]["melden_rvdk"]["needs"] = []


def no_term(d):
    d["moves"]["onderzoek_afronden"]["starts"] = []
    d["moves"]["onderzoek_afronden"]["notices"] = []
    d["moves"]["onderzoek_besluiten"]["starts"] = []


def dead_end(d):
    d["states"]["stilstand"] = {"title": "Stilstand"}
    d["moves"]["intrekken"]["to"] = "stilstand"
    d["moves"]["corrigeren"]["from"] = ["binnengekomen"]


def hole_behind_a_counter(d):
    """The third time nobody answers the case goes where nothing waits for it."""
    d["states"]["stilte"] = {"title": "Stilte"}
    move = d["moves"]["geen_antwoord"]
    move["edges"] = [
        {"from": move["from"], "to": "stilte", "when": {"hercontroles": [">=2"]}},
        {"from": move.pop("from"), "to": "="},
    ]


def unreachable(d):
    d["states"]["eiland"] = {"title": "Eiland"}


def wrong_role(d):
    d["terms"]["onderzoek"]["role"] = "rapportage"


def leak(d):
    d["notices"]["terugkoppeling_melder"]["recipient"] = "betrokkene"


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (
            way_round,
            (
                "zonder dat haar voortgangscontrole is gedaan, of de verwijzing is teruggenomen."
                " Een melding komt binnen, dan: veiligheid beoordeeld"
            ),
        ),
        (no_investigation, "finish 4 zonder eigen onderzoek"),
        (no_term, "geen termijn die tot een stap leidt. Een melding komt binnen"),
        (dead_end, "geen finish of einde te bereiken"),
        (unreachable, "is niet te bereiken"),
        (hole_behind_a_counter, "geen finish of einde te bereiken. Een melding komt binnen"),
        (wrong_role, "is van rapportage"),
        (leak, "toont 'melder_naam' aan een betrokkene"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_a_broken_procedure_is_found_and_told(data, placeholders, break_it, said):
    broken = copy.deepcopy(data)
    break_it(broken)
    told = faults_of(broken, placeholders)
    assert any(said in text for text in told), told


def test_a_letter_without_template_or_with_an_unknown_fact_is_found(data, placeholders):
    told = faults_of(data, {**placeholders, "bericht_college": frozenset({"lievelingskleur"})} | {})
    assert any("vraagt om 'lievelingskleur'" in text for text in told)
    without = {k: v for k, v in placeholders.items() if k != "verzoek_rvdk"}
    assert any("heeft geen sjabloon" in text for text in faults_of(data, without))


def test_the_college_never_hears_the_substance(data, placeholders):
    told = faults_of(data, {**placeholders, "bericht_college": frozenset({"zorgen", "conclusie"})})
    assert sum("toont" in text and "college" in text for text in told) == 2


def test_only_another_region_that_takes_a_case_on_may_end_it_after_a_finish(data, placeholders):
    broken = copy.deepcopy(data)
    del broken["other_region"]
    assert any("eindigt zonder afsluiten" in text for text in faults_of(broken, placeholders))
    wrong = copy.deepcopy(data)
    wrong["other_region"] |= {"term": "nergens", "accept": "niets"}
    told = faults_of(wrong, placeholders)
    assert [text for text in told if "other_region.term" in text or "other_region.accept" in text]


def test_every_answer_is_tried_on_a_way_that_another_answer_leaves_open(data, placeholders):
    """The same answer chooses the way from one state, and only records a fact from another."""
    answered = data["moves"]["antwoord_rvdk"]
    data["values"]["rvdk"] = ["geen", "gevraagd", "beantwoord", "onderzoekt", "opgegeven"]
    answered["sets"].append({"name": "rvdk", "value": "onderzoekt", "when": {"onderzoekt": [True]}})
    answered["edges"] = [
        {"from": "gemeld_bij_instantie", "to": "=", "when": {"onderzoekt": [False]}},
        {"from": answered.pop("from"), "to": "="},
    ]
    flow, faults = read_workflow("amhk", "meldingsroute.toml", data, CODES)
    assert faults == []
    seen = {dict(spot.facts)["rvdk"] for spot in worlds_of(flow).case.roads}
    assert seen >= {"beantwoord", "onderzoekt"}
