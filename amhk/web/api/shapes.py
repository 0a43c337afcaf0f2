"""The shapes the API answers in.

Views of the desk as JSON, each refusal with the door that opens it (method, address, schema).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from amhk.desk.letters.notices import SEND, WITHHOLD
from amhk.errors import Fault, Opens
from amhk.rules.procedure.fields import Desk
from amhk.rules.procedure.json_schema import schema
from amhk.words import LISTS

BASE = "/api/v1"


def fault_json(fault: Fault, do: dict[str, object] | None) -> dict[str, object]:
    """Give a fault as code and sentence, with its field and the door that mends it where there are
    any.
    """
    told: dict[str, object] = {"code": fault.code, "text": fault.text}
    if fault.field is not None:
        told["field"] = fault.field
    if do is not None:
        told["do"] = do
    return told


def faults_json(
    faults: Iterable[Fault],
    view: Mapping[str, object] | None,
    training: bool,
    desk: Desk | None = None,
) -> list[dict[str, object]]:
    """Give faults as JSON; doors are resolved against the case view when there is one."""
    return [
        fault_json(f, do_json(f.do, view, training, desk) if f.do and view else None)
        for f in faults
    ]


def case_json(
    view: Mapping[str, Any], training: bool, desk: Desk | None = None
) -> dict[str, object]:
    """Give a case view as the contract states it.

    Every closed door with its reasons, every reason with its door.
    """
    told = dict(view)
    told["moves"] = [
        {k: m[k] for k in ("name", "title", "finish", "ending", "allowed", "input")}
        | {"why_not": faults_json(m["why_not"], view, training, desk)}
        for m in view["moves"]
    ]
    told["notices"] = [{k: v for k, v in n.items() if k != "gap"} for n in view["notices"]]
    return told


def do_json(
    opens: Opens, view: Mapping[str, Any], training: bool, desk: Desk | None = None
) -> dict[str, object] | None:
    """Give the request that opens a door.

    Method, href and a schema that can be filled in as it stands.
    """
    case = f"{BASE}/cases/{view['number']}"
    if opens.kind == "move":
        move = next((m for m in view["moves"] if opens.target in (m["name"], m["effect"])), None)
        return _post(f"{case}/moves/{move['name']}", move["input"]) if move else None
    if opens.kind == "clock":
        if not training:
            return None
        told = {
            "type": "object",
            "properties": {"now": {"const": opens.target}},
            "required": ["now"],
        }
        return {"method": "PUT", "href": f"{BASE}/clock", "schema": told}
    if opens.kind == "institution":
        return None  # who runs the house enters an address
    if opens.kind == "person":
        return _post(f"{case}/people", _person(opens))
    return _notice(opens, view, training, desk)


def _post(href: str, told: Mapping[str, object]) -> dict[str, object]:
    return {"method": "POST", "href": href, "schema": dict(told)}


def _person(opens: Opens) -> dict[str, object]:
    fixed = {name: {"const": value} for name, value in opens.values}
    properties = {"naam": {"type": "string", "minLength": 1, "maxLength": 200}, **fixed}
    return {"type": "object", "properties": properties, "required": ["naam", *fixed]}


def _notice(
    opens: Opens, view: Mapping[str, Any], training: bool, desk: Desk | None
) -> dict[str, object] | None:
    notice = next((n for n in view["notices"] if str(n["id"]) == opens.target), None)
    if notice is None or desk is None:
        return None
    if opens.kind == "notice" and notice["gap"]:
        return do_json(notice["gap"], view, training, desk)
    href = f"{BASE}/notices/{notice['id']}"
    if opens.kind == "withhold":
        return _post(f"{href}/withhold", schema(WITHHOLD[:2], desk, notice["version"]))
    if notice["state"] == "draft":
        return _post(f"{href}/approve", schema((), desk, notice["version"]))
    sent = tuple(replace(f, required=True) for f in SEND)  # told to whom it went, any way will do
    return _post(f"{href}/send", schema(sent, desk, notice["version"]))


def forms_desk(view: Mapping[str, Any]) -> Desk:
    """Give what the schemas of letters need: the moment of the view and the fixed lists."""
    return Desk(datetime.fromisoformat(view["now"]), LISTS)
