"""What a procedure promises of every road, and what none may drop, is held to it: each way round is
found, with the story that leads there or the key it stands at.
"""

import copy
import tomllib

import pytest
from conftest import ROOT
from support.shipped import CODES

from amhk.errors import Fault
from amhk.letters.render import Letters
from amhk.rules.procedure.check import check
from amhk.rules.procedure.floor import LAW, OWED, TOLD, floor
from amhk.rules.procedure.lint import lint
from amhk.rules.procedure.read_workflow import read_workflow

FILE = ROOT / "workflows/amhk/2026.1/meldingsroute.toml"
TEXT = FILE.read_text(encoding="utf-8")
LETTERS = Letters(ROOT / "templates" / "notices").paths()


def faults_of(data):
    flow, faults = read_workflow("amhk", "meldingsroute.toml", data, CODES)
    return faults if flow is None else check(flow, LETTERS)


def floor_of(data):
    """What can be told without walking any road: of reading, and of the floor."""
    flow, faults = read_workflow("amhk", "meldingsroute.toml", data, CODES)
    if flow is None:
        return faults
    return [Fault("werkwijze", text, field=key) for key, text in floor(flow)]


def broken(*ways):
    data = copy.deepcopy(tomllib.loads(TEXT))
    for way in ways:
        way(data)
    return data


# --- ways round the check


def forgotten_in_closing(d):
    d["moves"]["afsluiten"]["needs"].remove("controle_vastgelegd")


def the_fact_renamed(d):
    """The fact that the proof in code looks at has another name, and closing asks nothing of it."""
    d["facts"]["zorg_na"] = d["facts"].pop("nazorg")
    for need in d["needs"].values():
        need["names"] = ["zorg_na" if n == "nazorg" else n for n in need.get("names", [])]
    for move in d["moves"].values():
        for row in move.get("sets", []):
            row["name"] = "zorg_na" if row["name"] == "nazorg" else row["name"]
            if "nazorg" in row.get("when", {}):
                row["when"]["zorg_na"] = row["when"].pop("nazorg")
        for edge in move.get("edges", []):
            if "nazorg" in edge.get("when", {}):
                edge["when"]["zorg_na"] = edge["when"].pop("nazorg")
    d["values"]["zorg_na"] = d["values"].pop("nazorg")
    for promise in d["promises"]:
        form = next(told for told in promise.values() if isinstance(told, dict))
        facts = form.get("facts", {})
        if "nazorg" in facts:
            facts["zorg_na"] = facts.pop("nazorg")
    d["moves"]["afsluiten"]["needs"] = ["berichten_weg"]


def a_move_that_says_all_is_well(d):
    d["moves"]["kort_door_de_bocht"] = {
        "title": "Nazorg is niet nodig",
        "done": "Nazorg niet nodig gevonden",
        "input": ["op"],
        "from": ["verwezen_in_nazorg"],
        "to": "nazorg_afgerond",
        "voids": ["voortgangscontrole", "acceptatie_verwijzing", "hercontrole"],
        "sets": [{"name": "nazorg", "value": "goed"}],
    }


def a_withdrawal_that_says_all_is_well(d):
    d["moves"]["voortgangscontrole"]["meets"].remove("voortgangscontrole")
    d["moves"]["voortgangscontrole"]["voids"] = ["voortgangscontrole"]


@pytest.mark.parametrize(
    "way",
    [
        forgotten_in_closing,
        the_fact_renamed,
        a_move_that_says_all_is_well,
        a_withdrawal_that_says_all_is_well,
    ],
    ids=lambda way: way.__name__,
)
def test_every_way_round_the_check_is_told_with_its_story(way):
    found = [f for f in faults_of(broken(way)) if "Geen zaak sluit na een verwijzing" in f.text]
    assert len(found) == 1
    assert "dan: verwezen naar hulpverlening" in found[0].story
    assert found[0].story in found[0].text
    assert found[0].field.startswith("moves.")


def leaves_while_unsafe(d):
    d["moves"]["intrekken"]["needs"].remove("geen_crisis")


def calm_in_some_states_only(d):
    d["moves"]["niet_acuut"]["edges"].pop()


def reported_only_after_a_conclusion(d):
    d["moves"]["melden_rvdk"]["needs"].append("conclusie")


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (
            leaves_while_unsafe,
            "Een melding komt binnen (is iemand nu in gevaar: ja), dan: melding ingetrokken. De"
            " zaak staat dan in 'beëindigd zonder finish'. Laat een stap op deze weg iets eisen",
        ),
        (
            calm_in_some_states_only,
            "De zaak staat dan in 'ontvangen'. 'Niet acuut' kan niet vanuit 'binnengekomen': noem"
            " die staat bij from.",
        ),
        (
            reported_only_after_a_conclusion,
            "acute onveiligheid vastgesteld (bevindingen: ingevuld). De zaak staat dan in 'acuut"
            " onveilig'. 'Melden bij de RvdK' eist daar 'conclusie'",
        ),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_a_story_says_what_was_answered_what_stands_in_the_way_and_what_can_be_done(way, said):
    told = [fault.text for fault in faults_of(broken(way))]
    assert [text for text in told if said in text], told


def test_a_story_is_the_road_on_which_the_promise_is_broken_not_just_one_to_that_place():
    """The shortest road to an end while unsafe is by joining another, which takes it along."""
    (fault,) = [f for f in faults_of(broken(leaves_while_unsafe)) if "acuut onveilig" in f.text]
    assert "melding ingetrokken" in fault.story and fault.field == "moves.intrekken"


def test_a_check_that_was_not_good_is_followed_before_a_case_closes():
    def left_as_it_is(d):
        wanted = ("vervolg_nodig",)
        ways = [n for n in d["needs"] if set(wanted) & set(d["needs"][n].get("values", ()))]
        for move in d["moves"].values():
            move["needs"] = [n for n in move.get("needs", []) if n not in ways]

    found = [f for f in faults_of(broken(left_as_it_is)) if "die niet goed was" in f.text]
    assert len(found) == 1
    assert "dan: " in found[0].story


def test_a_fact_a_promise_speaks_of_and_nobody_knows_is_named():
    def gone(d):
        d["promises"][1]["never"]["facts"] = {"zorg_na": ["vervolg_nodig"]}

    assert any("zorg_na" in f.text and "promises[1]" in f.text for f in faults_of(broken(gone)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("finishes"), "zegt niet na welk eigen onderzoek"),
        (lambda d: d["finishes"]["4"].update(after=["gezien"]), "gezien"),
        (lambda d: d["finishes"].update({"5": {"after": []}}), "een finish is 1, 2, 3 of 4"),
    ],
    ids=["not_said", "of_nothing", "no_finish"],
)
def test_a_finish_by_telling_others_rests_on_own_investigation(change, said):
    assert any(said in f.text for f in faults_of(broken(change)))


# --- what is promised always, and leads to


def no_acute_in_one_state(d):
    move = d["moves"]["acuut_vaststellen"]
    for edge in move.get("edges", [move]):
        if isinstance(edge.get("from"), list):
            edge["from"] = [s for s in edge["from"] if s != "onderzocht"]


def a_trap(d):
    """A fact that any move may set, after which nothing that ends a case can be done."""
    d["facts"]["vast"] = False
    d["needs"]["niet_vast"] = {
        "kind": "fact",
        "names": ["vast"],
        "values": [False],
        "text": "De zaak zit vast.",
        "opens": [],
    }
    final = {name for name, state in d["states"].items() if state.get("final")}
    for move in d["moves"].values():
        targets = [move.get("to"), *(e.get("to") for e in move.get("edges", []))]
        if final & {*targets}:
            move["needs"] = [*move.get("needs", []), "niet_vast"]
    d["moves"]["vastzetten"] = {
        "title": "Vastzetten",
        "done": "Vastgezet",
        "input": ["op"],
        "from": ["onderzocht"],
        "to": "=",
        "sets": [{"name": "vast", "value": True}],
    }


def no_act_for_what_joins(d):
    for name in ("veiligheidsbeoordeling", "acuut_vaststellen"):
        move = d["moves"][name]
        for edge in move.get("edges", [move]):
            if isinstance(edge.get("from"), list):
                edge["from"] = [s for s in edge["from"] if s != "in_onderzoek"]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (no_acute_in_one_state, "Acute onveiligheid is in elke open staat vast te leggen"),
        (a_trap, "hier kan de zaak nooit meer eindigen"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_what_must_be_possible_everywhere_is(way, said):
    found = [f for f in faults_of(broken(way)) if said in f.text]
    assert found
    assert all(f.field for f in found)


# --- the law


def terms_of_law():
    terms = tomllib.loads(TEXT)["terms"]
    return [name for name, term in terms.items() if term["kind"] == "wet" and term["ground"] in LAW]


@pytest.mark.parametrize("name", terms_of_law())
def test_a_term_of_the_law_is_never_made_longer(name):
    def longer(d):
        count, unit = d["terms"][name]["length"].split()
        d["terms"][name]["length"] = f"{int(count) + 1} {unit}"

    def extended(d):
        d["terms"][name]["extend"] = "10 weken"

    def stands_still(d):
        d["terms"][name]["suspend_ground"] = "Wij hebben het druk"

    for way, said, key in (
        (longer, "duurt langer dan de wet zegt", "length"),
        (extended, "mag zo niet worden verlengd", "extend"),
        (stands_still, "mag niet stilstaan", "suspend_ground"),
    ):
        found = [f for f in floor_of(broken(way)) if said in f.text]
        assert [f.field for f in found] == [f"terms.{name}.{key}"], way.__name__


@pytest.mark.parametrize("article", OWED)
def test_no_term_that_the_law_asks_is_left_out(article):
    def dropped(d):
        for term in d["terms"].values():
            for row in (term, term.get("beside", {})):
                if article in row.get("ground", ""):
                    row["ground"], row["kind"] = "Eigen norm", "eigen norm"

    assert any(f"geen termijn rust op {article}" in f.text for f in floor_of(broken(dropped)))


def test_what_begins_when_a_melding_joins_can_be_answered_in_every_state():
    found = [f for f in floor_of(broken(no_act_for_what_joins)) if "geen stap die haar" in f.text]
    assert [f.field for f in found] == ["states.in_onderzoek"]


def test_a_duty_is_no_favour():
    def dropped(d):
        d["notices"]["terugkoppeling_melder"]["obligatory"] = False

    assert any("is een plicht" in f.text for f in floor_of(broken(dropped)))


def test_closing_asks_whether_what_is_owed_has_gone():
    def dropped(d):
        d["moves"]["afsluiten"]["needs"].remove("berichten_weg")

    assert any("verplichte berichten weg" in f.text for f in floor_of(broken(dropped)))


def test_a_finish_with_a_check_says_what_must_be_met():
    def dropped(d):
        d["promises"] = [p for p in d["promises"] if "unless_met" not in str(p)]

    assert any("is finish 3, en geen belofte" in f.text for f in floor_of(broken(dropped)))


# --- reading


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ({"text": "x"}, "een van never, always, leads_to"),
        ({"text": "x", "never": {}, "always": {}}, "een van never, always, leads_to"),
        ({"never": {"final": True}}, "heeft een text"),
        ({"text": "x", "never": {"kleur": 1}}, "onbekende sleutel"),
        ({"text": "x", "never": {"states": ["maan"]}}, "'maan' bestaat niet"),
        ({"text": "x", "never": {"unless_met": ["maan"]}}, "'maan' bestaat niet"),
        ({"text": "x", "always": {"possible": ["maan"]}}, "'maan' bestaat niet"),
        ({"text": "x", "never": {"facts": {"maan": [1]}}}, "'maan' bestaat niet"),
        ({"text": "x", "leads_to": {"to": {"kleur": 1}}}, "onbekende sleutel"),
    ],
)
def test_a_promise_that_cannot_be_read_is_said(promise, said):
    data = broken(lambda d: d["promises"].append(promise))
    assert any(said in f.text for f in floor_of(data))


def test_what_is_shipped_holds_its_promises():
    assert len(tomllib.loads(TEXT)["promises"]) >= 3
    assert faults_of(broken()) == []


# --- what runs is answered


def seen_and_still_running(d):
    d["moves"]["gezien"]["meets"] = []


def researched_and_still_running(d):
    d["moves"]["onderzoek_besluiten"]["meets"].remove("onderzoek_start")


def a_term_nobody_can_answer_any_more(d):
    d["terms"]["te_laat_gevraagd"] = {
        "title": "Te laat gevraagd",
        "length": "5 werkdagen",
        "kind": "eigen norm",
        "ground": "Eigen norm",
        "acts": ["afzien_van_onderzoek"],
        "rungs": [{"at": "op de dag", "to": ["teamleider"]}],
    }
    d["moves"]["onderzoek_afronden"].setdefault("starts", []).append("te_laat_gevraagd")


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (seen_and_still_running, "laat haar lopen"),
        (researched_and_still_running, "laat haar lopen"),
        (a_term_nobody_can_answer_any_more, "geen stap van haar kan nog volgen"),
    ],
    ids=lambda way: getattr(way, "__name__", ""),
)
def test_a_term_that_runs_is_answered_by_its_own_acts(way, said):
    found = [f for f in faults_of(broken(way)) if said in f.text]
    assert found
    assert found[0].story.startswith("Een melding komt binnen")


@pytest.mark.parametrize(
    "name",
    [n for n, table in tomllib.loads(TEXT)["notices"].items() if table.get("obligatory")],
)
@pytest.mark.parametrize("within", [True, False], ids=["its_term_left", "its_term_gone_too"])
def test_no_letter_that_is_owed_can_be_made_one_that_may(name, within):
    def no_duty(d):
        d["notices"][name]["obligatory"] = False
        if not within and (d["notices"][name]["ground"] in TOLD or name == d["referral"]["letter"]):
            del d["notices"][name]["term"]

    flow, _ = read_workflow("amhk", "meldingsroute.toml", broken(no_duty), CODES)
    found = [*((f.field, f.text) for f in lint(flow)), *floor(flow)]
    assert any(key == f"notices.{name}.obligatory" for key, _ in found), found


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (lambda d: d["values"]["acuut"].append("misschien"), "values.acuut", "nooit 'misschien'"),
        (lambda d: d["values"]["nazorg"].remove("goed"), "values.nazorg", "wordt 'goed'"),
        (lambda d: d["values"].update(onbekend=["x"]), "values", "onbekend"),
        (lambda d: d["values"].update(acuut="nee"), "values.acuut", "in een lijst"),
        (
            lambda d: d["moves"]["gezien"].update(sets=[{"name": "acuut", "value": "Nee"}]),
            "values.acuut",
            "wordt 'Nee'",
        ),
        (
            lambda d: d["moves"]["crisisdienst_ter_plaatse"].update(sets=[]),
            "values.crisisdienst",
            "nooit 'ter_plaatse'",
        ),
        (
            lambda d: d["terms"]["crisis"].update(onward=["verwijzen"]),
            "terms.crisis.onward",
            "verwijzen",
        ),
    ],
)
def test_what_a_fact_can_become_is_what_it_is_made(change, key, said):
    assert any(f.field == key and said in f.text for f in faults_of(broken(change)))


# --- a term that runs exactly where it should


def void_of(move, part, term):
    def gone(d):
        d["moves"][move][part].remove(term)

    gone.__name__ = f"{move}_{part}_{term}"
    return gone


def not_calm(d):
    """Somebody was seen, and is said to be unsafe still."""
    d["moves"]["gezien"]["sets"] = []


def no_four_hours(d):
    d["moves"]["acuut_vaststellen"]["starts"] = []


@pytest.mark.parametrize(
    ("way", "term"),
    [
        (not_calm, "vier uur"),
        (no_four_hours, "vier uur"),
        (void_of("niet_acuut", "voids", "crisis"), "vier uur"),
        (void_of("afzien_van_onderzoek", "voids", "onderzoek_start"), "over onderzoek is besloten"),
    ],
    ids=lambda way: getattr(way, "__name__", ""),
)
def test_a_term_runs_where_it_is_promised_and_nowhere_else(way, term):
    found = [f for f in faults_of(broken(way)) if "belofte" in f.text and term in f.text]
    assert len(found) == 1
    assert found[0].story.startswith("Een melding komt binnen")


def test_a_promise_about_a_term_names_one():
    def none(d):
        d["promises"].append({"text": "x", "exactly": {"term": "nergens", "states": []}})

    assert any("nergens" in f.text for f in faults_of(broken(none)))


def test_data_are_kept_as_long_as_the_law_says_and_no_shorter():
    def short(d):
        d["terms"]["bewaren"]["length"] = "10 jaar"

    assert any("duurt korter dan de wet zegt" in f.text for f in floor_of(broken(short)))
