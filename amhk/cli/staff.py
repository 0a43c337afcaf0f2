"""Commands for who works here, and for the procedure."""

from typing import Annotated, Any

import typer

from amhk.cli.shared import (
    ConfigOption,
    JsonOption,
    open_here,
    say,
    team_app,
    worker_app,
)


@worker_app.command("add")
def worker_add(
    name: str,
    role: Annotated[str, typer.Option("--role")],
    team: Annotated[str | None, typer.Option("--team")] = None,
    registration: Annotated[str | None, typer.Option(help="SKJ- of BIG-registratie")] = None,
    config: ConfigOption = None,
) -> None:
    """Voeg een medewerker toe; toont een wachtwoord voor een keer."""
    from amhk.desk.staff.workers import add_worker

    with open_here(config) as office:
        typer.echo(
            f"Eenmalig wachtwoord voor {name}: {add_worker(office, name, role, team, registration)}"
        )


@worker_app.command("list")
def worker_list(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Toon de medewerkers."""
    from amhk.desk.staff.workers import list_workers

    with open_here(config) as office:
        workers = list_workers(office)
    if json_:
        say({"items": workers, "next": None})
        return
    for w in workers:
        typer.echo(f"{w['name']:<28} {w['role']:<22} {w['team'] or '-':<16} {_stand(w)}")


def _stand(worker: dict[str, Any]) -> str:
    """Give whether somebody works here, and of his token until when it is good and when it was last
    used.
    """
    if not worker["active"]:
        return "uit dienst"
    if not worker["token_until"]:
        return ""
    return (
        f"token tot {worker['token_until'][:10]}, laatst gebruikt {worker['token_used'] or 'nooit'}"
    )


@worker_app.command("role")
def worker_role(
    name: str, role: Annotated[str, typer.Option("--role")], config: ConfigOption = None
) -> None:
    """Geef een medewerker een andere rol."""
    from amhk.desk.staff.workers import set_role

    with open_here(config) as office:
        set_role(office, name, role)
    typer.echo(f"{name} is nu {role}.")


@worker_app.command("rename")
def worker_rename(name: str, new: str, config: ConfigOption = None) -> None:
    """Geef een medewerker een andere naam."""
    from amhk.desk.staff.workers import rename

    with open_here(config) as office:
        rename(office, name, new)
    typer.echo(f"{name} heet nu {new}.")


@worker_app.command("disable")
def worker_disable(name: str, config: ConfigOption = None) -> None:
    """Laat een medewerker gaan; zijn zaken vallen aan het team."""
    from amhk.desk.staff.workers import disable
    from amhk.words import some

    with open_here(config) as office:
        typer.echo(
            f"{name} kan niet meer inloggen;"
            f" {some(disable(office, name), 'zaak valt', 'zaken vallen')} aan het team."
        )


@worker_app.command("lost-phone")
def worker_lost_phone(name: str, config: ConfigOption = None) -> None:
    """Wis de tweede stap van het aanmelden; de medewerker stelt hem opnieuw in."""
    from amhk.desk.house.second_proof import take_away_by_hand

    with open_here(config) as office:
        take_away_by_hand(office, name)
    typer.echo(f"De tweede stap van {name} is gewist.")


@worker_app.command("token")
def worker_token(name: str, config: ConfigOption = None) -> None:
    """Maak een nieuw token; het oude vervalt."""
    from amhk.desk.staff.workers import make_token

    with open_here(config) as office:
        typer.echo(make_token(office, name))


@team_app.command("add")
def team_add(name: str, config: ConfigOption = None) -> None:
    """Voeg een team toe."""
    from amhk.config import find_config
    from amhk.desk.staff.workers import add_team
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
    from amhk.desk.staff.workers import list_teams

    with open_here(config) as office:
        for name in list_teams(office):
            typer.echo(name)
