"""A client that knows nothing of the trade.

It fills in schemas and follows the doors it is shown.
"""


def fill(schema):
    """Give a value that fits a JSON Schema, from the schema alone."""
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if examples := schema.get("examples"):
        return examples[0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return fill(options[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: fill(schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [fill(schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return ("tekst " * 20)[: max(schema.get("minLength", 1), 6)]
    return {"boolean": True, "integer": 1, "number": 1}[kind]


class Blind:
    """Reaches a finish, and then closed, by following doors."""

    def __init__(self, client):
        self.client, self.log = client, []

    def call(self, route):
        body = fill(self.client.get(f"/intake/{route}"))
        return self.client.post("/cases", body)["number"]

    def reach(self, number, want, done):
        for _ in range(60):
            case = self.client.case(number)
            if done(case):
                return case
            self.push(case, next(m for m in case["moves"] if want(m)))
        raise AssertionError(self.log)

    def push(self, case, move):
        """Make the move, or whatever opens its door."""
        if move["allowed"]:
            self.log.append(move["name"])
            self.client.post(f"/cases/{case['number']}/moves/{move['name']}", fill(move["input"]))
            return
        doors = [w["do"] for w in move["why_not"] if w.get("do")]
        assert doors, (move["name"], move["why_not"])
        self.follow(case, doors[0])

    def follow(self, case, do):
        name = do["href"].rsplit("/", 1)[-1]
        if "/moves/" in do["href"]:
            move = next(m for m in case["moves"] if m["name"] == name)
            if not move["allowed"]:
                return self.push(case, move)
        self.log.append(do["href"])
        return self.client.ask(do["method"], do["href"], fill(do["schema"]))
