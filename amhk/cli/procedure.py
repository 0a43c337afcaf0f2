"""Commands about the procedure: prove it, draw it, and make a new release of it."""

from typing import Annotated

import typer

from amhk.cli.shared import (
    AsOption,
    ConfigOption,
    JsonOption,
    by_hand,
    open_here,
    say,
    workflow_app,
)

Named = Annotated[str, typer.Argument(help="naam van het ontwerp, zoals 2026.3")]


@workflow_app.command("check")
def workflow_check(
    name: Annotated[
        str | None, typer.Argument(help="een ontwerp (anders: de werkwijze van dit meldpunt)")
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Bewijs de werkwijze: bereikbaar, nooit zonder termijn, geen weg om de voortgangscontrole
    heen, geen lek in een brief.
    """
    from amhk.config import find_config, read_config
    from amhk.desk.house.new_release import faults_of, told

    settings = read_config(find_config(config))
    faults = [told(settings, fault) for fault in faults_of(settings, name)]
    if json_:
        say({"faults": faults})
    else:
        for fault in faults:
            place = f" ({fault['file']}:{fault['line']})" if fault["file"] else ""
            typer.echo(f"{fault['text']}{place}")
        if not faults:
            typer.echo("De werkwijze klopt.")
    if faults:
        raise typer.Exit(1)


@workflow_app.command("diagram")
def workflow_diagram(
    name: Annotated[str, typer.Argument(help="meldingsroute of adviesroute")],
    config: ConfigOption = None,
) -> None:
    """Teken een werkwijze als Mermaid-tekst (stateDiagram-v2)."""
    from amhk.config import find_config, read_config
    from amhk.desk.house.self_check import diagram

    typer.echo(diagram(read_config(find_config(config)), name))


@workflow_app.command("draft")
def workflow_draft(
    name: Named,
    parent: Annotated[
        str | None, typer.Option("--from", help="uit welke uitgave (anders: die van nu)")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Begin een ontwerp van een nieuwe uitgave, in ontwerpen/; geen zaak merkt er iets van."""
    from amhk.desk.house.new_release import draft

    with open_here(config) as office:
        place = draft(office, name, parent)
    typer.echo(f"Het ontwerp staat in {place}. Bewijs het met: amhk workflow check {name}")


@workflow_app.command("diff")
def workflow_diff(name: Named, config: ConfigOption = None) -> None:
    """Toon wat een ontwerp verandert in de uitgave waar het uit komt."""
    from amhk.config import find_config, read_config
    from amhk.desk.house.new_release import changes_of

    for line in changes_of(read_config(find_config(config)), name):
        typer.echo(line)


@workflow_app.command("release")
def workflow_release(name: Named, as_: AsOption = None, config: ConfigOption = None) -> None:
    """Meld een ontwerp klaar (--as: wie het maakte); een ander keurt het goed."""
    from amhk.desk.house.new_release import make

    with open_here(config) as office:
        make(office, name, by_hand(office, as_))
    typer.echo(f"Klaar. Een ander stelt het vast: amhk workflow approve {name} --as NAAM")


@workflow_app.command("approve")
def workflow_approve(name: Named, as_: AsOption = None, config: ConfigOption = None) -> None:
    """Stel een uitgave vast die een ander maakte; zij verandert daarna niet meer."""
    from amhk.desk.house.new_release import approve

    with open_here(config) as office:
        approve(office, name, by_hand(office, as_))
    typer.echo(
        f"Uitgave {name} is vastgesteld. Nieuwe zaken volgen haar zodra in config.toml bij"
        f' [procedure] staat: release = "{name}"'
    )
