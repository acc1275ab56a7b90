"""The GS1 keys in every spelling: digits, element strings, Digital Links, EPC URNs."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes import pages
from suyuan.codes.gs1_ais import AIS
from suyuan.codes.gs1_elements import (
    NAMELESS,
    is_marked,
    read_elements,
    split_elements,
    wrong_among,
)
from suyuan.codes.gs1_keys import (
    CANONICAL_ROOT,
    GTIN_DIGITS,
    KEYS,
    Pairs,
    Reading,
    UnreadableError,
    compose,
    whole_gtin,
)
from suyuan.codes.gs1_link import link_pairs, read_link
from suyuan.codes.gs1_notes import Outcome, carried, needed, separated
from suyuan.codes.gs1_prefixes import is_no_place, sourced, special, without_licence
from suyuan.codes.gs1_product_url import read_product_url
from suyuan.codes.gs1_urn import read_urn
from suyuan.codes.own_names import raw_name, split_name
from suyuan.codes.types import RESOLVERS, Candidate, Cleaned, Field, Grain, Note, Part, Scheme
from suyuan.kit import Text

_LONGEST = 2_048
_ADDRESS = re.compile("https?://", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_YEAR: Final = re.compile(r"[(\[]\s?(?:19|20)[0-9]{2}\s?[)\]]")
# Bare digits: which key they may be, by their number, and how likely that is.
_BARE: Final[dict[int, tuple[tuple[str, int], ...]]] = {
    8: (("01", 55),),
    12: (("01", 65),),
    13: (("01", 72), ("414", 50)),
    14: (("01", 74),),
    18: (("00", 78),),
}
_ISSUER: Final = Text("GS1 成员组织（中国：中国物品编码中心）", "GS1 member organisations")
_SOURCE: Final = "GS1 General Specifications §3; EPC TDS 2.0 §6; GS1 Digital Link 1.2 §4"
_MODULO_10: Final = Text("GS1 模 10 校验", "GS1 modulo 10")
_ITEM_KEY: Final = "01"
_ITEMS: Final = frozenset((_ITEM_KEY, "8006"))
_BOTH: Final = Text("{kind}：{name}", "{kind}: {name}")
_PLACE_KEY: Final = "414"
_GUESSED: Final = {"code.compressed", "code.host"}
_FAILED, _FAILED_DIGITS = 35, 12


def readings(cleaned: Cleaned, resolvers: frozenset[str] = RESOLVERS) -> Iterator[Candidate]:
    """What a text is as a GS1 key; several for bare digits, none if it is none."""
    if cleaned.label and _YEAR.match(cleaned.text):
        return  # behind Chinese words: a paper's year, and no application identifier has its form
    read = _read(cleaned.text, resolvers)
    if read is not None:
        said = carried(read[0], cleaned) + separated(read[0], cleaned.text)
        yield _candidate(read[0], read[1], cleaned, cleaned.notes + said)
    # Digits that an identifier may begin are as well a key by themselves: 401 is Germany's too.
    if (read is None and cleaned.bare.isdigit()) or cleaned.text.isdigit():
        for ai, likely in _BARE.get(len(cleaned.bare), ()):
            if ai == _PLACE_KEY and is_no_place(cleaned.bare):
                continue
            outcome, score = _digits(ai, likely, cleaned.bare)
            yield _candidate(outcome, score, cleaned, cleaned.notes + cleaned.bare_notes)


def _read(text: str, resolvers: frozenset[str]) -> tuple[Outcome, int] | None:
    """The reading of a text that says itself how it is to be read, and how sure that makes it."""
    if len(text) > _LONGEST or (_SPACE.search(text) and _ADDRESS.match(text)):
        return None  # an address has no space in it
    try:
        return _spelled(text, resolvers)
    except UnreadableError as error:
        if text.isdigit() and len(text) in _BARE:
            return None  # as well a bare key that begins with the digits of an AI
        error.pairs = _pairs_of(text)
        return error, _FAILED


def _spelled(text: str, resolvers: frozenset[str]) -> tuple[Outcome, int] | None:
    head = text[:8].lower()
    reading: Reading | None
    if head.startswith("urn:"):
        reading, score = _urn(text, head), 95
    elif _ADDRESS.match(text):
        reading, score = read_link(text, resolvers, anywhere=True), 92
        if reading is not None and {said.code for said in reading.notes} >= _GUESSED:
            score = 60  # a word of an address may come out as bits that mean something
        if reading is None:
            reading, score = _product_url(text), 88
        if reading is not None and reading.extra:
            said = wrong_among(reading.scheme, reading.extra)
            reading = replace(reading, notes=reading.notes + said)
    else:
        reading = read_elements(text)
        score = 90 if reading is None or is_marked(text) else _sureness(reading)
    if reading is None:
        return None
    return reading, score


def _product_url(text: str) -> Reading | None:
    """What a maker's address names; GS1's own host is no maker's, there only its rules hold."""
    reading = read_product_url(text)
    if reading is not None and text.lower().startswith(CANONICAL_ROOT):
        raise UnreadableError(reading.scheme, "link-path")
    return reading


def _urn(text: str, head: str) -> Reading | None:
    if head == "urn:epc:":
        return read_urn(text)
    name = split_name(text)
    return read_elements(name[1][-1]) if name is not None and name[0] == NAMELESS else None


def _sureness(reading: Reading) -> int:
    """Without a mark, digits are an element string only as far as a check digit says so."""
    return 76 if KEYS[reading.pairs[0][0]].checked else 40


def _digits(ai: str, likely: int, text: str) -> tuple[Outcome, int]:
    try:
        return whole_gtin(text) if ai == _ITEM_KEY else compose(ai, text, {}), likely
    except UnreadableError as error:
        error.pairs = ((ai, text.zfill(GTIN_DIGITS) if ai == _ITEM_KEY else text),)
        return error, _FAILED_DIGITS


def _candidate(
    outcome: Outcome, score: int, cleaned: Cleaned, notes: tuple[Note, ...]
) -> Candidate:
    scheme = _BY_ID[outcome.scheme]
    if isinstance(outcome, UnreadableError):
        canonical = raw_name("-", cleaned.received[:_LONGEST])
        pairs = outcome.pairs or _bracketed(cleaned.text)
        said = (*notes, outcome.note, *needed(outcome, pairs))
        return Candidate(
            scheme=scheme.id,
            name=scheme.name,
            canonical=canonical,
            valid=False,
            grain=scheme.grain,
            parts=_named_parts(pairs),
            notes=said,
            score=score,
        )
    return _with_prefix(
        outcome,
        Candidate(
            scheme=scheme.id,
            name=scheme.name,
            canonical=outcome.uri,
            valid=True,
            grain=outcome.grain,
            parts=_parts(outcome),
            notes=notes + outcome.notes,
            lot=outcome.lot,
            class_uri=outcome.class_uri,
            score=score,
        ),
    )


def _with_prefix(reading: Reading, candidate: Candidate) -> Candidate:
    """The reading of a book's, a shop's or a coupon's number as what it is."""
    ai, value = reading.pairs[0]
    kind = special(value[:GTIN_DIGITS]) if ai in _ITEMS else None
    if kind is None:
        return without_licence(candidate, ai, value)
    name = kind.name
    if len(reading.pairs) > 1 or ai != _ITEM_KEY:
        name = _BOTH.format(kind=kind.name, name=candidate.name)
    return replace(
        candidate,
        name=name,
        notes=(*candidate.notes, kind.said, *sourced(kind)),
        issued_by=kind.issuer,
        pages=kind.pages,
        score=min(candidate.score, kind.likely),
    )


def _parts(reading: Reading) -> tuple[Part, ...]:
    return _named_parts(reading.pairs + reading.extra)


def _pairs_of(text: str) -> Pairs:
    """What a text that says how it is to be read sets apart, also where a part of it is wrong."""
    if _ADDRESS.match(text):
        return link_pairs(text)
    try:
        return split_elements(text) or ()
    except UnreadableError:
        return ()


def _bracketed(text: str) -> Pairs:
    """What brackets set apart, also where a part of it is wrong."""
    return (split_elements(text) or ()) if text[:1] in {"(", "["} else ()


def _named_parts(pairs: Pairs) -> tuple[Part, ...]:
    known = (pair for pair in pairs if pair[0] in AIS)
    return tuple(Part(f"ai-{ai}", AIS[ai].name.zh, AIS[ai].name.en, value) for ai, value in known)


class _Row(Struct, frozen=True):
    """A row of the table below."""

    id: str
    name: Text
    grain: Grain
    layout: tuple[Field, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    check: Text = _MODULO_10


def _recognise(scheme: str, cleaned: Cleaned) -> Candidate | None:
    return next((each for each in readings(cleaned) if each.scheme == scheme), None)


def _scheme(row: _Row) -> Scheme:
    item = row.layout[0].name == "item"
    return Scheme(
        id=row.id,
        name=row.name,
        grain=row.grain,
        issuer=_ISSUER,
        source=_SOURCE,
        layout=row.layout,
        good=row.good,
        bad=row.bad,
        recognise=partial(_recognise, row.id),
        check=row.check,
        checked="none" if row.check is _NONE or row.id == NAMELESS else "open",
        pages=(pages.GOODS, pages.VERIFIED_BY_GS1) if item else (pages.VERIFIED_BY_GS1,),
    )


_X: Final = "[!-~]"
_CHECK: Final = Field("check", "校验码", "check digit", 1)
_PREFIXED_12: Final = Field("key", "厂商识别代码 + 参考代码", "company prefix and reference", 12)
_PREFIXED_17: Final = Field("key", "厂商识别代码 + 参考代码", "company prefix and reference", 17)
_ITEM: Final = (
    Field(
        "item",
        "厂商识别代码 + 项目代码（不足 14 位前补零）",
        "company prefix and item (zeros before, to 14)",
        13,
        least=7,
    ),
    _CHECK,
)
_SERIAL_20: Final = Field("serial", "序列号", "serial number", 20, _X, 1)
_FREE_30: Final = Field("key", "厂商识别代码 + 参考代码", "company prefix and reference", 30, _X, 1)
_NONE: Final = Text("无校验位", "no check character")
_INSTANCE, _LOT, _CLASS = Grain.INSTANCE, Grain.LOT, Grain.CLASS
_PARTY, _PLACE, _DOCUMENT = Grain.PARTY, Grain.PLACE, Grain.DOCUMENT

_ROWS: Final = (
    _Row(
        "gtin",
        Text("全球贸易项目代码（商品条码）", "GTIN"),
        _CLASS,
        _ITEM,
        (
            "6901234567892",
            "16901234567899",
            "urn:epc:idpat:sgtin:4012345.012345.*",
            "https://id.gs1.org/AQnYUc1gmg",
            "https://shop.example.cn/p?01=06901234567892",
        ),
        ("6901234567893", "https://id.gs1.org/01/16901234567890"),
    ),
    _Row(
        "sgtin",
        Text("带序列号的贸易项目", "serialised trade item (SGTIN)"),
        _INSTANCE,
        (*_ITEM, _SERIAL_20),
        ("https://id.gs1.org/01/06901234567892/21/A1", "urn:epc:id:sgtin:4012345.011111.98"),
        ("urn:epc:id:sgtin:23567.18012.1234", "(01)06901234567893(21)A1"),
    ),
    _Row(
        "lgtin",
        Text("贸易项目批次", "batch of a trade item (LGTIN)"),
        _LOT,
        (*_ITEM, Field("lot", "批号", "batch or lot number", 20, _X, 1)),
        ("(01)06901234567892(10)B7", "urn:epc:class:lgtin:4023333.002000.2019-10-07"),
        ("urn:epc:class:lgtin:234567.189012.1234", "(01)06901234567892(10)"),
    ),
    _Row(
        "sscc",
        Text("系列货运包装箱代码", "logistic unit (SSCC)"),
        _INSTANCE,
        (_PREFIXED_17, _CHECK),
        ("340123453111111115", "(00)340123453111111115", "00340123453111111115"),
        ("340123453111111116", "urn:epc:id:sscc:123456789.066638689"),
    ),
    _Row(
        "gln",
        Text("全球位置码", "location (GLN)"),
        _PLACE,
        (_PREFIXED_12, _CHECK),
        (
            "6922266443114",
            "urn:epc:id:sgln:4012345.00005.0",
            "(414)6922266443114",
            "https://id.gs1.org/414/5060917510004/7040/5KFX",
        ),
        ("6922266443115", "https://id.gs1.org/414/692226644311"),
    ),
    _Row(
        "sgln",
        Text("带扩展的位置码", "location with extension (SGLN)"),
        _PLACE,
        (_PREFIXED_12, _CHECK, Field("extension", "扩展", "extension", 20, _X, 1)),
        ("urn:epc:id:sgln:4012345.00005.122", "https://id.gs1.org/414/4012345000054/254/122"),
        ("urn:epc:id:sgln:12345678901.11.1111",),
    ),
    _Row(
        "pgln",
        Text("参与方位置码", "party (PGLN)"),
        _PARTY,
        (_PREFIXED_12, _CHECK),
        ("urn:epc:id:pgln:473847.837483", "https://id.gs1.org/417/4226350800008"),
        ("urn:epc:id:pgln:123456.78901", "https://id.gs1.org/417/4226350800007"),
    ),
    _Row(
        "payee",
        Text("开票方位置码", "invoicing party (GLN)"),
        _PARTY,
        (_PREFIXED_12, _CHECK),
        ("(415)6922266443114",),
        ("(415)6922266443115",),
    ),
    _Row(
        "payment",
        Text("付款单", "payment slip"),
        _DOCUMENT,
        (_PREFIXED_12, _CHECK, Field("reference", "参考号", "reference", 25, _X, 1)),
        ("(415)6922266443114(8020)ABC12",),
        ("(415)6922266443115(8020)ABC12",),
    ),
    _Row(
        "grai",
        Text("可回收资产代码", "returnable asset (GRAI)"),
        _INSTANCE,
        (Field(text="0"), _PREFIXED_12, _CHECK, Field("serial", "序列号", "serial", 16, _X, 0)),
        ("urn:epc:id:grai:4012345.00022.334455", "(8003)04012345000221334455"),
        ("(8003)04012345000222334455",),
    ),
    _Row(
        "giai",
        Text("单个资产代码", "individual asset (GIAI)"),
        _INSTANCE,
        (_FREE_30,),
        ("urn:epc:id:giai:0614141.12345400", "(8004)9520614141234567"),
        ("urn:epc:id:giai:06141.12345400", "https://id.gs1.org/8004/"),
        _NONE,
    ),
    _Row(
        "gsrn",
        Text("服务接受方关系代码", "service recipient (GSRN)"),
        _PARTY,
        (_PREFIXED_17, _CHECK),
        ("urn:epc:id:gsrn:4012345.0000006765", "(8018)123456789012345675"),
        ("(8018)123456789012345676",),
    ),
    _Row(
        "gsrnp",
        Text("服务提供方关系代码", "service provider (GSRN)"),
        _PARTY,
        (_PREFIXED_17, _CHECK),
        ("urn:epc:id:gsrnp:4012345.0000098765",),
        ("urn:epc:id:gsrnp:1234567890123.1234567",),
    ),
    _Row(
        "gdti",
        Text("文件类型代码", "document (GDTI)"),
        _DOCUMENT,
        (_PREFIXED_12, _CHECK, Field("serial", "序列号", "serial", 17, _X, 0)),
        ("urn:epc:id:gdti:4012345.00009.PO-4711", "(253)4012345000092PO-4711"),
        ("(253)4012345000093PO-4711",),
    ),
    _Row(
        "gcn",
        Text("全球优惠券代码", "coupon (GCN)"),
        _INSTANCE,
        (_PREFIXED_12, _CHECK, Field("serial", "序列号", "serial", 12, least=0)),
        ("https://id.gs1.org/255/0811625999996554433",),
        ("(255)0811625999997",),
    ),
    _Row(
        "ginc",
        Text("托运标识代码", "consignment (GINC)"),
        _DOCUMENT,
        (_FREE_30,),
        ("urn:epc:id:ginc:0614141.xyz47%2F11",),
        ("urn:epc:id:ginc:06141.47",),
        _NONE,
    ),
    _Row(
        "gsin",
        Text("装运标识代码", "shipment (GSIN)"),
        _DOCUMENT,
        (Field("key", "厂商识别代码 + 参考代码", "company prefix and reference", 16), _CHECK),
        ("urn:epc:id:gsin:4012345.222333444",),
        ("urn:epc:id:gsin:1234567890.12345",),
    ),
    _Row(
        "itip",
        Text("贸易项目组件", "piece of a trade item (ITIP)"),
        _INSTANCE,
        (
            *_ITEM,
            Field("piece", "件号", "piece", 2),
            Field("total", "总件数", "total", 2),
            Field("serial", "序列号", "serial", 20, _X, 0),
        ),
        ("https://id.gs1.org/8006/040123451234560102/21/443322",),
        ("urn:epc:id:itip:234567.1890123.561.78.1111",),
    ),
    _Row(
        "upui",
        Text("单位包装唯一标识", "unit pack (UPUI)"),
        _INSTANCE,
        (*_ITEM, Field("serial", "第三方序列扩展", "third-party serial extension", 28, _X, 1)),
        ("urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB",),
        ("urn:epc:id:upui:234567.189012.1111",),
    ),
    _Row(
        "cpi",
        Text("组件或部件代码", "component or part (CPI)"),
        _INSTANCE,
        (
            Field(
                "key", "厂商识别代码 + 部件代码", "company prefix and part", 30, "[#/0-9A-Z-]", 1
            ),
            Field("serial", "序列号", "serial", 12, least=0),
        ),
        ("urn:epc:id:cpi:123456.789012345.1111",),
        ("https://id.gs1.org/8010/123456789012/8011/",),
        _NONE,
    ),
    _Row(
        "gmn",
        Text("全球型号代码", "model (GMN)"),
        _CLASS,
        (
            Field("key", "厂商识别代码 + 型号", "company prefix and model", 23, _X, 1),
            Field("check", "校验字符", "check characters", 2, "[2-9A-Z]"),
        ),
        ("(8013)1987654Ad4X4bL5ttr2310c2K",),
        ("(8013)1987654Ad4X4bL5ttr2310c3K",),
        Text("GS1 模 1021 字符对校验", "GS1 check character pair, modulo 1021"),
    ),
    _Row(
        NAMELESS,
        Text("GS1 附加信息（不指明物品）", "GS1 data that name no thing"),
        _CLASS,
        (
            Field("ai", "应用标识符", "application identifier", 4, least=2),
            Field("data", "内容", "data", 90, _X, 1),
        ),
        ("(10)B7(17)271231", "(3103)000189(11)260131"),
        ("(17)271331(10)B7", "(10)B7(17)"),
        Text("每个应用标识符自身的规则", "the rules of each application identifier"),
    ),
)

TITLE: Final = Text("GS1 编码（商品条码）", "GS1 keys")
SCHEMES: Final = tuple(
    replace(scheme, urn=True, scope=Text("不指任何东西", "names nothing"))
    if scheme.id == NAMELESS
    else scheme
    for scheme in map(_scheme, _ROWS)
)
_BY_ID: Final = {scheme.id: scheme for scheme in SCHEMES}
