"""Names that a resolution system of its own looks up: Handles and IDcodes."""

import re
from typing import Final

from msgspec import Struct

from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Part, Scheme
from suyuan.kit import Text

_NUMBER: Final = Text("无校验位", "no check character")


class _Form(Struct, frozen=True):
    """How a name is written, and what its first and second part are called."""

    scheme: str
    name: Text
    form: re.Pattern[str]
    parts: tuple[Part, Part]
    is_upper: bool


_HANDLE: Final = _Form(
    "handle",
    Text("Handle 标识（工业互联网等）", "Handle (industrial internet and others)"),
    re.compile(
        r"(?:hdl:|info:hdl/|https?://hdl\.handle\.net/)?"
        r"((?:86|88|10)\.[0-9A-Za-z]{1,16}(?:\.[0-9A-Za-z_-]{1,32}){0,6})/([!-~]{1,200})",
        re.IGNORECASE,
    ),
    (Part("prefix", "前缀", "prefix", ""), Part("suffix", "后缀", "suffix", "")),
    is_upper=False,
)
_IDCODE: Final = _Form(
    "idcode",
    Text("IDcode（MA 码）", "IDcode (MA code)"),
    re.compile(r"(?:https?://[^/?#\s]{1,100}/)?(MA\.[0-9]{3}(?:\.[0-9A-Z]{1,16}){1,8})/([0-9A-Z./_-]{1,120})",
               re.IGNORECASE),
    (Part("unit", "编码单位", "who numbers", ""), Part("object", "对象编码", "object", "")),
    is_upper=True,
)  # fmt: skip


def _read(of: _Form, cleaned: Cleaned) -> Candidate | None:
    found = of.form.fullmatch(cleaned.text)
    if found is None:
        return None
    values = [found[1].upper() if of.is_upper else found[1], found[2]]
    values = [each.upper() for each in values] if of.is_upper else values
    return Candidate(
        scheme=of.scheme,
        name=of.name,
        canonical=named(of.scheme, "/".join(values)),
        valid=True,
        grain=Grain.INSTANCE,
        parts=tuple(
            Part(part.name, part.zh, part.en, value)
            for part, value in zip(of.parts, values, strict=True)
        ),
        notes=cleaned.notes,
        score=66,
    )


def handle(cleaned: Cleaned) -> Candidate | None:
    """A prefix that the Handle system gave out, a slash, and what its holder numbers."""
    return _read(_HANDLE, cleaned)


def idcode(cleaned: Cleaned) -> Candidate | None:
    """Whose code it is, in parts from MA and the country down, and what that party numbers."""
    return _read(_IDCODE, cleaned)


TITLE: Final = Text("解析体系的标识", "Identifiers of resolution systems")
SCHEMES: Final = (
    Scheme(
        id="handle",
        name=_HANDLE.name,
        grain=Grain.INSTANCE,
        issuer=Text("前缀由 Handle 系统的注册机构分配，后缀由持有者自编",
                    "registrars of the Handle System give prefixes, their holders the rest"),
        source="RFC 3650, RFC 3651；前缀86、88未核实",
        layout=(
            Field("prefix", "前缀（86、88 中国，10 DOI）", "prefix (86, 88 China; 10 DOI)", 60,
                  "[0-9A-Za-z._-]", 4),
            Field(text="/"),
            Field("suffix", "后缀", "suffix", 200, "[!-~]", 1),
        ),
        good=("86.1000.22/A-001", "hdl:88.118.1/2026-X7", "10.1000/182"),
        bad=("86.1000.22", "86/A-001"),
        recognise=handle,
        verified=False,
        urn=True,
        check=_NUMBER,
        keys=("dotted",),
    ),
    Scheme(
        id="idcode",
        name=_IDCODE.name,
        grain=Grain.INSTANCE,
        issuer=Text("MA 标识的注册机构和编码单位", "the registrar of MA codes, and who numbers"),
        source="ISO/IEC 15459，发码机构代码 MA（结构未核实）",
        layout=(
            Field("unit", "编码单位（MA.国家…）", "who numbers (MA.country…)", 60, "[0-9A-Z.]", 8),
            Field(text="/"),
            Field("object", "对象编码", "object", 120, "[0-9A-Z./_-]", 1),
        ),
        good=("MA.156.1001.2/11.11000000/A001", "ma.156.m0.100/7"),
        bad=("MA.156", "MA.15.1001/7"),
        recognise=idcode,
        verified=False,
        urn=True,
        check=_NUMBER,
        keys=("dotted",),
    ),
)  # fmt: skip
