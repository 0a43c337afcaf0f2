"""The frame of the command line.

The commands' groups, options they share, and how a case or refusal is told.
"""

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amhk import __version__
from amhk.errors import Refusal, WrongUse

if TYPE_CHECKING:
    from amhk.office import Office
    from amhk.rules.privacy.secrecy import Reader

app = typer.Typer(
    help=(
        "Het meldpunt: elk gesprek naar een van vier finishes, en geen zaak ooit zonder volgende"
        " termijn."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"amhk {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Toon de versie.")
    ] = False,
) -> None:
    """Take what stands before a command."""


worker_app = typer.Typer(help="Medewerkers.", no_args_is_help=True, rich_markup_mode=None)
workflow_app = typer.Typer(
    help="De werkwijze: controleren en tekenen.", no_args_is_help=True, rich_markup_mode=None
)
team_app = typer.Typer(help="Teams.", no_args_is_help=True, rich_markup_mode=None)
institution_app = typer.Typer(help="De sociale kaart.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(institution_app, name="institution")
app.add_typer(worker_app, name="worker")
app.add_typer(workflow_app, name="workflow")
app.add_typer(team_app, name="team")

ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config", help="config.toml van het meldpunt (anders: deze map, of AMHK_CONFIG)"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Feiten als JSON")]
AsOption = Annotated[
    str | None,
    typer.Option("--as", envvar="AMHK_AS", help="Als welke medewerker (anders: 'opdrachtregel')"),
]


@contextmanager
def open_here(config: str | None, proof: bool = False) -> "Iterator[Office]":
    """Give the open house of the folder we stand in; closed afterwards."""
    from amhk.config import find_config
    from amhk.office import open_office

    office = open_office(find_config(config), proof)
    gc.enable()
    try:
        yield office
    finally:
        office.close()


def by_hand(office: "Office", name: str | None) -> "Reader":
    """Give who works the command line."""
    from amhk.desk.staff import workers

    return workers.by_hand(office, name)


def say(told: object) -> None:
    """Print facts as JSON."""
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


def read_json(source: str) -> object:
    """Give the JSON in a file or, for `-`, on standard input.

    WrongUse when the file cannot be read, Refusal when it is no JSON.
    """
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as wrong:
        raise WrongUse(f"{source} is niet te lezen: {wrong.strerror}.") from wrong
    except (json.JSONDecodeError, UnicodeDecodeError) as wrong:
        raise Refusal(f"{source} is geen JSON: {wrong}.") from wrong


def show_case(office: "Office", number: str, who: "Reader", looked: str = "") -> None:
    """Print a case as the API gives it; that somebody looked is written down where it says so."""
    from amhk.desk.cases.reading import case_view
    from amhk.web.api.shapes import case_json, forms_desk

    view = case_view(office, number, who, looked=looked)
    say(case_json(view, office.training, forms_desk(view)))
