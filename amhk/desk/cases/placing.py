"""Which team a call goes to, by the rules that hold: read once, for one call or for a file full."""

from collections.abc import Mapping
from dataclasses import dataclass

from amhk.config import Config
from amhk.office import Office
from amhk.rules.parse import Filled
from amhk.rules.staff.routing import RoutingRule, route_call, stream
from amhk.store import reads
from amhk.store.database.engine import Connection
from amhk.store.staff import routing_rules


@dataclass(frozen=True)
class Placing:
    """The rules and the teams as they are at one moment."""

    config: Config
    rules: list[RoutingRule]
    teams: Mapping[str, int]

    def place(self, route: str, values: Filled) -> dict[str, object]:
        """Give the team a call goes to, and why."""
        gemeente = values["gemeente"]
        name, reason = route_call(
            self.rules,
            self.config.default_team,
            gemeente,
            subregio=self.config.gemeenten[gemeente].subregio,
            stroom=stream(route, values["kanaal"]),
            acuut=bool(values.get("acuut")),
        )
        return {"team_id": self.teams[name], "team_reason": reason}


def placing_of(office: Office, connection: Connection) -> Placing:
    """Give how calls are divided now."""
    rules, _ = routing_rules.rules_of(connection, office.config.rules)
    teams = {t["name"]: t["id"] for t in reads.teams(connection)}
    return Placing(office.config, rules, teams)
