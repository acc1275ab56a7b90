"""Takes what a query says of its prefixes; gives what names in it mean, and names so spelled."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from suyuan.exchange.query import QueryError
from suyuan.kit import Text
from suyuan.wire import Context, Mode
from suyuan.wire.contexts import STANDARD, is_scheme, read_context
from suyuan.wire.types import DocumentError

CONTEXT: Final = "@context"
_PREFIX: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

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


def compacted(
    names: Iterable[str], extensions: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Names in the words of these prefixes where they fit (EPCIS 2.0 §12.6), and those used."""
    usable = {
        prefix: iri
        for prefix, iri in sorted(extensions.items(), key=lambda pair: -len(pair[1]))
        if _PREFIX.fullmatch(prefix) and not is_scheme(prefix)
    }
    found, used = [], {}
    for name in names:
        fitting = (one for one, iri in usable.items() if _begins(name, iri))
        prefix = next(fitting, None)
        if prefix is not None:
            used[prefix] = usable[prefix]
        found.append(name if prefix is None else f"{prefix}:{name.removeprefix(usable[prefix])}")
    return found, used


def _begins(name: str, iri: str) -> bool:
    """Whether what is behind is a name of its own, and no address."""
    rest = name.removeprefix(iri)
    return rest not in {"", name} and not rest.startswith("//")
