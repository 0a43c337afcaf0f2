"""Before whom a reminder stands when somebody is away, back, or gone."""

from amhk.rules.terms.ladder import Address, Staff, attended, receivers
from amhk.store.database.engine import Connection
from amhk.store.terms import reminders


def tend_inbox(connection: Connection, staff: Staff) -> None:
    """See that every reminder stands before somebody who is here.

    What nobody reads goes up the ladder.
    """
    barred = staff.barred
    for place in reminders.addresses(connection, barred):
        knowing = staff.knowing(place["apart"])
        here = Address(
            name="", worker=place["worker_id"], team=place["team_id"], role=place["role"]
        )
        if attended(here, place["owner_id"], place["of_team"], knowing):
            continue
        to = place["role"] or ("team" if place["worker_id"] is None else "eigenaar")
        told = [_row(a) for a in receivers((to,), place["owner_id"], place["of_team"], knowing)]
        if told != [{k: place[k] for k in ("worker_id", "team_id", "role")}]:
            reminders.move_address(connection, place, told, barred)


def _row(address: Address) -> dict[str, object]:
    return {"worker_id": address.worker, "team_id": address.team, "role": address.role}
