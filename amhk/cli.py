"""The command `amhk`: the same desk by hand. Heavy rooms are opened only by the command that needs them."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amhk.errors import Refusal, WrongUse

if TYPE_CHECKING:
    from amhk.office import Office
    from amhk.rules.secrecy import Reader

app = typer.Typer(
    help="Het meldpunt: elk gesprek naar een van vier finishes, en geen zaak ooit zonder volgende termijn.",
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip
worker_app = typer.Typer(help="Medewerkers.", no_args_is_help=True, rich_markup_mode=None)
workflow_app = typer.Typer(help="De werkwijze: controleren en tekenen.", no_args_is_help=True, rich_markup_mode=None)
team_app = typer.Typer(help="Teams.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(worker_app, name="worker")
app.add_typer(workflow_app, name="workflow")
app.add_typer(team_app, name="team")

ConfigOption = Annotated[
    str | None, typer.Option("--config", help="config.toml van het meldpunt (anders: deze map, of AMHK_CONFIG)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Feiten als JSON")]
AsOption = Annotated[str | None, typer.Option("--as", envvar="AMHK_AS", help="Als welke medewerker (anders: 'opdrachtregel')")]


def main() -> None:
    """Run the command line; exit 0 ok, 1 refused or found wrong, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except WrongUse as wrong:
        _complain(wrong)
        sys.exit(2)
    except Refusal as wrong:
        _complain(wrong)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(wrong: Refusal) -> None:
    lines = [f"{f.field + ': ' if f.field else ''}{f.text}" for f in wrong.faults] or [wrong.text]
    for line in lines:
        typer.echo(line, err=True)


@contextmanager
def _office(config: str | None, proof: bool = False) -> "Iterator[Office]":
    from amhk.config import find_config
    from amhk.office import open_office

    office = open_office(find_config(config), proof)
    try:
        yield office
    finally:
        office.close()


def _who(office: "Office", name: str | None) -> "Reader":
    from amhk.desk import admin

    return admin.by_hand(office, name)


def _say(told: object) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _read_json(source: str) -> Any:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as wrong:
        raise WrongUse(f"{source} is niet te lezen: {wrong.strerror}.") from wrong
    except (json.JSONDecodeError, UnicodeDecodeError) as wrong:
        raise Refusal(f"{source} is geen JSON: {wrong}.") from wrong


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="De map van het nieuwe meldpunt")],
    region: Annotated[str, typer.Option(help="rotterdam-rijnmond, utrecht, zuid-holland-zuid of zuid-kennemerland-ijmond")],
    training: Annotated[bool, typer.Option("--training", help="Een oefenomgeving; dat verandert nooit meer")] = False,
) -> None:
    """Maak een meldpunt: config.toml, workflows/, templates/ en een lege database met een team."""
    from amhk.office import found
    from amhk.words import REGIONS

    if region not in REGIONS:
        raise Refusal(f"De regio '{region}' bestaat niet; kies uit {', '.join(REGIONS)}.")
    if (folder / "config.toml").exists():
        raise Refusal(f"In {folder} staat al een meldpunt (config.toml).")
    path = found(folder, region, training)
    typer.echo(f"Klaar: {'oefenomgeving' if training else 'meldpunt'} in {path.parent}.")
    typer.echo("Nu: amhk worker add NAAM --role manager, en dan: amhk serve")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Adres om op te luisteren (standaard 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="Poort (standaard 8400)")] = None,
    training: Annotated[bool, typer.Option("--training", help="Maak een oefenomgeving als er nog geen database is")] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Zonder verzonnen jaar")] = False,
    config: ConfigOption = None,
) -> None:
    """Open het meldpunt: pagina's, API en klok in een proces. Ctrl-C sluit netjes."""
    from amhk.serving import run

    run(config, host, port, training, not no_demo, typer.echo)


@app.command()
def demo(
    year: Annotated[int, typer.Option(help="Het jaar van het verzonnen meldpunt")] = 2026,
    cases: Annotated[int, typer.Option(help="Hoeveel zaken")] = 160,
    seed: Annotated[int, typer.Option(help="Zaad van het toeval")] = 1,
    config: ConfigOption = None,
) -> None:
    """Vul een lege oefenomgeving met een geloofwaardig jaar van verzonnen zaken."""
    from amhk.desk.demo import fill

    with _office(config) as office:
        logins = fill(office, year, cases, seed)
        for name, role, password in logins:
            typer.echo(f"{name:<24} {role:<22} {password}")


@app.command()
def call(
    source: Annotated[str, typer.Option("--json", help="Bestand met het gesprek, of -")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Neem een gesprek aan: advies of melding."""
    from amhk.desk.intake import take_call

    body = _read_json(source)
    with _office(config) as office:
        who = _who(office, as_)
        _show(office, take_call(office, body, who), who)


def _show(office: "Office", number: str, who: "Reader") -> None:
    from amhk.desk.reading import case_view
    from amhk.web.shapes import case_json, forms_desk

    view = case_view(office, number, who)
    told = case_json(view, office.training, forms_desk(view))
    _say(told)


@app.command()
def move(
    number: Annotated[str, typer.Argument(help="Nummer van de zaak")],
    name: Annotated[str, typer.Argument(help="De stap")],
    source: Annotated[str, typer.Option("--json", help="Bestand met de invoer, of -")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Zet een stap op een zaak."""
    from amhk.desk.casework import make_move

    body = _read_json(source)
    with _office(config) as office:
        who = _who(office, as_)
        make_move(office, number, name, body, who, checked=False)
        _show(office, number, who)


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="Nummer van de zaak")],
    json_: JsonOption = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Toon een zaak."""
    from amhk.desk import reading

    with _office(config) as office:
        who = _who(office, as_)
        reading.look(office, number, who, "zaak (opdrachtregel)")
        if json_:
            _show(office, number, who)
            return
        view = reading.case_view(office, number, who)
        typer.echo(f"{view['number']}  {view['state_title']}  {view['gemeente']}  team {view['team']} ({view['team_reason']})")
        for term in view["terms"]:
            typer.echo(f"  {term['status']:<16} {term['due']:<26} {term['title']}")
        for step in view["moves"]:
            if step["allowed"]:
                typer.echo(f"  stap: {step['name']:<28} {step['title']}")


@app.command("list")
def list_(
    route: str | None = None, state: str | None = None, gemeente: str | None = None, team: str | None = None, owner: str | None = None,
    due_before: Annotated[str | None, typer.Option(help="Termijn eindigt op of voor deze dag")] = None,
    due: Annotated[bool, typer.Option("--due", help="Alleen wat vandaag of eerder afloopt")] = False,
    q: Annotated[str | None, typer.Option(help="Zoek in nummer, naam en tekst")] = None,
    json_: JsonOption = False, config: ConfigOption = None, as_: AsOption = None,
) -> None:  # fmt: skip
    """Toon zaken, op volgorde van hun volgende termijn."""
    from amhk.desk.reading import worklist

    told = {"route": route, "state": state, "gemeente": gemeente, "team": team, "owner": owner, "due_before": due_before, "q": q}
    asked = {k: v for k, v in told.items() if v}
    if due:
        asked |= {"due_before": "vandaag", "closed": "false"}
    with _office(config) as office:
        who = _who(office, as_)
        items: list[dict[str, Any]] = []
        while True:
            page = worklist(office, who, asked, 500)
            items += page["items"]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
    if json_:
        _say({"items": items, "next": None})
        return
    for item in items:
        term = item["next_term"]
        shown = (
            f"{term['due']:<26} {term['title']}{' (te laat)' if term['late'] else ''}"
            if term
            else "gesloten"
            if item["closed"]
            else ""
        )
        typer.echo(f"{item['number']}  {item['state_title']:<26} {item['gemeente']:<22} {shown}")


@app.command()
def due(
    term: Annotated[str, typer.Argument(help="Naam van de termijn")],
    start: Annotated[str, typer.Argument(help="Begin: 2026-02-04, of 2026-02-04T16:20")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Reken uit wanneer een termijn eindigt, stap voor stap."""
    from amhk.config import find_config, read_config, shipped
    from amhk.desk.due import explain_due
    from amhk.errors import HouseClosed

    try:
        path = find_config(config)
    except HouseClosed:
        path = shipped("config.toml")
    told = explain_due(read_config(path), term, start)
    if json_:
        _say(told)
        return
    for step in told["steps"]:
        typer.echo(f"  {step}")
    typer.echo(f"{told['term']}: {told['due']}  ({told['ground']})")


@app.command()
def tick(config: ConfigOption = None) -> None:
    """Laat een ronde van de klok lopen: elke herinnering die nu moet, een keer."""
    from amhk.desk.followup import run_due

    with _office(config) as office:
        done = run_due(office)
        typer.echo(f"{done.rung} herinneringen gegeven, {len(done.failed)} mislukt.")
        if done.failed:
            raise Refusal(f"Mislukt bij: {', '.join(done.failed)}.")


@app.command()
def clock(
    set_: Annotated[str | None, typer.Option("--set", help="Zet de oefenklok op dit moment")] = None, config: ConfigOption = None
) -> None:
    """Toon de klok, of zet de oefenklok vooruit."""
    from amhk.desk.followup import read_clock, set_clock
    from amhk.words import iso

    with _office(config) as office:
        if set_:
            set_clock(office, {"now": set_})
        typer.echo(iso(read_clock(office)))


@app.command()
def check(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Controleer werkwijze, brieven, instellingen en gegevens; elke fout tegelijk."""
    from amhk.desk.proof import prove

    told = prove(config)
    if json_:
        _say(told)
    else:
        typer.echo(f"{told['open']} open zaken, {told['with_next_term']} met een volgende termijn, {told['without']} zonder.")
        for fault in told["faults"]:
            typer.echo(fault)
    if told["faults"] or told["without"]:
        raise typer.Exit(1)


@app.command()
def verify(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Controleer het verloop van elke zaak: is er iets gewijzigd, weggehaald of afgekapt?"""
    from amhk.store.journal import verify as verify_chain

    with _office(config) as office, office.store.read() as connection:
        faults = list(verify_chain(connection))
    if json_:
        _say({"ok": not faults, "faults": faults})
    for fault in [] if json_ else faults or ["Het verloop van elke zaak klopt."]:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Breng de database naar de vorm van dit programma. Maak eerst een kopie."""
    from amhk.config import find_config, read_config
    from amhk.store import migrate as migrations
    from amhk.store.session import Store

    store = Store(read_config(find_config(config)).url)
    try:
        store.prove_open()
        migrations.upgrade(store)
        typer.echo(f"De database staat op versie {migrations.present(store)}.")
    finally:
        store.close()


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="kwartaal")],
    period: Annotated[str, typer.Option(help="2026-03, 2026-Q1, 2026-H1 of 2026")],
    out: Annotated[Path, typer.Option(help="Map om in te schrijven")],
    format: Annotated[str, typer.Option(help="html, csv of json")] = "html",
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Maak een rapport."""
    from amhk.desk.reports import render

    with _office(config) as office:
        text, _ = render(office, name, period, format, _who(office, as_))
    try:
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{name}-{period}.{format}"
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as wrong:
        raise Refusal(f"{out} is niet te beschrijven: {wrong.strerror}.") from wrong
    typer.echo(str(path))


@worker_app.command("add")
def worker_add(
    name: str, role: Annotated[str, typer.Option("--role")], team: Annotated[str | None, typer.Option("--team")] = None,
    registration: Annotated[str | None, typer.Option(help="SKJ- of BIG-registratie")] = None, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Voeg een medewerker toe; toont een wachtwoord voor een keer."""
    from amhk.desk.admin import add_worker

    with _office(config) as office:
        typer.echo(f"Eenmalig wachtwoord voor {name}: {add_worker(office, name, role, team, registration)}")


@worker_app.command("list")
def worker_list(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Toon de medewerkers."""
    from amhk.desk.admin import list_workers

    with _office(config) as office:
        workers = list_workers(office)
    if json_:
        _say({"items": workers, "next": None})
        return
    for w in workers:
        typer.echo(f"{w['name']:<28} {w['role']:<22} {w['team'] or '-':<16} {'' if w['active'] else 'uit dienst'}")


@worker_app.command("role")
def worker_role(name: str, role: Annotated[str, typer.Option("--role")], config: ConfigOption = None) -> None:
    """Geef een medewerker een andere rol."""
    from amhk.desk.admin import set_role

    with _office(config) as office:
        set_role(office, name, role)
    typer.echo(f"{name} is nu {role}.")


@worker_app.command("disable")
def worker_disable(name: str, config: ConfigOption = None) -> None:
    """Laat een medewerker gaan; zijn zaken vallen aan het team."""
    from amhk.desk.admin import disable

    with _office(config) as office:
        typer.echo(f"{name} kan niet meer inloggen; {disable(office, name)} zaken vallen aan het team.")


@worker_app.command("token")
def worker_token(name: str, config: ConfigOption = None) -> None:
    """Maak een nieuw token; het oude vervalt."""
    from amhk.desk.admin import make_token

    with _office(config) as office:
        typer.echo(make_token(office, name))


@team_app.command("add")
def team_add(name: str, config: ConfigOption = None) -> None:
    """Voeg een team toe."""
    from amhk.config import find_config
    from amhk.desk.admin import add_team
    from amhk.office import open_office

    office = open_office(find_config(config), proof=False, teams=False)
    try:
        add_team(office, name)
    finally:
        office.close()
    typer.echo(f"Team {name} toegevoegd.")


@team_app.command("list")
def team_list(config: ConfigOption = None) -> None:
    """Toon de teams."""
    from amhk.desk.admin import list_teams

    with _office(config) as office:
        for name in list_teams(office):
            typer.echo(name)


@workflow_app.command("check")
def workflow_check(config: ConfigOption = None) -> None:
    """Bewijs de werkwijze: bereikbaar, nooit zonder termijn, geen weg om de voortgangscontrole heen, geen lek in een brief."""
    from amhk.config import find_config, read_config
    from amhk.office import procedure_faults

    faults = procedure_faults(read_config(find_config(config)))
    for fault in faults:
        typer.echo(fault.text)
    if faults:
        raise typer.Exit(1)
    typer.echo("De werkwijze klopt.")


@workflow_app.command("diagram")
def workflow_diagram(
    name: Annotated[str, typer.Argument(help="meldingsroute of adviesroute")], config: ConfigOption = None
) -> None:
    """Teken een werkwijze als Mermaid-tekst (stateDiagram-v2)."""
    from amhk.config import find_config, read_config
    from amhk.desk.proof import diagram

    typer.echo(diagram(read_config(find_config(config)), name))
