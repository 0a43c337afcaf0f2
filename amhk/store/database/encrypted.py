"""SQLite in an encrypted file (SQLCipher): the driver, and the key it is opened by."""

import sqlite3
from importlib import import_module
from types import ModuleType
from typing import Any

from amhk.errors import HouseClosed


def driver(key: str) -> ModuleType:
    """Give the driver of SQLite; with a key the one that encrypts (HouseClosed where it is not
    installed).
    """
    if not key:
        return sqlite3
    try:
        return import_module("sqlcipher3.dbapi2")
    except ImportError as wrong:
        raise HouseClosed(
            "AMHK_DATABASE_KEY vraagt een versleutelde database, en daarvoor ontbreekt sqlcipher3:"
            " pip install sqlcipher3."
        ) from wrong


def unlock(connection: Any, key: str) -> None:
    """Open a fresh connection by its key (64 hexadecimal signs); nothing where there is none."""
    if key:
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
