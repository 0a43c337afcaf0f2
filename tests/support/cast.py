"""The fixed cast, and a client that speaks HTTP to the app of an office."""

import json
from functools import cache

from argon2 import PasswordHasher

from amhk import keys
from amhk.desk.letters import text_templates
from amhk.desk.staff import workers
from amhk.rules.privacy.secrecy import Reader
from amhk.store import reads
from amhk.web.app import create_app
from support.http import Http

CAST = {
    "Anna": ("medewerker", None),
    "Bram": ("medewerker", None),
    "Carla": ("gedragswetenschapper", "SKJ 100000001"),
    "Vera": ("vertrouwensarts", "BIG 90000000001"),
    "Tom": ("teamleider", "SKJ 100000002"),
    "Mia": ("manager", None),
    "Piet": ("piket", None),
    "Bea": ("beheerder", None),
    "Rita": ("rapportage", None),
}
READERS = {"Ilse": "inspectie", "Vik": "vertrouwenspersoon", "Aad": "auditor"}


# The cast has one password: its hash is made once in a process, not for each of nine people in each
# of a thousand tests; and as cheap as can be, since every sign-in works it out again
# (`test_doors.py` looks at what a real one costs).
keys._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
workers.hash_password = cache(workers.hash_password)


def hire(office, *names):
    """Let people of the cast work here who do not yet (all of them when none is named)."""
    with office.store.read() as connection:
        here = {w["name"] for w in reads.workers(connection, active=False)}
    for name in [n for n in names or CAST if n not in here]:
        role, registration = CAST[name]
        workers.add_worker(office, name, role, None, registration, password="oefenen-oefenen")


def hire_readers(office):
    """Let the three who only read work here: an inspector, a vertrouwenspersoon, an auditor."""
    for name, role in READERS.items():
        workers.add_worker(office, name, role, None, None, password="oefenen-oefenen")


def hire_north(office):
    """Let there be another team, Noord, with one worker, Nel."""
    workers.add_team(office, "Noord")
    workers.add_worker(office, "Nel", "medewerker", "Noord", None, password="oefenen-oefenen")


def reader(office, name):
    """Give a worker as the desk knows him."""
    with office.store.read() as connection:
        return Reader.of(reads.worker_by(connection, name=name))


class Client:
    """A program with a token: every answer that is not as expected says what came back."""

    def __init__(self, office, name="Tom"):
        self.office = office
        self.http = Http(create_app(office))
        self.headers = {"authorization": f"Bearer {workers.make_token(office, name)}"}

    def ask(self, method, path, body=None, expect=(200, 201), headers=None):
        path = path if path.startswith("/api/") else f"/api/v1{path}"
        content = None if body is None else json.dumps(body)
        answer = self.http.request(
            method, path, content=content, headers={**self.headers, **(headers or {})}
        )
        assert answer.status_code in ((expect,) if isinstance(expect, int) else expect), (
            method,
            path,
            answer.status_code,
            answer.text[:2000],
        )
        return answer

    def get(self, path, expect=200):
        return self.ask("GET", path, None, expect).json()

    def post(self, path, body=None, expect=(200, 201)):
        return self.ask("POST", path, body or {}, expect).json()

    def clock(self, moment):
        return self.ask("PUT", "/clock", {"now": moment}).json()

    def case(self, number):
        return self.get(f"/cases/{number}")

    def version(self, number):
        """Give the version of a case, without looking at it."""
        with self.office.store.read() as connection:
            return reads.case_by_number(connection, number)["version"]

    def move(self, number, name, expect=200, **fields):
        """Make a move as a worker would.

        A referral says why, and its letter goes before anybody asks how it went.
        """
        if name == "verwijzen":
            fields.setdefault("motivering", "Er is hulp nodig.")
        if name in ("voortgangscontrole", "geen_antwoord"):
            self.send_kind(number, "verwijzing_instelling")
        body = {"version": self.version(number), **fields}
        return self.post(f"/cases/{number}/moves/{name}", body, expect)

    def send_kind(self, number, kind, way="post"):
        """Approve and send what lies ready of one kind of letter."""
        for n in [
            n
            for n in self.case(number)["notices"]
            if n["kind"] == kind and n["state"] in ("draft", "approved")
        ]:
            version = n["version"]
            if n["state"] == "draft":
                version = self.post(f"/notices/{n['id']}/approve", {"version": version})["version"]
            day = self.get("/clock")["now"][:10]
            self.post(
                f"/notices/{n['id']}/send",
                {"version": version, "date": day, "way": way, "reference": "oefening"},
            )


def send_owed(client, number):
    """Send every notice that is owed, as a worker would.

    Approve and send, or withhold what has nobody to go to.
    """
    for notice in client.case(number)["notices"]:
        if not notice["obligatory"] or notice["state"] not in ("draft", "approved"):
            continue
        full = client.get(f"/notices/{notice['id']}")
        path = f"/notices/{notice['id']}"
        if full["missing"]:
            body = {
                "version": full["version"],
                "reason": "Deze persoon is niet bekend.",
                "ground": "geen gegevens",
            }
            client.post(f"{path}/withhold", body)
            continue
        version = full["version"]
        if full["state"] == "draft":
            version = client.post(f"{path}/approve", {"version": version})["version"]
        today = client.get("/clock")["now"][:10]
        client.post(
            f"{path}/send",
            {"version": version, "date": today, "way": "post", "reference": "oefening"},
        )


def term(case, name):
    """Give the latest term of that name on a case."""
    return [t for t in case["terms"] if t["name"] == name][-1]


def owed(case):
    """Give the obligatory notices still to be sent."""
    return [n for n in case["notices"] if n["obligatory"] and n["state"] in ("draft", "approved")]


__all__ = ["CAST", "Client", "hire", "owed", "reader", "send_owed", "term"]


def change_text(office, kind, text, of=""):
    """Change the text of a letter as two people do: one writes, the other agrees."""
    version = text_templates.propose(office, kind, text, reader(office, "Bea"), of)
    return text_templates.approve(office, kind, version, reader(office, "Mia"), of)
