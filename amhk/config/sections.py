"""The sections of config.toml, each read into what the house uses.

A fault is kept in the reading.
"""

from decimal import Decimal
from difflib import get_close_matches
from re import fullmatch
from typing import Any

from amhk.config.parts import Backup, Costs, Mail, Making, Style
from amhk.config.places import Gemeente, gemeenten_of
from amhk.config.reading import Reading, secret
from amhk.rules.figures.periods import LENGTHS
from amhk.rules.parse import Raw
from amhk.rules.procedure.import_layouts import OWN, Layout
from amhk.rules.staff.routing import STROMEN, RoutingRule
from amhk.words import REGIONS


def attachments_folder(read: Reading, data: Raw) -> str:
    """The folder of the attachments: one of its own, in the meldpunt folder or elsewhere."""
    told = str(data.get("attachments", "bijlagen"))
    if (read.path.parent / told).resolve() in (
        read.path.parent.resolve(),
        *read.path.parent.resolve().parents,
    ):
        read.no("attachments", f"'{told}' kan niet; geef bijlagen een eigen map.")
    return told


def style(read: Reading, table: Raw) -> Style:
    """Give the house style of the letters.

    The mark is a PNG, JPEG or SVG of at most 500 kB in the meldpunt folder.
    """
    address, logo = table.get("address", []), None
    if (
        not isinstance(address, list)
        or not all(isinstance(line, str) for line in address)
        or len(address) > 6
    ):
        read.no(
            "letters.address",
            'schrijf hooguit zes regels, zoals ["Postbus 1", "3000 AA Rotterdam"].',
        )
        address = []
    if table.get("logo"):
        logo = (read.path.parent / str(table["logo"])).resolve()
        if (
            logo.suffix.lower() not in (".png", ".jpg", ".jpeg", ".svg")
            or not logo.is_file()
            or logo.stat().st_size > 500_000
        ):
            read.no(
                "letters.logo",
                f"'{table['logo']}' is geen PNG, JPEG of SVG van hooguit 500 kB in deze map.",
            )
            logo = None
    texts = {
        k: str(table[k])
        for k in ("email", "website", "greeting", "complaints", "confidant", "rsin")
        if k in table
    }
    return Style(tuple(address), logo=logo, **texts)


def procedure(table: Raw) -> dict[str, Any]:
    """Give which procedure runs, and which release of it when it is pinned."""
    return {"pack": table.get("pack", "amhk"), "release": table.get("release", "")}


def letters(read: Reading, table: Raw) -> dict[str, Any]:
    """Give what letters and the acute call need.

    The telephones, the look and the watched folder.
    """
    return {
        "phone": table.get("phone", "0800-2000"),
        "crisis_phone": str(table.get("crisis_phone", "")),
        "style": style(read, table),
        "out_folder": str(table.get("out_folder", "")),
    }


def routing(read: Reading, table: Raw, gemeenten: dict[str, Gemeente]) -> dict[str, Any]:
    """Give to which team a new case goes: the rules in order, and the team for the rest."""
    rows = enumerate(table.get("rules", []), 1)
    return {
        "default_team": table.get("default_team", "Meldpunt"),
        "rules": tuple(routing_rule(read, number, row, gemeenten) for number, row in rows),
    }


def hours(read: Reading, clock: Raw, mail: Raw) -> dict[str, Any]:
    """Give when the house does its rounds.

    Every so many seconds, and the hours of mail and proof.
    """
    interval = clock.get("interval_seconds", 30)
    return {
        "interval": read.number("clock.interval_seconds", interval, 3600),
        "digest_hour": read.number("mail.hour", mail.get("hour", 7), 23),
        "proof_hour": read.number("clock.proof_hour", clock.get("proof_hour", 3), 23),
    }


def backup(read: Reading, table: Raw) -> Backup:
    """Give where, when and for whom the backup of every night is made, and how long it is kept."""
    recipient = str(table.get("recipient", ""))
    if recipient and not recipient.startswith("age1"):
        read.no("backup.recipient", "een ontvanger begint met age1.")
    return Backup(
        folder=str(table.get("folder", "")),
        hour=read.number("backup.hour", table.get("hour", 2), 23),
        recipient=recipient,
        copy_to=str(table.get("copy_to", "")),
        keep_days=read.number("backup.keep_days", table.get("keep_days", 14), 3660),
        keep_months=read.number("backup.keep_months", table.get("keep_months", 6), 240),
    )


def figures(read: Reading, table: Raw) -> dict[str, Any]:
    """Give which clock counts for a term, and which reports make themselves."""
    return {"counts": counts(read, table.get("counts", {})), "making": making(read, table)}


def database_url(data: Raw) -> str:
    """AMHK_DATABASE or the file named by AMHK_DATABASE_FILE goes before config.toml, so that a
    password need not stand there.
    """
    return secret("AMHK_DATABASE") or str(data.get("database", "meldpunt.sqlite"))


def database_key(read: Reading) -> str:
    """AMHK_DATABASE_KEY or the file named by AMHK_DATABASE_KEY_FILE: 64 hexadecimal signs, by which
    a database of SQLite and the attachments are encrypted; empty where they lie in the clear.
    """
    told = secret("AMHK_DATABASE_KEY").lower()
    if told and not fullmatch("[0-9a-f]{64}", told):
        read.no("AMHK_DATABASE_KEY", "geef 64 hexadecimale tekens (openssl rand -hex 32).")
        return ""
    return told


def region(read: Reading, name: object) -> dict[str, Gemeente]:
    """Give the gemeenten of a region by name."""
    if name not in REGIONS:
        read.no("region", f"'{name}' bestaat niet; kies uit {', '.join(REGIONS)}.")
        return {}
    return gemeenten_of(str(name))


def routing_rule(
    read: Reading, number: int, table: Raw, gemeenten: dict[str, Gemeente]
) -> RoutingRule:
    """Give the rule in a row (they are numbered from 1): to which team, of what."""
    key = f"routing.rules[{number}]"
    if not table.get("team"):
        read.no(f"{key}.team", "elke regel noemt een team.")
    options = {
        "gemeente": set(gemeenten),
        "subregio": {g.subregio for g in gemeenten.values()},
        "stroom": set(STROMEN),
    }
    for name, known in options.items():
        for value in table.get(name, []):
            if value not in known:
                near = get_close_matches(str(value), known, 1)
                read.no(
                    f"{key}.{name}",
                    f"'{value}' bestaat niet." + (f" Bedoelt u '{near[0]}'?" if near else ""),
                )
    gemeente, subregio, stroom = (
        tuple(table.get(name, [])) for name in ("gemeente", "subregio", "stroom")
    )
    return RoutingRule(
        team=table.get("team", ""),
        gemeente=gemeente,
        subregio=subregio,
        stroom=stroom,
        acuut=table.get("acuut"),
        reden=table.get("reden", ""),
    )


def layouts(read: Reading, tables: object) -> tuple[Layout, ...]:
    """Give how files of forms from others are read.

    Whether their fields exist is proven with the procedure.
    """
    found: list[Layout] = []
    for n, table in enumerate(tables if isinstance(tables, list) else [], 1):
        name = str(table.get("name", ""))
        if not name or name == OWN.name or name in {x.name for x in found}:
            read.no(f"imports[{n}].name", "elke indeling heeft een eigen naam.")
        texts = [table.get(k, {}) for k in ("columns", "fixed", "values")]
        inner = [v for t in texts[:2] if isinstance(t, dict) for v in t.values()]
        if (
            not all(isinstance(t, dict) for t in texts)
            or not all(isinstance(v, str) for v in inner)
            or not all(isinstance(v, dict) for v in texts[2].values())
        ):
            read.no(
                f"imports[{n}]",
                "columns en fixed zijn tabellen van tekst, values een tabel per veld.",
            )
            continue
        columns, fixed, values = (dict(t) for t in texts)
        ignore, back = frozenset(table.get("ignore", ())), str(table.get("passed_on_to", "politie"))
        found.append(
            Layout(
                name=name,
                title=str(table.get("title", name)),
                columns=columns,
                values=values,
                fixed=fixed,
                ignore=ignore,
                passed_on_to=back,
            )
        )
    return tuple(found)


def counts(read: Reading, table: object) -> dict[str, str]:
    """Give, by term, which of its two clocks counts for the figures.

    A term that is not named counts by its own.
    """
    if not isinstance(table, dict):
        read.no("figures.counts", 'schrijf { veiligheidsbeoordeling = "norm" }.')
        return {}
    for name, value in table.items():
        if value not in ("norm", "wet"):
            read.no(f"figures.counts.{name}", f"'{value}' kan niet; kies 'norm' of 'wet'.")
    return {str(k): str(v) for k, v in table.items()}


def making(read: Reading, table: Raw) -> Making:
    """Give which reports make themselves and when."""
    lengths = table.get("reports", ["kwartaal"])
    if not isinstance(lengths, list) or set(lengths) - set(LENGTHS):
        read.no("figures.reports", f"kies uit {', '.join(LENGTHS)}.")
        lengths = []
    return Making(
        tuple(lengths), read.number("figures.report_day", table.get("report_day", 10), 28)
    )


def costs(read: Reading, table: Raw, gemeenten: dict[str, Gemeente]) -> Costs:
    """Give what sharing the costs needs.

    Amounts in euros with at most two decimals, years as keys.
    """
    years = read.number("costs.years", table.get("years", 3), 20)
    budget = _budget(read, table.get("budget", {}))
    return Costs(budget, years, _history(read, table.get("history", {}), gemeenten))


def _budget(read: Reading, table: Raw) -> dict[int, int]:
    budget: dict[int, int] = {}
    for year, amount in table.items():
        try:
            cents = Decimal(str(amount)) * 100
            if isinstance(amount, bool) or cents != cents.to_integral_value() or cents < 0:
                raise ValueError
            budget[int(year)] = int(cents)
        except (ValueError, ArithmeticError):
            read.no(
                f"costs.budget.{year}",
                f"'{amount}' is geen bedrag in euro's bij een jaar; schrijf bijvoorbeeld 2026 ="
                " 1250000.00.",
            )
    return budget


def _history(
    read: Reading, table: Raw, gemeenten: dict[str, Gemeente]
) -> dict[int, dict[str, int]]:
    history: dict[int, dict[str, int]] = {}
    for year, counts in table.items():
        for name, count in counts.items() if isinstance(counts, dict) else [("", None)]:
            if (
                name not in gemeenten
                or isinstance(count, bool)
                or not isinstance(count, int)
                or count < 0
                or not str(year).isdigit()
            ):
                read.no(
                    f"costs.history.{year}",
                    f"'{name}' met '{count}' is geen gemeente met een aantal.",
                )
        history |= (
            {int(year): dict(counts)} if str(year).isdigit() and isinstance(counts, dict) else {}
        )
    return history


def mail(read: Reading, table: Raw | None) -> Mail | None:
    """The daily mail, None when there is none.

    The password comes from AMHK_SMTP_PASSWORD or the file AMHK_SMTP_PASSWORD_FILE names.
    """
    if table is None:
        return None
    for name in ("host", "sender"):
        if not isinstance(table.get(name), str) or not table[name]:
            read.no(f"mail.{name}", "vul dit in, of laat [mail] weg.")
    security = table.get("security", "starttls")
    if security not in ("none", "starttls", "tls"):
        read.no("mail.security", f"'{security}' kan niet; kies none, starttls of tls.")
    port = read.number("mail.port", table.get("port", 587), 65535)
    names = ("host", "sender", "user", "address", "keeper")
    plain = {name: str(table.get(name, "")) for name in names}
    if plain["keeper"] and "@" not in plain["keeper"]:
        read.no("mail.keeper", f"'{plain['keeper']}' is geen mailadres.")
    return Mail(
        host=plain["host"],
        port=port,
        security=security,
        sender=plain["sender"],
        user=plain["user"],
        password=secret("AMHK_SMTP_PASSWORD"),
        address=plain["address"],
        keeper=plain["keeper"],
    )
