"""Template + facts -> blocks -> HTML.

Strict: a missing name is an error, and typed text can never become markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta, pass_environment
from jinja2.filters import make_attrgetter
from jinja2.sandbox import ImmutableSandboxedEnvironment

from amhk.letters.flow import paths, unfit
from amhk.letters.printable_signs import printable

RenderFailed = TemplateError
# Stands before each filled-in value while a letter is parsed, so that a value can never begin a
# heading or a list item.
_VALUE = "\ue000"
_BREAK = "\ue001"
_LONGEST = 500_000
_SPLIT = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter: `kop` (heading), `alinea` (paragraph) or `lijst` (its items)."""

    kind: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below a letter.

    From whom, to whom (its lines), where it comes from (name and value), and who signs.
    """

    organisation: str
    sender: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    signature: tuple[str, ...] = ()


def _filled(value: object) -> str:
    text = "" if value is None else str(value)
    return _VALUE + printable(text).replace("\n", _BREAK)


@pass_environment
def _join(env: Environment, value: Any, between: object = "", attribute: str | None = None) -> str:
    """Join as Jinja does, but count first what will be made.

    A text joined by a text grows by multiplication.
    """
    parts = [
        str(part) for part in (map(make_attrgetter(env, attribute), value) if attribute else value)
    ]
    if sum(map(len, parts)) + len(str(between)) * len(parts) > _LONGEST:
        raise TemplateError(f"een brief is hooguit {_LONGEST} tekens lang")
    return str(between).join(parts)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox without helpers, in which nothing can be multiplied into something large."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Refuse the two ways in which a short text becomes an endless one."""
        raise TemplateError(f"rekenen met {operator} kan in een brief niet")


class Letters:
    """The notice templates of one release: those of a meldpunt folder, over them those the release
    has of its own (the folder `own`), over them what was changed on screen; compiled once in a
    sandbox. `release` tells which changes.
    """

    def __init__(
        self,
        folder: Path,
        texts: Mapping[str, str] | None = None,
        release: int = 0,
        own: Path | None = None,
    ) -> None:
        self.folder, self.own = folder, own
        self.texts, self.release = dict(texts or {}), release
        self._env = _Sandbox(
            undefined=StrictUndefined,
            finalize=_filled,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters["join"] = _join
        self._env.globals.clear()  # range and the like: a letter has only the facts
        self._templates: dict[str, Template] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._reach: dict[str, frozenset[str]] = {}

    def with_texts(self, texts: Mapping[str, str], release: int) -> "Letters":
        """Give the same templates with these texts over them."""
        return Letters(self.folder, texts, release, self.own)

    def has_own(self, kind: str) -> bool:
        """Tell whether the release has a text of this kind in its own folder."""
        return self.own is not None and self.file(kind).parent == self.own

    def file(self, kind: str) -> Path:
        """Give the file of one kind of letter: of the release itself where it has one."""
        own = self.own / f"{kind}.j2" if self.own else None
        return own if own and own.is_file() else self.folder / f"{kind}.j2"

    def source(self, kind: str) -> str:
        """Give the text of one kind of letter, as it was written."""
        return self.texts[kind] if kind in self.texts else self.file(kind).read_text("utf-8")

    def _kinds(self) -> list[str]:
        folders = (self.folder, *((self.own,) if self.own else ()))
        return sorted({p.stem for f in folders for p in f.glob("*.j2")} | set(self.texts))

    def paths(self) -> dict[str, frozenset[str]]:
        """Give, per template, what of the facts reaches the letter (`letters.flow`).

        A template that does not parse is left out (see `faults`).
        """
        return {kind: self.reach(kind) for kind in self._kinds() if self.fault_of(kind) is None}

    def reach(self, kind: str) -> frozenset[str]:
        """Give what of the facts reaches the letter of one kind (`zorgen.*`, `jeugdigen.bsn`)."""
        if kind not in self._reach:
            self._reach[kind] = paths(self._env.parse(self.source(kind)), self.asked(kind))
        return self._reach[kind]

    def fault_of(self, kind: str) -> str | None:
        """Give why the template of a kind does not parse; None when it does."""
        try:
            return unfit(self._env.parse(self.source(kind)))
        except (TemplateError, RecursionError) as wrong:
            return str(wrong)

    def faults(self) -> list[tuple[str, str]]:
        """Give the kind of every template that does not parse, with why in Dutch."""
        return [(kind, wrong) for kind in self._kinds() if (wrong := self.fault_of(kind))]

    def asked(self, kind: str) -> frozenset[str]:
        """Give the names the template of one kind asks for."""
        if kind not in self._asked:
            self._asked[kind] = frozenset(
                meta.find_undeclared_variables(self._env.parse(self.source(kind)))
            )
        return self._asked[kind]

    def render(self, kind: str, facts: Mapping[str, object]) -> tuple[Block, ...]:
        """Give the blocks of a letter; jinja2.UndefinedError when a fact is missing."""
        if kind not in self._templates:
            self._templates[kind] = self._env.from_string(self.source(kind))
        parts, length = [], 0
        for part in self._templates[kind].generate(**facts):
            length += len(part)
            if length > _LONGEST:
                raise TemplateError(f"een brief is hooguit {_LONGEST} tekens lang")
            parts.append(part)
        return blocks("".join(parts))


def blocks(text: str) -> tuple[Block, ...]:
    """Give the blocks of rendered text.

    `# ` begins a heading, `- ` a list item, an empty line a new block.
    """
    found: list[Block] = []
    for part in _SPLIT.split(text.strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        while lines:
            if lines[0].startswith("# "):
                found.append(Block("kop", (_plain(lines.pop(0)[2:]),)))
                continue
            as_list = lines[0].startswith("- ")
            taken = []
            while lines and not lines[0].startswith("# ") and lines[0].startswith("- ") == as_list:
                taken.append(lines.pop(0))
            if as_list:
                found.append(Block("lijst", tuple(_plain(line[2:]) for line in taken)))
            else:
                found += [
                    Block("alinea", (piece,))
                    for piece in _plain(" ".join(taken)).split("\n")
                    if piece.strip()
                ]
    return tuple(found)


def _plain(text: str) -> str:
    return text.replace(_VALUE, "").replace(_BREAK, "\n").strip()


def as_text(parts: tuple[Block, ...]) -> str:
    """Give the words of a letter without its layout."""
    return "\n".join("\n".join(part.items) for part in parts)


def as_html(parts: tuple[Block, ...], head: Head | None = None) -> str:
    """Give a letter as HTML, with its head when there is one; every word is escaped."""
    told, level = [_above(head)] if head else [], 1
    for part in parts:
        if part.kind == "kop":
            told.append(f"<h{level}>{escape(part.items[0])}</h{level}>")
            level = 2
        elif part.kind == "lijst":
            told.append(
                "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in part.items) + "</ul>"
            )
        else:
            told.append(f"<p>{escape(part.items[0])}</p>")
    if head and head.signature:
        told.append(f'<p class="slot">{_lines(head.signature)}</p>')
    return "\n".join(told)


def _lines(lines: tuple[str, ...]) -> str:
    return "<br>".join(escape(printable(line)) for line in lines)


def _above(head: Head) -> str:
    marks = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(printable(value))}</dd>" for name, value in head.marks
    )
    sender = _lines((head.organisation, *head.sender))
    return (
        f'<div class="kop"><p class="afzender">{sender}</p><p'
        f' class="aan">{_lines(head.to)}</p><dl>{marks}</dl></div>'
    )
