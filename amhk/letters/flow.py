"""What a template lets through: which facts, and which fields of them, can reach the letter.

What it cannot follow it counts as all of the fact.
"""

from collections.abc import Iterator

from jinja2 import nodes

from amhk.rules.privacy.disclosure import FIELDS

WHOLE = "*"
_Base = tuple[str, bool]  # a fact by name, and whether it is one item of it rather than the whole


class _Flow:
    """One template being followed.

    Names that stand for (an item of) a fact, wherever in the text they were given that meaning.
    """

    def __init__(self, tree: nodes.Template, facts: frozenset[str]) -> None:
        self.facts, self.paths = facts, set[str]()
        self.stands_for: dict[str, set[_Base]] = {}
        while self._bind(tree):
            pass
        self._walk(tree)

    def _bind(self, tree: nodes.Template) -> bool:
        """Take in what every loop and every `set` makes a name stand for.

        Tells whether there was anything new.
        """
        before = sum(map(len, self.stands_for.values()))
        for loop in tree.find_all(nodes.For):
            if isinstance(loop.target, nodes.Name):
                self._stand(loop.target.name, {(fact, True) for fact, _ in self._bases(loop.iter)})
        for given in tree.find_all(nodes.Assign):
            if isinstance(given.target, nodes.Name):
                self._stand(given.target.name, self._bases(given.node))
        return sum(map(len, self.stands_for.values())) > before

    def _stand(self, name: str, bases: set[_Base]) -> None:
        self.stands_for.setdefault(name, set()).update(bases)

    def _bases(self, node: nodes.Node) -> set[_Base]:
        """Give which facts an expression stands for as they are.

        A name, or one item of a list by its number.
        """
        if isinstance(node, nodes.Name):
            own = {(node.name, False)} if node.name in self.facts else set()
            return own | self.stands_for.get(node.name, set())
        if (
            isinstance(node, nodes.Getitem)
            and isinstance(node.arg, nodes.Const)
            and isinstance(node.arg.value, int)
        ):
            return {(fact, True) for fact, _ in self._bases(node.node)}
        return set()

    def _field(self, node: nodes.Node) -> tuple[set[_Base], str] | None:
        """Give what `p.adres` or `p['adres']` takes which field of."""
        if isinstance(node, nodes.Getattr):
            return self._bases(node.node), node.attr
        if (
            isinstance(node, nodes.Getitem)
            and isinstance(node.arg, nodes.Const)
            and isinstance(node.arg.value, str)
        ):
            return self._bases(node.node), node.arg.value
        return None

    def _walk(self, node: nodes.Node) -> None:
        taken = self._field(node)
        if taken and taken[0]:
            self.paths |= {f"{fact}.{taken[1]}" for fact, _ in taken[0]}
            return
        if (
            isinstance(node, nodes.For)
            and isinstance(node.target, nodes.Name)
            and (bases := self._bases(node.iter))
        ):
            self.paths |= {fact for fact, _ in bases}  # that there are any, and how many
            self._walk_all(n for n in node.iter_child_nodes() if n is not node.iter)
            return
        if (
            isinstance(node, nodes.Assign)
            and isinstance(node.target, nodes.Name)
            and self._bases(node.node)
        ):
            return  # followed by the name it was given
        if isinstance(node, nodes.If) and (bases := self._bases(node.test)):
            self.paths |= {fact for fact, _ in bases}
            self._walk_all(n for n in node.iter_child_nodes() if n is not node.test)
            return
        if isinstance(node, nodes.Getattr) and node.attr in (
            "nextitem",
            "previtem",
        ):  # of a loop: another item, of any list
            self.paths |= {
                f"{fact}.{WHOLE}" for bases in self.stands_for.values() for fact, _ in bases
            }
        if isinstance(node, nodes.Name) and node.ctx == "load":
            self.paths |= {f"{fact}.{WHOLE}" for fact, _ in self._bases(node)}
        self._walk_all(node.iter_child_nodes())

    def _walk_all(self, found: Iterator[nodes.Node]) -> None:
        for node in found:
            self._walk(node)


# A letter is filled in, chooses and repeats over the lists of a case; it does not calculate, so it
# always ends and is never larger than its facts.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.For,
    nodes.Assign,
    nodes.CondExpr,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Test,
    nodes.Filter,
)
_FILTERS = frozenset(
    {
        "lower",
        "upper",
        "capitalize",
        "title",
        "trim",
        "join",
        "length",
        "first",
        "last",
        "default",
        "map",
    }
)
_TESTS = frozenset({"defined", "none", "string", "in", "equalto", "eq", "ne"})
_LISTS = frozenset({*FIELDS, "stappen_genomen", "betrokkene_gegevens"})


def unfit(tree: nodes.Template) -> str | None:
    """Give what in a template a letter has no use for, in Dutch; None when it is fit."""
    for node in tree.find_all(nodes.Node):
        if isinstance(
            node,
            nodes.Helper | nodes.Keyword | nodes.Pair | nodes.EvalContext | nodes.ContextReference,
        ):
            continue
        if not isinstance(node, _ALLOWED):
            return (
                f"'{type(node).__name__.lower()}' kan in een brief niet; een brief vult in, kiest"
                " en somt op"
            )
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            return (
                f"de bewerking '{node.name}' kan in een brief niet; wel:"
                f" {', '.join(sorted(_FILTERS))}"
            )
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            return f"de toets '{node.name}' kan in een brief niet; wel: {', '.join(sorted(_TESTS))}"
        if isinstance(node, nodes.For) and not (
            isinstance(node.iter, nodes.Name) and node.iter.name in _LISTS and not node.recursive
        ):
            return (
                f"een brief somt alleen op uit een lijst van de zaak: {', '.join(sorted(_LISTS))}"
            )
        if isinstance(node, nodes.For) and any(
            inner is not node for inner in node.find_all(nodes.For)
        ):
            return "een lijst in een lijst kan in een brief niet"
        if isinstance(node, nodes.Assign) and not isinstance(
            node.node, nodes.Name | nodes.Getattr | nodes.Const | nodes.CondExpr
        ):
            return "een eigen naam in een brief staat voor een gegeven, niet voor een berekening"
    return None


def paths(tree: nodes.Template, facts: frozenset[str]) -> frozenset[str]:
    """Give what reaches the letter.

    `zorgen.*` for a fact as a whole, `jeugdigen.bsn` for a field, `personen` for only whether there
    are any.
    """
    return frozenset(_Flow(tree, facts).paths)
