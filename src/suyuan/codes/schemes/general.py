"""Names that are URIs already: UUIDs, the enterprise's own, EPCs outside GS1 keys, any other."""

import re
from typing import Final

from suyuan.codes.checks import container_check
from suyuan.codes.notes import note
from suyuan.codes.own_names import (
    OPEN_KINDS,
    PREFIX,
    RAW,
    SCOPED_KINDS,
    is_of,
    issued,
    named,
    raw_name,
    split_name,
)
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Note, Part, Recognise, Scheme
from suyuan.kit import Text

UUID_FORM: Final = re.compile(
    r"urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE
)
# In brackets a host is an IP address, and the bracket closes (RFC 3986 §3.2.2).
URI_FORM: Final = re.compile(
    r"(?![A-Za-z][A-Za-z0-9+.\-]*://\[(?![0-9A-Fa-f:.]+\](?:[:/?#]|\Z)))"
    r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+"
)
_KNOWN_START = re.compile(r"https?://[^/?#]|urn:[a-z0-9][a-z0-9-]+:", re.IGNORECASE)
EPC_PREFIX: Final = "urn:epc:"

_OTHER_NAME: Final = Text("其他编码", "code of another scheme")
_ENTERPRISE = Text("企业自编", "the enterprise itself")
_KIND_NAMES: Final = {
    "lot": Text("企业批号", "supplier's lot"),
    "item": Text("企业单品号", "enterprise's item"),
    "class": Text("企业品类号", "enterprise's product class"),
    "holding": Text("登记的养殖场所", "registered holding"),
    "document": Text("企业单据号", "enterprise's document"),
    "site": Text("登记场所", "registered site"),
    "party": Text("登记主体", "registered party"),
    RAW: Text("读不出的编码（原样保留）", "unreadable code, kept as received"),
}


# What a label calls a code that its maker gave, and who must be named beside it.
_LABELLED: Final = {
    "lot": re.compile("批号|批次|LOT|BATCH", re.IGNORECASE),
    "item": re.compile("序列号|出厂编号|(?<![A-Z])SN|S/N|SERIAL", re.IGNORECASE),
    "document": re.compile("证|许|准|批件|备案|文号|药字|字第|执照|单号|订单|运单|发票|合同"),
}
# Other Chinese that stands right before such a code is a part of it: 批次乙1 is not 1.
_CALLED: Final = re.compile(
    r"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff]*(?:批号|批次|序列号|出厂编号))?[编代号码第为是]*\Z"
)
_LIKELY_LABELLED: Final = {"lot": 62, "item": 62, "document": 30}
_MAKER: Final = Text("生产单位（及其产品）", "its maker, for one of its products")
_ISSUERS: Final = {
    "lot": _MAKER, "item": _MAKER, "document": Text("发证、开单的单位", "whoever issued the paper"),
}  # fmt: skip
_WORD: Final = re.compile(r"(?=[!-~]*[0-9])[!-~]{1,20}")


def _labelled(kind: str, grain: Grain, cleaned: Cleaned) -> Candidate | None:
    """A lot or serial number behind a label that calls it so: it names nothing by itself."""
    words = _LABELLED.get(kind)
    if words is None or not words.search(cleaned.label) or not _WORD.fullmatch(cleaned.text):
        return None
    if kind != "document" and not _CALLED.search(cleaned.label):
        return None
    return Candidate(
        scheme=kind,
        name=_KIND_NAMES[kind],
        canonical=raw_name("-", cleaned.text),
        valid=True,
        grain=grain,
        parts=(Part("code", "编码", "code", cleaned.text),),
        notes=(*cleaned.notes, note("issuer", "warning", issuer=_ISSUERS[kind])),
        score=_LIKELY_LABELLED[kind],
    )


def _own(kind: str, grain: Grain) -> Recognise:
    def recognise(cleaned: Cleaned) -> Candidate | None:
        name = split_name(cleaned.text) if is_of(cleaned.text, kind) else None
        if name is None:
            return _labelled(kind, grain, cleaned) if cleaned.label else None
        if len(name[1]) == 1 and kind in OPEN_KINDS:
            return other_name(cleaned)
        if len(name[1]) != 2:  # noqa: PLR2004 -- issuer, code
            return None
        issuer, code = name[1]
        return Candidate(
            scheme=kind,
            name=_KIND_NAMES[kind],
            canonical=issued(kind, issuer, code),
            valid=True,
            grain=grain,
            parts=(Part("issuer", "编码方", "issuer", issuer), Part("code", "编码", "code", code)),
            notes=cleaned.notes,
            issuer=issuer,
            score=95,
        )

    return recognise


def other_name(cleaned: Cleaned) -> Candidate | None:
    """A name of a scheme that is not registered here, or whose issuer is the platform."""
    name = split_name(cleaned.text)
    if name is None or not URI_FORM.fullmatch(cleaned.text) or name[0] in SCOPED_KINDS:
        return None
    scheme, fields = name
    several = issued(scheme, *fields) if len(fields) == 2 else cleaned.text  # noqa: PLR2004 -- issuer, code
    known = scheme in OPEN_KINDS
    return Candidate(
        scheme=scheme,
        name=_KIND_NAMES.get(scheme, _OTHER_NAME),
        canonical=named(scheme, fields[0]) if len(fields) == 1 else several,
        valid=True,
        grain=OPEN_KINDS.get(scheme, Grain.INSTANCE),
        parts=_parts(scheme, fields[-1]),
        notes=cleaned.notes
        if known or scheme == RAW
        else (*cleaned.notes, note("generic", "info")),
        score=60,
    )


_SAMPLES: Final = {
    "lot": ("生产批号：B7", "LOT B7"), "item": ("SN: A1234567", "序列号 12345"),
    "document": ("许可证编号：20230001", "浙农许字20230001号"),
}  # fmt: skip


def _parts(scheme: str, code: str) -> tuple[Part, ...]:
    """The scheme is told where it is one."""
    said = (Part("code", "编码", "code", code),)
    return said if scheme == RAW else (Part("scheme", "体系", "scheme", scheme), *said)


def _own_scheme(kind: str, grain: Grain) -> Scheme:
    return Scheme(
        id=kind,
        name=_KIND_NAMES[kind],
        grain=grain,
        issuer=_ENTERPRISE,
        source="docs/concepts/identity.md",
        layout=(
            Field(text=f"{PREFIX}{kind}:"),
            Field("issuer", "编码方", "issuer", 200, "[^:]", 1),
            Field(text=":"),
            Field("code", "编码", "code", 200, "[^:]", 1),
        ),
        good=(f"{PREFIX}{kind}:91110000600037341L:A%2F7", *_SAMPLES.get(kind, ())),
        bad=(f"{PREFIX}{kind}:", f"{PREFIX}{kind}:91110000600037341L:"),
        recognise=recognise_own[kind],
        scope=Text("在编码方内唯一", "unique at its issuer"),
        scoped=True,
        keys=("urn", "labelled") if kind in _LABELLED else ("urn",),
    )


def _uuid(cleaned: Cleaned) -> Candidate | None:
    if not UUID_FORM.fullmatch(cleaned.text):
        return None
    return Candidate(
        "uuid", _UUID, cleaned.text.lower(), True, Grain.INSTANCE, notes=cleaned.notes, score=90
    )


def _uri(cleaned: Cleaned) -> Candidate | None:
    text = cleaned.text
    if not URI_FORM.fullmatch(text) or text[: len(PREFIX)].lower() == PREFIX:
        return None
    if not _KNOWN_START.match(text):
        return None
    doubt: tuple[Note, ...] = (note("kept", "info"),)
    return Candidate("uri", _URI, text, True, Grain.INSTANCE, notes=cleaned.notes + doubt, score=20)


_EPC_FORMS: Final = {
    "gid": re.compile(r"[0-9]+\.[0-9]+\.[0-9]+"),
    "usdod": re.compile(r"[A-HJ-NP-Z0-9]{5,6}\.(?:0|[1-9][0-9]*)"),
    "adi": re.compile(r"[A-HJ-NP-Z0-9]{5,6}\.[A-Z0-9%/-]*\.[A-Z0-9%/-]+"),
    "bic": re.compile(r"([A-Z]{3}[JUZ][0-9]{6})([0-9])"),
    "imovn": re.compile(r"[0-9]{7}"),
}


def _epc(cleaned: Cleaned) -> Candidate | None:
    """EPCs outside the GS1 keys (EPC TDS 2.0 §6.3.12-17) and patterns of several things."""
    kind, _, rest = cleaned.text[len(EPC_PREFIX) :].partition(":")
    scheme, _, body = rest.partition(":")
    if cleaned.text[: len(EPC_PREFIX)].lower() != EPC_PREFIX or not body:
        return None
    if kind == "idpat":
        if not body.endswith(".*.*"):
            return None
        notes: tuple[Note, ...] = (note("pattern", "warning"),)
    elif kind == "id" and scheme in _EPC_FORMS:
        match = _EPC_FORMS[scheme].fullmatch(body)
        notes = () if match else (note("form", "error", what=f"urn:epc:id:{scheme}"),)
        if match and scheme == "bic" and container_check(match[1]) != match[2]:
            expected = container_check(match[1])
            notes = (note("check", "error", expected=expected, found=match[2]),)
    else:
        return None
    return Candidate(
        scheme="epc",
        name=_EPC,
        canonical=cleaned.text,
        valid=all(said.severity != "error" for said in notes),
        grain=Grain.CLASS if kind == "idpat" else Grain.INSTANCE,
        parts=(Part("scheme", "体系", "scheme", scheme), Part("code", "编码", "code", body)),
        notes=cleaned.notes + notes,
        score=80,
        check="passed" if scheme == "bic" else "none",
    )


_EPC = Text("GS1 以外的 EPC", "EPC outside the GS1 keys")
_UUID = Text("通用唯一识别码", "UUID")
_URI = Text("其他网址或 URN", "other URL or URN")
_KINDS = SCOPED_KINDS | OPEN_KINDS
recognise_own: Final = {kind: _own(kind, grain) for kind, grain in _KINDS.items()}

TITLE: Final = Text("本平台和通用名称", "Our own names and general ones")
SCHEMES: Final = (
    *(_own_scheme(kind, grain) for kind, grain in _KINDS.items()),
    Scheme(
        id="uuid",
        name=_UUID,
        grain=Grain.INSTANCE,
        issuer=Text("任何软件", "any software"),
        source="RFC 9562 §4",
        layout=(
            Field(text="urn:uuid:"),
            Field("uuid", "十六进制，分 5 组", "hexadecimal, five groups", 36, "[0-9a-f-]"),
        ),
        keys=("urn",),
        good=("urn:uuid:2F0A4B5C-1D2E-4F3A-8B6C-7D8E9F0A1B2C",),
        bad=("urn:uuid:2f0a4b5c", "urn:uuid:2f0a4b5c-1d2e-4f3a-8b6c-7d8e9f0a1b2g"),
        recognise=_uuid,
    ),
    Scheme(
        id="epc",
        name=_EPC,
        grain=Grain.INSTANCE,
        issuer=Text(
            "各标识的登记方（通用管理者、国防部、航空、集装箱、船舶）",
            "registrars: general managers, US DoD, aviation, containers, ships",
        ),
        source="EPC Tag Data Standard 2.0 §6.3, §8; ISO 6346",
        layout=(
            Field(text="urn:epc:id:"),
            Field("scheme", "体系（gid usdod adi bic imovn）", "scheme", 5, "[a-z]", 3),
            Field(text=":"),
            Field("code", "编码", "code", 60, "[!-~]", 1),
        ),
        good=(
            "urn:epc:id:gid:95100000.12345.400",
            "urn:epc:id:bic:CSQU3054383",
            "urn:epc:id:usdod:2S194.12345678901",
            "urn:epc:id:imovn:9176187",
            "urn:epc:idpat:sgtin:4012345.*.*",
        ),
        bad=(
            "urn:epc:id:gid:95100000.12345",
            "urn:epc:id:bic:CSQU3054384",
            "urn:epc:id:imovn:917618",
        ),
        recognise=_epc,
        check=Text("集装箱号按 ISO 6346 校验", "container numbers by ISO 6346"),
        keys=("urn",),
    ),
    Scheme(
        id="uri",
        name=_URI,
        grain=Grain.INSTANCE,
        issuer=Text("域名或命名空间的持有者", "the owner of the domain or namespace"),
        source="RFC 3986 §4.3; RFC 8141",
        layout=(
            Field("scheme", "方案", "scheme", 30, "[a-z]", 1),
            Field(text=":"),
            Field("rest", "其余", "the rest", 1000, r"\S", 1),
        ),
        keys=("urn", "http"),
        good=("https://example.com/obj/17", "urn:example:17"),
        bad=("example.com/obj/17", "https://", "http://a b"),
        recognise=_uri,
    ),
)
