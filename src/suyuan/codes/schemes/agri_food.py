"""Codes of livestock, and of the circulation of meat and vegetables: digits without a check."""

import re
from typing import Final

from suyuan.codes.divisions import division_notes, division_remark
from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Grain, Part, Recognise, Scheme
from suyuan.kit import Text

Layout = tuple[tuple[str, str, str, int], ...]

_DIVISION = ("division", "行政区划", "division", 6)
_NODE: Layout = (_DIVISION, ("node", "节点顺序码", "node serial", 3))
_OPERATOR: Layout = (*_NODE, ("operator", "经营者顺序码", "operator serial", 4))
_BATCH: Layout = (*_OPERATOR, ("batch", "批次流水号", "batch serial", 3))
_TRACE: Layout = (*_OPERATOR, ("serial", "交易流水号", "transaction serial", 7))
_EAR_TAG: Layout = (
    ("species", "种类（1 猪 2 牛 3 羊）", "species (1 pig, 2 cattle, 3 sheep or goat)", 1),
    _DIVISION,
    ("serial", "标识顺序号", "serial", 8),
)
_MOFCOM = "SB/T 10680-2012; 全国肉类蔬菜流通追溯体系建设规范（试行）2010"
_NODE_SCOPE = Text("由流通节点所在城市编号", "numbered by the city of the node")


def _recogniser(scheme: str, name: Text, grain: Grain, layout: Layout, score: int) -> Recognise:
    length = sum(size for _, _, _, size in layout)
    form = re.compile("[123][0-9]{14}" if scheme == "ear-tag" else f"[0-9]{{{length}}}")

    def recognise(cleaned: Cleaned) -> Candidate | None:
        code = cleaned.bare
        if not form.fullmatch(code):
            return None
        parts = _cut(code, layout)
        division = next(part.value for part in parts if part.name == "division")
        doubts = division_notes(division)
        return Candidate(
            scheme=scheme,
            name=name,
            canonical=named(scheme, code),
            valid=not doubts,
            grain=grain,
            parts=parts,
            notes=cleaned.notes + cleaned.bare_notes + doubts + division_remark(division),
            issuer=named("mv-operator", code[:13]) if scheme in ("mv-trace", "mv-batch") else None,
            score=8 if doubts else score,
        )

    return recognise


def _cut(code: str, layout: Layout) -> tuple[Part, ...]:
    parts, at = [], 0
    for key, zh, en, size in layout:
        parts.append(Part(key, zh, en, code[at : at + size]))
        at += size
    return tuple(parts)


def _scheme(  # one row of the table below
    scheme: str, name: Text, grain: Grain, layout: Layout, score: int, good: str, bad: str
) -> Scheme:
    structure = Text(
        " + ".join(f"{zh} {size}" for _, zh, _, size in layout),
        ", ".join(f"{en} {size}" for _, _, en, size in layout),
    )
    is_tag = scheme == "ear-tag"
    return Scheme(
        id=scheme,
        name=name,
        grain=grain,
        issuer=Text("县级畜牧兽医部门", "county veterinary authorities")
        if is_tag
        else Text("流通节点与城市追溯平台", "market nodes and city platforms"),
        source="畜禽标识和养殖档案管理办法 (2006) art. 8" if is_tag else _MOFCOM,
        structure=structure,
        good=(good,),
        bad=(bad,),
        recognise=_recogniser(scheme, name, grain, layout, score),
        verified=False,
        urn=True,
        scope=Text("全国唯一", "unique in China") if is_tag else _NODE_SCOPE,
    )


SCHEMES: Final = (
    _scheme(
        "ear-tag",
        Text("畜禽标识（耳标）", "livestock ear tag"),
        Grain.INSTANCE,
        _EAR_TAG,
        70,
        "1-370602-00001234",
        "4-370602-00001234",
    ),
    _scheme(
        "mv-node",
        Text("肉菜流通节点主体码", "meat and vegetable market node"),
        Grain.PLACE,
        _NODE,
        45,
        "450103309",
        "990103309",
    ),
    _scheme(
        "mv-operator",
        Text("肉菜流通经营者主体码", "meat and vegetable operator"),
        Grain.PARTY,
        _OPERATOR,
        55,
        "3706000040001",
        "9906000040001",
    ),
    _scheme(
        "mv-batch",
        Text("肉菜流通批次码", "meat and vegetable batch"),
        Grain.LOT,
        _BATCH,
        40,
        "3706000040001001",
        "9906000040001001",
    ),
    _scheme(
        "mv-trace",
        Text("肉菜流通追溯码", "meat and vegetable trace code"),
        Grain.LOT,
        _TRACE,
        65,
        "37060000400010000003",
        "99060000400010000003",
    ),
)
