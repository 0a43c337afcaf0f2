"""The records of one case that must agree, in one place.

Each pair as a sentence that says what contradicts what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amhk.rules.parse import Raw
from amhk.rules.procedure.workflow import Workflow

RUNS = ("running", "suspended")
OWED = ("draft", "approved")


@dataclass(frozen=True, slots=True)
class Told:
    """All that is recorded of one case.

    Its row, its terms, letters, referrals and checks in the order they came, and the meldingen it
    is a hermelding of.
    """

    case: Raw
    terms: Sequence[Raw]
    notices: Sequence[Raw]
    referrals: Sequence[Raw]
    checks: Sequence[Raw]
    before: Sequence[Raw] = ()
    joined: bool = False


def contradictions(flow: Workflow, told: Told) -> list[str]:
    """Give each pair of records of a case that contradict each other; empty when all agree."""
    return [
        *_closed(flow, told),
        *_letters(told),
        *_referral(flow, told),
        *_check(flow, told),
        *_household(told),
    ]


def _closed(flow: Workflow, told: Told) -> Iterator[str]:
    """State x terms x referral: a closed case stands in a final state and waits for nothing.

    An open one does not.
    """
    case = told.case
    if case["closed"] != flow.states[case["state"]].final or case["closed"] != (
        case["closed_at"] is not None
    ):
        yield "de staat zegt iets anders dan of de zaak gesloten is"
    if case["closed"] and any(t["status"] in RUNS for t in told.terms):
        yield "de zaak is gesloten en een termijn loopt nog"
    if case["closed"] and any(r["status"] == "open" for r in told.referrals):
        yield "de zaak is gesloten en een verwijzing wacht nog op antwoord"
    if case["closed"] and not case["ending"] and not case["finishes"]:
        yield "de zaak is gesloten zonder finish en zonder einde"


def _letters(told: Told) -> Iterator[str]:
    """Letter x term: the term of a letter runs as long as it has to go, and no longer."""
    status = {t["id"]: t["status"] for t in told.terms}
    for n in told.notices:
        runs = status.get(n["term_id"]) in RUNS
        if n["state"] in ("sent", "withheld", "void") and runs:
            yield f"brief {n['id']} ({n['kind']}) is klaar en zijn termijn loopt nog"
        if n["state"] in OWED and n["term_id"] and not runs and not told.case["closed"]:
            yield f"brief {n['id']} ({n['kind']}) moet nog weg en zijn termijn is voorbij"
        if (n["state"] == "sent") != (n["sent_on"] is not None):
            yield f"brief {n['id']} ({n['kind']}) heet verzonden zonder dag, of andersom"
        if n["state"] in ("approved", "sent") and n["html"] is None and n["hash"]:
            continue  # destroyed by law
        again = any(
            o["returned"] and o["kind"] == n["kind"] for o in told.notices
        )  # one that came back lies there anew
        if told.case["closed"] and n["state"] == "draft" and not n["obligatory"] and not again:
            yield (
                f"de zaak is gesloten en brief {n['id']} ({n['kind']}), die niet hoeft, ligt nog"
                " klaar"
            )
        if n["state"] == "draft" and n["html"] is not None:
            yield f"brief {n['id']} ({n['kind']}) is een concept en toch vastgezet"


def _referral(flow: Workflow, told: Told) -> Iterator[str]:
    """Referral x acceptance x help: who waits for an answer has a term for it.

    Help that began was taken up; a finish by referral has one.
    """
    yield from _waiting(flow, told)
    letter, taken = (
        flow.referral.get("letter"),
        [r for r in told.referrals if r["status"] in ("accepted", "started")],
    )
    for r in taken:
        mine = [n["state"] for n in told.notices if n["kind"] == letter and _of(n, r)]
        if mine and mine[-1] == "withheld" and "sent" not in mine:
            yield f"verwijzing {r['id']} is aangenomen en haar brief is niet verzonden"
    for r in told.referrals:
        if (r["status"] == "started") != (r["started_on"] is not None):
            yield f"verwijzing {r['id']} is '{r['status']}' en de hulp begon op {r['started_on']}"
    if not flow.tracks and any(r["status"] == "open" for r in told.referrals[:-1]):
        yield "een eerdere verwijzing wacht nog op antwoord terwijl er een nieuwe is"
    if bool(flow.referring & {*told.case["finishes"]}) != bool(told.referrals):
        yield "een finish door verwijzen zonder verwijzing, of een verwijzing zonder die finish"


def _waiting(flow: Workflow, told: Told) -> Iterator[str]:
    """Of each referral that can be open (the last; of several at once all) it is waited for, or
    not.
    """
    if not flow.referral or told.case["closed"]:
        return
    runs = [
        t["run"]
        for t in told.terms
        if t["name"] == flow.referral.get("acceptance") and t["status"] in RUNS
    ]
    last = told.referrals[-1]["status"] if told.referrals else None
    looked = [(last, bool(runs))]
    if flow.tracks:
        looked = [(r["status"], r["entry"] in runs) for r in told.referrals]
    for status, waits in looked:
        if waits != (status == "open"):
            said = "wel" if waits else "niet"
            yield f"de verwijzing is '{status}' en op acceptatie wordt {said} gewacht"


def _of(letter: Raw, referral: Raw) -> bool:
    """Tell whether a letter is of a referral: of its run, or of none to its institution."""
    if letter["run"]:
        return bool(letter["run"] == referral["entry"])
    return bool(letter["institution_id"] == referral["institution_id"])


def _check(flow: Workflow, told: Told) -> Iterator[str]:
    """Check x letter, check x help.

    The referral that is checked went by letter (one that was refused or taken back before it went
    needs none); help that fits has begun.
    """
    kind = flow.referral.get("letter")
    letters = [n for n in told.notices if n["kind"] == kind]
    for c in told.checks:
        if c["passend"] in ("ja", "deels") and not c["hulp_gestart"]:
            yield f"controle {c['id']} zegt dat de hulp past en niet is begonnen"
        before = [r for r in told.referrals if r["entry"] < c["entry"]]
        before = [r for r in before if c["run"] in (None, r["entry"])]
        if not before:
            yield f"controle {c['id']} zonder verwijzing"
        elif c["hulp_gestart"] and before[-1]["status"] in ("refused", "withdrawn"):
            yield f"controle {c['id']} zegt dat de hulp begon van een verwijzing die niet doorging"
        elif _not_gone(letters, before[-1]):
            yield f"controle {c['id']} van een verwijzing waarvan de brief niet verstuurd is"


def _not_gone(letters: Sequence[Raw], referral: Raw) -> bool:
    """Tell whether the letter of a referral never went.

    None to its institution was sent, and none was let go because the referral was over before it
    could go.
    """
    mine = {n["state"] for n in letters if _of(n, referral)}
    return not mine & {"sent", "void"}


def _household(told: Told) -> Iterator[str]:
    """Hermelding x dossier x state.

    Who came back came back from one melding, that closed and stands in the same dossier (of one
    that joined another: in the dossier it came from).
    """
    if len(told.before) > 1:
        yield "de melding is van meer dan een melding de hermelding"
    for other in told.before:
        if not other["closed"]:
            yield f"hermelding van {other['number']}, die loopt"
        if not told.joined and other["dossier_id"] != told.case["dossier_id"]:
            yield f"hermelding van {other['number']}, die in een ander dossier staat"
