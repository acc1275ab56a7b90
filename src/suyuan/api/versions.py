"""Takes the versions that a request speaks of; gives what is wrong with them, if anything is.

`GS1-EPCIS-Min` and `-Max` say which editions a client can read, `GS1-EPCIS-Version` in which it
writes, and the same of the CBV (EPCIS 2.0 §12.4). An answer of another edition would be misread,
so there is none.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct, structs

from suyuan.api.forms import FormError
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text

Edition = tuple[int, int]

GIVEN: Final[Edition] = (2, 0)
_TAKEN: Final = frozenset({(1, 0), (1, 1), (1, 2), GIVEN})
_FORM: Final = re.compile(r"\d{1,9}(\.\d{1,9}){0,9}", re.ASCII)

_NUMBER = Text(
    "{name} 应为点号分开的数字，如 2.0.0，现为 “{found}”。",
    "{name} must be numbers parted by points, such as 2.0.0, not '{found}'.",
)
_OUT = Text(
    "本服务给出的是 2.0 版，{name} “{found}” 不包括它。",
    "This server answers in edition 2.0, which {name} '{found}' leaves out.",
)
_UNKNOWN = Text("不收 {name} “{found}” 的内容。", "Content of {name} '{found}' is not taken.")
_MIN_CURE = Text(
    "请把 {name} 写成 2.0 或更低，或去掉它。", "Send {name} as 2.0 or lower, or leave it out."
)
_MAX_CURE = Text(
    "请把 {name} 写成 2.0 或更高，或去掉它。", "Send {name} as 2.0 or higher, or leave it out."
)
_VERSION_CURE = Text(
    "请把 {name} 写成 1.0、1.1、1.2 或 2.0，与所发内容相符。",
    "Send {name} as 1.0, 1.1, 1.2 or 2.0, whichever the content is of.",
)
_PATCHES: Final = r"(\.[0-9]{1,9}){0,8}"


class Spoken(Struct, frozen=True):
    """What one header says of editions, which of them are ours, and how those are written.

    What `pattern` describes is ours; leading zeros, which are read too, it leaves out.
    """

    meaning: str
    pattern: str
    is_ours: Callable[[Edition], bool]
    wrong: Text
    cure: Text


_ENDS: Final = {
    "Min": Spoken(
        "The lowest edition of the {standard} that the client reads; 406 where that is above 2.0",
        rf"^(0|1|0\.[0-9]{{1,9}}{_PATCHES}|1\.[0-9]{{1,9}}{_PATCHES}|2(\.0{_PATCHES})?)$",
        lambda said: said <= GIVEN,
        _OUT,
        _MIN_CURE,
    ),
    "Max": Spoken(
        "The highest edition of the {standard} that the client reads; 406 where that is below 2.0",
        rf"^([2-9]|[1-9][0-9]{{1,8}})(\.[0-9]{{1,9}}{_PATCHES})?$",
        lambda said: said >= GIVEN,
        _OUT,
        _MAX_CURE,
    ),
    "Version": Spoken(
        "The edition of the {standard} in which the content is written: 1.0, 1.1, 1.2 or 2.0; "
        "any other is answered by 406",
        rf"^(1(\.[012]{_PATCHES})?|2(\.0{_PATCHES})?)$",
        _TAKEN.__contains__,
        _UNKNOWN,
        _VERSION_CURE,
    ),
}
HEADERS: Final = {
    f"GS1-{standard}-{end}": structs.replace(said, meaning=said.meaning.format(standard=standard))
    for standard in ("EPCIS", "CBV")
    for end, said in _ENDS.items()
}
"""What a request may say of editions: header → its meaning."""


def require_spoken(headers: Mapping[str, str]) -> None:
    """See that the editions of a request are spoken here.

    Raises:
        SuyuanError: one is no version (400).
        FormError: none that is spoken (406).
    """
    for name, said in HEADERS.items():
        found = headers.get(name.lower())
        if found is not None and not said.is_ours(_edition(name, found.strip())):
            told = said.wrong.format(name=name, found=privacy.quoted(found, 40))
            raise FormError("epcis.version", told, name, cure=said.cure.format(name=name))


def _edition(name: str, found: str) -> Edition:
    """The first two numbers: patches of an edition read alike."""
    if _FORM.fullmatch(found) is None:
        told = _NUMBER.format(name=name, found=privacy.quoted(found, 40))
        raise SuyuanError("epcis.version", told, name)
    major, minor, *_ = (*map(int, found.split(".")), 0)
    return major, minor
