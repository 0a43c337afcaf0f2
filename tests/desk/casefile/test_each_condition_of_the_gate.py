"""The gate without one of its conditions: each is found, so none of them is there for nothing.

The functions through which everything passes are changed one condition at a time: a test that is
always so or never, one side of an `and` or an `or` left out. What everybody then sees of a handful
of cases must differ from what he sees today.
"""

import ast
import gc
import inspect
import textwrap
from datetime import UTC, datetime, timedelta
from functools import _lru_cache_wrapper
from itertools import zip_longest

import pytest
from conftest import make_folder
from support.cast import hire_north, reader
from support.families import melding

from amhk.desk.casefile import access, cover_secrets
from amhk.desk.casefile.open_case import open_case
from amhk.desk.cases import assignment, moves, reading
from amhk.desk.intake import calls
from amhk.desk.letters import owed
from amhk.desk.staff import conflicts, workers
from amhk.desk.worklists import worklist
from amhk.errors import Refusal
from amhk.office import open_office
from amhk.rules.privacy import field_groups, secrecy
from amhk.store import reads, writes
from amhk.store.cases import scope
from amhk.store.people.people import GRANT

GATE = (
    secrecy.scope_of,
    secrecy.may_see,
    scope.arms,
    scope.arms_of,
    scope.kind_of,
    scope.bound_arms,
    scope.binds_of,
    access.owns,
    access.sees,
    access.has_leave,
    access.gives_reason,
    access.visible,
    field_groups.part_in,
    field_groups.groups_of,
    field_groups.labels_of,
    cover_secrets.veil_over,
)
NAMES = ("Nel", "Anna", "Bram", "Carla", "Vera", "Tom", "Mia", "Piet", "Bea", "Rita")
ABSENT = "M-2026-999999"
# A change after which nobody sees anything else, each with the reason.
ALIKE = {
    "access.visible: case is None or not leave without case is None": "nobody has leave for none",
    "scope.arms: team is None is always False": "no case is of no team",
    "scope.arms_of: scope.barred is always True": "not one of none",
    "scope.binds_of: scope.barred is always True": "a value that nobody asks for",
    "scope.binds_of: scope.every or scope.none": "a value that nobody asks for",
    "scope.binds_of: scope.team is not None is always True": "a value that nobody asks for",
    "cover_secrets.veil_over: case['route'] != 'melding' is always False": "saves the question",
    "cover_secrets.veil_over: labels is always True": "saves the question",
}


class Drop(ast.NodeTransformer):
    """Takes the condition with this number out of a function; counts them on the way."""

    def __init__(self, wanted):
        self.wanted, self.met, self.what = wanted, 0, ""

    def _is_it(self, node, how):
        self.met += 1
        if self.met - 1 == self.wanted:
            self.what = f"{ast.unparse(node)} {how}"
            return True
        return False

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        for n in range(len(node.values)):
            if self._is_it(node, f"without {ast.unparse(node.values[n])}"):
                rest = [v for k, v in enumerate(node.values) if k != n]
                return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        return node

    def visit_IfExp(self, node):
        self.generic_visit(node)
        for how in (True, False):
            if self._is_it(node.test, f"is always {how}"):
                node.test = ast.Constant(how)
        return node

    visit_If = visit_IfExp

    def visit_comprehension(self, node):
        self.generic_visit(node)
        for n in range(len(node.ifs)):
            if self._is_it(node.ifs[n], "left out"):
                node.ifs = [v for k, v in enumerate(node.ifs) if k != n]
                break
        return node


def changed(function, number):
    """The code of a function with one condition less, and which; None when it has no so many."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    drop = Drop(number)
    tree = ast.fix_missing_locations(drop.visit(tree))
    if not drop.what:
        return None
    room = dict(function.__globals__)
    exec(compile(tree, function.__module__, "exec"), room)
    return room[function.__name__].__code__, drop.what


def every_change():
    for function in GATE:
        number = 0
        while found := changed(function, number):
            yield function, *found
            number += 1


KEPT = [
    one
    for one in gc.get_objects()
    if isinstance(one, _lru_cache_wrapper) and one.__module__.startswith("amhk.store.cases")
]
CHANGES = list(every_change())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = make_folder(tmp_path_factory.mktemp("m") / "m", "meldpunt.sqlite", seated=True)
    office = open_office(path, proof=False)
    hire_north(office)
    with office.store.read() as connection:
        here = {w["name"]: w for w in reads.workers(connection)}
    yield office, cases_of(office, here)
    office.close()


def cases_of(office, here):
    """Cases that each stand for one way in which somebody may or may not see one."""

    def taken(by, child):
        child = {"naam": child, "geboren": "2018-01-02", "rollen": ["kind"], "bsn": "999993045"}
        number = calls.take_call(office, melding([child]), reader(office, by))
        for name, told in (
            ("veiligheidsbeoordeling", {"uitkomst": "Zo bevonden."}),
            ("onderzoek_besluiten", {}),
        ):
            moves.make_move(office, number, name, told, tom, checked=False)
        for label in sorted(field_groups.LABELLED):
            found = {"bevindingen": f"Gevonden: {label}.", "gevoelig": [label]}
            moves.make_move(office, number, "bevindingen_vastleggen", found, tom, checked=False)
        return number

    tom, mia = reader(office, "Tom"), reader(office, "Mia")
    told = {
        "of the team": taken("Tom", "Abel Eerste"),
        "owned by Bram": taken("Tom", "Bibi Tweede"),
        "taken by Anna": taken("Anna", "Cato Derde"),
        "nobody may know": taken("Tom", "Daan Vierde"),
        "of Nel": taken("Tom", "Emma Vijfde"),
        "lent": taken("Tom", "Finn Zesde"),
        "was lent": taken("Tom", "Gijs Zevende"),
    }
    assignment.assign(office, told["owned by Bram"], {"owner": "Bram", "reason": "plaats"}, tom)
    assignment.assign(office, told["of Nel"], {"owner": "Nel", "reason": "plaats"}, mia)
    assignment.assign(office, told["of Nel"], {"team": "Noord", "reason": "plaats"}, mia)
    for name in ("Anna", "Carla"):
        why = {"worker": name, "ground": "familie", "reason": "Zegt zij zelf."}
        conflicts.know_other(office, told["nobody may know"], why, mia)
    lend(office, here["Nel"], told["lent"], 1)
    lend(office, here["Nel"], told["was lent"], -1)
    lend(office, here["Bea"], told["lent"], 1)
    lend(office, here["Anna"], told["nobody may know"], 1)
    return told


def lend(office, worker, number, days):
    """Let a worker have leave to read a case, until so many days from now."""
    with office.store.write() as connection:
        now = datetime.now(UTC)
        row = {
            "worker_id": worker["id"],
            "case_id": reads.case_by_number(connection, number)["id"],
            "given": now - timedelta(days=3),
            "until": now + timedelta(days=days),
            "reason": "Nieuwe melding.",
            "due": now.date(),
        }
        writes.add(connection, GRANT, row)


def forget():
    """Let no statement that was built before be used again."""
    for one in KEPT:
        one.cache_clear()


def seen(office, told):
    """Tell, one by one, what everybody sees: which cases, which as his own, what is covered, what
    is listed, owed and found.
    """
    yield from rules()
    readers = [workers.by_hand(office, None), *(reader(office, name) for name in NAMES)]
    for who in [*readers, secrecy.Reader(10**6, "medewerker", None, "Olaf")]:
        yield quietly(lambda who=who: stands(office, ABSENT, who))
        for asked in ({}, {"closed": "alle"}, {"q": "eerste"}):
            yield quietly(lambda who=who, asked=asked: listed(office, who, asked))
        yield quietly(lambda who=who: [i["case"] for i in owed.owed(office, who)["items"]])
        for number in told.values():
            yield quietly(lambda who=who, number=number: stands(office, number, who))
            yield quietly(lambda who=who, number=number: read(office, number, who))
    with office.store.read() as connection:
        case = reads.case_by_number(connection, told["of Nel"])
        yield cover_secrets.veil_over(office, connection, case, None)


def rules():
    """What the rules say by themselves, also of what the house holds no example of."""
    yield secrecy.may_see(secrecy.Scope(worker=1), 1, None, 5, 6)
    for role in sorted(secrecy.READS | {"beheerder"}):
        who = secrecy.Reader(1, role, None)
        yield [field_groups.part_in(who, 1, 2, works) for works in (True, False)]
    yield field_groups.labels_of(field_groups.ALL_GROUPS)


def quietly(ask):
    """What comes of it, a refusal in its words."""
    try:
        return ask()
    except Refusal as wrong:
        return type(wrong), str(wrong)


def listed(office, who, asked):
    return [i["number"] for i in worklist.worklist(office, who, asked)["items"]]


def stands(office, number, who):
    with office.store.read() as connection:
        case = access.visible(connection, number, who)
        told = access.sees(connection, who, case), access.owns(who, case)
        told += (access.gives_reason(who, case),)
        return told, quietly(lambda: bool(open_case(office, connection, number, who)))


def read(office, number, who):
    view = reading.case_view(office, number, who, asks=False)
    texts = [f["bevindingen"] for f in view["bevindingen"]]
    return view["people"][0]["bsn"], texts, len(view["moves"])


def differs(whole, parts):
    """Tell whether anything is other than it was; a failure is too."""
    try:
        return any(one != other for one, other in zip_longest(whole, parts))
    except Exception:
        return True


def test_there_is_something_to_take_away():
    assert len(CHANGES) > 40


def test_each_condition_of_the_gate_is_missed_when_it_is_not_there(home):
    office, told = home
    forget()
    whole = list(seen(office, told))
    assert not differs(whole, seen(office, told)), "what is seen hangs on nothing else"
    alike = []
    for function, code, what in CHANGES:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}: {what}"
        before = function.__code__
        function.__code__ = code
        forget()
        try:
            if not differs(whole, seen(office, told)):
                alike.append(name)
        finally:
            function.__code__ = before
    forget()
    unknown = [name for name in alike if not any(name.startswith(known) for known in ALIKE)]
    assert not unknown, "\n".join(unknown)
    assert len(alike) <= len(ALIKE) + 3, "each of them is still alike"
