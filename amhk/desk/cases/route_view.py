"""What a case shows of its own route.

An advies with its contacts, a melding with what came of it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import zip_longest
from typing import Any

from amhk.desk.casefile.referrals import referral_of
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
        "referrals": _in_short(shelf),
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
    several = any(t["run"] for t in shelf["terms"])
    return [
        {
            "instelling": names[r["institution_id"]],
            "op": iso(r["moment"]),
            "status": r["status"],
            "hulp_gestart": iso(r["started_on"]) if r["started_on"] else None,
            "vervangen": iso(later["moment"]) if later else None,
        }
        for r, later in _with_later(shelf["referrals"], several)
    ]


def _with_later(referrals: list[Any], several: bool) -> list[tuple[Any, Any]]:
    """Give each referral with the one that took its place; of several at once none does."""
    later: list[Any] = [] if several else referrals[1:]
    return list(zip_longest(referrals, later))


def _in_short(shelf: Mapping[str, list[Any]]) -> list[dict[str, object]]:
    """Give the referrals as a program reads them, each with its checks; its terms are `about` its
    `id`.
    """
    names = {i["id"]: i["name"] for i in shelf["institutions"]}
    return [
        {
            "id": r["entry"],
            "institution": names[r["institution_id"]],
            "moment": iso(r["moment"]),
            "status": r["status"],
            "help_started": iso(r["started_on"]) if r["started_on"] else None,
            "checks": [
                {"moment": iso(c["moment"])} | {name: _said(c[name]) for name in _CHECK}
                for c in shelf["checks"]
                if _of_check(shelf["referrals"], c) is r
            ],
        }
        for r in shelf["referrals"]
    ]


def _said(value: object) -> object:
    return iso(value) if isinstance(value, date) else value


def _of_check(referrals: list[Any], check: Any) -> Any:
    """Give the referral a check was about: of its run, of none the one before it."""
    before = [r for r in referrals if r["entry"] < check["entry"]]
    return referral_of(before, check["run"])


def _checks(shelf: Mapping[str, list[Any]]) -> list[dict[str, object]]:
    """Give the checks, each with the institution of the referral it was about."""
    names, checks = {i["id"]: i["name"] for i in shelf["institutions"]}, []
    for c in shelf["checks"]:
        of = _of_check(shelf["referrals"], c)
        values = {name: _said(c[name]) for name in _CHECK}
        to = names[of["institution_id"]] if of else None
        checks.append(values | {"op": iso(c["moment"]), "instelling": to})
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
