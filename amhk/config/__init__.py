"""config.toml as a frozen Config.

An unknown key is refused by name, a missing file is named, secrets come from env or `*_FILE`.
"""

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from amhk.config.parts import Costs, Mail, Making, Style
from amhk.config.places import SEED, Gemeente, changed, gemeenten_of
from amhk.errors import Fault, HouseClosed
from amhk.rules.forms import OWN, Layout
from amhk.rules.periods import LENGTHS
from amhk.rules.routing import STROMEN, RoutingRule
from amhk.words import REGIONS

_HERE = Path(__file__).parent.parent


__all__ = ["SEED", "Config", "Gemeente", "Mail", "gemeenten_of"]


@dataclass(frozen=True)
class Config:
    """The settings of one meldpunt, read once and never changed."""

    path: Path
    region: str
    organisation: str
    database: str
    attachments: str
    pack: str
    release: str
    phone: str
    crisis_phone: str
    host: str
    port: int
    default_team: str
    rules: tuple[RoutingRule, ...]
    interval: int
    counts: dict[str, str]
    mail: "Mail | None"
    digest_hour: int
    proof_hour: int
    secure_cookies: bool
    gemeenten: dict[str, Gemeente] = field(default_factory=dict)
    imports: tuple[Layout, ...] = ()
    style: Style = field(default_factory=Style)
    out_folder: str = ""
    costs: Costs = field(default_factory=Costs)
    making: Making = field(default_factory=Making)
    address: str = ""
    proxies: tuple[str, ...] = ()
    token_days: int = 180

    @property
    def folder(self) -> Path:
        """Give the meldpunt folder: the one with config.toml."""
        return self.path.parent

    @property
    def url(self) -> str:
        """Give the database URL; a bare file name lies in the meldpunt folder."""
        if "://" in self.database:
            return self.database
        return f"sqlite:///{(self.folder / self.database).resolve()}"


_KNOWN = {
    "": {
        "region",
        "organisation",
        "database",
        "attachments",
        "procedure",
        "letters",
        "server",
        "routing",
        "clock",
        "figures",
        "mail",
        "imports",
        "costs",
        "gemeenten",
    },
    "costs": {"budget", "years", "history"},
    "imports": {"name", "title", "columns", "values", "fixed", "ignore", "passed_on_to"},
    "procedure": {"pack", "release"},
    "letters": {
        "phone",
        "crisis_phone",
        "out_folder",
        "address",
        "email",
        "website",
        "logo",
        "greeting",
        "complaints",
        "confidant",
        "rsin",
    },
    "server": {"host", "port", "secure_cookies", "address", "trusted_proxies", "token_days"},
    "routing": {"default_team", "rules"},
    "routing.rules": {"team", "gemeente", "subregio", "stroom", "acuut", "reden"},
    "clock": {"interval_seconds", "proof_hour"},
    "figures": {"counts", "reports", "report_day"},
    "mail": {"host", "port", "security", "sender", "user", "address", "hour"},
}


def house_mark(config: Config) -> str:
    """Give a mark by which a program knows that a service is that of this very folder.

    It tells nothing about it.
    """
    return sha256(f"{config.path}\n{config.url}".encode()).hexdigest()[:16]


def find_config(given: str | None = None) -> Path:
    """Give the path of config.toml.

    `given`, else `AMHK_CONFIG`, else the one in the present folder. HouseClosed when there is none.
    """
    path = Path(given or os.environ.get("AMHK_CONFIG") or "config.toml")
    if path.is_dir():
        path = path / "config.toml"
    if not path.is_file():
        raise HouseClosed(
            f"Er is geen {path}. Ga naar de map van het meldpunt, of maak er een met: amhk init MAP"
            " --region REGIO"
        )
    return path.resolve()


def old_closing_days(path: Path) -> dict[date, str]:
    """Give the closing days that config.toml held before the calendar moved into the database."""
    rows = (
        tomllib.loads(path.read_text(encoding="utf-8-sig"))
        .get("calendar", {})
        .get("closing_days", [])
    )
    return {
        row["date"]: str(row.get("name", "gesloten"))
        for row in rows
        if isinstance(row.get("date"), date)
    }


def read_config(path: Path, upgrading: bool = False) -> Config:
    """Give the settings in a file, or raise HouseClosed with every fault at once.

    `upgrading` overlooks what `amhk migrate` takes over.
    """
    data = _parsed(path)
    faults: list[Fault] = []
    if (upgrading or not data.get("calendar", {}).get("closing_days")) and "calendar" in data:
        data.pop("calendar")
    elif "calendar" in data:
        _no(
            faults,
            path,
            "calendar",
            "de kalender staat nu in de database. Geef eerst: amhk migrate, en haal dan [calendar]"
            " weg.",
        )
        data.pop("calendar")
    _unknown(faults, path, "", data)
    gemeenten = changed(
        partial(_no, faults, path),
        _region(faults, path, data.get("region")),
        data.get("gemeenten", {}),
    )
    config = Config(
        path,
        str(data.get("region")),
        str(data.get("organisation", "AMHK")),
        _database(data),
        _attachments(faults, path, data),
        *_procedure(data),
        data.get("letters", {}).get("phone", "0800-2000"),
        str(data.get("letters", {}).get("crisis_phone", "")),
        data.get("server", {}).get("host", "127.0.0.1"),
        _number(faults, path, "server.port", data.get("server", {}).get("port", 8400), 65535),
        data.get("routing", {}).get("default_team", "Meldpunt"),
        tuple(
            _rule(faults, path, n, r, gemeenten)
            for n, r in enumerate(data.get("routing", {}).get("rules", []), 1)
        ),
        _number(
            faults,
            path,
            "clock.interval_seconds",
            data.get("clock", {}).get("interval_seconds", 30),
            3600,
        ),
        _counts(faults, path, data.get("figures", {}).get("counts", {})),
        _mail(faults, path, data.get("mail")),
        _number(faults, path, "mail.hour", data.get("mail", {}).get("hour", 7), 23),
        _number(faults, path, "clock.proof_hour", data.get("clock", {}).get("proof_hour", 3), 23),
        bool(data.get("server", {}).get("secure_cookies", False)),
        gemeenten,
        _layouts(faults, path, data.get("imports", [])),
        _style(faults, path, data.get("letters", {})),
        str(data.get("letters", {}).get("out_folder", "")),
        _costs(faults, path, data.get("costs", {}), gemeenten),
        _making(faults, path, data.get("figures", {})),
        _address(faults, path, data.get("server", {}).get("address", "")),
        _proxies(faults, path, data.get("server", {}).get("trusted_proxies", [])),
        _number(
            faults, path, "server.token_days", data.get("server", {}).get("token_days", 180), 366
        ),
    )
    if faults:
        raise HouseClosed("\n".join(f.text for f in faults), faults)
    return config


def _parsed(path: Path) -> dict[str, Any]:
    """Read the file as TOML; HouseClosed with what is wrong when it is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        hint = (
            " Schrijf in een pad van Windows / in plaats van \\, of zet het tussen enkele"
            " aanhalingstekens."
            if "\\" in text
            else ""
        )
        raise HouseClosed(f"{path.name} is niet te lezen: {wrong}.{hint}") from wrong
    except UnicodeDecodeError as wrong:
        raise HouseClosed(
            f"{path.name} is geen tekst in UTF-8: bewaar het bestand als UTF-8."
        ) from wrong
    except OSError as wrong:
        raise HouseClosed(f"{path} is niet te openen: {wrong.strerror}.") from wrong


def _attachments(faults: list[Fault], path: Path, data: dict[str, Any]) -> str:
    """The folder of the attachments: one of its own, in the meldpunt folder or elsewhere."""
    told = str(data.get("attachments", "bijlagen"))
    if (path.parent / told).resolve() in (path.parent.resolve(), *path.parent.resolve().parents):
        _no(faults, path, "attachments", f"'{told}' kan niet; geef bijlagen een eigen map.")
    return told


def _style(faults: list[Fault], path: Path, table: dict[str, Any]) -> Style:
    """Give the house style of the letters.

    The mark is a PNG, JPEG or SVG of at most 500 kB in the meldpunt folder.
    """
    address, logo = table.get("address", []), None
    if (
        not isinstance(address, list)
        or not all(isinstance(line, str) for line in address)
        or len(address) > 6
    ):
        _no(
            faults,
            path,
            "letters.address",
            'schrijf hooguit zes regels, zoals ["Postbus 1", "3000 AA Rotterdam"].',
        )
        address = []
    if table.get("logo"):
        logo = (path.parent / str(table["logo"])).resolve()
        if (
            logo.suffix.lower() not in (".png", ".jpg", ".jpeg", ".svg")
            or not logo.is_file()
            or logo.stat().st_size > 500_000
        ):
            _no(
                faults,
                path,
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


def _procedure(data: dict[str, Any]) -> tuple[str, str]:
    table = data.get("procedure", {})
    return table.get("pack", "amhk"), table.get("release", "")


def _database(data: dict[str, Any]) -> str:
    """AMHK_DATABASE or the file named by AMHK_DATABASE_FILE goes before config.toml, so that a
    password need not stand there.
    """
    return _secret("AMHK_DATABASE") or str(data.get("database", "meldpunt.sqlite"))


def _no(faults: list[Fault], path: Path, key: str, text: str) -> None:
    faults.append(Fault("config", f"{path.name}, {key}: {text}", key))


def _unknown(faults: list[Fault], path: Path, key: str, table: dict[str, Any]) -> None:
    known = _KNOWN[key]
    for name, value in table.items():
        where = f"{key}.{name}" if key else name
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = (
                f"bedoelt u '{near[0]}'?" if near else f"bekend zijn: {', '.join(sorted(known))}."
            )
            _no(faults, path, where, f"onbekende instelling; {hint}")
        elif where in _KNOWN:
            for part in value if isinstance(value, list) else [value]:
                _unknown(faults, path, where, part)


def _number(faults: list[Fault], path: Path, key: str, value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        _no(faults, path, key, f"'{value}' moet een geheel getal van 1 tot en met {most} zijn.")
        return 1
    return value


def _region(faults: list[Fault], path: Path, region: object) -> dict[str, Gemeente]:
    if region not in REGIONS:
        _no(faults, path, "region", f"'{region}' bestaat niet; kies uit {', '.join(REGIONS)}.")
        return {}
    return gemeenten_of(str(region))


def _rule(
    faults: list[Fault],
    path: Path,
    number: int,
    table: dict[str, Any],
    gemeenten: dict[str, Gemeente],
) -> RoutingRule:
    key = f"routing.rules[{number}]"
    if not table.get("team"):
        _no(faults, path, f"{key}.team", "elke regel noemt een team.")
    options = {
        "gemeente": set(gemeenten),
        "subregio": {g.subregio for g in gemeenten.values()},
        "stroom": set(STROMEN),
    }
    for name, known in options.items():
        for value in table.get(name, []):
            if value not in known:
                near = get_close_matches(str(value), known, 1)
                _no(
                    faults,
                    path,
                    f"{key}.{name}",
                    f"'{value}' bestaat niet." + (f" Bedoelt u '{near[0]}'?" if near else ""),
                )
    gemeente, subregio, stroom = (
        tuple(table.get(name, [])) for name in ("gemeente", "subregio", "stroom")
    )
    return RoutingRule(
        table.get("team", ""),
        gemeente,
        subregio,
        stroom,
        table.get("acuut"),
        table.get("reden", ""),
    )


def _layouts(faults: list[Fault], path: Path, tables: object) -> tuple[Layout, ...]:
    """Give how files of forms from others are read.

    Whether their fields exist is proven with the procedure.
    """
    found: list[Layout] = []
    for n, table in enumerate(tables if isinstance(tables, list) else [], 1):
        name = str(table.get("name", ""))
        if not name or name == OWN.name or name in {x.name for x in found}:
            _no(faults, path, f"imports[{n}].name", "elke indeling heeft een eigen naam.")
        texts = [table.get(k, {}) for k in ("columns", "fixed", "values")]
        inner = [v for t in texts[:2] if isinstance(t, dict) for v in t.values()]
        if (
            not all(isinstance(t, dict) for t in texts)
            or not all(isinstance(v, str) for v in inner)
            or not all(isinstance(v, dict) for v in texts[2].values())
        ):
            _no(
                faults,
                path,
                f"imports[{n}]",
                "columns en fixed zijn tabellen van tekst, values een tabel per veld.",
            )
            continue
        columns, fixed, values = (dict(t) for t in texts)
        ignore, back = frozenset(table.get("ignore", ())), str(table.get("passed_on_to", "politie"))
        found.append(
            Layout(name, str(table.get("title", name)), columns, values, fixed, ignore, back)
        )
    return tuple(found)


def _counts(faults: list[Fault], path: Path, table: object) -> dict[str, str]:
    """Give, by term, which of its two clocks counts for the figures.

    A term that is not named counts by its own.
    """
    if not isinstance(table, dict):
        _no(faults, path, "figures.counts", 'schrijf { veiligheidsbeoordeling = "norm" }.')
        return {}
    for name, value in table.items():
        if value not in ("norm", "wet"):
            _no(
                faults, path, f"figures.counts.{name}", f"'{value}' kan niet; kies 'norm' of 'wet'."
            )
    return {str(k): str(v) for k, v in table.items()}


def _address(faults: list[Fault], path: Path, told: object) -> str:
    """Give how the meldpunt is known outside, without a slash at the end.

    Empty when it is not said.
    """
    address = str(told).rstrip("/")
    if address and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./~-]*)?", address):
        _no(
            faults,
            path,
            "server.address",
            f"'{address[:80]}' is geen adres; schrijf https://meldpunt.voorbeeld.nl",
        )
    return address


def _proxies(faults: list[Fault], path: Path, told: object) -> tuple[str, ...]:
    """Give the addresses and networks of the proxies whose word is taken for who asks, and by which
    scheme and prefix.
    """
    found = told if isinstance(told, list) else [told]
    for one in found:
        try:
            ip_network(str(one))
        except ValueError:
            _no(
                faults,
                path,
                "server.trusted_proxies",
                f"'{one}' is geen adres of netwerk; schrijf bijvoorbeeld [\"127.0.0.1\","
                ' "10.0.0.0/8"].',
            )
            return ()
    return tuple(map(str, found))


def _making(faults: list[Fault], path: Path, table: dict[str, Any]) -> Making:
    """Give which reports make themselves and when."""
    lengths = table.get("reports", ["kwartaal"])
    if not isinstance(lengths, list) or set(lengths) - set(LENGTHS):
        _no(faults, path, "figures.reports", f"kies uit {', '.join(LENGTHS)}.")
        lengths = []
    return Making(
        tuple(lengths), _number(faults, path, "figures.report_day", table.get("report_day", 10), 28)
    )


def _costs(
    faults: list[Fault], path: Path, table: dict[str, Any], gemeenten: dict[str, Gemeente]
) -> Costs:
    """Give what sharing the costs needs.

    Amounts in euros with at most two decimals, years as keys.
    """
    budget: dict[int, int] = {}
    for year, amount in table.get("budget", {}).items():
        try:
            cents = Decimal(str(amount)) * 100
            if isinstance(amount, bool) or cents != cents.to_integral_value() or cents < 0:
                raise ValueError
            budget[int(year)] = int(cents)
        except (ValueError, ArithmeticError):
            _no(
                faults,
                path,
                f"costs.budget.{year}",
                f"'{amount}' is geen bedrag in euro's bij een jaar; schrijf bijvoorbeeld 2026 ="
                " 1250000.00.",
            )
    history: dict[int, dict[str, int]] = {}
    for year, counts in table.get("history", {}).items():
        for name, count in counts.items() if isinstance(counts, dict) else [("", None)]:
            if (
                name not in gemeenten
                or isinstance(count, bool)
                or not isinstance(count, int)
                or count < 0
                or not str(year).isdigit()
            ):
                _no(
                    faults,
                    path,
                    f"costs.history.{year}",
                    f"'{name}' met '{count}' is geen gemeente met een aantal.",
                )
        history |= (
            {int(year): dict(counts)} if str(year).isdigit() and isinstance(counts, dict) else {}
        )
    return Costs(budget, _number(faults, path, "costs.years", table.get("years", 3), 20), history)


def _mail(faults: list[Fault], path: Path, table: dict[str, Any] | None) -> Mail | None:
    """The daily mail, None when there is none.

    The password comes from AMHK_SMTP_PASSWORD or the file AMHK_SMTP_PASSWORD_FILE names.
    """
    if table is None:
        return None
    for name in ("host", "sender"):
        if not isinstance(table.get(name), str) or not table[name]:
            _no(faults, path, f"mail.{name}", "vul dit in, of laat [mail] weg.")
    security = table.get("security", "starttls")
    if security not in ("none", "starttls", "tls"):
        _no(faults, path, "mail.security", f"'{security}' kan niet; kies none, starttls of tls.")
    port = _number(faults, path, "mail.port", table.get("port", 587), 65535)
    plain = {name: str(table.get(name, "")) for name in ("host", "sender", "user", "address")}
    return Mail(
        plain["host"],
        port,
        security,
        plain["sender"],
        plain["user"],
        _secret("AMHK_SMTP_PASSWORD"),
        plain["address"],
    )


def _secret(name: str) -> str:
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")


def shipped(name: str) -> Path:
    """Give a folder or file that comes with the product.

    Inside the wheel, or beside the package in a checkout.
    """
    inside = _HERE / "shipped" / name
    return inside if inside.exists() else _HERE.parent / name


def config_text(region: str) -> str:
    """Give the text of a new config.toml for a region."""
    text = shipped("config.toml").read_text(encoding="utf-8")
    old = text.split('region = "', 1)[1].split('"', 1)[0]
    name = text.split('organisation = "', 1)[1].split('"', 1)[0]
    return text.replace(f'"{old}"', f'"{region}"', 1).replace(
        f'"{name}"', f'"Meldpunt {REGIONS[region]}"', 1
    )
