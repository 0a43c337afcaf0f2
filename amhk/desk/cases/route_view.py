"""What a case shows of its own route.

An advies with its contacts, a melding with what came of it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import zip_longest
from typing import Any

from amhk.desk.cases import warnings
from amhk.rules.privacy.secrecy import LENT, READS, Reader, may_see, scope_of
from amhk.store.rows import CaseRow, Row, cell
from amhk.words import iso

_CHECK = (
    "gevraagd_aan",
    "hulp_gestart",
    "passend",
    "nu_veilig",
    "hulp_geeindigd",
    "doelrealisatie",
    "reden_einde",
    "kader",
    "tevreden_jeugdige",
    "tevreden_ouder",
)


_WHOSE = ("team_id", "owner_id", "taken_by")


def relations_of(
    case: CaseRow, shelf: Mapping[str, list[Any]], who: Reader
) -> list[dict[str, object]]:
    """Give how a case belongs together with others; of one out of sight only that there is one."""
    leave = {g["case_id"] for g in shelf["leave"]} if who.role in READS else set()
    told = [
        {"kind": r["kind"], "number": r["number"]}
        for r in shelf["relations"]
        if r["other_id"] not in who.barred
        and (
            (r["kind"].startswith("omgezet") and who.role not in LENT)
            or may_see(scope_of(who), r["other_id"], *(r[name] for name in _WHOSE))
            or r["other_id"] in leave
        )
    ]
    return told + [
        {"kind": "zelfde_dossier", "number": r["number"]}
        for r in shelf["dossier"]
        if case.get("dossier_id")
    ]


def melding_of(case: CaseRow, shelf: Mapping[str, list[Any]]) -> dict[str, object]:
    """Give what a melding shows of its melder, findings, referrals and checks."""
    hidden = case["melder_geheim"]
    told_by = ("naam", "bereikbaar", "functie", "organisatie")
    melder = {name: None if hidden else cell(case, f"melder_{name}") for name in told_by}
    later = [
        {"number": c["number"], "ontvangen": iso(c["received"]), "zorgen": c["zorgen"]}
        for c in shelf["joined"]
    ]
    return {
        "melder": melder | {"geheim": hidden, "toestemming": case["melder_toestemming"]},
        "vervolgmeldingen": later,
        "verwijzingen": _referrals(shelf),
        "controles": _checks(shelf),
        "bevindingen": findings_of(shelf),
        "vernietigd": case["melder_naam"] is None,
    }


def findings_of(shelf: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """Give what the own investigation found, each with its kind of source and its labels."""
    return [
        {
            "op": iso(f["moment"]),
            "bron": f["bron"],
            "bevindingen": f["text"],
            "gevoelig": f["labels"],
        }
        for f in shelf["findings"]
    ]


def _referrals(shelf: Mapping[str, list[Any]]) -> list[dict[str, object]]:
    names = {i["id"]: i["name"] for i in shelf["institutions"]}
    return [
        {
            "instelling": names[r["institution_id"]],
            "op": iso(r["moment"]),
            "status": r["status"],
            "hulp_gestart": iso(r["started_on"]) if r["started_on"] else None,
            "vervangen": iso(later["moment"]) if later else None,
        }
        for r, later in zip_longest(shelf["referrals"], shelf["referrals"][1:])
    ]


def _checks(shelf: Mapping[str, list[Any]]) -> list[dict[str, object]]:
    """Give the checks, each with the institution of the referral it was about.

    The one before it.
    """
    names, checks = {i["id"]: i["name"] for i in shelf["institutions"]}, []
    for c in shelf["checks"]:
        of = [names[r["institution_id"]] for r in shelf["referrals"] if r["entry"] < c["entry"]]
        values = {k: iso(c[k]) if isinstance(c[k], date) else c[k] for k in _CHECK}
        checks.append(values | {"op": iso(c["moment"]), "instelling": of[-1] if of else None})
    return checks


def advies_of(case: CaseRow, contacts: list[Row], known: Iterable[str]) -> dict[str, object]:
    """Give what an advies shows: the advice, who asked for it, and the contacts."""
    asker = (
        {"naam": case["adviesvrager_naam"], "bereikbaar": case["adviesvrager_bereikbaar"]}
        if case["adviesvrager_naam"]
        else None
    )
    return {
        "advies": case["advies"],
        "adviesvrager": asker,
        "contacten": [{"op": iso(c["moment"]), "verslag": c["verslag"]} for c in contacts],
        "warnings": warnings.warnings(
            {**case, "zorgen": "\n".join([case["zorgen"], *(c["verslag"] for c in contacts)])},
            known,
        ),
    }
