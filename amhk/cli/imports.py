"""Commands for what comes in bulk: files of forms, and the sociale kaart."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from amhk.cli.shared import (
    AsOption,
    ConfigOption,
    JsonOption,
    app,
    by_hand,
    institution_app,
    open_here,
    say,
)
from amhk.errors import WrongUse


@app.command("import")
def import_forms(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX of JSON")],
    layout: Annotated[
        str, typer.Option("--layout", help="Indeling: formulier/1, of een naam uit config.toml")
    ] = "formulier/1",
    take: Annotated[
        bool, typer.Option("--take", help="Neem de goede formulieren meteen in als meldingen")
    ] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Lees een bestand met formulieren in: eerst bekijken, dan innemen.

    Exit 1 als er iets te herstellen is.
    """
    from amhk.desk.intake import import_staging, imports, imports_view

    with open_here(config) as office, _open(file) as content:
        who, reading = by_hand(office, as_), None if json_ else _tell("gelezen")
        key = import_staging.stage(office, content, file.name, layout, who, progress=reading)
        if take:
            imports.accept(office, key, who)
            imports.take_all(office, key, None if json_ else _tell("ingenomen"))
        told = imports_view.view(office, key, who)
    if json_:
        say(told)
    else:
        typer.echo(
            f"Bestand {key}: {told['total']} formulieren, {told['taken']} zaak geworden,"
            f" {told['ready']} klaar, {told['repair']} te herstellen, {told['again']} al bekend."
        )
        for form in told["forms"]:
            typer.echo(f"  regel {form['row']}: {' '.join(f['text'] for f in form['faults'])}")
    if told["repair"]:
        raise typer.Exit(1)


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as wrong:
        raise WrongUse(f"{file} is niet te lezen: {wrong.strerror}.") from wrong


def _tell(what: str) -> Callable[[int], None]:
    def tell(count: int) -> None:
        """Say how far it is, on the error stream."""
        typer.echo(f"\r{count} {what}", err=True, nl=False)

    return tell


@institution_app.command("export")
def institution_export(
    file: Annotated[Path, typer.Argument(help="Bestand om te schrijven")],
    config: ConfigOption = None,
) -> None:
    """Schrijf de sociale kaart als CSV."""
    from amhk.desk.staff import institutions

    with open_here(config) as office:
        text = institutions.export(office)
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as wrong:
        raise WrongUse(f"{file} is niet te schrijven: {wrong.strerror}.") from wrong
    typer.echo(f"Geschreven: {file}")


@institution_app.command("import")
def institution_import(
    file: Annotated[Path, typer.Argument(help="CSV of XLSX")],
    config: ConfigOption = None,
    as_: AsOption = None,
) -> None:
    """Neem de sociale kaart over uit een bestand: alles klopt, of er verandert niets."""
    from amhk.desk.staff import institutions

    with open_here(config) as office, _open(file) as content:
        done = institutions.bring_in(office, content, by_hand(office, as_))
    typer.echo(", ".join(f"{count} {what}" for what, count in done.items()) + ".")
