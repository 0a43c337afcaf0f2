"""What must be there before the data of real people may come in, each with where to mend it."""

import json
from datetime import UTC, datetime, timedelta

from amhk import releases
from amhk.desk.house import nightly_backup
from amhk.desk.house.readiness import AT_ONCE, Want
from amhk.office import Office
from amhk.store import reads, writes
from amhk.words import ROLES

LOOPBACK = ("127.0.0.1", "localhost", "::1")
META = "unready"
_LATELY = timedelta(days=2)


def _behind_https(office: Office) -> bool:
    config = office.config
    if config.door.certificate or (config.proxies and config.secure_cookies):
        return True
    return config.host in LOOPBACK and not config.proxies


def _second_step(office: Office) -> bool:
    return set(ROLES) <= set(office.config.second_proof)


def _kept(office: Office) -> bool:
    good = nightly_backup.standing(office)["good"]
    return bool(good) and datetime.now(UTC) - datetime.fromisoformat(str(good)) < _LATELY


def _roles_here(office: Office, *roles: str, registered: bool = False) -> bool:
    with office.store.read() as connection:
        found = [w for w in reads.workers(connection) if w["role"] in roles]
    return any(w["registration"] or not registered for w in found)


WANTED = (
    Want(
        "oefening",
        "Dit is een oefenomgeving: maak een echt meldpunt met amhk init.",
        lambda office: not office.training,
    ),
    Want(
        "https",
        "Andere computers bereiken dit meldpunt zonder https: vul certificate in onder [server], of"
        " trusted_proxies met secure_cookies = true.",
        _behind_https,
    ),
    Want(
        "tweede_stap",
        "Niet elke rol meldt zich aan met een tweede stap: laat second_proof weg onder [server], of"
        " noem elke rol.",
        _second_step,
    ),
    Want(
        "back-up",
        "Er is in twee dagen geen back-up gemaakt en op proef teruggezet: vul [backup] in, en"
        " AMHK_BACKUP_PASSPHRASE.",
        _kept,
    ),
    Want(
        "tweede_plek",
        "De back-up gaat niet naar een andere plek: vul copy_to in onder [backup].",
        lambda office: bool(office.config.backup.copy_to),
    ),
    *AT_ONCE,
    Want(
        "uitgave",
        "De werkwijze van nu is niet vastgesteld: maak er een uitgave van met amhk workflow draft,"
        " release en approve.",
        lambda office: releases.is_settled(
            office.config.folder / "workflows" / office.config.pack / office.config.release
        ),
    ),
    Want(
        "beheerder",
        "Er is geen functioneel beheerder: geef amhk worker add NAAM --role beheerder.",
        lambda office: _roles_here(office, "beheerder"),
    ),
    Want(
        "leiding",
        "Er zijn geen teamleider en manager: wie leidinggeeft ziet wat te laat is, en vernietigen"
        " vraagt er twee.",
        lambda office: _roles_here(office, "teamleider") and _roles_here(office, "manager"),
    ),
    Want(
        "registratie",
        "Niemand hier heeft een registratie (SKJ of BIG): besluiten neemt een geregistreerde"
        " professional (Uitvoeringsbesluit Wmo 2015 art. 4.1.3). Vul haar in bij de medewerker.",
        lambda office: _roles_here(
            office,
            "medewerker",
            "gedragswetenschapper",
            "vertrouwensarts",
            "teamleider",
            registered=True,
        ),
    ),
)


def missing(office: Office) -> list[Want]:
    """Give what is not there."""
    return [want for want in WANTED if not want.there(office)]


def remember(office: Office) -> None:
    """Keep what is not there, so that every page of the beheerder says it."""
    if office.training:
        return
    told = json.dumps([want.text for want in missing(office)], ensure_ascii=False)
    with office.store.read() as connection:
        before = reads.meta(connection, META)
    if told != before:
        with office.store.write() as connection:
            writes.set_meta(connection, META, told)
