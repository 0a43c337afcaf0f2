"""Figures for the centrumgemeente: one definition per number, per gemeente, the same figures as page, CSV and JSON."""

from collections.abc import Callable, Mapping
from typing import Any

from amhk.desk import costs
from amhk.desk.termview import beside_counts
from amhk.errors import BadInput, Fault, NotAllowed, NotFound
from amhk.office import Office
from amhk.rules.periods import Period, read_period
from amhk.rules.secrecy import Reader, Scope, scope_of
from amhk.store import figures
from amhk.words import iso, start_of

NAMES = ("kwartaal", "kosten")
NO_COUNT = "geen HG/KM"
ENDINGS = ("geen HG/KM", "andere regio", "ingetrokken", "gevoegd", "omgezet in advies", "omgezet in melding", "geen vervolg")
TERMS = ("veiligheidsbeoordeling", "onderzoek_start", "onderzoek", "voortgangscontrole")

# Each figure: its column, its title and its definition in one sentence.
DEFINITIONS: dict[str, tuple[str, str]] = {
    "adviezen": ("Adviezen", "Adviesgesprekken die in de periode zijn ontvangen."),
    "meldingen": ("Meldingen", "Meldingen die in de periode zijn ontvangen; wat geen huiselijk geweld of kindermishandeling bleek telt niet mee."),
    "finish_1": ("Finish 1", "Adviezen die in de periode zijn gegeven en geregistreerd."),
    "finish_2": ("Finish 2", "Ondersteuningen bij de uitvoering die in de periode zijn geregistreerd."),
    "finish_3": ("Finish 3", "Meldingen waarin in de periode na onderzoek is verwezen naar hulpverlening; per zaak een keer."),
    "finish_4": ("Finish 4", "Meldingen waarin in de periode na onderzoek is gemeld bij RvdK of politie; per zaak een keer."),
    **{f"einde_{n}": (f"Einde: {n}", f"Zaken die in de periode zonder finish zijn beëindigd: {n}.") for n in ENDINGS},
    "veiligheidsbeoordeling": ("Veiligheidsbeoordeling op tijd (norm, 5 werkdagen)", "Deel van de beoordelingen waarvan de termijn in de periode afliep, dat binnen de norm gedaan is."),
    "onderzoek_start": ("Onderzoek gestart op tijd (wet, 5 dagen)", "Deel van de besluiten tot onderzoek waarvan de termijn in de periode afliep, dat binnen de wettelijke termijn genomen is."),
    "onderzoek": ("Onderzoek afgerond op tijd (wet, 10 weken)", "Deel van de onderzoeken waarvan de termijn in de periode afliep, dat binnen de wettelijke termijn is afgerond."),
    "voortgangscontrole": ("Voortgangscontrole op tijd (norm, 3 maanden)", "Deel van de voortgangscontroles waarvan de termijn in de periode afliep, dat op tijd is vastgelegd."),
}  # fmt: skip


def read_scope(who: Reader) -> Scope:
    """Give over which cases this reader may have figures: all for rapportage and whoever sees all, his team's for the others."""
    if who.role == "rapportage":
        return Scope(every=True)
    scope = scope_of(who)
    if scope.none:
        raise NotAllowed("Met uw rol ziet u geen rapportages.")
    return scope


def kwartaal(office: Office, period: Period, who: Reader) -> dict[str, Any]:
    """Give the report: per gemeente and in total, every figure of DEFINITIONS; percentages as [in time, all]."""
    scope = read_scope(who)
    start, end = start_of(period.start), start_of(period.end)
    with office.store.read() as connection:
        now = office.now(connection)
        counts = figures.received(connection, scope, start, end, NO_COUNT)
        parts = figures.finishes(connection, scope, start, end) | {
            (g, f"einde_{e}"): n for (g, e), n in figures.endings(connection, scope, start, end).items()
        }
        parts |= {(g, {"advies": "adviezen", "melding": "meldingen"}[r]): n for (g, r), n in counts.items()}
        timely = figures.in_time(connection, scope, start, end, now, _clocks(office))
    rows = [_row(g.name, g.inwoners, parts, timely) for g in office.config.gemeenten.values()]
    return {
        "name": "kwartaal", "period": period.text, "title": period.title, "region": office.config.region, "made": iso(now),
        "training": office.training, "definitions": _definitions(office),
        "rows": rows, "total": _total(rows), "sentences": _sentences(_total(rows)),
    }  # fmt: skip


def _sentences(total: Mapping[str, Any]) -> list[str]:
    """Give what stands above the figures, in words."""
    return [
        f"{total['adviezen']} adviezen en {total['meldingen']} meldingen ontvangen.",
        f"Finish 1: {total['finish_1']}, finish 2: {total['finish_2']}, finish 3: {total['finish_3']}, finish 4: {total['finish_4']}.",
        f"Veiligheidsbeoordeling op tijd: {say_share(total['veiligheidsbeoordeling'])}. Onderzoek op tijd: {say_share(total['onderzoek'])}.",
        f"Voortgangscontrole na 3 maanden op tijd: {say_share(total['voortgangscontrole'])}.",
    ]


def _clocks(office: Office) -> dict[str, bool]:
    """Give, by term of the report, whether its second clock is the one that counts."""
    return {name: beside_counts(office, office.pack.term(name)) for name in TERMS}


def _definitions(office: Office) -> dict[str, dict[str, str]]:
    """Give what each number means; of a term with two clocks, by which one it counts."""
    told = {k: {"title": t, "definition": d, "kind": "share" if k in TERMS else "count"} for k, (t, d) in DEFINITIONS.items()}
    for name, second in _clocks(office).items():
        rule = office.pack.term(name)
        if rule.beside:
            kind, count, unit = (
                (rule.beside.kind, rule.beside.count, rule.beside.unit) if second else (rule.kind, rule.count, rule.unit)
            )
            told[name]["title"] = f"{rule.title} op tijd ({kind}, {count} {unit})"
    return told


def _row(
    name: str, inwoners: int | None, parts: Mapping[tuple[str, str], int], timely: Mapping[tuple[str, str], tuple[int, int]]
) -> dict[str, Any]:
    row: dict[str, Any] = {"gemeente": name, "inwoners": inwoners}
    for key in DEFINITIONS:
        row[key] = list(timely.get((name, key), (0, 0))) if key in TERMS else parts.get((name, key), 0)
    return row


def _total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = [r["inwoners"] for r in rows]
    total: dict[str, Any] = {"gemeente": "Totaal", "inwoners": sum(known) if all(known) else None}
    for key in DEFINITIONS:
        total[key] = [sum(r[key][i] for r in rows) for i in (0, 1)] if key in TERMS else sum(r[key] for r in rows)
    return total


def say_share(share: list[int]) -> str:
    """Give a share as staff read it: `90 % (9 van 10)`; a dash when there was nothing to count."""
    good, of = share
    return f"{round(100 * good / of)} % ({good} van {of})" if of else "-"


_SAY: dict[str, Callable[[Any], Any]] = {"share": say_share, "money": costs.say_money, "count": lambda value: value}


def cells(report: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    """Give a report as a head and rows of cells, as staff read them."""
    people = "inwoners" in report["total"]
    head = ["Gemeente", *(["Inwoners"] if people else []), *(d["title"] for d in report["definitions"].values())]
    rows = []
    for row in [*report["rows"], report["total"]]:
        first = [row["inwoners"] if row["inwoners"] is not None else "niet bekend"] if people else []
        rows.append([row["gemeente"], *first, *(_SAY[d["kind"]](row[k]) for k, d in report["definitions"].items())])
    return head, rows


def make(office: Office, name: str, period: str, who: Reader) -> dict[str, Any]:
    """Give a report by name; NotFound for an unknown one, BadInput for a period that is none or has not begun."""
    if name not in NAMES:
        raise NotFound(f"Het rapport '{name[:40]}' bestaat niet; er is: {', '.join(NAMES)}.")
    span = read_period(period)
    if span is None:
        raise BadInput(
            faults=[Fault("periode", f"'{period[:20]}' is geen periode. Schrijf 2026-03, 2026-Q1, 2026-H1 of 2026.", "period")]
        )
    with office.store.read() as connection:
        if start_of(span.start) > office.now(connection):
            raise BadInput(faults=[Fault("toekomst", f"{span.title} is nog niet begonnen.", "period")])
    if name == "kosten":
        return costs.kosten(office, span, read_scope(who), NO_COUNT)
    return kwartaal(office, span, who)
