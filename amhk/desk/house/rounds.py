"""One round of the watch: plans whose day has come, the calendar taken in, every rung rung, and the
proof of the night when its hour has come.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from amhk.desk.cases import attachments
from amhk.desk.figures import case_facts, kept_reports
from amhk.desk.house import anchors, calm, clock, night_proof, production
from amhk.desk.intake import imports
from amhk.desk.letters import carrier
from amhk.desk.matters import matters
from amhk.desk.people import earlier_contacts
from amhk.desk.staff import absence, conflicts
from amhk.desk.subjects import destructions
from amhk.desk.terms import calendar
from amhk.desk.terms import sweep as terms_sweep
from amhk.desk.terms.sweep import Sweep
from amhk.desk.worklists import reindex
from amhk.errors import NotAllowed
from amhk.office import Office
from amhk.store import reads, writes
from amhk.store.database.engine import StoreFailed

log = logging.getLogger("amhk.watch")


def go_round(office: Office) -> Sweep:
    """Do all that the passing of time asks for now, in that order.

    What one part cannot do keeps no other from its work, and turns the screens red.
    """
    trouble: dict[str, str] = {}
    _try(trouble, "plannen", lambda: absence.carry_out_due(office))
    _try(trouble, "bekenden", lambda: _known(office))
    _try(trouble, "kalender", lambda: calendar.absorb(office))
    sweep = terms_sweep.run_due(office)
    _try(trouble, "uitwisselmap", lambda: carrier.carry(office))
    _try(trouble, "formulieren", lambda: imports.continue_all(office))
    _try(trouble, "zoeksleutels", lambda: earlier_contacts.refresh_keys(office))
    _try(trouble, "zoeken", lambda: reindex.refresh(office))
    _try(trouble, "aanmelden", lambda: calm.forget_old(office))
    _try(trouble, "bijlagen", lambda: attachments.sweep(office))
    _try(trouble, "vernietiging", lambda: destructions.settle(office))
    _try(trouble, "nachtbewijs", lambda: night_proof.prove_when_due(office))
    _try(trouble, "anker", lambda: anchors.drop_when_due(office, datetime.now(UTC)))
    _try(trouble, "register", lambda: _register(office))
    _try(trouble, "gereedheid", lambda: production.remember(office))
    _try(trouble, "cijfers", lambda: case_facts.keep_up(office))
    _try(trouble, "rapporten", lambda: kept_reports.make_when_due(office))
    _remember(office, trouble)
    return replace(sweep, failed=(*sweep.failed, *trouble))


def _known(office: Office) -> None:
    """See to the cases somebody may not know; a case nobody who leads may know is told at once."""
    if conflicts.tend(office):
        night_proof.open_incident(office, conflicts.NOBODY_LEFT)


def _register(office: Office) -> None:
    """See to a matter in the register that nobody who leads may read any more."""
    if matters.led_by_nobody(office):
        night_proof.open_incident(office, matters.UNLED)


def _try(trouble: dict[str, str], name: str, act: Callable[[], object]) -> None:
    try:
        act()
    except StoreFailed:
        raise
    except Exception as wrong:
        log.error("%s failed", name, exc_info=wrong)
        trouble[name] = type(wrong).__name__


def _remember(office: Office, trouble: dict[str, str]) -> None:
    told = json.dumps(trouble)
    with office.store.read() as connection:
        before = reads.meta(connection, "trouble") or "{}"
    if told != before:
        with office.store.write() as connection:
            writes.set_meta(connection, "trouble", told)


def tick(office: Office) -> Sweep:
    """One round now, by hand; NotAllowed in production."""
    if not office.training:
        raise NotAllowed("Alleen in een oefenomgeving kunt u zelf een ronde laten draaien.")
    return go_round(office)


def set_clock(office: Office, body: object) -> Sweep:
    """Move the training clock, and go round."""
    clock.move_clock(office, body)
    return go_round(office)
