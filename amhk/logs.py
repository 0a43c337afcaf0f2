"""What the program says while it runs and when it breaks: where and of what kind, never of what.

The words of an exception can hold what was told: a key that was missing, a row a database would not
have. So they stay out; the kind and the lines of code remain.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator


def wordless(wrong: BaseException) -> str:
    """Give an exception, and what led to it, without its words."""
    return "\nwhile there was\n".join(
        "".join(traceback.format_tb(one.__traceback__)) + type(one).__name__
        for one in _chain(wrong)
    )


def _chain(wrong: BaseException) -> Iterator[BaseException]:
    """Give an exception and all it came from or holds, each once."""
    todo: list[BaseException | None] = [wrong]
    seen: set[int] = set()
    while todo:
        one = todo.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo.extend(one.exceptions if isinstance(one, BaseExceptionGroup) else ())
        todo.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))


def kind_of(wrong: BaseException) -> str:
    """Give in a few words what went wrong, for a line that is kept: what the disk says of itself,
    else the kind.
    """
    said = wrong.strerror if isinstance(wrong, OSError) else None
    return said or type(wrong).__name__


def begin() -> None:
    """Let this process write its log to standard error."""
    out = logging.StreamHandler()
    out.addFilter(without_words)
    form = "%(asctime)s %(name)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, handlers=[out])
    for noisy in ("apscheduler", "transitions", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def without_words(record: logging.LogRecord) -> bool:
    """Leave of the exception of a line its kind and place; every line is kept."""
    if record.exc_info and record.exc_info[1]:
        record.exc_text, record.exc_info = wordless(record.exc_info[1]), None
    if record.name == "asyncio":  # it shows what was worked on, with the exception, after a line
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def end_without_words() -> None:
    """Let what ends this process, or a thread of it, be told in the same way."""
    sys.excepthook = lambda _, wrong, __: _broke(wrong)
    threading.excepthook = lambda told: _broke(told.exc_value)


def _broke(wrong: BaseException | None) -> None:
    if wrong is not None and not isinstance(wrong, SystemExit):
        print(wordless(wrong), file=sys.stderr)
