"""Application identifiers: how long their data are, what they are called, what goes with what.

The table is data (`gs1_ais.txt`, dated): GS1 General Specifications §3 / GB/T 16986.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from suyuan.codes.gs1_rules import RULES
from suyuan.kit import Text


class Piece(Struct, frozen=True):
    """One piece of an AI's data: a character set, `least` to `most` characters, further rules."""

    kind: str
    least: int
    most: int
    rules: tuple[str, ...] = ()
    optional: bool = False


class Ai(Struct, frozen=True):
    """One application identifier.

    `needs` names the companions of which one group must stand in the same code, each group
    an alternative; `bars` those that must not. In both, `n` is any digit.
    """

    name: Text
    pattern: re.Pattern[str]
    pieces: tuple[Piece, ...]
    in_query: bool = False
    needs: tuple[tuple[str, ...], ...] = ()
    bars: tuple[str, ...] = ()

    @property
    def form(self) -> Text:
        """What its data must be, in words."""
        said = [_spoken(each) for each in self.pieces]
        return Text("、".join(each.zh for each in said), ", ".join(each.en for each in said))

    def broken(self, value: str) -> tuple[str, str] | None:
        """The first rule that data of the right form break, and the piece that breaks it."""
        at = 0
        for piece in self.pieces:
            part = value[at : at + piece.most]
            at += len(part)
            if part or not piece.optional:
                for rule in piece.rules:
                    if not RULES[rule](part):
                        return rule, part
        return None


CHARACTERS: Final = {
    "N": "[0-9]",
    "X": r"[!-\"%-/0-9:-?A-Z_a-z]",
    "Y": r"[#\-/0-9A-Z]",
    "Z": r"[\-0-9=A-Z_a-z]",
}
_PIECE = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)((?::\w+)*)\]?")


_RULED: Final = Text("（另有规定）", " (under further rules)")
_OPTIONAL: Final = Text("（可省）", " (or nothing)")
_OF_DIGITS: Final = Text("{size} 位数字", "{size:digit|digits}")
_OF_CHARACTERS: Final = {
    "X": Text(
        "{size} 个英文字母、数字或标点（没有汉字和空格）",
        "{size:character|characters}: letters, digits and marks of ASCII, no Chinese and no spaces",
    ),
    "Y": Text(
        "{size} 个大写字母、数字或 # - /",
        "{size:character|characters}: capital letters, digits, # - /",
    ),
    "Z": Text(
        "{size} 个英文字母、数字或 - _ =",
        "{size:character|characters}: letters, digits, - _ =",
    ),
}
_NOTHING: Final = Text("", "")


def _spoken(piece: Piece) -> Text:
    form = _OF_CHARACTERS.get(piece.kind, _OF_DIGITS)
    least, most = piece.least, piece.most
    said = form.format(size=str(most) if least == most else f"{least}–{most}")
    ruled = _RULED if piece.rules else _NOTHING
    optional = _OPTIONAL if piece.optional else _NOTHING
    return Text(f"{said.zh}{ruled.zh}{optional.zh}", f"{said.en}{ruled.en}{optional.en}")


@cache
def _layout(text: str) -> tuple[tuple[Piece, ...], re.Pattern[str]]:
    pieces = []
    for opened, kind, dots, most, rules in _PIECE.findall(text):
        least = 1 if dots else int(most)
        pieces.append(
            Piece(kind, least, int(most), tuple(filter(None, rules.split(":"))), bool(opened))
        )
    spelled = (
        f"(?:{CHARACTERS[each.kind]}{{{each.least},{each.most}}}){'?' if each.optional else ''}"
        for each in pieces
    )
    return tuple(pieces), re.compile("".join(spelled))


def _read(line: str) -> tuple[str, Ai]:
    spelled, layout, flags, needs, bars, zh, en = line.split("|")
    pieces, pattern = _layout(layout)
    groups = tuple(tuple(group.split("+")) for group in needs.split(",") if group)
    barred = tuple(filter(None, bars.split(",")))
    return spelled, Ai(Text(zh, en), pattern, pieces, "?" in flags, groups, barred)


def _all() -> dict[str, Ai]:
    table: dict[str, Ai] = {}
    text = files("suyuan.codes").joinpath("gs1_ais.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            spelled, known = _read(line)
            first, _, last = spelled.partition("-")
            numbers = range(int(first), int(last or first) + 1)
            table |= {f"{number:0{len(first)}}": known for number in numbers}
    return table


AIS: Final[dict[str, Ai]] = _all()

RULED: Final = frozenset(
    ai for ai, known in AIS.items() if any(each.rules for each in known.pieces)
)
"""Those whose data have further rules."""

# Data after these first two digits have a length that everybody knows, so no separator
# follows them (General Specifications figure 7.8.5-2); the number counts the AI too.
FIXED: Final[dict[str, int]] = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8,
    "15": 8, "16": 8, "17": 8, "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10,
    "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip


def length_after(first_two: str) -> int | None:
    """How many digits the AIs that begin so have; None if there is none."""
    return _LENGTHS.get(first_two)


_MOST_FOREIGN: Final = 5


def foreign(ai: str, text: str) -> str:
    """The first characters of a text that data of this AI never have; what is unseen by number."""
    kinds = {CHARACTERS[each.kind] for each in AIS[ai].pieces}
    allowed = re.compile("|".join(sorted(kinds)))
    found = [one for one in dict.fromkeys(_escaped(text)) if not allowed.fullmatch(one)]
    return " ".join(
        one if one.isprintable() and not one.isspace() else f"U+{ord(one):04X}"
        for one in found[:_MOST_FOREIGN]
    )


def _escaped(text: str) -> str:
    """What the escapes of a link stand for: they are read byte by byte, and meant as UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


_NEAR: Final = 4
_LENGTHS: Final = {ai[:2]: len(ai) for ai in AIS}


def near(ai: str) -> tuple[str, ...]:
    """The identifiers most like one that there is not: all digits but one alike, or the first two.

    No more than four, the likest first.
    """
    alike = {each: sum(map(str.__eq__, ai, each)) for each in AIS}
    found = [each for each, count in alike.items() if count >= len(ai) - 1 or each[:2] == ai[:2]]
    return tuple(sorted(found, key=lambda each: (-alike[each], each))[:_NEAR])


@lru_cache(maxsize=1 << 12)
def misfits(ais: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """AIs of one code that lack their companions or meet one that excludes them.

    Gives each such AI with what it needs (one of) or, after a "-", what it must not meet.
    The General Specifications judge all codes on a thing together, so this is a doubt only.
    """
    found = []
    for ai in sorted(ais):
        known = AIS[ai]
        lacks = known.needs and not any(
            all(_meets(ais, wanted, but="") for wanted in group) for group in known.needs
        )
        if lacks:
            found.append((ai, tuple("+".join(group) for group in known.needs)))
        met = tuple(bar for bar in known.bars if _meets(ais, bar, but=ai))
        if met:
            found.append((ai, ("-", *met)))
    return tuple(found)


def _meets(ais: frozenset[str], wanted: str, *, but: str) -> bool:
    if "n" not in wanted:
        return wanted in ais and wanted != but
    stem = wanted.rstrip("n")
    return any(ai.startswith(stem) and len(ai) == len(wanted) and ai != but for ai in ais)
