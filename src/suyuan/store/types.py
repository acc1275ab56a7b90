"""What stages say when they need an answer of the database, and no more of it."""

from collections.abc import Callable, Mapping
from typing import Any, LiteralString

from psycopg.rows import TupleRow

Ask = Callable[[LiteralString, Mapping[str, Any]], list[TupleRow]]
"""Answers one statement that reads, as `Store.ask` does."""
