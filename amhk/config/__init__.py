"""config.toml as a frozen Config.

An unknown key is refused by name, a missing file is named, secrets come from env or `*_FILE`.
"""

import os
import tomllib
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from amhk.config import doors, sections
from amhk.config.parts import (
    Backup,
    Costs,
    Door,
    Ldv,
    Mail,
    Making,
    Organisation,
    Style,
    TimeStamp,
)
from amhk.config.places import SEED, Gemeente, changed, gemeenten_of
from amhk.config.reading import KNOWN, Reading, parsed
from amhk.errors import HouseClosed
from amhk.rules.procedure.import_layouts import Layout
from amhk.rules.staff.routing import RoutingRule
from amhk.words import REGIONS, ROLES

_HERE = Path(__file__).parent.parent
_MOVED = (
    "de kalender staat nu in de database. Geef eerst: amhk migrate, en haal dan [calendar] weg."
)


__all__ = ["KNOWN", "SEED", "Config", "Gemeente", "Mail", "gemeenten_of"]


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
    session_hours: int = 10
    idle_minutes: int = 60
    second_proof: tuple[str, ...] = tuple(ROLES)
    door: Door = field(default_factory=Door)
    oidc: Organisation | None = None
    ldv: Ldv | None = None
    timestamp: TimeStamp | None = None
    backup: Backup = field(default_factory=Backup)
    database_key: str = field(default="", repr=False)
    scim_token: str = field(default="", repr=False)

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
    data = parsed(path)
    read = Reading(path)
    if data.pop("calendar", {}).get("closing_days") and not upgrading:
        read.no("calendar", _MOVED)
    read.known(data)
    gemeenten = changed(
        read.no, sections.region(read, data.get("region")), data.get("gemeenten", {})
    )
    config = Config(
        path=path,
        region=str(data.get("region")),
        organisation=str(data.get("organisation", "AMHK")),
        database=sections.database_url(data),
        database_key=sections.database_key(read),
        attachments=sections.attachments_folder(read, data),
        gemeenten=gemeenten,
        imports=sections.layouts(read, data.get("imports", [])),
        costs=sections.costs(read, data.get("costs", {}), gemeenten),
        mail=sections.mail(read, data.get("mail")),
        oidc=doors.oidc(read, data.get("oidc")),
        backup=sections.backup(read, data.get("backup", {})),
        ldv=doors.ldv(read, data.get("ldv")),
        timestamp=doors.timestamp(read, data.get("timestamp")),
        scim_token=doors.scim_token(read),
        **sections.procedure(data.get("procedure", {})),
        **sections.letters(read, data.get("letters", {})),
        **doors.server(read, data.get("server", {})),
        **sections.routing(read, data.get("routing", {}), gemeenten),
        **sections.hours(read, data.get("clock", {}), data.get("mail") or {}),
        **sections.figures(read, data.get("figures", {})),
    )
    if read.faults:
        raise HouseClosed("\n".join(f.text for f in read.faults), read.faults)
    return config


def shipped(name: str) -> Path:
    """Give a folder or file that comes with the product.

    Inside the wheel, or beside the package in a checkout.
    """
    inside = _HERE / "shipped" / name
    return inside if inside.exists() else _HERE.parent / name


def packs() -> list[str]:
    """Give the procedures that come with the product, by name."""
    return sorted(path.name for path in shipped("workflows").iterdir() if path.is_dir())


def config_text(region: str, database: str = "", pack: str = "amhk") -> str:
    """Give the text of a new config.toml for a region, a database that is no file of its own, and
    the procedure it works by, in its last release.

    HouseClosed for an address with a password: that belongs in AMHK_DATABASE.
    """
    if '"' in database or "\\" in database or (make := urlsplit(database)).password:
        raise HouseClosed(
            "Zet een adres met een wachtwoord niet in config.toml: geef het in AMHK_DATABASE of"
            " AMHK_DATABASE_FILE, en laat --database weg."
        )
    text = shipped("config.toml").read_text(encoding="utf-8")
    old = text.split('region = "', 1)[1].split('"', 1)[0]
    name = text.split('organisation = "', 1)[1].split('"', 1)[0]
    releases = sorted(p.name for p in shipped(f"workflows/{pack}").iterdir() if p.is_dir())
    text = text.replace('pack = "amhk"', f'pack = "{pack}"', 1)
    here = text.split('release = "', 1)[1].split('"', 1)[0]
    text = text.replace(f'release = "{here}"', f'release = "{releases[-1]}"', 1)
    if make.scheme:
        text = text.replace('"meldpunt.sqlite"', f'"{database}"', 1)
    return text.replace(f'"{old}"', f'"{region}"', 1).replace(
        f'"{name}"', f'"Meldpunt {REGIONS[region]}"', 1
    )
