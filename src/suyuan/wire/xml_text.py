"""XML as text: escaping, names, and what one event gathers while it is written."""

import re
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape

from suyuan.kit.canonical import plain_decimal
from suyuan.kit.text import legal_in_xml
from suyuan.model import Finding
from suyuan.wire.contexts import EXTENSION_NAMESPACE
from suyuan.wire.losses import loss
from suyuan.wire.types import Context
from suyuan.wire.xml_names import POINT, STANDARD, spelled_names
from suyuan.wire.xml_tree import XML_NAMESPACE, XSI

_SPACE: Final = " \t\r\n"
_IN_TEXT: Final = {"\r": "&#13;"}
_IN_ATTRIBUTE: Final = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
# Names that every XML reader takes, and those of Chinese characters that the older ones do.
_NAME: Final = re.compile(r"[A-Za-z_\u4e00-\u9fa5][A-Za-z0-9_.\-\u4e00-\u9fa5]*")
_NAMESPACE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
_CUTS: Final = ("/", "#", ":")
_COMPACT: Final = re.compile(r"([^:/?#\s]+):(?!//)\S")
# What no prefix may be bound to, and names that mean something to whoever reads XML or EPCIS.
_RESERVED: Final = STANDARD | {"http://www.w3.org/2000/xmlns/", XSI}
_XSD: Final = "http://www.w3.org/2001/XMLSchema"


class Writing:
    """One event being written: what its prefixes stand for, which it used, what was lost."""

    __slots__ = (
        "_counts", "_given", "_names", "_used", "_vocab", "edition", "losses", "web",
    )  # fmt: skip

    def __init__(self, event: dict[str, Any], context: Context, *, edition: str, web: bool) -> None:
        self._names = spelled_names(event, context)
        self._vocab = context.vocab
        self._used: dict[str, str] = {}
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self.edition = edition
        self.web = web
        self.losses: list[Finding] = []

    def lose(self, rule: str, path: str, **params: Any) -> None:
        """Note what is lost."""
        self.losses.append(loss(rule, path, **params))

    def text(self, value: str, path: str) -> str:
        """Character data."""
        return escape(self._legal(value, path), _IN_TEXT)

    def attribute(self, name: str, value: str, path: str) -> str:
        """An attribute with the space before it."""
        return f' {name}="{escape(self._legal(value, path), _IN_ATTRIBUTE)}"'

    def leaf(self, tag: str, value: Any, path: str) -> str:
        """An element of text, a number or a truth value, which says what it is (xsi:type)."""
        if isinstance(value, bool):
            return f"<{tag}{self._typed('boolean')}>{'true' if value else 'false'}</{tag}>"
        if isinstance(value, int | Decimal):
            said = number(value)
            kind = "decimal" if "." in said else "integer"
            return f"<{tag}{self._typed(kind)}>{said}</{tag}>"
        return f"<{tag}{self.spaced(value)}>{self.text(value, path)}</{tag}>"

    def spaced(self, value: str) -> str:
        """What an element needs whose white space counts."""
        return "" if value == value.strip(_SPACE) else ' xml:space="preserve"'

    def name(self, key: str, path: str) -> str | None:
        """The qualified name of a member; None if XML can have none for it."""
        found = self._parts(key)
        if found is None:
            return self._bare(key, path)
        prefix, namespace, local = found
        if namespace in _RESERVED or not _NAME.fullmatch(local):
            return None
        return f"{self.use(prefix, namespace)}:{local}"

    def _parts(self, key: str) -> tuple[str, str, str] | None:
        """Prefix, namespace and local name; None for what is bare and no term."""
        prefix, colon, local = key.partition(":")
        known = self._names.get(prefix) if colon else None
        if known is not None and _NAME.fullmatch(local) and _NAME.fullmatch(prefix):
            return prefix, known, local
        if colon:
            return _cut(key if known is None or local.startswith("//") else known + local)
        if key in self._names:
            return _cut(self._names[key])
        if self._vocab is not None and not key.startswith("@"):
            return _cut(self._vocab + key)
        return None

    def _bare(self, key: str, path: str) -> str | None:
        if not _NAME.fullmatch(key):
            return None
        self.lose("convert.bare", path, key=key)
        return self.use("suyuan", EXTENSION_NAMESPACE) + ":" + POINT.partition(":")[2] + key

    def inner_name(self, key: str, path: str) -> str | None:
        """The same inside a value of somebody's own, where a bare name is just that."""
        is_bare = ":" not in key and key not in self._names and _NAME.fullmatch(key)
        return key if is_bare else self.name(key, path)

    def mention(self, value: str) -> str:
        """A value that may be a compact name: its prefix is then declared as well."""
        found = _COMPACT.match(value)
        if found is not None and found[1] in self._names and _NAME.fullmatch(found[1]):
            self.use(found[1], self._names[found[1]])
        return value

    def use(self, prefix: str, namespace: str) -> str:
        """Declare a prefix in this event; another one if it stands for something else here."""
        if namespace == XML_NAMESPACE:
            return "xml"
        known = self._given.get((namespace, prefix))
        if known is not None:
            return known
        wanted = "ns" if prefix.lower().startswith("xml") else prefix  # xml… is reserved
        free = wanted
        while self._used.get(free, namespace) != namespace:
            self._counts[wanted] = self._counts.get(wanted, 0) + 1
            free = f"{wanted}{self._counts[wanted]}"
        self._used[free] = namespace
        self._given[namespace, prefix] = free
        return free

    def standard(self, prefix: str, namespace: str) -> None:
        """Declare a prefix of the standard's own values, unless the event has it otherwise."""
        self._used.setdefault(prefix, self._names.get(prefix, namespace))

    def declarations(self) -> str:
        """All namespaces that the event speaks of, as attributes."""
        return "".join(
            self.attribute(f"xmlns:{prefix}", iri, "/") for prefix, iri in self._used.items()
        )

    def _typed(self, kind: str) -> str:
        xsi = self.use("xsi", XSI)
        return f' {xsi}:type="{self.use("xsd", _XSD)}:{kind}"'

    def _legal(self, value: str, path: str) -> str:
        legal = legal_in_xml(value)
        if legal != value:
            self.lose("convert.character", path)
        return legal


def _cut(iri: str) -> tuple[str, str, str]:
    """Prefix, namespace and local part of an IRI; an impossible namespace is empty.

    A prefix that nobody declared is itself the namespace: it keeps its name.
    """
    at = max(iri.rfind(cut) for cut in _CUTS) + 1
    namespace = iri[:at]
    prefix = namespace.removesuffix(":")
    wanted = prefix if _NAME.fullmatch(prefix) else "ns"
    return wanted, namespace if _NAMESPACE.fullmatch(namespace) else "", iri[at:]


def number(value: int | Decimal) -> str:
    """A number without an exponent, exact."""
    return str(value) if isinstance(value, int) else plain_decimal(value)
