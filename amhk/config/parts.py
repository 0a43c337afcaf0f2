"""The parts of the settings that belong together.

The mail, the look of letters, the sharing of costs, the reports that make themselves.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mail:
    """How the daily mail leaves: `security` is none, starttls or tls.

    The password comes from the environment. `keeper` is who is sent the anchors; empty: nobody.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str
    password: str
    address: str
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How the letters of a meldpunt look.

    Lines under its name, mark, greeting, and what every citizen must be told (Wmo 2015 art. 4.2.6
    and 4.2.7).
    """

    address: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    logo: Path | None = None
    greeting: str = "Met vriendelijke groet,"
    complaints: str = ""
    confidant: str = ""
    rsin: str = ""


@dataclass(frozen=True)
class Costs:
    """What sharing the costs needs.

    The budget by year in cents, over how many years use is averaged, and the use of years from
    before this program (count by gemeente).
    """

    budget: dict[int, int] = field(default_factory=dict)
    years: int = 3
    history: dict[int, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Door:
    """How the street door is kept: the files of a certificate (PEM; empty: somebody else sets https
    before it), whether bare http beyond this machine is meant, whom a finder of a weakness writes
    to, and where a virus scanner listens (`host:port` of clamd; empty: there is none).
    """

    certificate: str = ""
    certificate_key: str = ""
    plain_http: bool = False
    security_contact: str = ""
    scanner: str = ""


@dataclass(frozen=True)
class Organisation:
    """The sign-in of the organisation (OpenID Connect): who vouches, how this house is known there,
    by which claims it names somebody and his groups, what these groups are here (the first that
    fits), which words of `amr` and `acr` stand for a second proof, and what its button says.
    """

    issuer: str
    client_id: str
    secret: str
    title: str = "de organisatie"
    login_claim: str = "preferred_username"
    groups_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()
    teams: tuple[tuple[str, str], ...] = ()
    second_proof: tuple[str, ...] = ("mfa",)


@dataclass(frozen=True)
class Ldv:
    """The register outside that takes lines of processing (Logboek Dataverwerkingen): where, and
    under which mark the processing stands in the register of the meldpunt.
    """

    endpoint: str
    activity: str


@dataclass(frozen=True)
class Backup:
    """The backup of every night: in which folder (empty: none is made), after which hour, for whom
    (`age1...`; empty: with the passphrase), to which folder elsewhere it is copied, and how many
    days and firsts of a month are kept.
    """

    folder: str = ""
    hour: int = 2
    recipient: str = ""
    copy_to: str = ""
    keep_days: int = 14
    keep_months: int = 6


@dataclass(frozen=True)
class TimeStamp:
    """The service that stamps the anchors (RFC 3161): its address, the file of its root
    certificates (PEM), and since which day it does.
    """

    url: str
    roots: Path
    since: date


@dataclass(frozen=True)
class Making:
    """Which reports make themselves (of a maand, kwartaal, halfjaar, jaar), and on which day of the
    month after it.
    """

    lengths: tuple[str, ...] = ("kwartaal",)
    day: int = 10
