"""Other ways to read what somebody typed: each said in a note, none in the place of the first.

Links without their scheme or with a space in them, letters for digits, marks of a sentence that
may belong to the code, eight digits that may be a shortened UPC, numbers that only a label names.
Capture forgives none of this: there a name is what it is.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from suyuan.codes.checks import gs1_check_digit, is_gs1_checked, is_uscc_checked
from suyuan.codes.divisions import was_ever
from suyuan.codes.gs1_ais import AIS, FIXED
from suyuan.codes.gs1_elements import parted, read_elements, spelled, split_elements
from suyuan.codes.gs1_keys import GTIN_DIGITS, KEYS, UnreadableError
from suyuan.codes.notes import note
from suyuan.codes.privacy import HIDDEN, masked
from suyuan.codes.retyped import retyped
from suyuan.codes.spaced import FNC1, is_whole, pieces_of, reads_otherwise, separated
from suyuan.codes.types import Cleaned, Other
from suyuan.codes.words import BOOKS, CALLED, SAID_SO
from suyuan.kit import Text

_LONGEST: Final = 2_048
_HOST: Final = r"(?=(?P<host>(?:[A-Za-z0-9-]{1,63}\.){1,5}))(?P=host)[A-Za-z]{2,18}(?::[0-9]{1,5})?"
_BARE_ADDRESS = re.compile(
    rf"(?:h?[tx]{{1,2}}ps?[:;]?/{{1,3}}|//)?({_HOST}[/?]\S.*)", re.IGNORECASE | re.DOTALL
)
# The number of a line in a list, before what is as long as a code.
_LISTED = re.compile(r"(?:[1-9][0-9]?[.)]|\([1-9]\))(?:\s{1,3}(?=\S{6})|(?=\w{12}))")
_CIRCLED = re.compile(r"\s{0,9}[\u2460-\u249b]\s{0,3}(?=\S{6})")
_UUID = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ESCAPED = re.compile("%([0-9A-F]{2})", re.IGNORECASE)
# Nothing but an escape of a separator, bracket, colon or slash: a lot may hold a per cent sign.
_PASTED = re.compile(r"(?![a-z]+:/).*%(?:1D|28|2F|3A)", re.IGNORECASE | re.DOTALL)
_SPELLED = re.compile("FNC-?1(?=[0-9]{2})", re.IGNORECASE)
_LINK = re.compile(r"https?://", re.IGNORECASE)
_URI = re.compile(r"https?://|urn:", re.IGNORECASE)
_MOST_BEHIND: Final = 2
_PRINTED = re.compile("[!-~]+")
_SPACED_ELEMENTS = re.compile(r"0[01]\s[0-9 ]{14,24}\s[!-~]")
_SPLIT_ELEMENTS = re.compile(r"01[0-9]{14}[!-~]{0,200}\s[!-~]{1,90}(?:\s[!-~]{1,90}){0,3}\Z")
_SPACED = re.compile(r"(?:\(|[0-9]{16})[!-~\x1d]{2,200} [!-~]")
_LEFT_OUT = re.compile("[!-'*-Z_a-z]{1,5}(?: [!-'*-Z_a-z]{1,5})?")
"""A few characters behind a value, parted once more or not."""

_ITS_END = re.compile("(?=[^0-9]*[0-9])[0-9A-Z./_-]{1,5}")
"""What may be a value's end: an amount (2 kg), a day or a word behind it is none."""

_BRACKETED = re.compile(r"[(\[]\s?[0-9]{2,4}\s?[)\]]")
_SPACED_DATA = re.compile(r"\(([0-9]{2,4})\)([0-9 \-\u00a0\u2000-\u200a]++)(?=[(\x1d]|\Z)")
_BLANK = re.compile("[ \u00a0\u2000-\u200a]")
_BLANK_OR_DASH = re.compile("[ \\-\u00a0\u2000-\u200a]")
_WHOLE_KEY = re.compile("00[0-9]{18}|01[0-9]{14}")
_BOOK = re.compile("[0-9]{7,9}[0-9X]")
_OF_BOOKS: Final = {8: "977{}00", 10: "978{}"}
_BEHIND = re.compile(r"(?=\S*[0-9]|[A-Z]{1,3}\Z|[a-z]\Z)[!-~]{1,40}")
_MARKS: Final = ".,;:!?'\"`)>]}"
_MOST_MARKS: Final = 8
_OPENED: Final = {")": "(", "]": "[", "}": "{", ">": "<"}
_BESIDE_DIGITS = re.compile("[0-9][OoIl|]|[OoIl|][0-9]")
_LETTERS: Final = str.maketrans("OoIl|", "00111")
_LETTERS_OF_31: Final = str.maketrans("OI|SZ", "01152")
"""The social credit code has letters, L among them, but none of these (GB 32100 §4)."""

_CREDIT: Final = "uscc"
_OF_CREDIT: Final = re.compile("[1-9ANY][1-9]([0-9]{6})[0-9A-HJ-NP-RTUWXY]{10}")
_NO_CREDIT: Final = re.compile(r"(?:[^\w|]|_)+")
_CREDIT_SIZE: Final = 18
_BEGINS_CREDIT: Final = re.compile("[1-9ANY][1-9][0-9]{6}")

_MOST_TYPED: Final = 64
_KEY_DIGITS = re.compile(r"([(/](?:00|01|414|415|417|8003|8006|8017|8018)[)/])([0-9OoIl|]{8,18})")
_PROVABLE: Final = re.compile("(?:SC|JY)[0-9]{14}|[0-9A-Z]{18}|[0-9]{12,20}")
_ARTICLE: Final = re.compile("69[0-9]{11}")
_SUBSTANCES: Final = (
    ("cas", re.compile("([0-9]{2,7})([0-9]{2})([0-9])")),
    ("ec-number", re.compile("([2-9][0-9]{2})([0-9]{3})([0-9])")),
)
_SUPPRESSED: Final = re.compile("[1-9][0-9]{5,6}|[1-9][0-9]{8,10}")
_MIXED = re.compile(r"[\x1d^~](?=[0-9]{2})(?!.*[(])", re.DOTALL)
_AI_MARKED = re.compile(r"\(([0-9]{2,4})\)")
_UPC_CUT: Final = re.compile("(?!1[3-9])[1-9][0-9]{10}")
_UPC_E = re.compile("[01][0-9]{7}")
_BEGUN: Final = (
    (CALLED["un-number"], re.compile("[0-9]{4}"), "UN"),
    (
        re.compile("批准文号|国药"),
        re.compile("(?:[HZS][JC]?|J)[0-9]{8}", re.IGNORECASE),
        "国药准字",
    ),
)


_NAME_BEHIND: Final = re.compile(
    r"([0-9A-Za-z][0-9A-Za-z.\-]{5,39})[\s,.:;(，。：；（]{0,3}([\u3400-\u9fff]{2,20})[)）]?"
)
_WORDS_BEHIND: Final = re.compile(r"\s?([\u3400-\u9fff]{1,20})\Z")
_LATIN_BEHIND: Final = re.compile(
    r"([0-9][0-9A-Za-z .\-]{4,39}?)[\s,:;(，：；（]{1,3}([A-Za-z]{2,6}(?:-[0-9]{1,2})?"
    r"(?:\s?[\u3400-\u9fff]{1,20}|\s(?:code|number|no))?)\.?[)）]?",
    re.IGNORECASE,
)
_OF_TEN: Final = re.compile("[0-9]{10}")
_NUMBERED: Final = re.compile("(?:NO|№)[.:\\s]*", re.IGNORECASE)
_SHORT_DIVISION: Final = re.compile("[1-9][0-9]([0-9]{2})?")
_APPROVAL: Final = re.compile("[HZSBTFJ][0-9]{8}")
_OLD_KINDS: Final = frozenset("BTF")
_FOUR: Final = re.compile("[0-9]{4}")
_STAMP: Final = re.compile("[0-9]{2}-[0-9]{3,5}")
_TAG: Final = re.compile(r"urn:epc:tag:([a-z]+)-[0-9]{2,3}\+?:[0-7]\.(\S+)", re.IGNORECASE)
_ECODE: Final = re.compile(
    r"ecode\s?[\u3400-\u9fff]{1,6}\s?:?\s?([1-4][0-9A-Za-z ]{5,60})", re.IGNORECASE
)
_CERTIFICATE: Final = "quarantine-certificate"


def others(cleaned: Cleaned) -> Iterator[Other]:
    """The other texts that a text may stand for, the likeliest first; few, and each no longer."""
    text = cleaned.text
    if not 0 < len(text) <= _LONGEST:
        return
    address = _BARE_ADDRESS.fullmatch(text) if "." in text and not _URI.match(text) else None
    if address is not None:
        text = f"https://{address[1]}"
        yield Other(text, note("bare-address", "info"), plain=True)
    if _LINK.match(text):
        yield from _parted_links(text)
    yield from _unescaped(text)
    yield from _listed(cleaned)
    bare = unmarked(text)
    if bare not in {text, ""}:
        yield Other(bare, note("mark", "warning", found=text[len(bare) :]))
    if len(text) <= _MOST_TYPED and _BESIDE_DIGITS.search(text):
        for digits in dict.fromkeys(_with_digits(text, cleaned.label)):
            said = note("letters", "warning", found=masked(digits))
            yield Other(digits, said, 15)
            if _ARTICLE.fullmatch(digits):
                yield Other(digits, said, 15, "gtin", plain=True)
    yield from _credit(cleaned)
    yield from _spaced_value(text) if _SPACED.match(text) else ()
    yield from _unspaced(cleaned)
    yield from _without_wrong(text)
    yield from _mixed(text)
    yield from _no_elements(cleaned)
    yield from _without_stray(cleaned)
    yield from _called(cleaned)
    yield from _certificate(cleaned)
    yield from _unnamed(cleaned)
    yield from _short_division(cleaned)
    yield from _tag(text)
    yield from _worded(cleaned)
    yield from retyped(cleaned)
    if _UPC_E.fullmatch(cleaned.bare):
        whole = upc_a(cleaned.bare)
        if is_gs1_checked(whole):
            yield Other(whole, note("upc-e", "info", found=whole), 15, "gtin")


def _listed(cleaned: Cleaned) -> Iterator[Other]:
    """What stands behind the number of a line in a list."""
    found = _LISTED.match(cleaned.text) or _CIRCLED.match(cleaned.received)
    if found is not None:
        said = note("list-number", "warning", found=found[0].strip())
        yield Other(found.string[found.end() :], said)


def _tag(text: str) -> Iterator[Other]:
    """The pure identity of what a tag holds (EPC Tag Data Standard 2.0 §6.3, §12)."""
    tag = _TAG.fullmatch(text) if text[:1] in "uU" else None
    if tag is not None:
        yield Other(f"urn:epc:id:{tag[1].lower()}:{tag[2]}", note("tag", "info"))


def _worded(cleaned: Cleaned) -> Iterator[Other]:
    """An Ecode behind a longer word for it; a cylinder's number before the word for number."""
    ecode = _ECODE.fullmatch(cleaned.text)
    if ecode is not None:
        yield Other(f"Ecode:{ecode[1]}", note("called", "info", found="Ecode"), 0, "ecode")
    if cleaned.label and cleaned.written[-1:] == "号":
        said = note("number-sign", "info")
        yield Other(f"{cleaned.label}{cleaned.text}", said, 0, "cylinder")


def _credit(cleaned: Cleaned) -> Iterator[Other]:
    """A social credit code with digits for the letters that it cannot have.

    Told also where its checks fail, if its division was one, nothing before it says that it is
    something else, and it is not said already which letter stands where no letter can.
    """
    code = _NO_CREDIT.sub("", cleaned.text) if len(cleaned.text) >= _CREDIT_SIZE else ""
    if len(code) != _CREDIT_SIZE:
        return
    ways = (each.upper().translate(_LETTERS_OF_31) for each in (code, code.replace("l", "1")))
    read = [each for each in dict.fromkeys(ways) if _OF_CREDIT.fullmatch(each)]
    sound = [each for each in read if is_uscc_checked(each)]
    for each in sound or read[:1]:
        if each == code.upper():
            continue
        division, is_called = each[2:8], CALLED[_CREDIT].search(cleaned.label)
        is_meant = is_called or (not cleaned.label and was_ever(division))
        is_told = is_meant and not _BEGINS_CREDIT.match(code.upper())
        said = note("letters-31", "warning", found=masked(each))
        yield Other(each, said, 10, _CREDIT, plain=bool(sound or is_told))


def _unescaped(text: str) -> Iterator[Other]:
    """What was pasted with its escapes, and a separator that is spelled in the middle."""
    if "%" in text and _PASTED.match(text):
        plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        yield Other(plain, note("escaped", "info"))
    if text[:1].isdecimal() and _SPELLED.search(text):
        yield Other(_SPELLED.sub("\x1d", text), note("spelled", "info"))


def _without_stray(cleaned: Cleaned) -> Iterator[Other]:
    """The code without a letter or two at either end, which a check must then prove.

    An article number of a Chinese maker is told also where its check fails.
    """
    code = cleaned.cased
    for size in (1, 2):
        for stray, left, side in (
            (code[-size:], code[:-size], Text("末尾", "end")),
            (code[:size], code[size:], Text("前面", "beginning")),
        ):
            if stray.isalpha() and _PROVABLE.fullmatch(left.upper()):
                said = note("stray", "warning", found=stray, side=side)
                yield Other(left, said, 20, proved=True)
                if _ARTICLE.fullmatch(left):
                    yield Other(left, said, 20, "gtin", plain=True)


def _unspaced(cleaned: Cleaned) -> Iterator[Other]:
    """An element string without the spaces that part its digits, or its AIs without brackets."""
    text = cleaned.text
    if _BRACKETED.match(text):
        unspaced = _SPACED_DATA.sub(_joined, text)
        if unspaced != text:
            yield Other(unspaced, note("key-spaced", "info"))
    if _SPACED_ELEMENTS.match(text):
        yield from _of_pieces(pieces_of(text))
    elif _SPLIT_ELEMENTS.match(text):
        pieces = pieces_of(text)
        if all(map(is_whole, pieces)) or not is_whole(pieces[0]):
            yield from (replace(each, proved=True) for each in _of_pieces(pieces))
    elif text != cleaned.bare and _WHOLE_KEY.fullmatch(cleaned.bare):
        yield Other(cleaned.bare, note("key-spaced", "info"), proved=True)


def _of_pieces(pieces: Sequence[str]) -> Iterator[Other]:
    """The pieces of an element string, a space the separator; with a doubt, where it may be none.

    Not doubted where each piece is whole: nobody starts a value's second half with an identifier.
    """
    apart, joined = separated(pieces), "".join(pieces)
    yield Other(apart or joined, note("spaced", "info"))
    if apart and not all(map(is_whole, pieces)):
        last = reads_otherwise(joined, apart)
        if last is not None:
            yield Other(joined, note("value-spaced", "warning", ai=last[0], found=last[1]), 9)


def _spaced_value(text: str) -> Iterator[Other]:
    """An element string whose last value a space parts: with what stands behind it, and without.

    No value of GS1 holds a space (General Specifications figure 7.11-1): it was typed, or words
    begin at it, and nothing says which.
    """
    head, _, rest = text.partition(" ")
    last = _last_open(head) if _LEFT_OUT.fullmatch(rest) else None
    if last is None:
        return
    longer = _last_open(head + rest) if _ITS_END.fullmatch(rest) else None
    if longer is not None and longer[0] == last[0]:
        yield Other(head + rest, note("value-spaced", "warning", ai=last[0], found=longer[1]))
    yield Other(head, note("value-ended", "warning", ai=last[0], found=last[1], rest=rest), 9)


def _last_open(text: str) -> tuple[str, str] | None:
    """The last AI and value of an element string with a key, if no fixed length ends it."""
    try:
        pairs = split_elements(text) or () if read_elements(text) is not None else ()
    except UnreadableError:
        return None
    is_open = pairs and pairs[0][0] in KEYS and pairs[-1][0][:2] not in FIXED
    return pairs[-1] if is_open else None


def _without_wrong(text: str) -> Iterator[Other]:
    """An element string in brackets without the data that break their form."""
    sound, wrong = parted(text) if text[:1] in {"(", "["} else ((), ())
    if wrong:
        said = note("wrong-data", "warning", found=masked(spelled(wrong)))
        yield Other(spelled(sound), said, 10)


def _mixed(text: str) -> Iterator[Other]:
    """An element string that begins with brackets and goes on behind a separator without."""
    found = _MIXED.search(text) if text[:1] == "(" else None
    if found is not None:
        plain = _AI_MARKED.sub(lambda ai: ai[1], text[: found.start()])
        said = note("mixed-elements", "info", found="FNC1" if found[0] == FNC1 else found[0])
        yield Other(f"{FNC1}{plain}{FNC1}{text[found.end() :]}", said, plain=True)


def _no_elements(cleaned: Cleaned) -> Iterator[Other]:
    """What a scanner's prefix says is an element string, and names nothing as one."""
    content = cleaned.text.removeprefix("\x1d")
    if not cleaned.symbology or content == cleaned.text:
        return
    try:
        pairs = split_elements(cleaned.text) or ()
    except UnreadableError:
        pairs = ()
    if not any(ai in KEYS for ai, _ in pairs):
        said = note("no-gs1", "warning", found=cleaned.symbology)
        yield Other(content, said, 10, plain=True)


def _joined(datum: re.Match[str]) -> str:
    """Data that begin with so many digits; what stands behind a space may be no part of others.

    Dashes go only where the data are so many digits and nothing else.
    """
    known = AIS.get(datum[1])
    counted = (
        [each.kind == "N" and each.least == each.most for each in known.pieces] if known else []
    )
    if not any(counted[:1]):
        return datum[0]
    return (_BLANK_OR_DASH if all(counted) else _BLANK).sub("", datum[0])


def _certificate(cleaned: Cleaned) -> Iterator[Other]:
    """A number with its name behind it; ten bare digits as what a certificate's may be."""
    behind = None if cleaned.label else _named_behind(cleaned.text)
    if behind:
        yield Other(f"{behind[2]}: {behind[1]}", note("name-behind", "info", found=behind[2]))
    is_numbered = _NUMBERED.fullmatch(cleaned.label) is not None
    if (is_numbered or not cleaned.label) and _OF_TEN.fullmatch(cleaned.text):
        said, less = note("maybe-certificate", "warning"), 20 if is_numbered else 55
        yield Other(f"动物检疫证明: {cleaned.text}", said, less, _CERTIFICATE)


def _named_behind(text: str) -> re.Match[str] | None:
    """A number and what is said behind it: Chinese words, or Latin ones that name a scheme."""
    found = None if text.isascii() else _NAME_BEHIND.fullmatch(text)
    if found:
        return found
    found = _LATIN_BEHIND.fullmatch(text)
    is_name = found is not None and any(said.search(found[2]) for said in SAID_SO.values())
    return found if is_name else None


def _unnamed(cleaned: Cleaned) -> Iterator[Other]:
    """A number of a form that only some papers and stamps have, without the words before it."""
    if cleaned.label:
        return
    if _APPROVAL.fullmatch(cleaned.bare):
        said = note("maybe-approval", "warning")
        scheme = "drug-approval-old" if cleaned.bare[0] in _OLD_KINDS else "drug-approval"
        yield Other(f"国药准字{cleaned.bare}", said, 30, scheme)
    if _STAMP.fullmatch(cleaned.text):
        said = note("maybe-stamp", "warning")
        yield Other(f"气瓶编号: {cleaned.text}", said, 40, "cylinder")
    if _FOUR.fullmatch(cleaned.text):
        yield Other(f"UN{cleaned.text}", note("maybe-un", "warning"), 60, "un-number")


def _short_division(cleaned: Cleaned) -> Iterator[Other]:
    """A city by its four digits, unless a label says something else; a province if one says so."""
    is_said = "区划" in cleaned.label
    is_short = _SHORT_DIVISION.fullmatch(cleaned.text)
    if is_short and (is_said or (is_short[1] and not cleaned.label)):
        whole = cleaned.text.ljust(6, "0")
        if was_ever(whole):
            said = note("short-division", "info", found=whole)
            yield Other(whole, said, 5 if is_said else 30, "division")


def unmarked(text: str) -> str:
    """Without the marks at its end; a bracket that was opened in it stays."""
    marks = _MARKS.replace(":", "") if text[:4].lower() == "urn:" else _MARKS
    for _ in range(_MOST_MARKS):
        if text[-1:] not in marks or not text:
            break
        opened = _OPENED.get(text[-1])
        if opened and text.count(opened) >= text.count(text[-1]):
            break
        text = text[:-1]
    return text


def upc_a(short: str) -> str:
    """The twelve digits that the eight of a UPC-E stand for (General Specifications §5.2.2.4)."""
    system, body, last, check = short[0], short[1:6], short[6], short[7]
    if last in "012":
        middle = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == "3":
        middle = f"{body[:3]}00000{body[3:5]}"
    elif last == "4":
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body}0000{last}"
    return f"{system}{middle}{check}"


def gtin_of_book(number: str) -> str:
    """The GTIN-13 of an ISBN of ten characters (ISO 2108) or ISSN (ISO 3297); "" if it is none."""
    size = len(number)
    if size not in _OF_BOOKS or not _BOOK.fullmatch(number):
        return ""
    weighted = sum(
        (size - at) * (10 if each == "X" else int(each)) for at, each in enumerate(number)
    )
    body = _OF_BOOKS[size].format(number[:-1])
    return body + gs1_check_digit(body) if weighted % 11 == 0 else ""


def _parted_links(text: str) -> Iterator[Other]:
    """A link with a space in it, without the space and up to it."""
    first, *behind = text.split()
    if behind and len(behind) <= _MOST_BEHIND and all(map(_BEHIND.fullmatch, behind)):
        yield Other("".join((first, *behind)), note("joined", "warning"))
    address = _PRINTED.match(first)
    # What was hidden behind the cut belongs to the digits before it.
    # A bracket of words behind the link belongs to those.
    read = address[0].rstrip("([{<") if address else ""
    if address is not None and address[0] != text and HIDDEN not in text[address.end() :]:
        yield Other(read, note("cut", "warning"), 10, plain=True)


def _with_digits(text: str, label: str) -> Iterator[str]:
    """The text with digits for the letters that look so: all, all but a beginning, or of a key."""
    if "(" in text or _URI.match(text):
        changed = _KEY_DIGITS.sub(lambda found: found[1] + found[2].translate(_LETTERS), text)
        if changed != text:
            yield changed
        return
    yield text.translate(_LETTERS)
    for size in (1, 2, 3):
        if text[:size].isalpha():
            yield (label if size == 1 else "") + text[:size] + text[size:].translate(_LETTERS)


def dashed(cleaned: Cleaned) -> Iterator[tuple[str, str]]:
    """The scheme of a substance's number that its label names, and the number with its dashes.

    One that has dashes is as it was meant: if they stand wrongly, a digit is missing.
    """
    if "-" in cleaned.text:
        return
    for scheme, form in _SUBSTANCES:
        is_said = CALLED[scheme].search(cleaned.label)
        parts = form.fullmatch(cleaned.bare) if is_said else None
        written = "-".join(parts.groups()) if parts else cleaned.text
        if written != cleaned.text:
            yield scheme, written


def _suppressed(cleaned: Cleaned) -> Iterator[Other]:
    """The GTIN with the zeros that a table of numbers took from it.

    Its label must say that it is one, or it has the eleven digits of a UPC and is no telephone.
    """
    is_said = SAID_SO["gtin"].search(cleaned.label) and _SUPPRESSED.fullmatch(cleaned.bare)
    if not is_said and (cleaned.label or not _UPC_CUT.fullmatch(cleaned.text)):
        return
    whole = cleaned.bare.zfill(GTIN_DIGITS)
    if is_gs1_checked(whole):
        yield Other(whole, note("suppressed", "warning"), 0 if is_said else 30, "gtin")


def _called(cleaned: Cleaned) -> Iterator[Other]:
    """A number without its beginning, which the label or its form says; a book's as one of GS1."""
    if _UUID.fullmatch(cleaned.text):
        yield Other(f"urn:uuid:{cleaned.text}", note("bare-uuid", "info"))
    yield from _suppressed(cleaned)
    if not cleaned.label:
        return
    book = gtin_of_book(cleaned.bare) if BOOKS.search(cleaned.label) else ""
    if book:
        yield Other(book, note("called", "info", found=book[:3]), 0, "gtin")
    for scheme, written in dashed(cleaned):
        yield Other(written, note("dashed", "info", found=written), 0, scheme, plain=True)
    for label, form, beginning in _BEGUN:
        number, said = cleaned.text, note("called", "info", found=beginning)
        behind = _WORDS_BEHIND.search(number) if beginning == "UN" else None
        if behind:
            number, said = number[: behind.start()], note("name-behind", "info", found=behind[1])
        if label.search(cleaned.label) and form.fullmatch(number):
            yield Other(beginning + number, said, 0)
