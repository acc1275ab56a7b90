"""How the names of XML are those of JSON-LD and back: a namespace is what a prefix stands for."""

import re
from functools import lru_cache
from typing import Any, Final

import msgspec

from suyuan.wire.contexts import EXTENSION_NAMESPACE, STANDARD_NAMES, is_scheme, moved
from suyuan.wire.types import Context

EPCIS: Final = frozenset(("urn:epcglobal:epcis:xsd:1", "urn:epcglobal:epcis:xsd:2"))
QUERY: Final = frozenset(("urn:epcglobal:epcis-query:xsd:1", "urn:epcglobal:epcis-query:xsd:2"))
STANDARD: Final = EPCIS | QUERY | {""}
POINT: Final = "suyuan:extension."
"""What stands at an extension point without a namespace of its own, as the schemas allow."""

_CBVMDA: Final = "urn:epcglobal:cbv:mda"
# What expands to a name on its own: JSON-LD 1.1 §4.1.5 asks for one of these at a prefix's end.
_PREFIX_ENDS: Final = (":", "/", "?", "#", "[", "]", "@")
_COMPACT: Final = re.compile(r"([A-Za-z_][\w.\-]*):(?!//)\S")


# Standard prefixes as the XML binding has them.
_SPELLED: Final[dict[str, str]] = {
    "cbvmda": _CBVMDA,
    "gs1": "https://ref.gs1.org/voc/",
    "cbv": "https://ref.gs1.org/cbv/",
    "epcis": "https://ref.gs1.org/epcis/",
    "suyuan": EXTENSION_NAMESPACE,
}
_DECODE: Final = msgspec.json.Decoder().decode


def spelled_names(event: dict[str, Any], context: Context) -> dict[str, str]:
    """What prefixes and terms stand for, in the very words of the document and of its event."""
    return dict(_spelled(context.sent)) | _declared(event.get("@context"))


@lru_cache(maxsize=256)
def _spelled(sent: bytes) -> dict[str, str]:
    return _SPELLED | (_declared(_DECODE(sent)) if sent else {})


def _declared(context: Any) -> dict[str, str]:
    listed = context if isinstance(context, list) else [context]
    found: dict[str, str] = {}
    for item in listed:
        for key, value in item.items() if isinstance(item, dict) else ():
            iri = value.get("@id") if isinstance(value, dict) else value
            if isinstance(iri, str) and not key.startswith("@"):
                found[key] = iri
    return found


class Names:
    """The prefixes that one event needs, gathered while its names are turned into compact ones."""

    __slots__ = ("_counts", "_declared", "_given", "_used")

    def __init__(self, declared: dict[str, str]) -> None:
        self._declared = declared
        self._used: dict[str, str] = {}
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def compact(self, namespace: str, prefix: str, name: str) -> str:
        """The name as JSON-LD writes it; one without a namespace stays bare."""
        if not namespace:
            return name
        return f"{self._prefix(namespace, prefix or 'ns')}:{name}"

    def mention(self, value: str) -> str:
        """A value that may be a compact name: its prefix is then declared as well."""
        found = _COMPACT.match(value)
        if found is not None and found[1] in self._declared:
            self._prefix(self._declared[found[1]], found[1])
        return value

    def context(self) -> dict[str, object]:
        """What they stand for, as a JSON-LD context."""
        return {
            prefix: iri if iri.endswith(_PREFIX_ENDS) else {"@id": iri, "@prefix": True}
            for prefix, iri in self._used.items()
        }

    def _prefix(self, namespace: str, wanted: str) -> str:
        if namespace == _CBVMDA:
            return "cbvmda"
        known = self._given.get((namespace, wanted))
        if known is not None:
            return known
        prefix = wanted
        while not self._is_free(prefix, namespace):
            self._counts[wanted] = self._counts.get(wanted, 0) + 1
            prefix = f"{wanted}{self._counts[wanted]}"
        if STANDARD_NAMES.get(prefix) != namespace:
            self._used[prefix] = namespace
        self._given[namespace, wanted] = prefix
        return prefix

    def _is_free(self, prefix: str, namespace: str) -> bool:
        if prefix in self._used:
            return self._used[prefix] == namespace
        if prefix in STANDARD_NAMES:
            return moved(namespace) == STANDARD_NAMES[prefix]
        return not is_scheme(prefix)
