"""What the names in a document mean, from a list kept here; nothing is ever fetched."""

import re
from typing import Any, Final

import msgspec

from suyuan.codes import privacy
from suyuan.model import Finding
from suyuan.wire.rules import finding
from suyuan.wire.types import Context, Mode

EPCIS_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
EXTENSION_NAMESPACE: Final = "urn:suyuan:ns:1:"

# The addresses of the EPCIS context, of any edition.
_STANDARD: Final = re.compile(
    r"https?://(?:ref\.gs1\.org/standards/epcis/(?:\d+\.\d+(?:\.\d+)?/)?|gs1\.github\.io/EPCIS/)"
    r"epcis-context\.jsonld"
)
# The prefixes that this context defines and protects, and our own.
STANDARD_NAMES: Final[dict[str, str]] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://ref.gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "suyuan": EXTENSION_NAMESPACE,
}
# The same vocabulary under its earlier addresses: editions of the context differ in this.
_MOVED: Final[tuple[tuple[str, str], ...]] = (
    ("https://gs1.org/voc/", "https://ref.gs1.org/voc/"),
    ("http://gs1.org/voc/", "https://ref.gs1.org/voc/"),
    ("https://www.gs1.org/voc/", "https://ref.gs1.org/voc/"),
    ("http://www.gs1.org/voc/", "https://ref.gs1.org/voc/"),
    ("https://ns.gs1.org/cbv/", "https://ref.gs1.org/cbv/"),
)
# Schemes of absolute IRIs that are written without "//": never prefixes of a document.
_SCHEMES: Final = frozenset(
    ("urn", "http", "https", "ni", "nih", "geo", "did", "tag", "data", "mailto", "info", "tel")
)
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode

STANDARD: Final = Context(names=STANDARD_NAMES)


def moved(iri: str) -> str:
    """The present address of a name of the GS1 vocabularies; every other IRI as it is."""
    if "gs1.org/" in iri:
        for old, new in _MOVED:
            if iri.startswith(old):
                return new + iri[len(old) :]
    return iri


def expand(name: str, context: Context) -> str | None:
    """The IRI that `prefix:local` stands for, an absolute IRI itself; None if undeclared."""
    prefix, _, local = name.partition(":")
    if not local.startswith("//"):
        iri = context.names.get(prefix)
        if iri is not None:
            return moved(iri + local)
        if prefix not in _SCHEMES:
            return None
    return moved(name)


def is_scheme(name: str) -> bool:
    """Whether this begins absolute IRIs, so that it can be no prefix of a document."""
    return name in _SCHEMES


def is_standard_address(item: Any) -> bool:
    """Whether this item of a @context is the published context of EPCIS itself."""
    return isinstance(item, str) and _STANDARD.fullmatch(item) is not None


def read_context(
    value: Any, *, mode: Mode, path: str, base: Context = STANDARD
) -> tuple[Context, tuple[Finding, ...]]:
    """The meaning of a `@context` value that stands below `base`, and what is odd about it."""
    names, open_, vocab = dict(base.names), base.open, base.vocab
    findings: list[Finding] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            vocab = _vocab(item, vocab)
            findings += _define(item, names, mode=mode, path=path)
        elif not isinstance(item, str) or ":" not in item:
            findings.append(finding("wire.context.shape", path, mode))
        elif not is_standard_address(item):
            open_ = True
            findings.append(
                finding("wire.context.unknown", path, mode, found=privacy.quoted(item, 200))
            )
    sent = _ENCODE(value)
    return Context(names=names, vocab=vocab, open=open_, sent=sent), tuple(findings)


def _vocab(item: dict[str, Any], before: str | None) -> str | None:
    vocab = item.get("@vocab", before)
    return vocab if isinstance(vocab, str) else None


def _define(item: dict[str, Any], names: dict[str, str], *, mode: Mode, path: str) -> list[Finding]:
    """Add the prefixes and terms of a context object; later definitions win (JSON-LD 1.1)."""
    findings: list[Finding] = []
    own = _texts(item)
    known = Context(names={**names, **own})  # one for all: there may be a hundred thousand
    for key, value in item.items():
        if key.startswith("@"):
            continue
        iri = value.get("@id", key) if isinstance(value, dict) else value
        if not isinstance(iri, str) or not iri:
            findings.append(finding("wire.context.shape", f"{path}/{key}", mode))
            continue
        full = expand(iri, known) if ":" in iri else None
        full = full or iri
        if STANDARD_NAMES.get(key, full) != full and moved(full) != STANDARD_NAMES[key]:
            findings.append(finding("wire.context.protected", f"{path}/{key}", mode, key=key))
        if ":" not in key:
            names[key] = full
            if key not in own:
                known.names[key] = full
    return findings


def _texts(item: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in item.items() if isinstance(value, str)}
