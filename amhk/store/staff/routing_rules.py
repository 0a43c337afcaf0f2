"""The rules by which calls are divided over the teams.

Those of config.toml until the first change on screen, from then on these rows.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from amhk.rules.staff.routing import RoutingRule
from amhk.store.reads import META, TEAM, meta, rows
from amhk.store.tables import RoutingLine, table

LINE = table(RoutingLine)
_TAKEN = "routing_taken_over"


def rules_of(
    connection: Connection, configured: Sequence[RoutingRule]
) -> tuple[list[RoutingRule], list[int]]:
    """Give the rules that hold, in order, and their keys (place, while they are still those of
    config.toml).
    """
    statement = (
        select(*LINE.c, TEAM.c.name.label("team"))
        .join(TEAM, TEAM.c.id == LINE.c.team_id)
        .order_by(LINE.c.place, LINE.c.id)
    )
    found = rows(connection, statement)
    if not found and (not configured or meta(connection, _TAKEN) is None):
        return list(configured), list(range(len(configured)))
    told = [
        RoutingRule(
            team=r["team"],
            gemeente=tuple(r["gemeente"]),
            subregio=tuple(r["subregio"]),
            stroom=tuple(r["stroom"]),
            acuut=r["acuut"],
            reden=r["reden"],
        )
        for r in found
    ]
    return told, [r["id"] for r in found]


def take_over(connection: Connection, configured: Sequence[RoutingRule]) -> None:
    """Write the rules of config.toml as rows, once."""
    if meta(connection, _TAKEN) is None:
        connection.execute(insert(META).values(key=_TAKEN, value="ja"))
        for rule in configured:
            add(connection, rule)


def add(connection: Connection, rule: RoutingRule) -> None:
    """Add a rule under the others."""
    last = connection.execute(select(func.coalesce(func.max(LINE.c.place), 0))).scalar_one()
    team = connection.execute(select(TEAM.c.id).where(TEAM.c.name == rule.team)).scalar_one()
    row = {"place": last + 1, "team_id": team, "acuut": rule.acuut, "reden": rule.reden}
    connection.execute(
        insert(LINE).values(
            **row, **{k: list(getattr(rule, k)) for k in ("gemeente", "subregio", "stroom")}
        )
    )


def drop(connection: Connection, key: int) -> None:
    """Take a rule away."""
    connection.execute(delete(LINE).where(LINE.c.id == key))


def swap(connection: Connection, one: int, other: int) -> None:
    """Let two rules change places."""
    places = {
        r[0]: r[1]
        for r in connection.execute(
            select(LINE.c.id, LINE.c.place).where(LINE.c.id.in_((one, other)))
        )
    }
    for key, place in ((one, places[other]), (other, places[one])):
        connection.execute(update(LINE).where(LINE.c.id == key).values(place=place))
