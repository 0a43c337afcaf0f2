"""Several referrals at once are proven: each by itself, whatever the others do, and the case with
what they come to.
"""

import copy
import tomllib

import pytest
from support.shipped import CODES, PACK

from amhk.letters.render import Letters
from amhk.rules.procedure.check import check
from amhk.rules.procedure.read_workflow import read_workflow
from amhk.rules.procedure.worlds import worlds_of

FILE = PACK / "2026.2" / "meldingsroute.toml"
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))
LETTERS = Letters(PACK.parents[1] / "templates" / "notices").paths()


def read(data):
    return read_workflow("amhk", "meldingsroute.toml", data, CODES)


def faults_of(*ways):
    data = copy.deepcopy(DATA)
    for way in ways:
        way(data)
    flow, faults = read(data)
    return faults if flow is None else check(flow, LETTERS)


def test_the_procedure_of_today_is_proven():
    assert faults_of() == []


# --- ways round one of the referrals


def closing_forgets_who_runs(d):
    d["moves"]["afsluiten"]["needs"].remove("controle_vastgelegd")


def closing_forgets_who_failed(d):
    d["moves"]["afsluiten"]["needs"].remove("vervolg_besloten")


def a_referral_without_a_check(d):
    d["moves"]["verwijzen"]["starts"].remove("voortgangscontrole")


def a_second_referral_makes_the_first_good(d):
    d["moves"]["verwijzen"]["sets"].append(
        {"name": "controle", "value": "goed", "when": {"controle": ["loopt"]}}
    )


def the_rvdk_makes_a_running_one_followed_up(d):
    d["moves"]["melden_rvdk"]["sets"].append(
        {"name": "controle", "value": "gevolgd", "when": {"controle": ["loopt"]}}
    )


def a_check_that_leaves_its_term(d):
    d["moves"]["voortgangscontrole"]["meets"].remove("voortgangscontrole")


def taken_back_and_still_running(d):
    d["moves"]["verwijzing_intrekken"]["voids"].remove("voortgangscontrole")


def refused_and_still_asked_again(d):
    d["moves"]["verwijzing_geweigerd"]["voids"].remove("hercontrole")


def refused_only_where_the_case_waits(d):
    del d["moves"]["verwijzing_geweigerd"]["edges"][1]


def refused_and_nothing_to_decide(d):
    d["moves"]["verwijzing_geweigerd"]["sets"] = []


def no_check_while_there_is_an_investigation(d):
    ways = d["moves"]["voortgangscontrole"]["edges"]
    open_ones = [n for n, s in d["states"].items() if not s.get("final") and n != "in_onderzoek"]
    ways[-1]["from"] = [n for n in open_ones if n not in ("verwezen_in_nazorg",)]


def nobody_decides_what_follows(d):
    for move in d["moves"].values():
        for edge in move.get("edges", []):
            edge["starts"] = [t for t in edge.get("starts", []) if t != "vervolgbesluit"]


@pytest.mark.parametrize(
    "way",
    [
        closing_forgets_who_runs,
        closing_forgets_who_failed,
        a_referral_without_a_check,
        a_second_referral_makes_the_first_good,
        the_rvdk_makes_a_running_one_followed_up,
        a_check_that_leaves_its_term,
        taken_back_and_still_running,
        refused_and_still_asked_again,
        refused_only_where_the_case_waits,
        refused_and_nothing_to_decide,
        no_check_while_there_is_an_investigation,
        nobody_decides_what_follows,
    ],
)
def test_no_way_round_one_of_several_is_left(way):
    found = faults_of(way)
    assert found
    assert all(f.field for f in found)
    assert any(f.story for f in found), [f.text for f in found]


# --- what is said of a run where there is none


def of_a_track_that_is_not_there(d):
    d["terms"]["hercontrole"]["of"] = "iets"


def a_case_begins_the_term_of_a_run(d):
    d["moves"]["onderzoek_besluiten"]["starts"].append("voortgangscontrole")


def a_case_writes_the_letter_of_a_run(d):
    d["moves"]["onderzoek_besluiten"]["notices"] = ["verwijzing_instelling"]


def a_step_of_a_run_looks_at_the_case(d):
    d["moves"]["voortgangscontrole"]["needs"].append("rvdk_klaar")


def a_sum_that_forgets_a_value(d):
    d["tracks"]["verwijzing"]["sums"]["nazorg"]["first"].remove("gevolgd")


def a_sum_that_is_set_by_hand(d):
    d["moves"]["afsluiten"]["sets"] = [{"name": "nazorg", "value": "goed"}]


def a_promise_of_the_case_about_a_run(d):
    d["promises"][0].pop("of")


def a_fact_twice(d):
    d["facts"]["controle"] = "geen"


def a_step_of_one_that_begins_another(d):
    d["moves"]["voortgangscontrole"]["opens"] = "verwijzing"


@pytest.mark.parametrize(
    "way",
    [
        of_a_track_that_is_not_there,
        a_case_begins_the_term_of_a_run,
        a_case_writes_the_letter_of_a_run,
        a_step_of_a_run_looks_at_the_case,
        a_sum_that_forgets_a_value,
        a_sum_that_is_set_by_hand,
        a_promise_of_the_case_about_a_run,
        a_fact_twice,
        a_step_of_one_that_begins_another,
    ],
)
def test_what_is_said_of_a_run_is_said_of_one(way):
    data = copy.deepcopy(DATA)
    way(data)
    flow, faults = read(data)
    assert flow is None and faults
    assert all(f.field and f.file == "meldingsroute.toml" for f in faults)


# --- worlds add


def per_child(d):
    """A second track: the request to the RvdK, of each child its own."""
    d["tracks"]["kind_rvdk"] = {
        "title": "Verzoek per kind",
        "which": "Van welk kind",
        "per": "person",
        "facts": {"gang": "gevraagd"},
        "values": {"gang": ["gevraagd", "beantwoord"]},
        "sums": {"per_kind": {"of": "gang", "first": ["gevraagd", "beantwoord"], "none": "geen"}},
    }
    d["fields"]["wie"] = {"name": "persoon", "title": "Wie", "type": "choice", "choices": "persoon"}
    d["terms"]["antwoord_kind"] = {
        "of": "kind_rvdk",
        "title": "Antwoord over dit kind",
        "length": "10 werkdagen",
        "kind": "eigen norm",
        "ground": "Eigen norm",
        "acts": ["antwoord_kind_vastleggen"],
    }
    d["needs"]["kind_loopt"] = {
        "kind": "fact",
        "names": ["gang"],
        "values": ["gevraagd"],
        "text": "Over dit kind is al geantwoord.",
    }
    d["needs"]["kinderen_klaar"] = {
        "kind": "fact",
        "names": ["per_kind"],
        "values": ["gevraagd"],
        "unless": True,
        "text": "Van een kind is het antwoord nog niet binnen.",
        "opens": ["antwoord_kind_vastleggen"],
    }
    d["moves"]["vragen_kind"] = {
        "title": "Vragen over een kind",
        "opens": "kind_rvdk",
        "input": ["wie*", "op"],
        "starts": ["antwoord_kind"],
        "from": "open",
    }
    d["moves"]["antwoord_kind_vastleggen"] = {
        "title": "Antwoord over een kind",
        "of": "kind_rvdk",
        "input": ["op"],
        "needs": ["kind_loopt"],
        "meets": ["antwoord_kind"],
        "sets": [{"name": "gang", "value": "beantwoord"}],
        "from": "open",
    }
    d["moves"]["afsluiten"]["needs"].append("kinderen_klaar")


def sizes(*ways):
    data = copy.deepcopy(DATA)
    for way in ways:
        way(data)
    flow, faults = read(data)
    assert faults == []
    return {name: len(world.roads) for name, world in worlds_of(flow).parts.items()}


def test_a_second_track_is_proven_and_adds_a_world_of_its_own():
    assert faults_of(per_child) == []
    one, two = sizes(), sizes(per_child)
    assert two["verwijzing"] == one["verwijzing"], "what one run can do hangs on no other track"
    assert two["kind_rvdk"] < 300
    assert two[""] == one[""], "closing waits for it, and that is proven of the run"


def another_region_ends_every_track(d):
    d["moves"]["andere_regio"]["sets"].append(
        {"name": "gang", "value": "beantwoord", "when": {"gang": ["gevraagd"]}}
    )


def two_sums_of_one_track(d):
    track = d["tracks"]["verwijzing"]
    track["sums"]["slechtste"] = {**track["sums"]["nazorg"]}
    d["moves"]["afzien_van_onderzoek"]["needs"].append("geen_slechte")
    d["needs"]["geen_slechte"] = {
        "kind": "fact",
        "names": ["slechtste"],
        "values": ["vervolg_nodig"],
        "unless": True,
        "text": "Een verwijzing vraagt om een vervolg.",
    }


@pytest.mark.parametrize("way", [another_region_ends_every_track, two_sums_of_one_track])
def test_a_step_can_change_more_than_one_sum(way):
    assert faults_of(per_child, way) == []


def closing_forgets_the_children(d):
    d["moves"]["afsluiten"]["needs"].remove("kinderen_klaar")
    d["promises"].append(
        {
            "text": "Geen zaak sluit zolang van een kind het antwoord er niet is.",
            "ground": "Eigen norm",
            "of": "kind_rvdk",
            "never": {"states": ["afgesloten"], "facts": {"gang": ["gevraagd"]}},
        }
    )


def test_what_is_promised_of_each_child_is_proven_of_each():
    found = faults_of(per_child, closing_forgets_the_children)
    assert [f.text for f in found if "Geen zaak sluit zolang van een kind" in f.text]
