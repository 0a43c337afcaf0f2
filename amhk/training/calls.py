"""The calls of intake.jsonl, each played step by step as it is told there."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from amhk.desk.cases import reading
from amhk.desk.intake import calls
from amhk.training.stage import Stage
from amhk.words import iso

_ADVIES = {1: "advies_geven", 2: "ondersteuning_afronden"}


def steps_told(calls: Iterable[Mapping[str, Any]]) -> set[str]:
    """Give the steps that are made in these calls, those of an advies and letters aside."""
    told = {step["stap"] for call in calls for step in call.get("stappen", ())}
    return told - {"bericht_college"}


class Calls(Stage):
    """The calls that stand in a file."""

    def _plan_call(self, call: dict[str, Any]) -> None:
        if any(
            str(step.get("gezaghebbenden_geinformeerd")).startswith("nee")
            for step in call.get("stappen", [])
        ):
            self.untold.add(call["id"])
        self._at(self._shift(call["ontvangen"]), lambda: self._take_call(call))
        for contact in call.get("contacten", []):
            self._at(
                self._shift(contact["op"]),
                partial(self._step, call["id"], "contact_vastleggen", verslag=contact["verslag"]),
            )
        for step in call.get("stappen", []):
            self._at(self._shift(step["op"]), partial(self._call_step, call, step))
        if call["route"] == "advies" and call["verwacht"]["finish"]:
            last = max([call["ontvangen"], *(c["op"] for c in call["contacten"])])
            move = _ADVIES[call["verwacht"]["finish"]]
            self._at(self._shift(last), lambda: self._step(call["id"], move))

    def _take_call(self, call: dict[str, Any]) -> None:
        body = {k: v for k, v in call.items() if k not in ("stappen", "verwacht", "contacten")}
        body["ontvangen"] = iso(self._shift(call["ontvangen"]))
        if source := call["verwacht"].get("uit_advies"):
            body = {k: v for k, v in body.items() if k not in ("route", "id")}
            self._step(
                source, "omzetten_in_melding", reden="De melder wil nu melden.", acuut=False, **body
            )
            view = reading.case_view(self.office, self.numbers[source], self._worker())
            self.numbers[call["id"]] = next(
                r["number"] for r in view["relations"] if r["kind"] == "omgezet_in"
            )
        else:
            if call["route"] == "melding":
                body["acuut"] = False
            self.numbers[call["id"]] = calls.take_call(self.office, body, self._worker())
        if not any(s["stap"] == "acuut_vaststellen" for s in call.get("stappen", [])):
            self._letters(call["id"])

    def _call_step(self, call: dict[str, Any], step: dict[str, Any]) -> None:
        fields = {k: v for k, v in step.items() if k not in ("stap", "op", "op_zaak")}
        if "bij" in fields:
            fields["bij"] = self.numbers[fields["bij"]]
        if step["stap"] == "verwijzen":
            fields.setdefault("motivering", "Deze hulp past bij wat er nodig is.")
        key = step.get("op_zaak", call["id"])
        if step["stap"] != "bericht_college":
            self._step(key, step["stap"], **fields)
        if step["stap"] == "acuut_vaststellen" and not any(
            "crisisdienst" in s["stap"] for s in call["stappen"]
        ):
            self._seen(key)
        self._letters(key)
