"""What the procedure says itself is nobody's secret: a melder who is called like a word of it is
not given away by a hole in it, and no name of a step or term is lost to a program.
"""

import re

import pytest
from support.cast import Client, reader
from support.families import melding
from support.shipped import flows

from amhk.desk.letters import owed
from amhk.rules.parse import fold
from amhk.rules.procedure.own_words import own_words

OF_CASE = (("moves", "name"), ("moves", "title"), ("terms", "name"), ("terms", "title"))
OF_CASE += (("notices", "kind"), ("notices", "title"))


def words():
    """Every word of three letters and more that today's melding route says itself, in names of at
    most two hundred signs.
    """
    flow = next(w for w in flows() if (w.pack, w.route) == ("amhk", "melding"))
    found = {w for text in own_words(flow) for w in re.findall(r"[^\W\d_]{3,}", fold(text))}
    lines = [""]
    for word in sorted(found):
        if len(lines[-1]) + len(word) > 190:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def told(client, name, secret):
    body = melding(hoedanigheid="35", melder={"naam": name, "geheim": secret})
    number = client.post("/cases", body)["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="onderzoek nodig")
    client.move(number, "onderzoek_besluiten")
    case = client.case(number)
    shown = [[one[key] for one in case[part]] for part, key in OF_CASE]
    kinds = [e["kind"] for e in client.get(f"/cases/{number}/journal")["items"]]
    lying = owed.owed(client.office, reader(client.office, "Tom"), only="")["items"]
    mine = sorted((o["kind"], o["title"], o["term"] or "") for o in lying if o["case"] == number)
    return shown, kinds, mine


@pytest.fixture
def client(sqlite_client):
    sqlite_client.clock("2026-02-02T09:00")
    return sqlite_client


def test_no_name_of_a_melder_changes_what_the_procedure_says(client: Client):
    plain = told(client, "Zwaluw Kwarteldrift", secret=False)
    for line in words():
        assert told(client, line, secret=True) == plain, line
