"""What labels call the codes of a scheme: a word before a code speaks for it or against it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from msgspec.structs import replace

from suyuan.codes.divisions import was_ever
from suyuan.codes.everyday import day_written, is_everyday
from suyuan.codes.forgiving import dashed
from suyuan.codes.gs1_keys import CANONICAL_ROOT, GTIN_DIGITS
from suyuan.codes.gs1_prefixes import special
from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.plain import TOLD, keeps_case, misfit
from suyuan.codes.privacy import HIDDEN
from suyuan.codes.registry import scheme_of
from suyuan.codes.types import Candidate, Cleaned
from suyuan.codes.words import BOOKS, CALLED, SAID_SO, SPEAKING

_Reading = TypeVar("_Reading", bound=Candidate)

# Nothing but their length speaks for them, so a label that says something else speaks against.
_BY_LENGTH: Final = frozenset(
    ("organisation-code", "hs-code", "division", "mv-node", "mv-operator", "mv-batch",
     "detonator", "organic-mark", "forest-seed-licence", "special-equipment",
     "special-equipment-old", "mv-trace", "special-equipment-registration")
)  # fmt: skip
_WORLD_WIDE: Final = 6
_HEADING: Final = re.compile(r"[0-9]{4}\.[0-9]{2}")
"""As commodities are written: heading, dot, subheading."""

_SHORT: Final = 8
_COMMODITY: Final = "hs-code"
_ANYHOW: Final = ("lot", "item", "cylinder")
_DIVISION: Final = "division"
_FEWEST: Final = 4
_LETTER_OR_DIGIT: Final = re.compile("[0-9A-Za-z]")
_REGISTERED: Final = "registration-number-old"
_NODE: Final = "mv-node"
_ARTICLE: Final = "gtin"
_PLACES: Final = frozenset(("gln", "sgln", "pgln"))
_NOT_ARTICLES: Final = frozenset(("code.dated", "code.telephone"))
SUBSTANCE: Final = re.compile(
    "(?!(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-)[1-9][0-9]{1,6}-[0-9]{2}-[0-9]|[2-9][0-9]{2}-[0-9]{3}-[0-9]"
)
"""As the numbers of substances are written; one digit of a day seldom stands alone."""

_ORGANISED: Final = re.compile("[0-9A-Z]{8}-[0-9X]", re.IGNORECASE)
"""As old organisation codes are written."""

TELEPHONE: Final = re.compile(
    r"(?:\+?86[- ]?)?(?:\(0[1-9][0-9]{1,2}\)|0[1-9][0-9]{1,2}[- ])[- ]?[0-9]{7,8}(?:-[0-9]{1,5})?"
)
_TELEPHONES: Final = re.compile(rf"(?<![0-9A-Za-z-]){TELEPHONE.pattern}(?![0-9A-Za-z-])")
_BEFORE: Final = 20
_SHORT_GTIN: Final = f"{CANONICAL_ROOT}01/000000"
_OF_BOOKS: Final = ("0977", "0978", "0979")
_OF_ARTICLES: Final = frozenset(
    ("code.check", "code.needs-check", "code.padded", "code.suppressed")
)
_UNLIKELY: Final = 22
_DETONATOR_OF_69: Final = named("detonator", "69")
"""China's article numbers begin with 69, and one in twenty has a day where detonators have it."""

_OTHER_PAPERS = re.compile(
    "证|许|准|批|字|第|审定|审[稻麦玉豆棉油薯谷]|饲|械|烟花|爆竹|流向|备案|登记|文号|执照|日期|时间|电话|手机|单号|订单|序列"
    "|发票|合同|账号|帐号|卡号|(?<![A-Z])SN|S/N|LOT|BATCH|SERIAL|DATE",
    re.IGNORECASE,
)
_ONE_WORD = re.compile("(?=[A-Z]{0,4}[0-9])[0-9A-Z]{4,40}")
# Of things that have no code: what reads as one does so by chance.
_NO_CODE = re.compile(
    "电话|手机|传真|热线|邮编|邮政编码|微信|(?<![A-Z])(?:QQ|TEL|FAX|ZIP|DATE)(?![A-Z])|日期|时间|保质期|有效期|到期|金额|价格|单价|数量|重量|净重|净含量",
    re.IGNORECASE,
)
_TRACED: Final = re.compile("追溯码|溯源码")
_FIREWORKS: Final = re.compile("流向|烟花|爆竹")
"""Their flow code has twenty digits as a drug's trace code has; nobody published what they are."""

_DRUG: Final = "drug-trace"
_RESIDENT: Final = "resident-id"
_NO_TRACE: Final = "code.no-trace"
_CHINA: Final = "69"
_UNLIKE: Final = frozenset(("code.size", "code.form", "code.lacking"))
_MORE: Final = 25
_MOST: Final = 97
_AGAINST: Final = 8
_ORGANISATION: Final = "organisation-code"
_SAID: Final = 85
_LIKELY_PROVED: Final = 40
SPEAKS: Final = 86
"""The score of a code whose letters or words say whose it is."""


def by_label(candidate: _Reading, label: str) -> _Reading:
    """The reading as the label before the code makes it likelier or unlikely.

    Where it names another scheme, what nothing but its first digits or length speaks for is none;
    where it is but another paper's, a key that nothing marks stays, and is unlikely.
    """
    if candidate.scheme == _ARTICLE and BOOKS.search(label):
        candidate = _of_book(candidate)
    if _is_called(candidate, label):
        is_wrong = candidate.scheme in _named(label) and _is_unlike(candidate)
        score = TOLD if is_wrong else min(candidate.score + _MORE, _MOST)
        return replace(candidate, score=score, valid=candidate.valid and not is_wrong)
    is_traced = _TRACED.search(label) is not None
    if not candidate.valid or not (says_other(label) or _is_named(label) or is_traced):
        return candidate
    is_unmarked = _is_unmarked(candidate)
    if _is_by_length(candidate, label) or (is_unmarked and _is_named(label)):
        scheme = scheme_of(candidate.scheme)
        said = note("other-label", "error", label=_shown(label), name=scheme.name if scheme else "")
        return replace(candidate, valid=False, score=_AGAINST, notes=(*candidate.notes, said))
    if _says_no_code(label) and candidate.scheme != _RESIDENT:
        said = note("no-code", "warning", label=_shown(label))
        return replace(candidate, score=_AGAINST, notes=(*candidate.notes, said))
    is_short = candidate.scheme == _ARTICLE and candidate.canonical.startswith(_SHORT_GTIN)
    if says_other(label) and (is_unmarked or is_short):
        said = note("other-label", "warning", label=_shown(label), name=candidate.name)
        return replace(candidate, score=_UNLIKELY, notes=(*candidate.notes, said))
    return candidate


def _is_by_length(candidate: Candidate, label: str) -> bool:
    """Whether nothing but its length speaks for a reading behind a label that is another's.

    For a drug's trace code its first digit speaks too, unless the label names a scheme or goods.
    """
    if candidate.scheme != _DRUG:
        return candidate.scheme in _BY_LENGTH
    is_another = _is_named(label) or _FIREWORKS.search(label) is not None
    return is_another or _is_unlike(candidate)


def _of_book(candidate: _Reading) -> _Reading:
    """Behind the word for a book no other article's number: its own check is another."""
    if any(part.value.startswith(_OF_BOOKS) for part in candidate.parts[:1]):
        return candidate
    kept = (said for said in candidate.notes if said.code not in _OF_ARTICLES)
    said = note("book-check", "error")
    return replace(candidate, valid=False, score=TOLD - _MORE, notes=(*kept, said))


def _is_unlike(candidate: Candidate) -> bool:
    return any(said.code == _NO_TRACE for said in candidate.notes)


def unplaced(found: Sequence[Candidate], cleaned: Cleaned) -> list[Candidate]:
    """The readings; what has but its length for it stands behind an article number mistyped.

    So are thirteen digits of a division in no list, a detonator's where China's articles begin,
    and a GS1 key without check that nothing marks: German article numbers begin like one. Written
    as an organisation code is, nothing is a market; a key that nothing marks, written as one or as
    the number of a substance, is none.
    """
    if SUBSTANCE.fullmatch(cleaned.text) or _ORGANISED.fullmatch(cleaned.text):
        found = [each for each in found if not _is_unmarked(each)]
    if cleaned.label:
        return list(found)
    if _ORGANISED.fullmatch(cleaned.text):
        return [_no_market(each) if each.scheme == _NODE else each for each in found]
    if not any(each.scheme == "gtin" and not each.valid for each in found):
        return list(found)
    return [
        _behind_article(each) if _is_anywhere(each) or _is_short(each, cleaned) else each
        for each in found
    ]


def _is_short(each: Candidate, cleaned: Cleaned) -> bool:
    """Whether eight digits are sooner a GTIN-8 mistyped than a commodity.

    Under China's prefix; else under one of goods, if the heading is none or the last digit no 0,
    as few of China's subheadings have.
    """
    code = cleaned.text
    if each.scheme != _COMMODITY or len(code) != _SHORT or not code.isdigit():
        return False
    said = {one.code for one in each.notes}
    if said & _NOT_ARTICLES or special(code.zfill(GTIN_DIGITS)) is not None:
        return False
    return code.startswith(_CHINA) or "code.heading" in said or not code.endswith("0")


def without_telephones(text: str) -> str:
    """The text without what is written as a telephone number, but of a lot or serial number."""

    def kept(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        is_called = any(CALLED[each].search(before) for each in _ANYHOW)
        return found[0] if is_called else " "

    return _TELEPHONES.sub(kept, text) if "0" in text else text


def by_telephone(found: list[Candidate], cleaned: Cleaned) -> list[Candidate]:
    """The readings of what is written as a telephone number, a doubt; what fails is none."""
    if not TELEPHONE.fullmatch(cleaned.text):
        return found
    said = note("telephone", "warning")
    return [
        replace(each, score=_AGAINST, notes=(*each.notes, said)) for each in found if each.valid
    ]


def _is_anywhere(each: Candidate) -> bool:
    is_nowhere = any(said.code == "code.division_unknown" for said in each.notes)
    is_long = is_nowhere and each.scheme in _BY_LENGTH and each.score <= _LIKELY_PROVED
    is_weak = is_long or _is_unmarked(each)
    return each.valid and (is_weak or each.canonical.startswith(_DETONATOR_OF_69))


def _is_unmarked(each: Candidate) -> bool:
    """Whether nothing but its first digits says that it is a GS1 key; a serial behind it does."""
    place, _, path = each.canonical.partition(CANONICAL_ROOT)
    is_key = not place and path.count("/") == 1
    return is_key and each.check == "none" and each.score <= _LIKELY_PROVED


def _behind_article(each: Candidate) -> Candidate:
    said = note("maybe-article", "warning", name=each.name)
    return replace(each, score=_AGAINST, notes=(*each.notes, said))


def _no_market(each: Candidate) -> Candidate:
    """The way it is written speaks against a market as a label does, and as much."""
    said = note("maybe-organisation", "error", name=each.name)
    return replace(each, valid=False, score=_AGAINST, notes=(*each.notes, said))


def by_check(
    found: Sequence[Candidate], proved: Sequence[Candidate], label: str
) -> list[Candidate]:
    """The readings, those that no check proves less likely than all of the `proved` ones.

    Unless the code's own letters or the label say whose it is, or something else speaks against
    the proved one: one number in ten passes a check by chance.
    """
    scores = (each.score for each in proved if each.score >= _LIKELY_PROVED)
    most = min(scores, default=_MOST + 1) - 1

    def judged(each: Candidate) -> Candidate:
        is_said = each.score >= _SAID or _is_called(each, label)
        if is_said or not each.valid or each in proved:
            return each
        return replace(each, score=min(each.score, most))

    return [judged(each) for each in found]


def _says_no_code(label: str) -> bool:
    return _NO_CODE.search(label) is not None


def says_other(label: str) -> bool:
    """Whether a label says that a number is no code of a thing: a paper, a day, a telephone."""
    return _OTHER_PAPERS.search(label) is not None or _says_no_code(label)


def says_too_little(piece: str) -> bool:
    """Whether a piece has fewer letters and digits than a code, and no word for what may have."""
    if len(_LETTER_OR_DIGIT.findall(piece)) >= _FEWEST:
        return False
    return not any(CALLED[each].search(piece) for each in (*_ANYHOW, _DIVISION))


def is_no_code(cleaned: Cleaned) -> bool:
    """Whether a text is written as a day or a hotline with nothing before it, or words say so."""
    is_day = _says_no_code(cleaned.label) and day_written(cleaned.text) is not None
    return is_day or is_everyday(cleaned)


def meant(found: Sequence[Candidate], label: str) -> list[Candidate]:
    """Without what fails and has but its length for it, where a sound one is what the label says.

    An old organisation code has one check character: nothing beside what says itself what it is.
    Nor with what is no more than begun like a code, where it is a sound one of another scheme, and
    the label names neither; nor with what fails behind the label of a thing that has no code.
    """
    is_said = any(each.valid and _is_called(each, label) for each in found)
    is_sure = any(each.valid and each.score > TOLD for each in found)
    names = _named(label)
    others = (each for each in found if each.valid and each.scheme != _ORGANISATION)
    speaks = any(each.score >= SPEAKS for each in others) and not _is_old_code(label)
    if _says_no_code(label):
        found = [each for each in found if each.valid or each.scheme == _RESIDENT]
    return [
        each
        for each in found
        if not (speaks and each.scheme == _ORGANISATION)
        if each.valid
        or not (
            (is_said and each.scheme in _BY_LENGTH and not _is_called(each, label))
            or (is_sure and each.scheme not in names and is_misfit(each))
        )
    ]


def is_misfit(each: Candidate) -> bool:
    """Whether a reading has too many places for its scheme, or others."""
    return any(said.code in _UNLIKE for said in each.notes)


def is_meant(each: Candidate, label: str) -> bool:
    """Whether a reading of the whole text stands before others, where its label names a scheme.

    It is what the label names, be it in doubt; or it says itself what it is, as in brackets.
    """
    if not _is_named(label):
        return False
    if each.score >= SPEAKS or each.scheme == _RESIDENT or each.scheme in _named(label):
        return True
    return each.valid and _is_called(each, label)


def denied(cleaned: Cleaned, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """The schemes that a label names where all that is read behind it is some other key of GS1.

    Of an article's label, which is that of any bar code, nothing is to be told.
    """
    keys = [each for each in found if each.valid and each.score > _LIKELY_PROVED]
    is_code = not cleaned.bare or _is_one_word(cleaned)  # nothing is bare of an element string
    if not (_is_named(cleaned.label) and keys and is_code) or HIDDEN in cleaned.text:
        return
    if all(each.canonical.startswith(CANONICAL_ROOT) for each in keys):
        read = {each.scheme for each in found} | {_ARTICLE}
        yield from _misfits(cleaned, read if read.isdisjoint(_PLACES) else read | _PLACES)


def _is_one_word(cleaned: Cleaned) -> bool:
    return HIDDEN not in cleaned.text and _ONE_WORD.fullmatch(cleaned.bare) is not None


def _is_called(candidate: Candidate, label: str) -> bool:
    """Whether a label has a word for a scheme, and does not name others of which one is meant."""
    words = CALLED.get(candidate.scheme)
    if words is None or not words.search(label):
        return False
    said = _named(label) if candidate.scheme in SAID_SO else frozenset()
    return not said or candidate.scheme in said


@lru_cache(maxsize=1 << 10)
def _named(label: str) -> frozenset[str]:
    """The schemes that a label names."""
    return frozenset(scheme for scheme, words in SAID_SO.items() if words.search(label))


def _is_old_code(label: str) -> bool:
    return CALLED[_ORGANISATION].search(label) is not None


def _is_named(label: str) -> bool:
    """Whether a label names a scheme; which, is another question."""
    return bool(label) and bool(_named(label))


def is_unsaid(candidate: Candidate, cleaned: Cleaned) -> bool:
    """Whether a reading is of a form so short that only a label says it, and none does.

    The six digits of a commodity that are the same in all countries may be any six digits; an
    old registration number of a division in no list may be an ear tag, by one chance in ten.
    """
    if candidate.scheme == _REGISTERED and not cleaned.label:
        return any(said.code == "code.division_unknown" for said in candidate.notes)
    if candidate.scheme != "hs-code" or len(cleaned.bare) != _WORLD_WIDE:
        return False
    is_said = CALLED["hs-code"].search(cleaned.label) or _HEADING.fullmatch(cleaned.text)
    return not (is_said or _is_no_division(cleaned))


def _is_no_division(cleaned: Cleaned) -> bool:
    """Whether six digits with nothing before them were never a division, nor of a province."""
    code = cleaned.bare
    return not cleaned.label and code == cleaned.text and not was_ever(f"{code[:2]}0000")


def missed(cleaned: Cleaned, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """The failing readings of the schemes that the label names and whose form the code has not."""
    read = {each.scheme for each in found if each.valid or each.score >= TOLD}
    for name, spoken in SPEAKING.items() if cleaned.written and not read else ():
        scheme = scheme_of(name) if spoken.search(cleaned.written) else None
        if scheme is not None:
            yield misfit(scheme, cleaned.written, cleaned.written_notes)
    if not cleaned.label or not _is_one_word(cleaned):
        return
    read = {each.scheme for each in found} | {scheme for scheme, _ in dashed(cleaned)}
    yield from _misfits(cleaned, read)


def _misfits(cleaned: Cleaned, read: set[str]) -> Iterator[Candidate]:
    """Of the schemes that the label names, those that the code is none of and nothing told yet."""
    for name in sorted(_named(cleaned.label) - read):
        scheme = scheme_of(name)
        if scheme is not None:
            code = cleaned.cased if keeps_case(scheme.layout) else cleaned.bare
            found = misfit(scheme, code or cleaned.text, cleaned.notes)
            is_book = name == _ARTICLE and BOOKS.search(cleaned.label)
            said = (*cleaned.notes, note("book-check", "error"))
            yield replace(found, notes=said) if is_book else found


def _shown(label: str) -> str:
    return label.strip(" :：=#\t\n")
