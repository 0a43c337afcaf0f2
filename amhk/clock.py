"""APScheduler says when it is time.

A round of the watch every interval and one at start-up, and the mail. It is an alarm clock, not a
memory: deadlines are rows.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from amhk.desk.house import anchor_mail, nightly_backup, stamped
from amhk.desk.house.clock import beat
from amhk.desk.house.rounds import go_round
from amhk.desk.house.trouble import StoreFailed
from amhk.desk.staff import daily_mail
from amhk.office import Office

log = logging.getLogger("amhk.clock")


def sweep(office: Office) -> None:
    """Ring what is due and write the heartbeat.

    A store that is away is tried again at the next round.
    """
    try:
        done = go_round(office)
        beat(office)
    except StoreFailed as wrong:
        log.error("sweep failed: %s", type(wrong).__name__)
        return
    if done.rung or done.failed:
        log.info("sweep: %d rung, %d failed", done.rung, len(done.failed))


def post(office: Office) -> None:
    """Write the mails of today once their hour has come, and send what lies ready.

    What fails is tried again at a later round.
    """
    try:
        daily_mail.write_due(office)
        done = daily_mail.post(office)
        kept = anchor_mail.send_due(office, datetime.now(UTC))
    except StoreFailed as wrong:
        log.error("post failed: %s", type(wrong).__name__)
        return
    sent, failed = done["sent"] + kept["sent"], done["failed"] + kept["failed"]
    if sent or failed:
        log.info("mail: %d sent, %d failed", sent, failed)


def keep(office: Office) -> None:
    """Make the backup of the night once its hour has come; it takes its time beside the rounds."""
    try:
        if nightly_backup.make_when_due(office, datetime.now(UTC)):
            log.info("backup made")
    except StoreFailed as wrong:
        log.error("backup failed: %s", type(wrong).__name__)


def stamp(office: Office) -> None:
    """Have the last anchor stamped by somebody outside."""
    try:
        if stamped.stamp_due(office, datetime.now(UTC)):
            log.info("anchor stamped")
    except StoreFailed as wrong:
        log.error("stamping failed: %s", type(wrong).__name__)


def start_clock(office: Office) -> BackgroundScheduler:
    """Give the running clock of an open house: late runs are never dropped, and never doubled."""
    clock = BackgroundScheduler(
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    now = datetime.now(UTC)
    jobs = [(sweep, "sweep", office.config.interval)]
    if office.config.mail:
        jobs.append((post, "post", 60))
    if office.config.backup.folder:
        jobs.append((keep, "backup", 300))
    if office.config.timestamp:
        jobs.append((stamp, "stamp", 300))
    for job, name, seconds in jobs:
        clock.add_job(
            _behind,
            "interval",
            seconds=seconds,
            args=[office, job],
            id=name,
            name=name,
            next_run_time=now,
        )
    clock.start()
    return clock


def _behind(office: Office, job: Callable[[Office], None]) -> None:
    """Do a job behind the desk: who works at it goes first."""
    with office.store.way.behind():
        job(office)
