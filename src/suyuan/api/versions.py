"""Takes the versions that a request speaks of; gives what is wrong with them, if anything is.

`GS1-EPCIS-Min` and `-Max` say which editions a client can read, `GS1-EPCIS-Version` in which it
writes, and the same of the CBV (EPCIS 2.0 §12.4). An answer of another edition would be misread,
so there is none.
"""

import re
from collections.abc import Mapping
from typing import Final

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
_CURES: Final = {
    "Min": Text(
        "请把 {name} 写成 2.0 或更低，或去掉它。", "Send {name} as 2.0 or lower, or leave it out."
    ),
    "Max": Text(
        "请把 {name} 写成 2.0 或更高，或去掉它。", "Send {name} as 2.0 or higher, or leave it out."
    ),
    "Version": Text(
        "请把 {name} 写成 1.0、1.1、1.2 或 2.0，与所发内容相符。",
        "Send {name} as 1.0, 1.1, 1.2 or 2.0, whichever the content is of.",
    ),
}


def require_spoken(headers: Mapping[str, str]) -> None:
    """See that the editions of a request are spoken here.

    Raises:
        SuyuanError: one is no version (400).
        FormError: none that is spoken (406).
    """
    for standard in ("EPCIS", "CBV"):
        for end, is_ours, text in (
            ("Min", lambda said: said <= GIVEN, _OUT),
            ("Max", lambda said: said >= GIVEN, _OUT),
            ("Version", _TAKEN.__contains__, _UNKNOWN),
        ):
            name = f"GS1-{standard}-{end}"
            found = headers.get(name.lower())
            if found is not None and not is_ours(_edition(name, found.strip())):
                told = text.format(name=name, found=privacy.quoted(found, 40))
                cure = _CURES[end].format(name=name)
                raise FormError("epcis.version", told, name, cure=cure)


def _edition(name: str, found: str) -> Edition:
    """The first two numbers: patches of an edition read alike."""
    if _FORM.fullmatch(found) is None:
        told = _NUMBER.format(name=name, found=privacy.quoted(found, 40))
        raise SuyuanError("epcis.version", told, name)
    major, minor, *_ = (*map(int, found.split(".")), 0)
    return major, minor
