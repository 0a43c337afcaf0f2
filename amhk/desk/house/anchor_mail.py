"""The anchors go by mail to a keeper outside: who holds the machine and its key can sign another
past, and cannot take back what somebody else has.
"""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from amhk.desk.house import anchors, night_proof
from amhk.letters.mail import Attached, MailFailed, send, wait_after
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.rows import Json

log = logging.getLogger("amhk.anchors")
NOT_KEPT = "de ankers gaan al twee dagen niet naar wie ze bewaart: kijk [mail] na"
_STATE, _AT_ONCE, _LONG = "anchor_mail", 200, timedelta(days=2)


@dataclass(frozen=True)
class Sent:
    """How far the keeper is: the last anchor he had, how often the next failed, and when it is
    tried again (UTC).
    """

    number: int = 0
    tries: int = 0
    again: str = ""


def send_due(office: Office, now: datetime) -> dict[str, int]:
    """Mail the keeper the anchors he did not have yet, the oldest first (`now` is real time).

    What fails is tried again after 2, 4, 8 ... 60 minutes; after two days it is a term of the
    beheerder. Gives {sent, failed}.
    """
    mail = office.config.mail
    if mail is None or not mail.keeper:
        return {"sent": 0, "failed": 0}
    with office.store.read() as connection:
        sent = Sent(**json.loads(reads.meta(connection, _STATE) or "{}"))
    fresh = _fresh(office, sent)
    if not fresh or (sent.again and now < datetime.fromisoformat(sent.again)):
        return {"sent": 0, "failed": 0}
    first, last = fresh[0]["number"], fresh[-1]["number"]
    lines = "".join(json.dumps(one, sort_keys=True) + "\n" for one in fresh)
    name = office.config.organisation
    try:
        send(
            mail,
            mail.keeper,
            f"{'[OEFENING] ' if office.training else ''}Ankers {first} tot en met {last}, {name}",
            body=_words(name, first),
            key=f"amhk-anker-{last}-{sha256(lines.encode()).hexdigest()[:16]}",
            moment=now,
            attached=Attached(f"ankers-{first:05}.jsonl", lines.encode()),
        )
    except MailFailed as wrong:
        log.error("the anchors could not be mailed: %s", wrong)
        again = now + wait_after(sent.tries + 1)
        _remember(office, Sent(sent.number, sent.tries + 1, again.isoformat()))
        if now - datetime.fromisoformat(fresh[0]["at"]).astimezone(UTC) > _LONG:
            night_proof.open_incident(office, NOT_KEPT)
        return {"sent": 0, "failed": 1}
    _remember(office, Sent(last))
    return {"sent": 1, "failed": 0}


def _fresh(office: Office, sent: Sent) -> list[Json]:
    """Give what the keeper did not have. Where fewer stand than he had they begin anew: all go, and
    he sees numbers that he had.
    """
    try:
        known = anchors.read(office.config.folder / anchors.NAME)
    except ValueError:  # the proof of the night says so
        return []
    return known[sent.number if sent.number <= len(known) else 0 :][:_AT_ONCE]


def _words(name: str, first: int) -> str:
    return (
        f"Dit zijn de ankers van {name} vanaf nummer {first}. Bewaar deze mail.\n\n"
        "Een anker zegt waartoe alles wat in het logboek staat op een nacht kwam; er staat niets "
        "in over mensen of zaken. Wat later aan het verleden wordt gewijzigd, klopt er niet meer "
        "mee. Leg daarvoor alle bijlagen achter elkaar in een bestand en houd dat tegen een "
        "kopie van de database (verifier.py --anchors).\n\n"
        "Krijgt u een nummer dat u al had, of slaat er een over, vraag dan waarom.\n"
    )


def _remember(office: Office, sent: Sent) -> None:
    told: Json = {"number": sent.number, "tries": sent.tries, "again": sent.again}
    with office.store.write() as connection:
        writes.set_meta(connection, _STATE, json.dumps(told))
