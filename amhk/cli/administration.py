"""Commands for running the house.

Calendar, piket, absence, the proof of the night, the daily mail.
"""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from amhk.cli.shared import (
    AsOption,
    ConfigOption,
    JsonOption,
    app,
    by_hand,
    open_here,
    say,
    worker_app,
)
from amhk.errors import Refusal

calendar_app = typer.Typer(
    help="Kalender en kantooruren.", no_args_is_help=True, rich_markup_mode=None
)
piket_app = typer.Typer(help="Het piketrooster.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(calendar_app, name="calendar")
app.add_typer(piket_app, name="piket")


@calendar_app.command("list")
def calendar_list(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Toon de kalender: kantooruren, toegevoegde dagen, feestdagen van het komende jaar."""
    from amhk.desk.terms.calendar import view

    with open_here(config) as office:
        told = view(office)
    if json_:
        say(told)
        return
    typer.echo(f"Kantooruren: {told['hours']}")
    for row in told["hours_to_come"]:
        typer.echo(f"  vanaf {row['day']}: {row['hours']}")
    for row in told["days"]:
        typer.echo(f"{row['day']}  {row['kind']:<14} {row['name']}")
    for row in told["law"]:
        typer.echo(f"{row['day']}  {'wet':<14} {row['name']}")


@calendar_app.command("add")
def calendar_add(
    day: Annotated[str, typer.Argument(help="De dag: 2026-12-24")],
    name: Annotated[str, typer.Argument(help="De naam, bijvoorbeeld kerstsluiting")],
    kind: Annotated[
        str, typer.Option(help="sluitingsdag (eigen) of feestdag (bij koninklijk besluit)")
    ] = "sluitingsdag",
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Voeg een dag toe; normtermijnen die er last van hebben schuiven op en zeggen waarom."""
    from amhk.desk.terms.calendar import add_day
    from amhk.words import some

    with open_here(config) as office:
        moved = add_day(office, {"kind": kind, "day": day, "name": name}, by_hand(office, as_))
    typer.echo(f"Vastgelegd; {some(moved, 'lopende termijn', 'lopende termijnen')} verschoven.")


@calendar_app.command("drop")
def calendar_drop(
    day: Annotated[str, typer.Argument(help="De dag: 2026-12-24")],
    kind: Annotated[str, typer.Option(help="sluitingsdag of feestdag")] = "sluitingsdag",
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Haal een toegevoegde dag weg."""
    from amhk.desk.terms.calendar import drop_day
    from amhk.words import some

    try:
        wanted = date.fromisoformat(day)
    except ValueError as wrong:
        raise Refusal(f"'{day}' is geen dag. Schrijf 2026-12-24.") from wrong
    with open_here(config) as office:
        moved = drop_day(office, kind, wanted, by_hand(office, as_))
    typer.echo(f"Weggehaald; {some(moved, 'lopende termijn', 'lopende termijnen')} verschoven.")


@calendar_app.command("hours")
def calendar_hours(
    start: Annotated[str, typer.Argument(help="Vanaf welke dag: 2027-01-01")],
    hours: Annotated[str, typer.Argument(help="Bijvoorbeeld: 'ma-do 09:00-17:00, vr 09:00-13:00'")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Leg de kantooruren vast vanaf een dag."""
    from amhk.desk.terms.calendar import set_hours
    from amhk.words import some

    with open_here(config) as office:
        moved = set_hours(office, {"day": start, "hours": hours}, by_hand(office, as_))
    typer.echo(f"Vastgelegd; {some(moved, 'lopende termijn', 'lopende termijnen')} verschoven.")


@piket_app.command("list")
def piket_list(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Toon het rooster van de komende twee weken en de gaten erin; een gat geeft exit 1."""
    from amhk.desk.staff.piket import roster

    with open_here(config) as office:
        told = roster(office)
    if json_:
        say(told)
    else:
        for line in told["lines"]:
            typer.echo(f"{line['id']:>4}  {line['worker']:<24} {line['start']} tot {line['end']}")
        for gap in told["gaps"]:
            typer.echo(f"GAT   niemand                  {gap['start']} tot {gap['end']}")
    if told["gaps"]:
        raise typer.Exit(1)


@piket_app.command("add")
def piket_add(
    worker: Annotated[str, typer.Argument(help="Wie")],
    start: Annotated[str, typer.Argument(help="Van: 2026-12-24T17:00")],
    end: Annotated[str, typer.Argument(help="Tot: 2026-12-25T09:00")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Zet iemand op het rooster."""
    from amhk.desk.staff.piket import give

    with open_here(config) as office:
        key = give(office, {"worker": worker, "start": start, "end": end}, by_hand(office, as_))
    typer.echo(f"Op het rooster, regel {key}.")


@piket_app.command("drop")
def piket_drop(key: int, config: ConfigOption = None, as_: AsOption = None) -> None:
    """Haal een regel van het rooster."""
    from amhk.desk.staff.piket import take

    with open_here(config) as office:
        take(office, key, by_hand(office, as_))
    typer.echo("Van het rooster gehaald.")


@worker_app.command("absent")
def worker_absent(
    name: str,
    start: Annotated[str, typer.Option("--from", help="Eerste dag; standaard vandaag")] = "vandaag",
    end: Annotated[
        str | None, typer.Option("--until", help="Laatste dag; leeg is onbekend")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Wie de zaken overneemt; leeg is het team")] = None,
    reason: Annotated[str, typer.Option(help="Reden")] = "afwezig",
    leaves: Annotated[bool, typer.Option("--leaves", help="Werkt hier daarna niet meer")] = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Regel afwezigheid of vertrek: elke open zaak krijgt een nieuwe plek."""
    from amhk.desk.staff.absence import AWAY, LEAVES, make_plan, view
    from amhk.words import some

    body = {
        "worker": name,
        "kind": LEAVES if leaves else AWAY,
        "start": start,
        "end": end,
        "to": to,
        "reason": reason,
    }
    with open_here(config) as office:
        who = by_hand(office, as_)
        key = make_plan(office, body, who)
        plan = next(p for p in view(office, who) if p["id"] == key)
    typer.echo(
        f"Plan {key}: {name} {plan['kind']} vanaf {plan['start']},"
        f" {some(plan['cases'], 'zaak', 'zaken')}, {plan['state']}."
    )


@worker_app.command("back")
def worker_back(plan: int, config: ConfigOption = None, as_: AsOption = None) -> None:
    """Draai een plan terug: de medewerker is er weer, met zijn zaken."""
    from amhk.desk.staff.absence import undo
    from amhk.words import some

    with open_here(config) as office:
        typer.echo(
            f"Teruggedraaid; {some(undo(office, plan, by_hand(office, as_)), 'zaak', 'zaken')}"
            " terug."
        )


@worker_app.command("email")
def worker_email(
    name: str,
    address: Annotated[str, typer.Argument(help="E-mailadres; leeg haalt het weg")] = "",
    config: ConfigOption = None,
) -> None:
    """Geef een medewerker een adres voor de dagelijkse mail."""
    from amhk.desk.staff.workers import set_email

    with open_here(config) as office:
        set_email(office, name, address)
    typer.echo(f"{name}: {address or 'geen adres'}.")


@app.command()
def proof(
    now: Annotated[bool, typer.Option("--now", help="Reken nu na en leg het vast")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Toon het bewijs van de nacht, of maak het nu; exit 1 als er iets niet klopt."""
    from amhk.desk.house.night_proof import latest, prove
    from amhk.words import iso

    with open_here(config) as office:
        told = prove(office, by_hand(office, as_)) if now else latest(office)["proof"]
    if told is None:
        raise Refusal("Er is nog geen bewijs; maak het met: amhk proof --now")
    if json_:
        say({**told, "instant": iso(told["instant"])})
    else:
        typer.echo(
            f"{told['open']} open zaken, {told['with_next_term']} met een volgende termijn,"
            f" {told['without']} zonder."
        )
        typer.echo(
            f"{told['terms']} einden nagerekend, {len(told['differences'])} verschillen;"
            f" {told['rung']} herinneringen gegeven."
        )
        for line in [*told["wrong"], *told["differences"]]:
            typer.echo(f"  {line}")
        typer.echo(f"{iso(told['instant'])}  {told['hash']}")
    if told["wrong"]:
        raise typer.Exit(1)


@app.command()
def post(config: ConfigOption = None) -> None:
    """Verstuur de dagelijkse mail die klaarstaat, en de ankers aan wie ze bewaart."""
    from amhk.desk.house import anchor_mail
    from amhk.desk.staff import daily_mail

    with open_here(config) as office:
        if office.config.mail is None:
            raise Refusal("Er is geen mail ingesteld: vul [mail] in config.toml in.")
        daily_mail.write_due(office)
        done = daily_mail.post(office)
        kept = anchor_mail.send_due(office, datetime.now(UTC))
    failed = done["failed"] + kept["failed"]
    typer.echo(f"{done['sent'] + kept['sent']} verzonden, {failed} mislukt.")
    if failed:
        raise typer.Exit(1)


@app.command("ldv")
def processing_log(config: ConfigOption = None) -> None:
    """Stuur wie waarnaar keek naar het Logboek Dataverwerkingen.

    Per betrokkene een regel, onder een pseudoniem, zonder medewerker.
    """
    from amhk.desk.house.processing_log import send_looks

    with open_here(config) as office:
        typer.echo(f"{send_looks(office)} regels gestuurd.")
