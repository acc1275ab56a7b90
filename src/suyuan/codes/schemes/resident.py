"""The resident identity number, which is only ever seen with its mask on."""

import re
from typing import Final

from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.privacy import (
    HIDDEN,
    KEPT,
    MASKED,
    masked,
    written_out,
)
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Part, Scheme
from suyuan.codes.unescaped import CHINESE_DIGITS, LOOK_ALIKE
from suyuan.codes.worth import doubted
from suyuan.kit import Text

_ID: Final = "resident-id"
_NAME: Final = Text("居民身份证号（已遮盖）", "resident identity number (masked)")
_CANONICAL = re.compile(r"[0-9]{6}-masked", re.IGNORECASE)


def recognise(cleaned: Cleaned) -> Candidate | None:
    """What the mask left: the division. Numbers in clear are masked first, here too."""
    hidden = masked(cleaned.text)
    found = _hidden(cleaned, written_out(hidden)) or _hidden(cleaned, hidden)
    if found is None or hidden == cleaned.text:  # nothing is in clear that could be judged
        return found
    return doubted([found], cleaned.text)[0]


def _hidden(cleaned: Cleaned, text: str) -> Candidate | None:
    written = (text, text.translate(LOOK_ALIKE), text.translate(CHINESE_DIGITS))
    found = next(filter(None, map(MASKED.search, written)), None)
    if found is not None:
        division = re.sub(r"\D", "", found[1])
    elif _CANONICAL.fullmatch(text):
        division = text[:KEPT]
    else:
        return None
    return Candidate(
        scheme=_ID,
        name=_NAME,
        canonical=named(_ID, f"{division}-masked"),
        valid=True,
        grain=Grain.PARTY,
        parts=(
            Part("division", "首次登记地行政区划", "division of first registration", division),
            Part("masked", "其余（已遮盖）", "the rest (masked)", HIDDEN * 12),
        ),
        notes=(*cleaned.notes, note("masked", "warning")),
        score=96,
        check="unknown",
    )


TITLE: Final = Text("个人", "Persons")
SCHEMES: Final = (
    Scheme(
        id=_ID,
        name=_NAME,
        grain=Grain.PARTY,
        issuer=Text("公安机关", "public security authorities"),
        source="GB 11643-1999 公民身份号码; ISO/IEC 7064 MOD 11-2",
        layout=(
            Field("division", "首次登记地行政区划", "division of first registration", 6),
            Field("birth", "出生日期", "date of birth", 8),
            Field("serial", "顺序码", "serial", 3),
            Field("check", "校验码", "check character", 1, "[0-9X]"),
        ),
        good=(
            "11010519491231002X",
            "身份证号：440524188001010014",
            "1101 0519 4912 3100 2x",
        ),
        bad=("110105194912310021", "110105194913310021", "99010519491231002X", "11010519491231002"),
        recognise=recognise,
        urn=True,
        checked="open",
        check=Text(
            "日期须存在；GB 11643 模 11-2 校验；不符的也遮盖",
            "the date must exist; modulo 11-2, GB 11643; a number that fails is masked too",
        ),
        validity=Text("15 位旧号自 2013 年起不再有效", "the old form of 15 digits ended in 2013"),
        scope=Text("全国唯一；遮盖后不指任何人", "unique in China; masked, it names nobody"),
        keys=("masked",),
    ),
)
