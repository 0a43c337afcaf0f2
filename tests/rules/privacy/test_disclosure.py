"""What of a case can reach which reader.

The static proof of a template, and the same rule on the facts at hand (G7).
"""

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from amhk.letters.flow import paths
from amhk.letters.render import Letters
from amhk.rules.privacy.disclosure import (
    FACTS,
    FIELDS,
    HIDDEN,
    LABELS,
    for_recipient,
    forbidden,
    labels_of,
    supplied,
)
from amhk.rules.privacy.recipients import STANDARD
from amhk.rules.procedure.check import check

ROUTES = [
    "{{ melder_naam }}",
    "{{ melder_naam|upper }}",
    "{{ 'x' ~ melder_naam }}",
    "{% if melder_naam %}ja{% endif %}",
    "{% set a = melder_naam %}{% set b = a %}{{ b }}",
    "{% for letter in melder_naam %}{{ letter }}{% endfor %}",
    "{{ [melder_naam]|first }}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(melder_naam) }}",
    "{{ zaaknummer if melder_naam else '' }}",
    "{% with a = melder_naam %}{{ a }}{% endwith %}",
    "{{ zaaknummer[melder_naam] }}",
    "{% filter upper %}{{ melder_naam }}{% endfilter %}",
    "{% set a %}{{ melder_naam }}{% endset %}{{ a }}",
    "{% set zaaknummer = melder_naam %}{{ zaaknummer }}",
]


def asked(text, *facts):
    return paths(
        Environment().parse(text),
        frozenset(facts or ("melder_naam", "zaaknummer", "personen", "jeugdigen")),
    )


def shows(text, path):
    root = path.partition(".")[0]
    return {p for p in asked(text) if p in (path, f"{root}.*")}


@pytest.mark.parametrize("text", ROUTES)
def test_a_template_made_to_leak_the_melder_is_found_whatever_road_it_takes(text, pack):
    """The static check alone, over the letter to the betrokkene."""
    workflow = pack.of_route("melding")
    found = Letters_of(pack) | {"informeren_betrokkene": asked(text)}
    faults = [f.text for f in check(workflow, found)]
    assert any(
        "toont 'melder_naam' aan een betrokkene: de bron wordt niet genoemd" in f for f in faults
    ), faults
    assert any("Een melding komt binnen" in f for f in faults), "the shortest story to it is told"


def Letters_of(pack):

    return Letters(ROOT / "templates" / "notices").paths()


@pytest.mark.parametrize(
    "text",
    [
        "{% for j in jeugdigen %}{{ j.bsn }}{% endfor %}",
        "{% for j in jeugdigen %}{{ j['bsn'] }}{% endfor %}",
        "{{ jeugdigen[0].bsn }}",
        "{% set k = jeugdigen %}{% for j in k %}{% set i = j %}{{ i.bsn }}{% endfor %}",
        "{% for j in jeugdigen %}{{ j }}{% endfor %}",
        "{{ jeugdigen }}",
        "{{ jeugdigen|map(attribute='bsn')|join }}",
        "{% for j in jeugdigen|sort %}{{ j.naam }}{% endfor %}",
        "{% for j in jeugdigen %}{{ j|attr('bsn') }}{% endfor %}",
        "{% for j in jeugdigen %}{{ j[zaaknummer] }}{% endfor %}",
        "{% for j in jeugdigen %}{{ loop.nextitem.bsn }}{% endfor %}",
        "{% for a, b in jeugdigen %}{{ a }}{% endfor %}",
        "{% for j in jeugdigen if j.bsn %}x{% endfor %}",
    ],
)
def test_a_field_is_followed_through_loops_and_what_cannot_be_followed_counts_as_all_of_it(text):
    assert shows(text, "jeugdigen.bsn"), asked(text)
    assert any(forbidden(p, STANDARD["instelling"]) for p in asked(text))


def test_what_a_letter_does_not_show_is_not_held_against_it():
    text = (
        "{% for j in jeugdigen %}{{ j.naam }}, {{ j.geboren }}{% else %}niemand{% endfor %}{% if"
        " personen %}x{% endif %}"
    )
    assert asked(text) == {"jeugdigen", "jeugdigen.naam", "jeugdigen.geboren", "personen"}
    assert not any(forbidden(p, STANDARD["instelling"]) for p in asked(text))


def test_every_shipped_letter_stays_within_what_its_reader_may_see(pack):
    for workflow in pack.workflows.values():
        assert check(workflow, Letters_of(pack)) == []


def test_a_fact_that_is_not_there_in_every_state_is_found_with_the_story_to_that_state(pack):
    told = [
        f.text
        for f in check(
            pack.of_route("melding"),
            Letters_of(pack) | {"melding_politie": {"op.*", "uiterlijk.*"}},
        )
    ]
    assert any(
        "vraagt om 'uiterlijk', en dat is er niet altijd. Een melding komt binnen" in t
        for t in told
    ), told


def test_the_same_rule_runs_on_the_facts_at_hand():
    facts = {
        "melder_naam": "M. Elder",
        "zorgen": "stil",
        "jeugdigen": [
            {
                "naam": "Kim",
                "bsn": "999990019",
                "adres": "Weg 1",
                LABELS: {"adres": ("geheim_adres",)},
            }
        ],
        "bevindingen": [
            {"tekst": "blauwe plek", LABELS: {"": ("medisch",)}},
            {"tekst": "koud huis", LABELS: {"": ()}},
        ],
    }
    kept, left_out = for_recipient(facts, STANDARD["politie"])
    assert kept == {
        "zorgen": "stil",
        "jeugdigen": [{"naam": "Kim", "adres": HIDDEN}],
        "bevindingen": [{"tekst": "koud huis"}],
    }
    assert {(one.path, one.whose) for one in left_out} == {
        ("melder_naam", ""),
        ("jeugdigen.adres", "Kim"),
        ("bevindingen", "een deel"),
    }
    assert [b["tekst"] for b in for_recipient(facts, STANDARD["rvdk"])[0]["bevindingen"]] == [
        "blauwe plek",
        "koud huis",
    ]
    assert for_recipient(facts, STANDARD["melder"])[0] == {"melder_naam": "M. Elder"}


_LABELS = st.sampled_from(["medisch", "strafrechtelijk", "ouder", "geheim_adres"])


@given(st.data(), st.sampled_from(sorted(STANDARD)))
def test_nothing_a_reader_may_not_see_is_ever_left_in_whatever_the_facts(data, recipient):
    """Every leaf carries its own mark; what is left of it may carry no forbidden label."""
    marks: dict[str, set[str]] = {}
    facts = {}
    for n, name in enumerate(sorted(FACTS)):
        if name not in FIELDS:
            marks[f"#{n}#"] = set(labels_of(name))
            facts[name] = f"#{n}#"
            continue
        own = {
            "": tuple(data.draw(st.sets(_LABELS, max_size=2))),
            "adres": tuple(data.draw(st.sets(_LABELS, max_size=1))),
        }
        item = {LABELS: own}
        for f, field in enumerate(FIELDS[name]):
            marks[f"#{n}.{f}#"] = (
                set(labels_of(f"{name}.{field}"))
                | set(own[""])
                | (set(own["adres"]) if field == "adres" else set())
            )
            item[field] = f"#{n}.{f}#"
        facts[name] = [item]
    kept = repr(for_recipient(facts, STANDARD[recipient])[0])
    for mark, labels in marks.items():
        assert (mark in kept) is not (bool(labels & set(STANDARD[recipient].bars))), (mark, labels)


def test_every_label_stands_in_the_rule_of_some_reader_and_every_field_is_known():
    labels = set().union(*FACTS.values()) | {
        x for f in FIELDS.values() for y in f.values() for x in y.split()
    }
    barred = {label for one in STANDARD.values() for label in one.bars}
    assert (
        labels <= barred | {"stappen"}
        and {"medisch", "strafrechtelijk", "ouder", "geheim_adres"} <= barred
    )
    assert (
        supplied("jeugdigen.bsn")
        and not supplied("jeugdigen.telefoon")
        and not supplied("lievelingskleur")
    )
