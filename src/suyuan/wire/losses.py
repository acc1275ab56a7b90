"""What another form of an event cannot say, as data: place, reason and what to do about it."""

from typing import Any, Final

from suyuan.kit import Text
from suyuan.model import Finding, Severity

_KEEP: Final = Text("需要时请保留原文件。", "Keep the original where it matters.")

LOSSES: Final[dict[str, tuple[str, Text, Text]]] = {
    "convert.name": (
        "XML 1.0 §2.3",
        Text("{key} 不能作 XML 的名称，未写出。", "{key} can be no name in XML; left out."),
        Text("请写成 前缀:名称。", "Write it as prefix:name."),
    ),
    "convert.bare": (
        "EPCIS 2.0 XML schema, ##other",
        Text(
            "{key} 没有名称空间，写作 suyuan:extension.{key}。",
            "{key} has no namespace; written as suyuan:extension.{key}.",
        ),
        Text("请写成 前缀:名称。", "Write it as prefix:name."),
    ),
    "convert.member": (
        "EPCIS 2.0 XML schema",
        Text("写成的形式没有 {key} 的位置，未写出。", "The form has no room for {key}; left out."),
        _KEEP,
    ),
    "convert.withdrawn": (
        "EPCIS 2.0 §7.4",
        Text(
            "QuantityEvent 已取消，写作带 quantityList 的 ObjectEvent（OBSERVE）。",
            "A QuantityEvent, which was withdrawn, was written as an ObjectEvent (OBSERVE) with a "
            "quantityList.",
        ),
        Text("收方按 ObjectEvent 读取。", "Others read it as an ObjectEvent."),
    ),
    "convert.character": (
        "XML 1.0 §2.2",
        Text("有字符 XML 不能表示，已替换。", "Characters that XML cannot hold were replaced."),
        _KEEP,
    ),
    "convert.single": (
        "EPCIS 2.0 §9.5",
        Text(
            "只有一项的列表在 XML 中与这一项无法区分。",
            "In XML a list of one is not told from its item.",
        ),
        _KEEP,
    ),
    "convert.empty": (
        "EPCIS 2.0 §9.5",
        Text("空的列表或对象在 XML 中没有对应。", "XML has nothing for an empty list or object."),
        _KEEP,
    ),
    "convert.nested": (
        "EPCIS 2.0 §9.5",
        Text("列表中的列表在 XML 中合成一个。", "A list in a list became one list in XML."),
        _KEEP,
    ),
    "convert.attribute": (
        "EPCIS 2.0 XML schema, SensorReportType",
        Text(
            "{key} 在 XML 中是属性，其类型按文字保存。",
            "{key} is an attribute in XML, which is text whatever it was.",
        ),
        _KEEP,
    ),
    "convert.structure": (
        "EPCIS 2.0 XML schema, SensorReportType",
        Text(
            "{key} 写成了元素，标准的 XML 在此处没有位置。",
            "{key} was written as an element, for which the XML schema has no room here.",
        ),
        Text("收方可能读不到。", "Others may not read it."),
    ),
    "convert.edition": (
        "EPCIS 1.2 XML schema",
        Text(
            "1.2 没有 {key}，写在其扩展位置。",
            "1.2 has no {key}; written where its schema leaves room.",
        ),
        Text("收方的 1.2 系统可能不认识。", "A system of 1.2 may not know it."),
    ),
    "convert.null": (
        "EPCIS 2.0.1 JSON schema",
        Text("null 未写出。", "A null was left out."),
        Text("没有值时请不要写这一项。", "Leave out what has no value."),
    ),
    "convert.prefix": (
        "EPC Tag Data Standard 2.0 §6.3",
        Text(
            "不知道 {found} 的厂商识别代码长度，保持原样。",
            "How long the company prefix of {found} is, is not known; kept as it is.",
        ),
        Text("请用 --company-prefix 给出厂商识别代码。", "Give the prefix with --company-prefix."),
    ),
    "convert.more": (
        "EPC Tag Data Standard 2.0 §6",
        Text(
            "{found} 含批次、属性或自己的网址，EPC URN 没有。",
            "{found} has a lot, attributes or a host of its own, which no EPC URN has.",
        ),
        _KEEP,
    ),
    "convert.local": (
        "EPCIS 2.0 XML schema, EventIDType",
        Text(
            "{found} 只在原文档内有效，XML 在此处须写 URI；保持原样。",
            "{found} holds inside its document only, and XML has a URI here; kept as it is.",
        ),
        Text("请给事件编号 urn:uuid:…。", "Give the event a urn:uuid:… of its own."),
    ),
    "convert.code": (
        "EPC Tag Data Standard 2.0 §6, GS1 Digital Link §4",
        Text("{found} 没有另一种写法，保持原样。", "{found} has no other spelling; kept as it is."),
        Text("请核对编码。", "Check the code."),
    ),
}


def loss(rule: str, path: str, **params: Any) -> Finding:
    """What is lost, or kept in another way, at this place of the event."""
    law, message, cure = LOSSES[rule]
    return Finding(
        rule=rule,
        severity=Severity.NOTE,
        path=path or "/",
        message=message.format(**params),
        cure=cure,
        law=law,
        params=params,
    )
