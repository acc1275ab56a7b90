"""What stages say when they need an answer of the database, and no more of it."""

from collections.abc import Mapping
from typing import Any, LiteralString, Protocol

from psycopg.rows import TupleRow


class Ask(Protocol):
    """Answers one statement that reads, as `Store.ask` does."""

    def __call__(
        self, statement: LiteralString, given: Mapping[str, Any], /, *, is_kept: bool = True
    ) -> list[TupleRow]:
        """The rows; `is_kept`: the plan may be kept if it is asked often."""
