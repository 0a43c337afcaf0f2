"""Commands for the house: founding, serving, the clock, and the proof."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amhk.cli.shared import ConfigOption, JsonOption, app, open_here, say
from amhk.errors import Refusal, WrongUse

if TYPE_CHECKING:
    from amhk.desk.house.backup import Told


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="De map van het nieuwe meldpunt")],
    region: Annotated[
        str,
        typer.Option(
            help="rotterdam-rijnmond, utrecht, zuid-holland-zuid of zuid-kennemerland-ijmond"
        ),
    ],
    training: Annotated[
        bool, typer.Option("--training", help="Een oefenomgeving; dat verandert nooit meer")
    ] = False,
    database: Annotated[
        str, typer.Option(help="Een lege PostgreSQL-database in plaats van een bestand in de map")
    ] = "",
    pack: Annotated[str, typer.Option(help="De werkwijze waarmee het begint")] = "amhk",
) -> None:
    """Maak een meldpunt: config.toml, workflows/, templates/ en een lege database met een team."""
    from amhk.config import packs
    from amhk.founding import found
    from amhk.words import REGIONS

    if region not in REGIONS:
        raise Refusal(f"De regio '{region}' bestaat niet; kies uit {', '.join(REGIONS)}.")
    if pack not in packs():
        raise Refusal(f"De werkwijze '{pack}' is er niet; kies uit {', '.join(packs())}.")
    there = False
    with suppress(OSError, ValueError):  # a name that cannot be is told below
        there = (folder / "config.toml").exists()
    if there:
        raise Refusal(f"In {folder} staat al een meldpunt (config.toml).")
    path = found(folder, region, training, database, pack)
    typer.echo(f"Klaar: {'oefenomgeving' if training else 'meldpunt'} in {path.parent}.")
    typer.echo("Nu: amhk worker add NAAM --role manager, en dan: amhk serve")


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Adres om op te luisteren (standaard 127.0.0.1)")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Poort (standaard 8400)")] = None,
    training: Annotated[
        bool, typer.Option("--training", help="Maak een oefenomgeving als er nog geen database is")
    ] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Zonder verzonnen jaar")] = False,
    processes: Annotated[
        int, typer.Option(help="Hoeveel processen tegelijk antwoord geven (1 tot en met 64)")
    ] = 1,
    plain_http: Annotated[
        bool,
        typer.Option("--plain-http", help="Ook zonder https voor andere computers, zie server"),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Open het meldpunt: pagina's, API en klok. Ctrl-C sluit netjes."""
    from amhk.serving import Wished, run

    wished = Wished(host, port, training, not no_demo, processes, plain_http)
    run(config, wished, typer.echo)


@app.command()
def desktop(
    training: Annotated[
        bool, typer.Option("--training", help="Maak een oefenomgeving als er nog geen database is")
    ] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Zonder verzonnen jaar")] = False,
    config: ConfigOption = None,
) -> None:
    """Open het meldpunt in een eigen venster.

    Sluit u het venster, dan sluit ook het meldpunt dat het zelf opende.
    """
    from amhk.desktop import run

    run(config, training, not no_demo, typer.echo)


@app.command()
def demo(
    year: Annotated[int, typer.Option(help="Het jaar van het verzonnen meldpunt")] = 2026,
    cases: Annotated[int, typer.Option(help="Hoeveel zaken")] = 160,
    seed: Annotated[int, typer.Option(help="Zaad van het toeval")] = 1,
    config: ConfigOption = None,
) -> None:
    """Vul een lege oefenomgeving met een geloofwaardig jaar van verzonnen zaken."""
    from amhk.training.year import fill

    with open_here(config) as office:
        logins = fill(office, year, cases, seed)
        for name, role, password in logins:
            typer.echo(f"{name:<24} {role:<22} {password}")


@app.command()
def tick(config: ConfigOption = None) -> None:
    """Laat een ronde van de klok lopen: elke herinnering die nu moet, een keer."""
    from amhk.desk.house.rounds import tick as sweep_now

    with open_here(config) as office:
        done = sweep_now(office)
        typer.echo(f"{done.rung} herinneringen gegeven, {len(done.failed)} mislukt.")
        if done.failed:
            raise Refusal(f"Mislukt bij: {', '.join(done.failed)}.")


@app.command()
def clock(
    set_: Annotated[
        str | None, typer.Option("--set", help="Zet de oefenklok op dit moment")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Toon de klok, of zet de oefenklok vooruit."""
    from amhk.desk.house.clock import read_clock
    from amhk.desk.house.rounds import set_clock
    from amhk.words import iso

    with open_here(config) as office:
        if set_:
            set_clock(office, {"now": set_})
        typer.echo(iso(read_clock(office)))


@app.command()
def check(
    production: Annotated[
        bool, typer.Option("--production", help="Wat er nog moet zijn voor echte gegevens komen")
    ] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Controleer werkwijze, brieven, instellingen en gegevens; elke fout tegelijk."""
    from amhk.desk.house.self_check import prove

    if production:
        _ready(json_, config)
        return
    told = prove(config)
    if json_:
        say(told)
    else:
        counted = (
            f"{told['open']} open zaken, {told['with_next_term']} met een volgende termijn,"
            f" {told['without']} zonder."
        )
        typer.echo("De zaken zijn niet geteld." if told["open"] is None else counted)
        for fault in told["faults"]:
            typer.echo(fault)
    if told["faults"] or told["without"] or told["open"] is None:
        raise typer.Exit(1)


def _ready(json_: bool, config: str | None) -> None:
    from amhk.desk.house.production import missing

    with open_here(config) as office:
        found = missing(office)
    if json_:
        say({"missing": [{"code": want.code, "text": want.text} for want in found]})
    else:
        for line in [want.text for want in found] or ["Klaar voor echte gegevens."]:
            typer.echo(line)
    if found:
        raise typer.Exit(1)


@app.command()
def verify(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Controleer het verloop van elke zaak: is er iets gewijzigd, weggehaald of afgekapt?"""
    from amhk.desk.house.self_check import changed_behind

    with open_here(config) as office:
        faults = changed_behind(office)
    if json_:
        say({"ok": not faults, "faults": faults})
    for fault in [] if json_ else faults or ["Het verloop van elke zaak klopt."]:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)


@app.command()
def recount(config: ConfigOption = None) -> None:
    """Maak de tellingen van de cijfers opnieuw uit het verloop."""
    from amhk.desk.figures import case_facts

    with open_here(config) as office:
        told = case_facts.again(office)
    typer.echo(
        f"De tellingen zijn opnieuw gemaakt, tot en met regel {told.position} van het verloop."
    )


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Breng de database naar de vorm van dit programma. Maak eerst een kopie."""
    from amhk.config import find_config
    from amhk.desk.house.upgrade import upgrade
    from amhk.words import some

    taken, version = upgrade(find_config(config))
    if taken:
        days = some(taken, "sluitingsdag", "sluitingsdagen")
        typer.echo(f"{days} overgenomen uit config.toml; haal [calendar] daar nu weg.")
    typer.echo(f"De database staat op versie {version}.")


def _passphrase(again: bool) -> str:
    """Give the passphrase of a backup: from the environment, or as it is typed (twice)."""
    from amhk.config.reading import secret

    try:
        told = secret("AMHK_BACKUP_PASSPHRASE")
    except OSError as wrong:
        raise WrongUse(f"De wachtzin is niet te lezen: {wrong}.") from wrong
    if told:
        return told
    if not sys.stdin.isatty():
        raise WrongUse("Geef de wachtzin in AMHK_BACKUP_PASSPHRASE of AMHK_BACKUP_PASSPHRASE_FILE.")
    return str(typer.prompt("Wachtzin van de back-up", hide_input=True, confirmation_prompt=again))


def _told(told: "Told", done: str, json_: bool) -> None:
    rows = sum(told.rows.values())
    if json_:
        say({"made": told.made, "rows": told.rows, "files": told.files, "faults": told.faults})
    else:
        typer.echo(f"{done}: {rows} regels, {told.files} bijlagen.")
        for fault in told.faults:
            typer.echo(fault)
    if told.faults:
        raise typer.Exit(1)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Het bestand dat gemaakt wordt")],
    recipient: Annotated[
        str, typer.Option(help="Voor wie (age1...); anders met een wachtzin")
    ] = "",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Zet het meldpunt in een versleuteld bestand, ook terwijl er gewerkt wordt."""
    from amhk.desk.house.backup import back_up

    with open_here(config) as office:
        secret = "" if recipient else _passphrase(True)
        _told(back_up(office, file, secret, recipient), f"{file} is gemaakt", json_)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="De back-up")],
    into: Annotated[Path, typer.Option(help="De lege map waarin zij komt")] = Path(),
    drill: Annotated[
        bool, typer.Option("--drill", help="Alleen proberen: open haar, kijk alles na, gooi weg")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Met --drill: leg in het meldpunt vast hoe het ging")
    ] = False,
    destroyed: Annotated[
        Path | None,
        typer.Option(help="De lijst van wat sindsdien vernietigd is (standaard: naast de back-up)"),
    ] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Zet een back-up terug in een lege map, of probeer alleen of zij goed is."""
    from amhk.desk.house import backup as house

    if drill:
        tried = house.drill(file, _passphrase(False))
        if record:
            _record(config, file, tried)
        _told(tried, "De back-up is goed", json_)
        return
    told = house.restore(file, into, _passphrase(False), destroyed)
    if not told.listed and not json_:
        typer.echo(
            "Let op: er lag geen lijst (vernietigd.jsonl) naast de back-up. Wat sindsdien door de"
            " wet vernietigd is, is terug: geef de lijst met --destroyed."
        )
    if told.erased and not json_:
        typer.echo(f"Opnieuw vernietigd, want dat was sindsdien gebeurd: {told.erased}.")
    if told.key and not json_:
        typer.echo(
            f"Zet ook het bestand sleutel terug (merk {told.key}); het zit niet in een back-up."
        )
    _told(told, f"Teruggezet in {into.resolve()}", json_)


def _record(config: str | None, file: Path, tried: "Told") -> None:
    from datetime import UTC, datetime

    from amhk.desk.house.nightly_backup import note_tried

    with open_here(config) as office:
        note_tried(office, datetime.now(UTC), file.name, tried.faults)


@app.command("move-database")
def move_database(
    url: Annotated[str, typer.Argument(help="De andere, lege database")],
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Zet alles over naar een andere database, SQLite of PostgreSQL, en houd ze naast elkaar."""
    from amhk.desk.house.move_database import move

    with open_here(config) as office:
        told = move(office, url)
    _told(told, "Overgezet, en regel voor regel gelijk", json_)
    typer.echo("Zet nu database in config.toml (of AMHK_DATABASE) op de nieuwe, en start opnieuw.")
