"""The rules by which calls are divided among teams, and a box to try them in."""

from amhk.desk.casefile.access import must_run
from amhk.desk.staff.management import checked
from amhk.errors import BadInput, NotFound
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.rules.procedure.fields import Field
from amhk.rules.staff.routing import RoutingRule, route_call
from amhk.store import reads
from amhk.store.house import house_journal
from amhk.store.staff import routing_rules
from amhk.words import iso

RULE = (
    Field("team", "Gaat naar team", "choice", required=True, choices="team"),
    Field("gemeente", "Gemeente (leeg: alle)", "choices", choices="gemeente", more=True),
    Field("subregio", "Subregio (leeg: alle)", "choices", choices="subregio"),
    Field("stroom", "Stroom (leeg: alle)", "choices", choices="stroom"),
    Field("acuut", "Alleen acuut, of alleen niet acuut", "yesno"),
    Field("reden", "Reden, zoals die op de zaak komt"),
)


CALL = (
    Field("gemeente", "Gemeente", "choice", required=True, choices="gemeente"),
    Field("stroom", "Stroom", "choice", required=True, choices="stroom"),
    Field("acuut", "Acuut", "yesno", required=True),
)


def division(office: Office) -> dict[str, object]:
    """Give how calls are divided.

    The rules in order, each in words, and the team of what no rule takes.
    """
    with office.store.read() as connection:
        rules, lines = routing_rules.rules_of(connection, office.config.rules)
        teams = [{"name": t["name"], "default": t["is_default"]} for t in reads.teams(connection)]
    told = [
        {"id": key, "team": r.team, "because": r.because(), "looks_at": r.looks_at()}
        for key, r in zip(lines, rules, strict=True)
    ]
    return {"rules": told, "teams": teams, "default": office.config.default_team}


def try_call(office: Office, body: object) -> str:
    """Give, in a sentence, which team a call would go to and why."""
    values = checked(office, CALL, body)
    with office.store.read() as connection:
        rules, _ = routing_rules.rules_of(connection, office.config.rules)
    subregio = office.config.gemeenten[values["gemeente"]].subregio
    team, why = route_call(
        rules,
        office.config.default_team,
        values["gemeente"],
        subregio=subregio,
        stroom=values["stroom"],
        acuut=values["acuut"],
    )
    return f"Dit gaat naar team {team}. {why}."


def add_rule(office: Office, body: object, who: Reader) -> None:
    """Add a rule under the others; the first change on screen takes over those of config.toml."""
    must_run(who)
    values = checked(office, RULE, body)
    lists = {k: tuple(values.get(k, ())) for k in ("gemeente", "subregio", "stroom")}
    rule = RoutingRule(
        values["team"], **lists, acuut=values.get("acuut"), reden=values.get("reden", "")
    )
    if not any(lists.values()) and rule.acuut is None:
        raise BadInput.of(
            "leeg",
            "Zeg waar de regel op let; wat nergens onder valt gaat al naar het standaardteam.",
            "gemeente",
        )
    with office.store.write() as connection:
        routing_rules.take_over(connection, office.config.rules)
        routing_rules.add(connection, rule)
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="beheer",
            what=f"Verdeelregel toegevoegd: {rule.because()}.",
            content={"team": rule.team},
        )


def move_rule(office: Office, place: int, how: str, said: str, who: Reader) -> None:
    """Move a rule (counted from 0, and in the words it was shown in) up, or take it away (`how`:
    `omhoog` or `weg`).
    """
    must_run(who)
    with office.store.write() as connection:
        routing_rules.take_over(connection, office.config.rules)
        rules, lines = routing_rules.rules_of(connection, ())
        if (
            not 0 <= place < len(lines)
            or how not in ("omhoog", "weg")
            or rules[place].because() != said
        ):
            raise NotFound("Deze regel staat daar niet (meer). Open de bladzijde opnieuw.")
        if how == "weg":
            routing_rules.drop(connection, lines[place])
        elif place:
            routing_rules.swap(connection, lines[place - 1], lines[place])
        what = f"Verdeelregel {'weggehaald' if how == 'weg' else 'omhoog gezet'}: {said}."
        house_journal.append(
            connection,
            office.now(connection),
            who.id,
            kind="beheer",
            what=what,
            content={"place": place, "at": iso(office.now(connection))},
        )
