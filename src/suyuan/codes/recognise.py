"""What a text may be: every reading of it, the likeliest first."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes import either, linked
from suyuan.codes.called import (
    SPEAKS,
    SUBSTANCE,
    by_check,
    by_label,
    by_telephone,
    denied,
    is_meant,
    is_misfit,
    is_no_code,
    is_unsaid,
    meant,
    missed,
    says_other,
    says_too_little,
    unplaced,
    without_telephones,
)
from suyuan.codes.clean import clean
from suyuan.codes.forgiving import others
from suyuan.codes.glued import beside_hidden, ways
from suyuan.codes.gs1_elements import parted
from suyuan.codes.gs1_link import link_pairs
from suyuan.codes.guarding import guarded
from suyuan.codes.index import likely_schemes
from suyuan.codes.mended import without_spoilt
from suyuan.codes.nearly import UNMISTAKABLE, extended, nearly
from suyuan.codes.notes import note
from suyuan.codes.outcome import CHECK, CHECKS, is_proved, told
from suyuan.codes.own_names import RAW, decoded, split_name
from suyuan.codes.pieces import coarsely, may_hold_several, said_together, several_keys
from suyuan.codes.plain import TOLD
from suyuan.codes.printed import printed_code
from suyuan.codes.privacy import HIDDEN, QUOTED, cut, masked, quoted
from suyuan.codes.registry import named_schemes, scheme_of
from suyuan.codes.schemes.general import other_name
from suyuan.codes.schemes.gs1 import readings as gs1_readings
from suyuan.codes.schemes.organisations import divisions_of
from suyuan.codes.types import LONGEST, RESOLVERS, WIDE, Candidate, Cleaned
from suyuan.codes.worth import doubted

# In brackets the year of a paper, or the area of a telephone: no application identifier.
_YEARED = re.compile(r"\((?:19|20)[0-9]{2}\)\s?[\u3400-\u9fff]|\(0[1-9][0-9]{1,2}\)")
_ENDED = re.compile(r"https?://[!-~]+[。，；！？、]", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u036f' ’-]{2,39}")
_LETTERS = re.compile("[A-Z]{2,5}(?=[0-9])")
_LINK = re.compile(r"https?://[^/?#\s]*", re.IGNORECASE)
_SHORTEST_INSIDE: Final = 6
# Of these GS1 alone says what they are: one that is wrong is no other's name or code.
_OF_GS1 = re.compile(r"(?:https?://id\.gs1\.org/|urn:epc:)[^\s,;|，；、。]*", re.IGNORECASE)
_BEGUN = re.compile(
    r"https?://[^/?#\s]+/(?:01)?([0-9]{13,14})(?=[^0-9/?#&=\s])([^/?#\s]{1,100})", re.IGNORECASE
)
_ITEM: Final = "gtin"
_LONGEST_REST: Final = 40
# As many digits in a link are meant for a code, where something reads them as one that fails.
_KEY_LIKE = re.compile("[0-9]{12}")
_LEAST: Final = 1
# A number inside any link is worth showing only where its check or structure speaks for it.
_LIKELY_INSIDE: Final = 40
_SURE: Final = 55
_LESS_SURE: Final = 10
_NAMED: Final = 95
_TOGETHER: Final = 90
_MAYBE_OTHER: Final = "code.maybe-article"
_UUID: Final = "uuid"
_RESIDENT: Final = "resident-id"
_ANY_ADDRESS: Final = "uri"
_ANY_PAPER: Final = "document"
_LONGEST_NAME: Final = 40
_MOST_READ: Final = 32
_LONGEST_PIECE: Final = 300
_WORTH_TELLING: Final = 12
"""Characters of a piece whose check fails and that is told all the same."""

_MARKING: Final = frozenset("%&<")
_SUBSTANCES: Final = frozenset(("cas", "ec-number"))


class _Reads(Struct):
    """What was read of one text: what it may stand for and its pieces are often the same.

    `resolvers` are the hosts whose links are read as capture reads them.
    """

    resolvers: frozenset[str]
    texts: dict[str, Cleaned] = {}
    read: dict[str, list[Candidate]] = {}

    def cleaned(self, text: str) -> Cleaned:
        """A text freed of what is around it."""
        if text not in self.texts:
            self.texts[text] = _cleaned(text)
        return self.texts[text]

    def whole(self, text: str) -> list[Candidate]:
        """Its readings as one code."""
        if text not in self.read:
            self.read[text] = list(_whole(self.cleaned(text), self.resolvers))
        return self.read[text]


def recognise(text: str, resolvers: frozenset[str] = RESOLVERS) -> tuple[Candidate, ...]:
    """Every reading of a text that a person or scanner gives, best first; none if unknown.

    Forgives full-width characters, spaces, dashes, case, brackets, labels, scanner prefixes and
    links around a code, links without scheme, letters for digits, and says so in the notes; of a
    text with several codes each is read, and says in `piece` where. Readings whose check fails
    are shown, not hidden, at the end. Resident identity numbers are masked before anything else is
    read, and a reading that bares or holds one is none but that.
    A link on one of the `resolvers` is read as capture reads it; on others it is a doubted reading.
    Never fails, whatever the text; 10 kB of it are read.
    """
    reads = _Reads(resolvers)
    cleaned = reads.cleaned(text)
    found = [*reads.whole(text), *_by_name(cleaned)]
    if split_name(cleaned.text) is None or len(cleaned.text.split()) > 1:
        found = without_spoilt(found, list(_otherwise(cleaned, reads)), _LIKELY_INSIDE)
        found = _beside(found, list(_apart(cleaned, found, reads)), cleaned)
        if not _is_read([each for each in found if each.scheme != _RESIDENT]):
            found.extend(_together(cleaned, reads))
    if _ENDED.match(cleaned.text):
        found = _without_sentence(found)
    found = _without_addresses(cleaned, found)
    plain = cut(text, LONGEST)
    ranked = _ranked(either.beside(list(guarded(found)), plain, cleaned.label), cleaned)
    return tuple(map(told, doubted(list(ranked), plain)))


def _without_sentence(found: list[Candidate]) -> list[Candidate]:
    """Without what would take a mark of a Chinese sentence and all behind it for a link's part."""
    inside = [each for each in found if each.valid and each.scheme != _ANY_ADDRESS]
    return inside if _is_read(inside) else found


def _ranked(found: Iterator[Candidate], cleaned: Cleaned) -> Iterator[Candidate]:
    """The best first, and of one thing its best reading.

    What fails stands behind what holds, unless letters at the beginning say whose code it is: then
    it is that one mistyped, sooner than another's that a check speaks for by chance. So is what
    the label names, unless another says itself what it is, or a piece of the text is a code.
    """
    every = list(found)
    label = "" if any(each.piece and each.valid for each in every) else cleaned.label

    def likely(each: Candidate) -> tuple[bool, bool, int]:
        is_sound = each.valid and not any(said.code == _MAYBE_OTHER for said in each.notes)
        is_likely = is_sound or _is_begun(each, cleaned.bare)
        return is_meant(each, label), is_likely, each.score

    distinct: dict[tuple[str, str], Candidate] = {}
    for each in sorted(every, key=likely, reverse=True):
        distinct.setdefault((each.scheme, each.canonical), each)
    return iter(distinct.values())


def _is_begun(each: Candidate, code: str) -> bool:
    scheme = scheme_of(each.scheme) if each.score >= TOLD else None
    begun = _LETTERS.match(code)
    return scheme is not None and begun is not None and f"^{begun[0]}" in scheme.keys


def _by_name(cleaned: Cleaned) -> Iterator[Candidate]:
    """The divisions of which a text without digits is a name, of Latin letters the whole of it."""
    is_latin = _LATIN.fullmatch(cleaned.text) and not cleaned.label
    name, notes = cleaned.written, cleaned.written_notes
    if is_latin:
        name, notes = cleaned.text, cleaned.notes
    if 1 < len(name) <= _LONGEST_NAME and not _DIGIT.search(name):
        for each in divisions_of(name):
            yield replace(each, notes=(*notes, *each.notes))


def _cleaned(text: str) -> Cleaned:
    """The text with its mask on; once more when cleaned, should cleaning have bared a number."""
    plain = cut(text, LONGEST)
    shown = masked(plain)
    cleaned = clean(shown)
    read = cleaned.label + cleaned.text
    if shown == plain and (read == plain or _is_but_narrower(read, plain)):
        return cleaned
    hidden = masked(read)[len(cleaned.label) :]
    return cleaned if hidden == cleaned.text else replace(clean(hidden), notes=cleaned.notes)


def _is_but_narrower(read: str, plain: str) -> bool:
    """Whether nothing was done but to make characters half as wide, none of which begins a mark."""
    return len(read) == len(plain) and read == plain.translate(WIDE) and _MARKING.isdisjoint(read)


def _whole(cleaned: Cleaned, resolvers: frozenset[str]) -> Iterator[Candidate]:
    """The readings of the text as one code, and of what is inside it if it is a link."""
    if is_no_code(cleaned):
        return
    found = [by_label(each, cleaned.label) for each in _readings(cleaned, resolvers)]
    found = unplaced(found, cleaned)
    found = by_check(found, [each for each in found if is_proved(each)], cleaned.label)
    is_read = _is_read(found)
    found.extend(denied(cleaned, found) if is_read else missed(cleaned, found))
    if not is_read:
        found = _without_addresses(cleaned, found)
    is_told = is_read or any(each.score >= TOLD and not each.valid for each in found)
    if not (is_told or says_other(cleaned.label)):
        found = list(nearly(cleaned, found))
    found = by_telephone(extended(cleaned, found), cleaned)
    meaning = meant(found, cleaned.label)
    kept = [each for each in meaning if not (is_told and _is_any_paper(each))]
    inside = [] if is_read else list(_inside_link(cleaned, _wrong_values(cleaned, found)))
    yield from _addresses_last(cleaned, [*kept, *(each for each in inside if not _is_faint(each))])
    yield from filter(_is_faint, inside)


def _is_faint(inside: Candidate) -> bool:
    """Whether what a link holds fails its check, and nothing else says that it is a code at all."""
    return not inside.valid and inside.score == _LEAST


def _addresses_last(cleaned: Cleaned, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """The readings; a link that holds nothing but a code that fails is confirmed by nothing.

    It may be a sound address all the same, so that it is told, behind the code.
    """
    others = [each for each in found if each.scheme != _ANY_ADDRESS]
    is_wrong = others and not any(each.valid for each in others) and _LINK.match(cleaned.text)
    if not (is_wrong and _KEY_LIKE.search(cleaned.text)):
        yield from found
        return
    said = note("link-wrong", "error", found=others[0].name)
    yield from others
    for each in found:
        if each.scheme == _ANY_ADDRESS:
            yield replace(each, valid=False, score=_LEAST, notes=(*each.notes, said))


def _without_addresses(cleaned: Cleaned, found: list[Candidate]) -> list[Candidate]:
    """Without what any address is, where one scheme alone can say what it is, right or wrong.

    Of other hosts the address stays a reading: events from before a host was registered have it as
    their name.
    """
    others = [each for each in found if each.scheme != _ANY_ADDRESS]
    whole = [each for each in others if not each.piece]
    is_said = _OF_GS1.fullmatch(cleaned.text) or any(each.scheme == _UUID for each in whole)
    return others if whole and is_said else found


def _is_read(found: Sequence[Candidate]) -> bool:
    return any(each.valid and each.score > _LIKELY_INSIDE for each in found)


def _is_any_paper(found: Candidate) -> bool:
    """Whether nothing but the label says what it is, and that only vaguely."""
    return found.scheme == _ANY_PAPER and found.issuer is None


def _otherwise(cleaned: Cleaned, reads: _Reads) -> Iterator[Candidate]:
    """The readings of the other texts that it may stand for, where they are sound."""
    for other in others(cleaned) if not is_no_code(cleaned) else ():
        for each in reads.whole(other.text):
            meant = each.scheme == other.only if other.only else each.scheme != _ANY_ADDRESS
            meant = meant and (not other.proved or is_proved(each))
            meant = meant and (not each.valid or by_label(each, cleaned.label).valid)
            if (each.valid or other.plain) and meant:
                notes = tuple(dict.fromkeys((*cleaned.notes, other.note, *each.notes)))
                yield replace(each, notes=notes, score=max(each.score - other.less, 1))


def _apart(cleaned: Cleaned, whole: Sequence[Candidate], reads: _Reads) -> Iterator[Candidate]:
    """What the pieces of a text say, where it is more than one code, or has words around it."""
    text = cleaned.label + cleaned.text
    is_several = several_keys(cleaned.text)
    # What stands behind a bracket of an element string is no other's code.
    keys = [each for each in whole if each.valid and _OF_GS1.match(each.canonical)]
    is_string = any(parted(cleaned.text)) or (cleaned.text[:1] == "(" and keys)
    is_one = _OF_GS1.fullmatch(text) or (is_string and not is_several)
    if is_one or not may_hold_several(text):
        return
    together = said_together(text)
    if together:
        for each in gs1_readings(_cleaned(together), reads.resolvers):
            if each.valid:
                yield replace(each, notes=(note("together", "info"), *each.notes), score=_TOGETHER)
    is_read = _is_read(whole)
    least = _SURE if is_read else _LIKELY_INSIDE
    pieces = _pieces(cleaned, least, reads)
    if not is_read or len(pieces) > 1:
        yield from chain.from_iterable(pieces)


def _beside(
    whole: Sequence[Candidate], pieces: Sequence[Candidate], cleaned: Cleaned
) -> list[Candidate]:
    """All readings; beside a sound piece none of the whole that has too many or other places.

    Nor a paper's of which only the label says what it is, where the piece is its whole number; nor
    of several keys what they fail to be as one.
    """
    sound = [decoded(each.canonical) for each in pieces if each.valid and not _is_any_paper(each)]
    if not sound:
        return [*whole, *pieces]
    is_several = several_keys(cleaned.text)
    left = [each for each in whole if each.valid or not (is_several or is_misfit(each))]
    return [*(each for each in left if not _is_cut_off(each, sound)), *pieces]


def _is_cut_off(each: Candidate, sound: Sequence[str]) -> bool:
    number = decoded(each.canonical).rpartition(":")[2]
    return _is_any_paper(each) and any(name.endswith(number) for name in sound)


def _together(cleaned: Cleaned, reads: _Reads) -> Iterator[Candidate]:
    """What a text says that is several codes written together, each of them sound."""
    for piece in beside_hidden(cleaned):
        yield from (each for each in _of_piece(piece, _LIKELY_INSIDE, reads) if each.valid)
    for pieces in ways(cleaned):
        found = [_of_piece(each, _LIKELY_INSIDE, reads) for each in pieces]
        if all(each and each[0].valid for each in found):
            said = note("glued", "warning", found=" ".join(map(quoted, pieces)))
            yield from (
                replace(each, notes=(*each.notes, said)) for each in chain.from_iterable(found)
            )
            return


def _pieces(cleaned: Cleaned, least: int, reads: _Reads) -> list[list[Candidate]]:
    """Of each piece that is a code its readings; the last says if there is more than was read.

    What stands behind the label was read with it: without, it would be what the label denies.
    """
    text = without_telephones(cleaned.label + cleaned.text)
    known = {text.strip(), cleaned.text.strip(), ""}
    left = _MOST_READ
    seen: dict[str, list[Candidate]] = {}

    def read(piece: str) -> list[Candidate]:
        nonlocal left
        if piece in known or not _DIGIT.search(piece):
            return []
        left -= 1
        if left >= 0 and piece not in seen:  # a segment of one word is met again as that
            seen[piece] = _of_piece(piece, least, reads)
        return seen[piece] if left >= 0 else []

    found = list(filter(None, coarsely(text, cleaned.written, read)))
    if left < 0 and found:
        more = note("more-pieces", "warning")
        last = _last_new(found)
        found[last] = [replace(each, notes=(*each.notes, more)) for each in found[last]]
    return found


def _last_new(found: Sequence[list[Candidate]]) -> int:
    """Where the last code stands that is new: of those that repeat it the first is told."""
    first: dict[str, int] = {}
    for at, each in enumerate(found):
        first.setdefault(each[0].canonical, at)
    return max(first.values())


def _of_piece(piece: str, least: int, reads: _Reads) -> list[Candidate]:
    """The sound readings of a piece, else its likeliest if it is long enough for a code."""
    if len(piece) > _LONGEST_PIECE or says_too_little(piece):
        return []
    cleaned = reads.cleaned(piece)
    if is_no_code(cleaned):
        return []
    found = list(reads.whole(piece))
    if not any(each.valid and each.score >= SPEAKS and is_proved(each) for each in found):
        found.extend(_otherwise(cleaned, reads))
    sound = [each for each in found if each.valid and each.score >= least]
    if not sound:
        sound = [each for each in found if not each.valid and _is_worth_telling(each, cleaned)][:1]
    shown = piece[:QUOTED] if cleaned.received == piece else quoted(piece)  # masked as it came
    said = note("piece", "info", found=shown)
    return [
        replace(
            each,
            piece=piece,
            notes=tuple(dict.fromkeys((said, *each.notes))),
            score=max(each.score - _LESS_SURE, 1),
        )
        for each in sound
    ]


def _is_worth_telling(each: Candidate, cleaned: Cleaned) -> bool:
    """Whether a piece that fails is meant for a code: by its length, or its dashes."""
    if len(cleaned.bare or cleaned.text) >= _WORTH_TELLING:
        return True
    return each.scheme in _SUBSTANCES and SUBSTANCE.fullmatch(cleaned.text) is not None


def _readings(cleaned: Cleaned, resolvers: frozenset[str]) -> Iterator[Candidate]:
    hidden = either.by_name(cleaned.text)
    if hidden is not None:
        yield hidden
        return
    name = split_name(cleaned.text)
    raw = other_name(cleaned) if name is not None and name[0] == RAW else None
    if raw is not None:
        yield raw
        return
    if name is not None and name[0] in named_schemes():
        candidate = named_schemes()[name[0]].recognise(clean(name[1][-1]))
        if candidate is not None:
            yield replace(candidate, score=_NAMED)
        if HIDDEN not in cleaned.text:
            return
    printed = printed_code(cleaned.text, resolvers)
    if printed is not None:
        yield replace(printed, notes=cleaned.notes + printed.notes)
    known = False
    tried = (scheme.recognise(cleaned) for scheme in likely_schemes(cleaned))
    keys = () if _YEARED.match(cleaned.text) else gs1_readings(cleaned, resolvers)
    for candidate in chain(keys, tried):
        if candidate is not None and not is_unsaid(candidate, cleaned):
            known = True
            yield candidate
    other = None if known else other_name(cleaned)
    if other is not None:
        yield other


def _wrong_values(cleaned: Cleaned, found: Sequence[Candidate]) -> frozenset[str]:
    """What a Digital Link holds whose key has a wrong check digit: codes of no other scheme."""
    is_wrong = any(said.code == CHECK for each in found for said in each.notes)
    pairs = link_pairs(cleaned.text) if is_wrong and _LINK.match(cleaned.text) else ()
    return frozenset(value for _, value in pairs)


def _inside_link(cleaned: Cleaned, wrong: frozenset[str]) -> Iterator[Candidate]:
    """Codes in the path or query of a link, as on the labels of many traceability sites."""
    link = _LINK.match(cleaned.text)
    if link is None:
        return
    yield from _at_start(cleaned)
    if _OF_GS1.fullmatch(cleaned.text):
        return
    pieces = linked.pieces(cleaned.text, link.end(), _SHORTEST_INSIDE)
    found = [_of_link(each) for each in pieces if decoded(each) not in wrong]
    said = (*cleaned.notes, note("linked", "info"))
    for candidate in chain.from_iterable(_beside_proved(found)):
        notes = said + candidate.notes
        yield replace(candidate, notes=notes, score=max(candidate.score - _LESS_SURE, _LEAST))


def _beside_proved(pieces: list[list[Candidate]]) -> list[list[Candidate]]:
    """The pieces; beside one whose check holds none that little speaks for."""
    if not any(is_proved(each) for piece in pieces for each in piece):
        return pieces
    return [piece for piece in pieces if any(each.score >= _SURE for each in piece)]


def _at_start(cleaned: Cleaned) -> Iterator[Candidate]:
    """The GTIN that the path of a link begins with, something glued behind it (GB/T 33993)."""
    begun = _BEGUN.match(cleaned.text)
    if begun is None:
        return
    said = note("link-start", "warning", found=quoted(begun[2], _LONGEST_REST))
    for each in gs1_readings(clean(begun[1]), RESOLVERS):
        if each.valid and each.scheme == _ITEM:
            yield replace(
                each, notes=(*cleaned.notes, said, *each.notes), score=each.score - _LESS_SURE
            )


def _is_mistyped(each: Candidate) -> bool:
    return not each.valid and any(said.code in CHECKS for said in each.notes)


def _of_link(piece: str) -> list[Candidate]:
    """The sound readings of a piece of a link; else what it fails to be beyond doubt.

    Else what it is but for its check, which says little: many a number in a link is no code.
    """
    cleaned = clean(decoded(piece))
    found = list(_readings(cleaned, RESOLVERS))
    sound = [each for each in found if each.valid and each.score >= _LIKELY_INSIDE]
    sure = sound or [each for each in nearly(cleaned, found) if each.scheme in UNMISTAKABLE]
    if sure or len(cleaned.bare) < _WORTH_TELLING:
        return sure
    failed = max(filter(_is_mistyped, found), key=lambda each: each.score, default=None)
    if failed is None:
        return []
    return [failed if failed.score >= TOLD else replace(failed, score=_LEAST)]
