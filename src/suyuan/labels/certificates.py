"""The produce certificate 承诺达标合格证 as a label (Order 4 of the agriculture ministry, 2025)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.text import Lang, joined
from suyuan.labels.types import Label, LabelError, Symbol

_HEADING = Text("承诺达标合格证", "Produce certificate")
_PRODUCER = Text(
    "承诺：未使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标。",
    "We declare: no forbidden pesticide, drug or compound was used; residues are within limits.",
)
_PURCHASER = Text(
    "承诺：已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；"
    "未违规使用保鲜剂、防腐剂、添加剂等。",
    "We declare: this lot's certificates are kept; no preservative or additive was misused.",
)
_BASIS: Final = {
    "control": Text("质量安全控制符合要求", "controlled as required"),
    "own-test": Text("自行检测合格", "own test passed"),
    "commissioned-test": Text("委托检测合格", "commissioned test passed"),
}
_LINES: Final = (
    ("product", Text("产品名称：{}", "Product: {}")),
    ("quantity", Text("数量（重量）：{}", "Quantity: {}")),
    ("origin", Text("产地：{}", "Origin: {}")),
    ("subject", Text("承诺主体：{}", "Issued by: {}")),
    ("contact", Text("联系方式：{}", "Contact: {}")),
)
_DATED = Text("开具日期：{}", "Date: {}")
_BASED = Text("承诺依据：{}", "Basis: {}")
_SIGNED = Text("签名或盖章：＿＿＿＿＿＿", "Signature or seal: ____________")
_NAMES: Final = {
    field: Text(text.zh.partition("：")[0], text.en.partition(":")[0])
    for field, text in (*_LINES, ("day", _DATED), ("basis", _BASED))
}
_MOST: Final = 200
_LONG = Text(
    "合格证各项共 {found} 个字符，最多 {most} 个；请先缩短最长的 {name}。",
    "The certificate's fields have {found:character|characters}, at most {most}; "
    "shorten {name}, the longest.",
)
_MISSING = Text("合格证缺少：{names}；请补上。", "The certificate lacks: {names}; fill them in.")
_NO_BASIS = Text("承诺依据至少选一项：{known}。", "Give at least one basis of: {known}.")


class ProduceCertificate(Struct, frozen=True, kw_only=True):
    """What the order asks a certificate to say.

    `basis` is at least one of `control`, `own-test` and `commissioned-test`; a purchaser who mixes
    lots declares something else than a producer.
    """

    product: str
    quantity: str
    origin: str
    subject: str
    contact: str
    day: date
    basis: tuple[str, ...]
    purchaser: bool = False

    @staticmethod
    def fields() -> Text:
        """What can be given, each by its word and as it is written."""
        return joined(map(_named, _NAMES))

    @staticmethod
    def require_whole(given: Mapping[str, str]) -> None:
        """Of the fields given none is empty: asked before there is a certificate to make of them.

        Raises:
            LabelError: some are; all of them are named, and the first is the place.
        """
        lacking = [field for field, said in given.items() if not said.strip()]
        if lacking:
            text = _MISSING.format(names=joined(map(_named, lacking)))
            raise LabelError("label.certificate", text, lacking[0])


def _named(field: str) -> Text:
    """A field as people call it, and as it is written in an order."""
    name = _NAMES[field]
    return Text(f"{name.zh}（{field}）", f"{name.en} ({field})")


def certificate_label(
    said: ProduceCertificate, symbols: tuple[Symbol, ...], *, code: str = "", lang: Lang = "zh"
) -> Label:
    """The certificate on a label, with its name in words, which the order asks for beside a code.

    Raises:
        LabelError: something that the order asks for is missing, or there is more than 200
            characters of it.
    """
    _require_short(said)
    said.require_whole({field: getattr(said, field) for field, _ in _LINES})
    lines = [text.pick(lang).format(getattr(said, field).strip()) for field, text in _LINES]
    lines.append(_DATED.pick(lang).format(said.day.isoformat()))
    lines.append((_PURCHASER if said.purchaser else _PRODUCER).pick(lang))
    lines.append(_basis(said.basis, lang))
    lines.append(_SIGNED.pick(lang))
    return Label(heading=_HEADING.pick(lang), lines=tuple(lines), symbols=symbols, code=code)


def _require_short(said: ProduceCertificate) -> None:
    lengths = {field: len(getattr(said, field)) for field, _ in _LINES}
    found, longest = sum(lengths.values()), max(lengths, key=lengths.__getitem__)
    if found > _MOST:
        text = _LONG.format(found=found, most=_MOST, name=_named(longest))
        raise LabelError("label.words", text, longest)


def _basis(chosen: tuple[str, ...], lang: Lang) -> str:
    if not chosen or not set(chosen) <= set(_BASIS):
        known = joined(
            Text(f"{text.zh}（{each}）", f"{text.en} ({each})") for each, text in _BASIS.items()
        )
        text = _NO_BASIS.format(known=known)
        raise LabelError("label.certificate", text, "basis")
    return _BASED.pick(lang).format("；".join(_BASIS[each].pick(lang) for each in chosen))
