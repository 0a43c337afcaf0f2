"""How long anything is waited for: one setting for every wait, so that a slow machine is only slow.

`AMHK_PATIENCE` multiplies every wait (1 is a quick machine that does nothing else). What is waited
for is asked again until it is there: on a
quick machine nothing takes longer because of it.
"""

import os
import time

PATIENCE = float(os.environ.get("AMHK_PATIENCE", "10"))


def patient(seconds):
    """Give how long to wait here for what takes this many seconds at most on a quick machine."""
    return seconds * PATIENCE


def until(found, seconds, what):
    """Ask until something is found and give it; an AssertionError says what never came."""
    end = time.monotonic() + patient(seconds)
    while True:
        if told := found():
            return told
        if time.monotonic() > end:
            raise AssertionError(f"waited {patient(seconds):.0f} s, and never came: {what}")
        time.sleep(0.02)
