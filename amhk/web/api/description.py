"""The description of the API, with the fields of today's procedure in it."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from amhk.desk.casefile.choices import for_strangers
from amhk.desk.cases import assignment, openings
from amhk.desk.terms import extensions
from amhk.office import Office
from amhk.rules.procedure.fields import Desk, Field
from amhk.rules.procedure.json_schema import schema


def call_form(office: Office, route: str, known: bool = True) -> tuple[tuple[Field, ...], Desk]:
    """Give what a call of a route asks, and what one chooses from.

    For who is not `known` without any value of the database.
    """
    if known:
        return openings.intake_form(office, route)
    return office.pack.of_route(route).intake, for_strangers(office)


def schema_of_call(route: str, fields: tuple[Field, ...], desk: Desk) -> dict[str, object]:
    """Give the JSON Schema of the body that takes a call of a route."""
    told = schema(fields, desk)
    told["properties"] = {"route": {"const": route}, **told["properties"]}
    told["required"] = ["route", *told["required"]]
    if route == "advies":  # or, without an advice yet, `vervolg: ondersteunen`
        told["required"].append("advies")
    return told


def describe(app: FastAPI, office: Office, known: bool) -> dict[str, object]:
    """Give the description of the API (OpenAPI 3.1).

    Every route behind a token, and what taking a call needs; for who is not `known` without any
    value of the database.
    """
    routes = [route for part in app.routes for route in getattr(part, "routes", [part])]
    told = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=routes
    )
    told.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"}
    }
    told["security"] = [{"token": []}]
    call = {
        "oneOf": [
            schema_of_call(route, *call_form(office, route, known))
            for route in ("melding", "advies")
        ]
    }
    told["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ] = call
    desk = openings.assign_desk(office) if known else for_strangers(office)
    case = "/api/v1/cases/{number}"
    for path, fields in (
        (f"{case}/assign", assignment.ASSIGN),
        (f"{case}/terms/{{term}}/suspend", extensions.SUSPEND),
        (f"{case}/terms/{{term}}/resume", extensions.RESUME),
        (f"{case}/terms/{{term}}/extend", extensions.EXTEND),
    ):
        body = schema(fields, desk)
        body["properties"] |= {
            "version": {"type": "integer", "title": "Versie van de zaak, als die is gezien"}
        }
        if "owner" in body["properties"]:  # nobody: back to the team
            body["properties"]["owner"] = {"anyOf": [body["properties"]["owner"], {"type": "null"}]}
        told["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"] = body
    return told
