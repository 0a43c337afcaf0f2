"""Reading config.toml: every key known, every value of its kind, every fault kept and
said at once.
"""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from amhk.errors import Fault, HouseClosed
from amhk.rules.parse import Raw

KNOWN = {
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
        "oidc",
        "ldv",
        "timestamp",
        "backup",
    },
    "backup": {"folder", "hour", "recipient", "copy_to", "keep_days", "keep_months"},
    "ldv": {"endpoint", "activity"},
    "timestamp": {"url", "roots", "since"},
    "oidc": {"issuer", "client_id", "title", "login_claim", "groups_claim", "roles", "teams"}
    | {"second_proof"},
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
    "server": {"host", "port", "secure_cookies", "address", "trusted_proxies"}
    | {"token_days", "session_hours", "idle_minutes", "second_proof"}
    | {"certificate", "certificate_key", "plain_http", "security_contact", "scanner"},
    "routing": {"default_team", "rules"},
    "routing.rules": {"team", "gemeente", "subregio", "stroom", "acuut", "reden"},
    "clock": {"interval_seconds", "proof_hour"},
    "figures": {"counts", "reports", "report_day"},
    "mail": {"host", "port", "security", "sender", "user", "address", "keeper", "hour"},
}


class Reading:
    """One file of settings while it is read; `faults` holds all that is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def no(self, key: str, text: str) -> None:
        """Keep a fault of a key."""
        self.faults.append(Fault("config", f"{self.path.name}, {key}: {text}", key))

    def number(self, key: str, value: object, most: int) -> int:
        """Give a whole number from 1 to `most`; another is a fault, and 1 comes back."""
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.no(key, f"'{value}' moet een geheel getal van 1 tot en met {most} zijn.")
            return 1
        return value

    def known(self, table: Raw, key: str = "") -> None:
        """Keep a fault for every key that does not exist, with the one that looks like it."""
        known = KNOWN[key]
        for name, value in table.items():
            where = f"{key}.{name}" if key else name
            if name not in known:
                near = get_close_matches(name, known, 1)
                others = f"bekend zijn: {', '.join(sorted(known))}."
                hint = f"bedoelt u '{near[0]}'?" if near else others
                self.no(where, f"onbekende instelling; {hint}")
            elif where in KNOWN:
                for part in value if isinstance(value, list) else [value]:
                    self.known(part, where)


def parsed(path: Path) -> dict[str, Any]:
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


def secret(name: str) -> str:
    """Give what an environment variable holds, or the file that `NAME_FILE` names; else empty."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")
