"""Takes what a query says of its prefixes; gives what the names of extensions in it mean."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from suyuan.exchange.query import QueryError
from suyuan.kit import Text
from suyuan.wire import Context, Mode
from suyuan.wire.contexts import STANDARD, read_context
from suyuan.wire.types import DocumentError

CONTEXT: Final = "@context"

_WRITE = Text(
    '请写成 JSON，如 {"ex": "https://example.com/ns/"}。',
    'write JSON such as {"ex": "https://example.com/ns/"}.',
)


def context_of(context: str | None, extensions: Mapping[str, str]) -> Context:
    """The meaning of prefixes: of `@context` (JSON-LD), else of the header GS1-Extensions.

    Raises:
        QueryError: the context is none.
    """
    base = Context(names={**STANDARD.names, **extensions})
    if context is None:
        return base
    try:
        value: Any = msgspec.json.decode(context)
        found, _ = read_context(value, mode=Mode.LENIENT, path=CONTEXT, base=base)
    except (msgspec.MsgspecError, DocumentError, RecursionError, UnicodeError) as error:
        raise QueryError("query.context", _WRITE, CONTEXT) from error
    return found


def extensions_of(header: str | None) -> dict[str, str]:
    """The prefixes that a header GS1-Extensions explains: `ex=https://example.com/ns/, …`."""
    parts = (part.strip().partition("=") for part in (header or "").split(","))
    return {
        prefix.strip(): iri.strip() for prefix, _, iri in parts if prefix.strip() and iri.strip()
    }
