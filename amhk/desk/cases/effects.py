"""The rows a move leaves behind: referral, check, finding, contact.

Each gives what the journal line adds.
"""

from amhk.desk.casefile.casefile import CaseFile
from amhk.desk.casefile.referrals import referral_of
from amhk.errors import BadInput
from amhk.rules.figures.facts import THAT_DAY
from amhk.rules.parse import Filled
from amhk.rules.people.people import is_child
from amhk.rules.procedure.fields import PERSONS, judged_part
from amhk.rules.procedure.standing import Decision
from amhk.store import reads
from amhk.store.rows import ReferralRow
from amhk.words import day_of, iso, say_day

OTHER = "10"  # vervolg_onderzoek: another institution (IP1 par. 4.7)
# What comes from these is of its own nature medical or criminal, also when nobody says so.
_OF_SOURCE = {"vertrouwensarts": ("medisch",), "politie": ("strafrechtelijk",)}
_OF_ROLE = {"vertrouwensarts": ("medisch",)}
_OVER = {"refused": "geweigerd", "withdrawn": "ingetrokken"}
_OF_CHECK = (
    "passend",
    "nu_veilig",
    "doelrealisatie",
    "reden_einde",
    "kader",
    "tevreden_jeugdige",
    "tevreden_ouder",
)


def referral(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record a referral to an institution; the letters of this move go there."""
    name = decision.values["instelling"]
    found = next(i for i in reads.institutions(file.connection) if i["name"] == name)
    file.handed_to = found["vervolg"] or OTHER
    if decision.run is None:
        lapse(file)
    file.add(
        reads.REFERRAL,
        institution_id=found["id"],
        moment=decision.moment,
        status="open",
        entry=entry,
    )
    file.tell(entry, referral=[found["kind"], found["scale"]])
    return f": {name}"


def lapse(file: CaseFile) -> None:
    """Let referrals that nobody answered no longer wait.

    Another took their place, or the case closes.
    """
    waiting = [r["id"] for r in file.rows(reads.REFERRAL) if r["status"] == "open"]
    file.change(reads.REFERRAL, waiting, status="lapsed")


def _mine(file: CaseFile, decision: Decision) -> ReferralRow | None:
    """Give the referral a move is about: of its run, of no run the latest."""
    return referral_of(file.rows(reads.REFERRAL), decision.run)


def _answer(file: CaseFile, status: str, decision: Decision, **more: object) -> str:
    """Record the answer to a referral; gives to whom, where it could be to several."""
    mine = _mine(file, decision)
    if mine is None:
        return ""
    file.change(reads.REFERRAL, [mine["id"]], status=status, answered=decision.moment, **more)
    return _to_whom(file, mine, decision)


def _to_whom(file: CaseFile, mine: ReferralRow, decision: Decision) -> str:
    if decision.run is None:
        return ""
    found = reads.institutions(file.connection, active=False)
    return f": {next(i['name'] for i in found if i['id'] == mine['institution_id'])}"


def _tell(file: CaseFile, decision: Decision, entry: int, **told: object) -> None:
    """Tell the figures of a referral, and of which where it is one of several."""
    file.tell(entry, **told, **({"run": decision.run} if decision.run else {}))


def referral_accepted(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record that a referral was accepted."""
    _tell(file, decision, entry, answer="accepted")
    return _answer(file, "accepted", decision)


def referral_refused(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record that a referral was refused; BadInput when its help has begun already."""
    _over_before(file, decision, "een weigering")
    _tell(file, decision, entry, answer="refused")
    return _answer(file, "refused", decision)


def referral_withdrawn(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record that a referral is taken back; BadInput when its help has begun already."""
    _over_before(file, decision, "een intrekking")
    return _answer(file, "withdrawn", decision)


def _over_before(file: CaseFile, decision: Decision, what: str) -> None:
    mine = _mine(file, decision)
    if mine and (day := mine["started_on"]):
        text = (
            f"De hulp is begonnen op {say_day(day)}: {what} kan dan niet meer. Stopt de hulp, leg"
            " dan vast hoe het nu gaat en of het veilig is."
        )
        raise BadInput.of("al_gestart", text, "reden")


def help_started(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record that the help of a referral started."""
    _tell(file, decision, entry, answer="started", help=THAT_DAY)
    return _answer(file, "started", decision, started_on=day_of(decision.moment))


def check(file: CaseFile, decision: Decision, entry: int) -> str:
    """Record a voortgangscontrole.

    Doelrealisatie and reden only where the help has ended (seed 001 bijlage 4).
    """
    values = decision.values
    names = (
        "gevraagd_aan",
        "hulp_gestart",
        "passend",
        "nu_veilig",
        "hulp_geeindigd",
        "reden_einde",
        "kader",
    )
    if (
        values.get("hulp_geeindigd")
        and values.get("hulp_gestart")
        and values["hulp_geeindigd"] < values["hulp_gestart"]
    ):
        raise BadInput.of("volgorde", "De hulp kan niet eindigen voor ze begon.", "hulp_geeindigd")
    help_says = _help_of_check(file, decision, entry)
    row = {name: values.get(name) for name in names} | {
        name: values.get(name, [])
        for name in ("doelrealisatie", "tevreden_jeugdige", "tevreden_ouder")
    }
    file.add(reads.CHECK, moment=decision.moment, entry=entry, run=decision.run, **row)
    told = {n: values[n] for n in _OF_CHECK if values.get(n)}
    if children := _children_judged(file, decision):
        told["kind_veilig"] = children
    file.tell(entry, check=told)
    mine = _mine(file, decision)
    whose = _to_whom(file, mine, decision) if mine else ""
    return f"{whose}: passend {values['passend']}, nu veilig {values['nu_veilig']}{help_says}"


def _children_judged(file: CaseFile, decision: Decision) -> list[str]:
    """Give of each child of whom a move says how safe he is what it says."""
    field = decision.move.judges
    rows = decision.values.get(field.name, []) if field else []
    if not rows or field is None:
        return []
    day, part = day_of(decision.moment), judged_part(field)
    people = file.rows(reads.PERSON)
    children = {str(p["id"]) for p in people if is_child(p, day, file.codes.roles)}
    return sorted(str(row[part]) for row in rows if str(row[PERSONS]) in children)


def _help_of_check(file: CaseFile, decision: Decision, entry: int) -> str:
    """Let a referral say what its check found of the help.

    Begun on that day, or still not. BadInput when it was recorded to have begun and the check says
    nothing of it.
    """
    mine = _mine(file, decision)
    if mine is None:
        return ""
    known, told = mine["started_on"], decision.values.get("hulp_gestart")
    if told and (over := _OVER.get(mine["status"])):
        text = (
            f"Deze verwijzing is {over}: op die verwijzing kan geen hulp zijn begonnen. Verwijs"
            " eerst opnieuw, of laat de dag leeg."
        )
        raise BadInput.of("spreekt_tegen", text, "hulp_gestart")
    if known and not told:
        text = (
            f"Eerder is vastgelegd dat de hulp begon op {say_day(known)}. Vul die dag in, of de"
            " juiste."
        )
        raise BadInput.of("spreekt_tegen", text, "hulp_gestart")
    if told:
        if mine["status"] != "started" or known != told:
            file.change(reads.REFERRAL, [mine["id"]], started_on=told, status="started")
            _tell(file, decision, entry, answer="started", help=iso(told))
        return (
            f"; de hulp begon op {say_day(told)}, niet op {say_day(known)}"
            if known and known != told
            else ""
        )
    if mine["status"] == "open":  # the check is the answer to it: nobody waits for another
        file.change(reads.REFERRAL, [mine["id"]], status="lapsed")
    return ""


def rvdk_answer(file: CaseFile, decision: Decision, entry: int) -> str:
    """Say what the RvdK answered to a request (CORV15: notificatie intake).

    Whether it investigates, under which mark, from when.
    """
    values = decision.values
    start = f", begint op {say_day(values['start_rvdk'])}" if values.get("start_rvdk") else ""
    return f": {'gaat' if values['onderzoekt'] else 'gaat niet'} onderzoeken{start}{_mark(values)}"


def rvdk_outcome(file: CaseFile, decision: Decision, entry: int) -> str:
    """Say what came of the investigation of the RvdK (CORV15: notificatie uitkomst onderzoek)."""
    filed = "rekest ingediend" if decision.values["rekest"] else "geen rekest"
    return f": {filed}{_mark(decision.values)}"


def _mark(values: Filled) -> str:
    return f", kenmerk {values['kenmerk_rvdk']}" if values.get("kenmerk_rvdk") else ""


def finding(file: CaseFile, decision: Decision, entry: int) -> None:
    """Record what was found, with its kind of source, when something was written down."""
    if text := decision.values.get("bevindingen"):
        bron = decision.values.get("bron")  # nobody told: nobody is said to have told
        his = _OF_ROLE.get(file.who.role if file.who else "", ())
        labels = sorted(
            {*decision.values.get("gevoelig", ()), *_OF_SOURCE.get(bron or "", ()), *his}
        )
        file.add(reads.FINDING, moment=decision.moment, bron=bron, text=text, labels=labels)
        file.words = True


def counter(file: CaseFile, decision: Decision, entry: int) -> str:
    """Tell the figures of a complaint, a second opinion or the ombudsman (tegenkracht, seed 002).

    What it was about stands in the journal.
    """
    kind = decision.values["tegenkracht"]
    file.tell(entry, counter=kind)
    return f": {kind}"


def calm(file: CaseFile, decision: Decision, entry: int) -> None:
    """Record that nobody is in acute danger.

    The case no longer goes before all others for what was told at the start.
    """
    file.changes["acuut"] = False


def contact(file: CaseFile, decision: Decision, entry: int) -> None:
    """Record a contact with the adviesvrager."""
    file.add(reads.CONTACT, moment=decision.moment, verslag=decision.values["verslag"])
