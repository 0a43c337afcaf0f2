"""The command `amhk`: the same desk by hand.

Heavy rooms are opened only by the command that needs them.
"""

import gc
import os
import sys

import typer

from amhk import logs
from amhk.cli import administration, cases, house, imports, procedure, staff
from amhk.cli.shared import app
from amhk.errors import Refusal, WrongUse

__all__ = ["administration", "app", "cases", "house", "imports", "main", "procedure", "staff"]


def main() -> None:
    """Run the command line; exit 0 ok, 1 refused or found wrong, 2 wrong use."""
    gc.disable()  # until the house is open: what is loaded before stays
    os.umask(0o077)  # what is made here is for this user alone
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    logs.end_without_words()
    try:
        app()
    except WrongUse as wrong:
        _complain(wrong)
        sys.exit(2)
    except Refusal as wrong:
        _complain(wrong)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as wrong:
        if not type(wrong).__module__.startswith("sqlalchemy"):
            raise
        typer.echo(
            f"De database kan dit nu niet ({type(wrong).__name__}). Er is niets opgeslagen.",
            err=True,
        )
        sys.exit(1)


def _complain(wrong: Refusal) -> None:
    faults = wrong.faults  # of a file the sentence says itself where it stands
    told = [f"{f.field}: {f.text}" if f.field and not f.file else f.text for f in faults]
    lines = told or [wrong.text]
    for line in lines:
        typer.echo(line, err=True)
