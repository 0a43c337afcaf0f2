"""APScheduler rings the bells: a sweep every interval and one at start-up. It is an alarm clock, not a memory: deadlines are rows."""

import logging
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from amhk.desk.followup import beat, run_due
from amhk.office import Office
from amhk.store.session import StoreFailed

log = logging.getLogger("amhk.clock")


def sweep(office: Office) -> None:
    """Ring what is due and write the heartbeat; a store that is away is tried again at the next bell."""
    try:
        done = run_due(office)
        beat(office)
    except StoreFailed as wrong:
        log.error("sweep failed: %s", type(wrong).__name__)
        return
    if done.rung or done.failed:
        log.info("sweep: %d rung, %d failed", done.rung, len(done.failed))


def start_clock(office: Office) -> BackgroundScheduler:
    """Give the running clock of an open house: late runs are never dropped, and never doubled."""
    clock = BackgroundScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}, timezone="UTC")
    now = datetime.now(UTC)
    clock.add_job(sweep, "interval", seconds=office.config.interval, args=[office], id="sweep", next_run_time=now)
    clock.start()
    return clock
