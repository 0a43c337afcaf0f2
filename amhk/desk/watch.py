"""One round of the watch: plans whose day has come, the calendar taken in, every rung rung, and the proof of the night when its hour has come."""

from amhk.desk import absence, calendar, followup, nightly
from amhk.desk.followup import Sweep
from amhk.errors import NotAllowed
from amhk.office import Office


def go_round(office: Office) -> Sweep:
    """Do all that the passing of time asks for now, in that order; gives what the sweep did."""
    absence.carry_out_due(office)
    calendar.absorb(office)
    sweep = followup.run_due(office)
    nightly.prove_when_due(office)
    return sweep


def tick(office: Office) -> Sweep:
    """One round now, by hand; NotAllowed in production."""
    if not office.training:
        raise NotAllowed("Alleen in een oefenomgeving kunt u zelf een ronde laten draaien.")
    return go_round(office)


def set_clock(office: Office, body: object) -> Sweep:
    """Move the training clock, and go round."""
    followup.move_clock(office, body)
    return go_round(office)
