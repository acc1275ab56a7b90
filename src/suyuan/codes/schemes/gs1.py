"""The GS1 keys in every spelling: digits, element strings, Digital Links, EPC URNs."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from suyuan.codes.gs1_ais import AIS
from suyuan.codes.gs1_elements import read_elements
from suyuan.codes.gs1_keys import Reading, UnreadableError, compose
from suyuan.codes.gs1_link import read_link
from suyuan.codes.gs1_urn import read_urn
from suyuan.codes.own_names import raw_name
from suyuan.codes.types import Candidate, Cleaned, Grain, Part, Recognise, Scheme
from suyuan.kit import Text

_LONGEST = 2_048
# Bare digits: which key they may be, by their number, and how likely that is.
_BARE_GTIN: Final = {8: 55, 12: 65, 13: 72, 14: 74}
_BARE_GLN: Final = {13: 50}
_BARE_SSCC: Final = {18: 78}
_ISSUER: Final = Text("GS1 成员组织（中国：中国物品编码中心）", "GS1 member organisations")

Outcome = Reading | UnreadableError | None


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[Outcome, int]:
    """The one reading that all key schemes share, and how sure its spelling makes it."""
    if len(text) > _LONGEST:
        return None, 0
    head = text[:8].lower()
    try:
        if head.startswith("urn:epc:"):
            return read_urn(text), 95
        if head.startswith("http"):
            return read_link(text, hosts=None), 92
        return read_elements(text), 90
    except UnreadableError as error:
        return error, 35


def _digits(ai: str, lengths: dict[int, int], cleaned: Cleaned) -> tuple[Outcome, int]:
    likely = lengths.get(len(cleaned.bare))
    if likely is None or not cleaned.bare.isdigit():
        return None, 0
    try:
        return compose(ai, cleaned.bare, {}), likely
    except UnreadableError as error:
        return error, 12


def _recognise(
    scheme: str, name: Text, grain: Grain, ai: str, lengths: dict[int, int]
) -> Recognise:
    def recognise(cleaned: Cleaned) -> Candidate | None:
        outcome, score = _read(cleaned.text)
        notes = cleaned.notes
        if outcome is None and lengths:
            outcome, score = _digits(ai, lengths, cleaned)
            notes += cleaned.bare_notes
        if outcome is None or outcome.scheme != scheme:
            return None
        if isinstance(outcome, UnreadableError):
            canonical = raw_name("-", cleaned.received[:_LONGEST])
            return Candidate(
                scheme, name, canonical, False, grain, notes=(*notes, outcome.note), score=score
            )
        return Candidate(
            scheme=scheme,
            name=name,
            canonical=outcome.uri,
            valid=True,
            grain=outcome.grain,
            parts=_parts(outcome),
            notes=notes + outcome.notes,
            lot=outcome.lot,
            class_uri=outcome.class_uri,
            score=score,
        )

    return recognise


def _parts(reading: Reading) -> tuple[Part, ...]:
    known = (pair for pair in reading.pairs + reading.extra if pair[0] in AIS)
    return tuple(Part(f"ai-{ai}", AIS[ai].name.zh, AIS[ai].name.en, value) for ai, value in known)


def _scheme(  # one row of the table below
    scheme: str,
    name: Text,
    grain: Grain,
    structure: Text,
    samples: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    digits: tuple[str, dict[int, int]] = ("", {}),
) -> Scheme:
    recognise: Callable[[Cleaned], Candidate | None]
    recognise = _recognise(scheme, name, grain, *digits)
    return Scheme(
        id=scheme,
        name=name,
        grain=grain,
        issuer=_ISSUER,
        source="GS1 General Specifications §3; EPC TDS 2.0 §6; GS1 Digital Link 1.2 §4",
        structure=structure,
        good=samples[0],
        bad=samples[1],
        recognise=recognise,
    )


SCHEMES: Final = (
    _scheme(
        "gtin",
        Text("全球贸易项目代码（商品条码）", "GTIN"),
        Grain.CLASS,
        Text("8、12、13 或 14 位数字，末位校验", "8, 12, 13 or 14 digits, the last a check digit"),
        (
            ("6901234567892", "16901234567899", "urn:epc:idpat:sgtin:4012345.012345.*"),
            ("6901234567893", "https://id.gs1.org/01/16901234567890"),
        ),
        digits=("01", _BARE_GTIN),
    ),
    _scheme(
        "sgtin",
        Text("带序列号的贸易项目", "serialised trade item (SGTIN)"),
        Grain.INSTANCE,
        Text("GTIN + 序列号（≤20）", "GTIN and serial number (≤ 20)"),
        (
            ("https://id.gs1.org/01/06901234567892/21/A1", "urn:epc:id:sgtin:4012345.011111.98"),
            ("urn:epc:id:sgtin:23567.18012.1234", "(01)06901234567893(21)A1"),
        ),
    ),
    _scheme(
        "lgtin",
        Text("贸易项目批次", "batch of a trade item (LGTIN)"),
        Grain.LOT,
        Text("GTIN + 批号（≤20）", "GTIN and batch or lot number (≤ 20)"),
        (
            ("(01)06901234567892(10)B7", "urn:epc:class:lgtin:4023333.002000.2019-10-07"),
            ("urn:epc:class:lgtin:234567.189012.1234", "(01)06901234567892(10)"),
        ),
    ),
    _scheme(
        "sscc",
        Text("系列货运包装箱代码", "logistic unit (SSCC)"),
        Grain.INSTANCE,
        Text("18 位数字，末位校验", "18 digits, the last a check digit"),
        (
            ("340123453111111115", "(00)340123453111111115", "00340123453111111115"),
            ("340123453111111116", "urn:epc:id:sscc:123456789.066638689"),
        ),
        digits=("00", _BARE_SSCC),
    ),
    _scheme(
        "gln",
        Text("全球位置码", "location (GLN)"),
        Grain.PLACE,
        Text("13 位数字，末位校验", "13 digits, the last a check digit"),
        (
            ("6922266443114", "urn:epc:id:sgln:4012345.00005.0", "(414)6922266443114"),
            ("6922266443115", "https://id.gs1.org/414/692226644311"),
        ),
        digits=("414", _BARE_GLN),
    ),
    _scheme(
        "sgln",
        Text("带扩展的位置码", "location with extension (SGLN)"),
        Grain.PLACE,
        Text("GLN + 扩展（≤20）", "GLN and extension (≤ 20)"),
        (
            ("urn:epc:id:sgln:4012345.00005.122", "https://id.gs1.org/414/4012345000054/254/122"),
            ("urn:epc:id:sgln:12345678901.11.1111",),
        ),
    ),
    _scheme(
        "pgln",
        Text("参与方位置码", "party (PGLN)"),
        Grain.PARTY,
        Text("13 位数字，末位校验", "13 digits, the last a check digit"),
        (
            ("urn:epc:id:pgln:473847.837483", "https://id.gs1.org/417/4226350800008"),
            ("urn:epc:id:pgln:123456.78901", "https://id.gs1.org/417/4226350800007"),
        ),
    ),
    _scheme(
        "grai",
        Text("可回收资产代码", "returnable asset (GRAI)"),
        Grain.INSTANCE,
        Text("0 + 13 位数字（末位校验）+ 序列号（≤16）", "0, 13 digits with check, serial (≤ 16)"),
        (
            ("urn:epc:id:grai:4012345.00022.334455", "(8003)04012345000221334455"),
            ("(8003)04012345000222334455",),
        ),
    ),
    _scheme(
        "giai",
        Text("单个资产代码", "individual asset (GIAI)"),
        Grain.INSTANCE,
        Text("厂商识别代码 + 资产代码，共 ≤30", "company prefix and asset reference, ≤ 30"),
        (
            ("urn:epc:id:giai:0614141.12345400", "(8004)9520614141234567"),
            ("urn:epc:id:giai:06141.12345400", "https://id.gs1.org/8004/"),
        ),
    ),
    _scheme(
        "gsrn",
        Text("服务接受方关系代码", "service recipient (GSRN)"),
        Grain.PARTY,
        Text("18 位数字，末位校验", "18 digits, the last a check digit"),
        (
            ("urn:epc:id:gsrn:4012345.0000006765", "(8018)123456789012345675"),
            ("(8018)123456789012345676",),
        ),
    ),
    _scheme(
        "gsrnp",
        Text("服务提供方关系代码", "service provider (GSRN)"),
        Grain.PARTY,
        Text("18 位数字，末位校验", "18 digits, the last a check digit"),
        (
            ("urn:epc:id:gsrnp:4012345.0000098765",),
            ("urn:epc:id:gsrnp:1234567890123.1234567",),
        ),
    ),
    _scheme(
        "gdti",
        Text("文件类型代码", "document (GDTI)"),
        Grain.DOCUMENT,
        Text("13 位数字（末位校验）+ 序列号（≤17）", "13 digits with check, serial (≤ 17)"),
        (
            ("urn:epc:id:gdti:4012345.00009.PO-4711", "(253)4012345000092PO-4711"),
            ("(253)4012345000093PO-4711",),
        ),
    ),
    _scheme(
        "gcn",
        Text("全球优惠券代码", "coupon (GCN)"),
        Grain.INSTANCE,
        Text("13 位数字（末位校验）+ 序列号（≤12 位）", "13 digits with check, serial (≤ 12)"),
        (("https://id.gs1.org/255/0811625999996554433",), ("(255)0811625999997",)),
    ),
    _scheme(
        "ginc",
        Text("托运标识代码", "consignment (GINC)"),
        Grain.DOCUMENT,
        Text("厂商识别代码 + 托运代码，共 ≤30", "company prefix and reference, ≤ 30"),
        (("urn:epc:id:ginc:0614141.xyz47%2F11",), ("urn:epc:id:ginc:06141.47",)),
    ),
    _scheme(
        "gsin",
        Text("装运标识代码", "shipment (GSIN)"),
        Grain.DOCUMENT,
        Text("17 位数字，末位校验", "17 digits, the last a check digit"),
        (("urn:epc:id:gsin:4012345.222333444",), ("urn:epc:id:gsin:1234567890.12345",)),
    ),
    _scheme(
        "itip",
        Text("贸易项目组件", "piece of a trade item (ITIP)"),
        Grain.INSTANCE,
        Text("GTIN + 件号 2 + 总件数 2 + 序列号（≤20）", "GTIN, piece 2, total 2, serial (≤ 20)"),
        (
            ("https://id.gs1.org/8006/040123451234560102/21/443322",),
            ("urn:epc:id:itip:234567.1890123.561.78.1111",),
        ),
    ),
    _scheme(
        "upui",
        Text("单位包装唯一标识", "unit pack (UPUI)"),
        Grain.INSTANCE,
        Text("GTIN + 第三方序列扩展（≤28）", "GTIN and third-party serial extension (≤ 28)"),
        (
            ("urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB",),
            ("urn:epc:id:upui:234567.189012.1111",),
        ),
    ),
    _scheme(
        "cpi",
        Text("组件或部件代码", "component or part (CPI)"),
        Grain.INSTANCE,
        Text("组件代码（≤30）+ 序列号（≤12 位）", "component reference (≤ 30), serial (≤ 12)"),
        (
            ("urn:epc:id:cpi:123456.789012345.1111",),
            ("https://id.gs1.org/8010/123456789012/8011/",),
        ),
    ),
)
