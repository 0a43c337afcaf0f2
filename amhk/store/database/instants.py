"""Instants at rest: fixed-width UTC text on both databases (docs/adr/0002)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import String, TypeDecorator
from sqlmodel import Field


class UtcInstant(TypeDecorator[datetime]):
    """An instant as fixed-width UTC text: sorts as time, equal on both databases.

    A naive datetime is refused.
    """

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> str | None:
        """Write an aware instant as `2026-02-04T15:20:00.000000Z`; ValueError for a naive one."""
        return None if value is None else as_text(value)

    def process_result_value(self, value: str | None, dialect: object) -> datetime | None:
        """Read it back as an aware UTC datetime."""
        return None if value is None else datetime.fromisoformat(value)


@lru_cache(maxsize=4096)
def as_text(value: datetime) -> str:
    """Give an aware instant as it is kept; ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError("an instant without a time zone reached the store")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(**more: Any) -> Any:
    """Give a column of a row class that holds an instant."""
    return Field(sa_type=UtcInstant, **more)
