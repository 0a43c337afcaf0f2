"""Forms in bulk: made up, brought in as a file, and taken as meldingen."""

import io
import json

from amhk.desk.intake import import_staging, imports
from support.cast import reader
from support.families import EL_AMRANI, VISSER, melding


def form(n, **other):
    body = melding(
        VISSER if n % 2 else EL_AMRANI[:1],
        id=f"PF-{n}",
        kanaal="zorgformulier politie",
        ontvangen="2026-02-02T06:00",
        zorgen=f"Formulier {n}.",
    )
    body.pop("route")
    return body | other


def file_of(told):
    return io.BytesIO(json.dumps({"schema": "formulier/1", "formulieren": told}).encode())


def bring(office, told, name="Tom", layout="formulier/1"):
    return import_staging.stage(
        office,
        told if hasattr(told, "read") else file_of(told),
        "ochtend.json",
        layout,
        reader(office, name),
    )


def take(office, key, name="Tom"):
    imports.accept(office, key, reader(office, name))
    return imports.take_all(office, key)


def numbers(client):
    return [c["number"] for c in client.get("/cases")["items"]]


__all__ = ["bring", "file_of", "form", "numbers", "take"]
