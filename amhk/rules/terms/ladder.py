"""To whom a rung is rung: the owner, his team, the teamleider, the manager, who has piket.

Always to somebody who works here and is here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from amhk.rules.privacy.secrecy import ALL_CASES, TEAM_CASES, WORKS


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works here: key, name, role, team, whether he is here today, and which cases
    (keys) he may not know.
    """

    id: int
    name: str
    role: str
    team: int | None
    here: bool = True
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Everyone who works here, and who has piket now (keys)."""

    people: tuple[Person, ...]
    duty: frozenset[int] = frozenset()

    @property
    def barred(self) -> frozenset[int]:
        """Give the cases (keys) that somebody here may not know."""
        return frozenset[int]().union(*(p.barred for p in self.people))

    def knowing(self, case: int | None) -> "Staff":
        """Give the staff without those who may not know a case (its key); all of it for None."""
        if case is None:
            return self
        return Staff(tuple(p for p in self.people if case not in p.barred), self.duty)

    def person(self, key: int | None) -> Person | None:
        """Give the person with a key when he is here."""
        return next((p for p in self.people if p.id == key and p.here), None)

    def has(self, role: str, team: int | None = None) -> bool:
        """Tell whether somebody with a role (in a team) is here."""
        return any(p.here and p.role == role and team in (None, p.team) for p in self.people)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reminder stands: with one worker, a team, or a role (of a team).

    `name` as it is told.
    """

    name: str
    worker: int | None = None
    team: int | None = None
    role: str | None = None


def receivers(
    to: tuple[str, ...], owner: int | None, team: int, staff: Staff
) -> tuple[Address, ...]:
    """Give the addresses of a rung.

    No owner, or one who is away or gone, is the team; a team with nobody here is its teamleider, he
    the manager, and he whoever is here and may see it.

    `piket` is who has piket now; in a gap of the roster the piketdienst as a role, and the
    teamleider at once.
    """
    return tuple(dict.fromkeys(a for name in to for a in _resolve(name, owner, team, staff)))


def _resolve(name: str, owner: int | None, team: int, staff: Staff) -> Iterator[Address]:
    if name == "eigenaar":
        person = staff.person(owner)
        person = person if person and person.role in WORKS else None
        yield from (
            (Address(person.name, worker=person.id),)
            if person
            else _resolve("team", owner, team, staff)
        )
    elif name == "team":
        held = any(staff.has(role, team) for role in TEAM_CASES)
        yield from (
            (Address("team", team=team),) if held else _resolve("teamleider", owner, team, staff)
        )
    elif name == "teamleider":
        held = staff.has("teamleider", team)
        yield from (
            (Address(name, team=team, role=name),)
            if held
            else _resolve("manager", owner, team, staff)
        )
    elif name == "piket":
        yield from _piket(owner, team, staff)
    elif name == "manager":
        yield Address(name, role=name) if staff.has(name) else _last(team, staff)
    else:
        yield from (
            (Address(name, role=name),)
            if staff.has(name)
            else _resolve("teamleider", owner, team, staff)
        )


def _piket(owner: int | None, team: int, staff: Staff) -> Iterator[Address]:
    on_duty = [p for p in staff.people if p.id in staff.duty and p.here and p.role in ALL_CASES]
    for person in on_duty:
        yield Address(person.name, worker=person.id)
    if not on_duty:
        if staff.has("piket"):
            yield Address("piket", role="piket")
        yield from _resolve("teamleider", owner, team, staff)


def _last(team: int, staff: Staff) -> Address:
    """No manager is here: whoever may see every case, else who leads the team, else the team.

    And if there is none, the manager who comes back first.
    """
    if role := next((r for r in sorted(ALL_CASES) if staff.has(r)), None):
        return Address(role, role=role)
    if staff.has("teamleider", team):
        return Address("teamleider", team=team, role="teamleider")
    if any(staff.has(role, team) for role in TEAM_CASES):
        return Address("team", team=team)
    return Address("manager", role="manager")


def attended(address: Address, owner: int | None, of_team: int, staff: Staff) -> bool:
    """Tell whether somebody who is here, and may see a case of this owner and team, reads what
    stands at an address.
    """
    if address.worker is not None:
        person = staff.person(address.worker)
        return person is not None and (
            person.role in ALL_CASES
            or (person.role in TEAM_CASES and (person.team == of_team or person.id == owner))
        )
    if address.team not in (None, of_team):
        return False
    if address.role is None:
        return any(staff.has(r, of_team) for r in TEAM_CASES)
    return staff.has(address.role, address.team) and (
        address.role in ALL_CASES or address.team == of_team
    )
