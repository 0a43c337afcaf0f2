"""Commands for the desk: calls, moves, cases, the arithmetic of a term, reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amhk.cli.shared import (
    AsOption,
    ConfigOption,
    JsonOption,
    app,
    by_hand,
    open_here,
    read_json,
    say,
    show_case,
)
from amhk.errors import Refusal

if TYPE_CHECKING:
    from amhk.office import Office
    from amhk.rules.privacy.secrecy import Reader


@app.command()
def call(
    source: Annotated[str, typer.Option("--json", help="Bestand met het gesprek, of -")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Neem een gesprek aan: advies of melding."""
    from amhk.desk.intake.calls import take_call

    body = read_json(source)
    with open_here(config) as office:
        who = by_hand(office, as_)
        show_case(office, take_call(office, body, who), who)


@app.command()
def move(
    number: Annotated[str, typer.Argument(help="Nummer van de zaak")],
    name: Annotated[str, typer.Argument(help="De stap")],
    source: Annotated[str, typer.Option("--json", help="Bestand met de invoer, of -")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Zet een stap op een zaak."""
    from amhk.desk.cases.moves import make_move

    body = read_json(source)
    with open_here(config) as office:
        who = by_hand(office, as_)
        make_move(office, number, name, body, who, checked=False)
        show_case(office, number, who)


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="Nummer van de zaak")],
    json_: JsonOption = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Toon een zaak."""
    from amhk.desk.cases import reading

    with open_here(config) as office:
        who = by_hand(office, as_)
        if json_:
            show_case(office, number, who, "zaak")
            return
        view = reading.case_view(office, number, who, looked="zaak")
        typer.echo(
            f"{view['number']}  {view['state_title']}  {view['gemeente']}  team {view['team']}"
            f" ({view['team_reason']})"
        )
        for term in view["terms"]:
            typer.echo(f"  {term['status']:<16} {term['due']:<26} {term['title']}")
        for step in view["moves"]:
            if step["allowed"]:
                typer.echo(f"  stap: {step['name']:<28} {step['title']}")


@app.command("list")
def list_(
    route: str | None = None,
    state: str | None = None,
    gemeente: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    due_before: Annotated[
        str | None, typer.Option(help="Termijn eindigt op of voor deze dag")
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Alleen wat vandaag of eerder afloopt")
    ] = False,
    q: Annotated[str | None, typer.Option(help="Zoek in nummer, naam en tekst")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Toon zaken, op volgorde van hun volgende termijn."""
    from amhk.desk.casefile.access_log import note_seen

    told = {"route": route, "state": state, "gemeente": gemeente, "team": team, "owner": owner}
    asked = {k: v for k, v in (told | {"due_before": due_before, "q": q}).items() if v}
    if due:
        asked |= {"due_before": "vandaag", "closed": "false"}
    with open_here(config) as office:
        who = by_hand(office, as_)
        items = _every_page(office, who, asked)
        note_seen(office, who, [None], "zaken")
    if json_:
        say({"items": items, "next": None})
        return
    for item in items:
        term = item["next_term"]
        shown = "gesloten" if item["closed"] else ""
        if term:
            shown = f"{term['due']:<26} {term['title']}{' (te laat)' if term['late'] else ''}"
        typer.echo(f"{item['number']}  {item['state_title']:<26} {item['gemeente']:<22} {shown}")


def _every_page(office: "Office", who: "Reader", asked: dict[str, str]) -> list[dict[str, Any]]:
    from amhk.desk.worklists.worklist import worklist

    items: list[dict[str, object]] = []
    while True:
        page = worklist(office, who, asked, 500)
        items += page["items"]
        if page["next"] is None:
            return items
        asked = asked | {"cursor": page["next"]}


@app.command()
def due(
    term: Annotated[str, typer.Argument(help="Naam van de termijn")],
    start: Annotated[str, typer.Argument(help="Begin: 2026-02-04, of 2026-02-04T16:20")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Reken uit wanneer een termijn eindigt, stap voor stap."""
    from amhk.config import find_config, read_config, shipped
    from amhk.desk.terms.explain import explain_due
    from amhk.errors import HouseClosed

    try:
        path = find_config(config)
    except HouseClosed:
        path = shipped("config.toml")
    told = explain_due(read_config(path), term, start)
    if json_:
        say(told)
        return
    for step in told["steps"]:
        typer.echo(f"  {step}")
    typer.echo(f"{told['term']}: {told['due']}  ({told['kind']}: {told['ground']})")
    if beside := told.get("beside"):
        typer.echo(f"  daarnaast {beside['due']}  ({beside['kind']}: {beside['ground']})")


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="kwartaal, kosten of steekproef")],
    period: Annotated[str, typer.Option(help="2026-03, 2026-Q1, 2026-H1 of 2026")],
    out: Annotated[Path, typer.Option(help="Map om in te schrijven")],
    format: Annotated[str, typer.Option(help="html, csv, json, ods, xlsx of pdf")] = "html",
    area: Annotated[
        str, typer.Option(help="Een gemeente, subregio of centrumgemeente; leeg is de hele regio")
    ] = "",
    known: Annotated[
        str, typer.Option(help="Zoals bekend aan het einde van deze dag, bijvoorbeeld 2026-04-15")
    ] = "",
    style: Annotated[
        str, typer.Option(help="Om te publiceren: cbs of tien; leeg laat alles zien")
    ] = "",
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Maak een rapport."""
    from amhk.desk.figures.report_files import render

    with open_here(config) as office:
        content, _ = render(
            office,
            name,
            period,
            format=format,
            who=by_hand(office, as_),
            known=known,
            area=area,
            style=style,
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{name}-{period}.{format}"
        path.write_bytes(content)
    except OSError as wrong:
        raise Refusal(f"{out} is niet te beschrijven: {wrong.strerror}.") from wrong
    typer.echo(str(path))
