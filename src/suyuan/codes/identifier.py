"""Identifiers as capture fixes them: one canonical URI per name, decided once."""

from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from suyuan.codes.clean import clean
from suyuan.codes.either import is_hidden
from suyuan.codes.gs1_keys import CANONICAL_ROOT, Reading, UnreadableError
from suyuan.codes.gs1_link import read_link
from suyuan.codes.gs1_urn import read_urn
from suyuan.codes.notes import note
from suyuan.codes.own_names import (
    OPEN_KINDS,
    RAW,
    SCOPED_KINDS,
    issued,
    named,
    raw_name,
    split_name,
)
from suyuan.codes.printed import printed_code
from suyuan.codes.privacy import CHECKED, HIDDEN, SHORTEST, masked, names_person
from suyuan.codes.registry import named_schemes, scheme_of
from suyuan.codes.schemes.general import EPC_PREFIX, URI_FORM, UUID_FORM
from suyuan.codes.types import GRAIN_NAMES, RESOLVERS, Candidate, Grain, Identifier, Note

# Long texts are read each time: the cache must not be filled with other people's megabytes.
_LONGEST_CACHED = 300
_CACHED = 1 << 15
_WITH_ISSUER = 2
_KINDS: Final = SCOPED_KINDS | OPEN_KINDS
# Whoever names a person by it in an event gets a name that names nobody, and an error.
_RESIDENT: Final = "resident-id"

# What may stand where a grain is expected. EPCIS lets documents, places and parties be
# observed like things (CBV 2.0 §8.2), and GLNs were parties' names before PGLN (CBV 1.2).
_FITTING: Final = {
    Grain.INSTANCE: frozenset(Grain) - {Grain.CLASS, Grain.LOT},
    Grain.LOT: frozenset((Grain.LOT, Grain.CLASS)),
    Grain.CLASS: frozenset((Grain.LOT, Grain.CLASS)),
    Grain.PARTY: frozenset((Grain.PARTY, Grain.PLACE)),
    Grain.PLACE: frozenset((Grain.PLACE,)),
    Grain.DOCUMENT: frozenset(Grain),
}


def read_identifier(
    uri: str,
    *,
    capturer: str,
    expect: Grain | None = None,
    resolvers: frozenset[str] = RESOLVERS,
) -> Identifier:
    """The identifier that a URI in an event is; never fails.

    EPC URNs and Digital Links on one of the `resolvers` become one GS1 URI, and an address there
    that ends with a code of our labels becomes the name of that code; names in
    `urn:suyuan:` are checked by their scheme; other absolute URIs stay as they are. What
    cannot be resolved, or fails a GS1 check digit, becomes `urn:suyuan:raw:<capturer>:…`,
    where `capturer` names the capturing organisation. `expect` is the grain that the field
    asks for: it is the grain of names that do not tell theirs, and else gives a note.
    """
    read = _read if len(uri) <= _LONGEST_CACHED else _read.__wrapped__
    known = read(uri, expect, resolvers)
    if known.uri:
        return known
    return replace(known, uri=raw_name(capturer, _hidden(uri, known)))


def _hidden(uri: str, known: Identifier) -> str:
    """What was received, masked; nothing of it where only reading it bares the number."""
    hidden = masked(uri)
    is_bared = known.note is not None and known.note.code == "code.masked"
    return HIDDEN * SHORTEST if is_bared and hidden == uri and not names_person(uri) else hidden


@lru_cache(maxsize=_CACHED)
def _read(uri: str, expect: Grain | None, resolvers: frozenset[str]) -> Identifier:
    """As `read_identifier`, with an empty `uri` where the capturer is part of the name."""
    try:
        reading = read_gs1(uri, resolvers)
    except UnreadableError as error:
        return _raw(uri, expect, error.note)
    if reading is None:
        printed = printed_code(uri, resolvers)
        return _named(uri, printed, expect) if printed else _read_other(uri, expect)
    if _tells_who(reading):
        return _raw(uri, expect, note("masked", "error"))
    said = reading.notes[0] if reading.notes else None
    if expect is not None and reading.grain not in _FITTING[expect]:
        said = _unfitting(reading.grain, expect)
    return Identifier(
        reading.uri, reading.scheme, reading.grain, reading.lot, reading.class_uri, uri, said
    )


def read_gs1(
    uri: str, resolvers: frozenset[str] = RESOLVERS, *, anywhere: bool = False
) -> Reading | None:
    """A GS1 key from either of its URIs, a link `anywhere` or on a resolver; None for others.

    Raises:
        UnreadableError: the URI is one, and its code is wrong.
    """
    if uri.startswith(CANONICAL_ROOT):
        return read_link(uri)
    if uri.startswith(EPC_PREFIX) or uri[: len(EPC_PREFIX)].lower() == EPC_PREFIX:
        return read_urn(uri)
    return read_link(uri, resolvers, anywhere=anywhere)


def _tells_who(reading: Reading) -> bool:
    """Whether a value is an identity number, and no key that its own check digit proves."""
    return any(
        len(value) >= SHORTEST and ai not in CHECKED and names_person(f"({ai}){value}")
        for ai, value in reading.pairs + reading.extra
    )


def _read_other(uri: str, expect: Grain | None) -> Identifier:
    if UUID_FORM.fullmatch(uri):
        return _kept(uri, "uuid", expect, uri.lower())
    name = split_name(uri)
    if name is not None:
        if _is_person(uri, name):
            return _raw(uri, expect, note("masked", "error"))
        return _read_named(uri, name[0], name[1], expect)
    if names_person(uri) or masked(uri) != uri:
        return _raw(uri, expect, note("masked", "error"))
    if not URI_FORM.fullmatch(uri) or uri.startswith("urn:suyuan:"):
        return _raw(uri, expect, note("bare", "error"))
    is_epc = uri[: len(EPC_PREFIX)].lower() == EPC_PREFIX
    return _kept(uri, "epc" if is_epc else "uri", expect, uri)


def _is_person(uri: str, name: tuple[str, tuple[str, ...]]) -> bool:
    """Whether a part of the name is an identity number; raw names carry masked ones."""
    scheme, fields = name
    if scheme == RAW:
        return masked(uri) != uri
    if scheme == _RESIDENT or is_hidden(uri):
        return True
    return any(names_person(each, scheme) for each in (scheme, *fields))


def _read_named(uri: str, scheme: str, fields: tuple[str, ...], expect: Grain | None) -> Identifier:
    """A name in `urn:suyuan:`; what its scheme cannot read is raw, a failed check is noted."""
    if scheme in named_schemes() and len(fields) == 1:
        candidate = named_schemes()[scheme].recognise(clean(fields[0]))
        if candidate is None:
            return _raw(uri, expect, note("form", "error", what=f"urn:suyuan:{scheme}"))
        return _named(uri, candidate, expect)
    if scheme in SCOPED_KINDS and len(fields) != _WITH_ISSUER:
        return _raw(uri, expect, note("form", "error", what=f"urn:suyuan:{scheme}:<issuer>:<code>"))
    grain = _grain(scheme)
    canonical = issued(scheme, *fields) if len(fields) == _WITH_ISSUER else ""
    canonical = named(scheme, fields[0]) if len(fields) == 1 else canonical
    is_known = grain is not None or scheme == RAW
    said = None if is_known else note("generic", "info")
    if grain is not None and expect is not None and grain not in _FITTING[expect]:
        said = _unfitting(grain, expect)
    return _kept(uri, scheme, grain or expect, canonical or uri, said)


def _named(uri: str, candidate: Candidate, expect: Grain | None) -> Identifier:
    """What a code of a scheme names, with the first doubt about it; a person's number is raw."""
    if names_person(candidate.canonical, candidate.scheme):
        return _raw(uri, expect, note("masked", "error"))
    doubts = [said for said in candidate.notes if said.severity != "info"]
    said = doubts[0] if doubts else None
    if expect is not None and candidate.grain not in _FITTING[expect]:
        said = said or _unfitting(candidate.grain, expect)
    return Identifier(candidate.canonical, candidate.scheme, candidate.grain, None, None, uri, said)


def _grain(scheme: str) -> Grain | None:
    """What the names of a kind or of a scheme with issuers name; None if it is not ours."""
    grain = _KINDS.get(scheme)
    if grain is None:
        registered = scheme_of(scheme)
        grain = registered.grain if registered is not None and registered.scoped else None
    return grain


def _kept(
    uri: str, scheme: str, grain: Grain | None, canonical: str, said: Note | None = None
) -> Identifier:
    return Identifier(canonical, scheme, grain or Grain.INSTANCE, None, None, uri, said)


def _raw(uri: str, expect: Grain | None, why: Note) -> Identifier:
    return Identifier("", RAW, expect or Grain.INSTANCE, None, None, uri, why)


def _unfitting(found: Grain, expected: Grain) -> Note:
    names = {"found": GRAIN_NAMES[found], "expected": GRAIN_NAMES[expected]}
    return note("grain", "warning", **names)
