"""A made-up case goes its way by what its procedure offers: whichever that is.

It is looked at when its next term asks for it, mostly in time; a step that answers the term is
made, as the schema of its input says it can be filled in. No procedure is known by name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amhk.desk.cases import reading
from amhk.desk.house import clock
from amhk.errors import Refusal
from amhk.rules.procedure.fields import Field, person_part
from amhk.rules.procedure.workflow import CORRECTS, Move, Workflow
from amhk.training.stage import Stage
from amhk.words import AMSTERDAM, day_of, iso

# How often a step is taken beside another that answers the same term: what lies off the main road,
# what ends a case otherwise, and what comes first while a clock of hours runs.
_SIDE, _ENDING, _FIRST, _BESIDE = 0.15, 0.1, 0.03, 0.01
_WAITS = 0.8  # how often nothing is done where nothing answers the first term yet
_AGAIN = timedelta(days=7)
_RUNS = ("lopend", "te_laat")
_OFTEN = {"spoed", "bron"}  # need not be said, and mostly is
_ANY = {"instelling"}  # of these none is likelier than another
_LIKELY = 0.75  # how often the first answer of a list is given, and how often help began
# A step of these kinds is of another conversation than the case itself.
_APART = {CORRECTS, "join", "counter", "to_melding", "to_advies"}


class Walk(Stage):
    """The stage on which cases go their way."""

    def _walk_on(self, key: str) -> None:
        """Send what is owed on a case, and look at it again when its next term asks for it."""
        view = self._looked(key)
        closing = view["closed"] or self._is_closing(self._flow(view), view)
        if self._letters(key, closing, kind="instelling", view=view):
            view = self._looked(key)
        now = clock.read_clock(self.office)
        if (when := self._next_look(view, now)) is not None:
            self._at(when, lambda: self._visit(key))

    def _looked(self, key: str, asks: bool = False) -> dict[str, Any]:
        """Read a case as the teamleider does; with what its steps ask (`asks`) only to make one."""
        return reading.case_view(self.office, self.numbers[key], self.readers["Tom"], asks)

    def _flow(self, view: Mapping[str, Any]) -> Workflow:
        told = view["workflow"]
        return self.office.pack.get(told["name"], told["release"])

    def _next_look(self, view: Mapping[str, Any], now: datetime) -> datetime | None:
        """Give when somebody looks: before the end of the first term he can answer, or too late."""
        if view["closed"]:
            return None
        flow = self._flow(view)
        ends = [t["due"] for t in view["terms"] if self._is_asked(flow, t)]
        if not ends:
            return now + _AGAIN
        end = min(ends)
        if "T" in end:  # within hours
            left = datetime.fromisoformat(end) - now
            part = self.dice.choice((0.1, 0.2, 0.3, 0.3, 1.2))
            return now + max(left * part, timedelta(minutes=5))
        days = (datetime.fromisoformat(end).date() - day_of(now)).days
        late = self.dice.random() < 0.2
        after = days + self.dice.randint(1, 9) if late else days * self.dice.uniform(0.3, 1)
        when = now + timedelta(days=max(after, 0), minutes=self.dice.randint(20, 200))
        while when.weekday() >= 5:
            when += timedelta(days=1)
        when = when.astimezone(AMSTERDAM).replace(hour=self.dice.randint(9, 16))
        return max(when, now + timedelta(minutes=self.dice.randint(5, 60)))

    def _is_asked(self, flow: Workflow, term: Mapping[str, Any]) -> bool:
        """Tell whether a term runs that a step can answer."""
        rule = flow.terms[term["name"]]
        return term["status"] in _RUNS and any(act in flow.moves for act in rule.acts)

    def _visit(self, key: str) -> None:
        """Make a step, mostly one that answers the first term, and see when to look again."""
        view = self._looked(key, asks=True)
        if view["closed"]:
            return
        flow = self._flow(view)
        if not view["owner"] and self.dice.random() < _LIKELY:
            self._give(key)
            view = self._looked(key, asks=True)
        for move in self._in_order(flow, view):
            if self._made(key, flow, move, view):
                break
        self._walk_on(key)

    def _is_closing(self, flow: Workflow, view: Mapping[str, Any]) -> bool:
        return any(t["name"] == flow.closing_term and t["status"] in _RUNS for t in view["terms"])

    def _in_order(self, flow: Workflow, view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Give the steps that can be made, the likelier ones mostly first."""
        running = [t for t in view["terms"] if self._is_asked(flow, t)]
        first = min(running, key=lambda t: t["due"], default=None)
        acts = flow.terms[first["name"]].acts if first else ()
        onward = flow.terms[first["name"]].onward if first else ()
        can = any(told["allowed"] and told["name"] in acts for told in view["moves"])
        if not can and self.dice.random() < _WAITS:
            return []
        weighed, made = [], {step["name"] for step in view["steps"]}
        for told in view["moves"]:
            move = flow.moves[told["name"]]
            if told["allowed"] and move.effect not in _APART:
                here = self._weight(move, bool(view.get("acute")))
                here *= 1 if move.name in acts else _BESIDE
                here *= (_BESIDE if move.name in made else 3) if move.name in onward else 1
                weighed.append((self.dice.random() ** (1 / here), told["name"], told))
        return [told for _, _, told in sorted(weighed, key=lambda w: w[:2], reverse=True)]

    def _weight(self, move: Move, acute: bool) -> float:
        """Give how often a step is taken, from where it lies in its procedure."""
        if move.first and not acute:
            return _FIRST
        return (_SIDE if move.side else 1) * (_ENDING if move.ending else 1)

    def _made(
        self, key: str, flow: Workflow, told: Mapping[str, Any], view: Mapping[str, Any]
    ) -> bool:
        """Make a step; tell whether it could be made as it was filled in."""
        schema = told["input"]
        asked = {n for n in schema.get("required", ()) if n != "version"}
        more = {n for n in schema["properties"] if n in self.words or n in _OFTEN}
        asked |= {n for n in more if self.dice.random() < (_LIKELY if n in _OFTEN else 0.5)}
        fields = {f.name: f for f in flow.moves[told["name"]].fields}
        people = bool(view["people"]) and self.dice.random() < 0.7
        safety = {n: f for n, f in fields.items() if f.safety and people}
        body = {n: self._answer(n, schema["properties"][n], view) for n in asked - {*safety}}
        body |= {n: self._each_safe(schema["properties"][n], f) for n, f in safety.items()}
        try:
            return self._step(key, told["name"], **body)
        except Refusal:
            return False

    def _answer(self, name: str, schema: Mapping[str, Any], view: Mapping[str, Any]) -> object:
        """Fill in one thing: in words that were written for it, or as its schema allows."""
        if name in self.words:
            return self._words(name, schema)
        if options := schema.get("enum") or schema.get("items", {}).get("enum"):
            chosen = self.dice.choice(options[:6]) if name in _ANY else self._chosen(options, view)
            return [chosen] if schema.get("type") == "array" else chosen
        if "anyOf" in schema or schema.get("format"):
            return self._day(schema)
        if schema.get("type") == "boolean":
            return self.dice.random() < 0.6
        if schema.get("type") == "string":
            return schema.get("default") or self.dice.choice(self.words["anders"])
        return []

    def _words(self, name: str, schema: Mapping[str, Any]) -> object:
        """Give words for a name; of a list of codes one of the first."""
        if options := schema.get("items", {}).get("enum"):
            return [self.dice.choice(options[:6])]
        return self.dice.choice(self.words[name])

    def _chosen(self, options: list[str], view: Mapping[str, Any]) -> str:
        """Choose: of people a child, of institutions one close by, else mostly the first."""
        people = [str(p["id"]) for p in view["people"] if "kind" in p["rollen"]]
        children = [key for key in people if key in options]
        if children:
            return self.dice.choice(children)
        likely = self.dice.random() < _LIKELY and len(options) < 8
        return options[0] if likely else self.dice.choice(options[:4])

    def _day(self, schema: Mapping[str, Any]) -> object:
        """Give a day that may be: help mostly began, some weeks ago."""
        if "anyOf" not in schema:
            return schema.get("default") or schema["examples"][0]
        if self.dice.random() >= _LIKELY:
            return ""
        weeks = timedelta(weeks=self.dice.randint(1, 5))
        return iso(day_of(clock.read_clock(self.office)) - weeks)

    def _each_safe(self, schema: Mapping[str, Any], field: Field) -> list[Any]:
        """Say of everybody how safe he is."""
        parts, who = schema["items"]["properties"], person_part(field)
        asked, told = schema["items"].get("required", ()), []
        for one in parts[who]["enum"]:
            row = {n: self._answer(n, parts[n], {"people": []}) for n in asked if n != who}
            told.append(row | {who: one})
        return told
