"""The rules of reading, as data: source, weight in either mode, sentence and cure.

A rule names what the standard asks, not what a law asks: breaking it means that the bytes
do not say what an event is. Sources are the published artefacts (JSON schema 2.0.1, JSON-LD,
RFC 8259, RFC 3339, the conformance requirements TCR-53 and TCR-54).
"""

from typing import Any, Final

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.model import Finding
from suyuan.wire.rule import LD as _LD
from suyuan.wire.rule import SCHEMA as _SCHEMA
from suyuan.wire.rule import Rule
from suyuan.wire.rule import forgiven as _forgiven
from suyuan.wire.rule import never as _never
from suyuan.wire.rule import said as _said
from suyuan.wire.types import Mode
from suyuan.wire.word_rules import WORD_RULES

_JSON = "RFC 8259"
_XML = "XML 1.0"

DOCUMENT_RULES: Final[dict[str, Rule]] = {
    "wire.document.size": _never(
        "—",
        Text(
            "文档有 {found} 字节，上限为 {limit}。",
            "The document has {found:byte|bytes}; at most {limit} are taken.",
        ),
        Text("请分成几个文档上报。", "Send it as several documents."),
    ),
    "wire.document.events": _never(
        "—",
        Text(
            "文档含 {found} 个事件，上限为 {limit}。",
            "The document holds {found:event|events}; at most {limit} are taken.",
        ),
        Text("请分成几个文档上报。", "Send it as several documents."),
    ),
    "wire.document.json": _never(
        _JSON,
        Text("{what}", "{what}"),
        Text("{cure}", "{cure}"),
    ),
    "wire.document.empty": _never(
        f"{_SCHEMA}, root",
        Text("文档是空的。", "The document is empty."),
        Text("请发送有内容的 JSON 或 XML。", "Send one that has something in it, JSON or XML."),
    ),
    "wire.xml": _never(
        _XML,
        Text("{what}", "{what}"),
        Text("{cure}", "{cure}"),
    ),
    "wire.document.doctype": _forgiven(
        f"{_XML} §2.8",
        Text("DOCTYPE 没有声明任何内容，已忽略。", "A DOCTYPE that declares nothing was ignored."),
        Text("请导出为不带 DOCTYPE 的文档。", "Export it without a DOCTYPE."),
    ),
    "wire.document.bom": _forgiven(
        "RFC 8259 §8.1",
        Text("文件开头有字节顺序标记，已忽略。", "The byte order mark at the start was ignored."),
        Text("请保存为不带 BOM 的 UTF-8。", "Save as UTF-8 without a byte order mark."),
    ),
    "wire.document.root": _never(
        f"{_SCHEMA}, root",
        Text("这不是 EPCIS 文档：{what}。", "This is no EPCIS document: {what}."),
        Text("{cure}", "{cure}"),
    ),
    "wire.document.namespace": _never(
        "Namespaces in XML 1.0 §5; EPCIS XML schema",
        Text(
            "{root} 的名称空间是 {found}，不是 EPCIS 的。",
            "The {root} is in the namespace {found}, which is none of EPCIS.",
        ),
        Text("请写成 {known}。", "Write {known}."),
    ),
    "wire.document.member": _forgiven(
        f"{_SCHEMA}, epcisDocument",
        Text(
            "文档头含有标准没有的成员 {key}。", "The head has a member the standard lacks: {key}."
        ),
        Text("请删除，或写成 前缀:名称。", "Remove it, or write it as prefix:name."),
    ),
    "wire.document.required": _forgiven(
        f"{_SCHEMA}, epcisDocument",
        Text("文档头缺少 {key}。", "The head lacks {key}."),
        Text("请补上 {key}。", "Add {key}."),
    ),
    "wire.document.version": _forgiven(
        f"{_SCHEMA}, version",
        Text("schemaVersion 不是版本号文字。", "The schemaVersion is no version in quotes."),
        Text('请写成 "2.0"。', 'Write "2.0".'),
    ),
    "wire.document.edition": _forgiven(
        "EPCIS 2.0, schemaVersion",
        Text(
            "schemaVersion 为 {found}；{form} 的文档只有 {known} 版，已按最接近的读取。",
            "The schemaVersion is {found}; a document of {form} is of edition {known}, and was "
            "read as the nearest.",
        ),
        Text(
            "请写出文档所用的版本：JSON-LD 为 2.0，更早的版本请发 XML。",
            "Write the edition that it is of: JSON-LD is 2.0, and earlier ones are XML.",
        ),
    ),
    "wire.document.time": _forgiven(
        f"{_SCHEMA}, creationDate",
        Text("creationDate 不是带时区的时间。", "The creationDate is no time with a zone."),
        Text("请写成 2026-03-01T08:00:00+08:00。", "Write it as 2026-03-01T08:00:00+08:00."),
    ),
    "wire.document.id": _forgiven(
        f"{_SCHEMA}, id",
        Text("文档的 id 不是 URI。", "The id of the document is no URI."),
        Text("请写成 urn:uuid:…。", "Write a urn:uuid:…"),
    ),
    "wire.document.header": _forgiven(
        f"{_SCHEMA}, epcisHeader",
        Text("{key} 应为{expected}。", "{key} should be {expected}."),
        Text("请改为{expected}。", "Make it {expected}."),
    ),
    "wire.document.event-list": _never(
        f"{_SCHEMA}, epcisBody",
        Text("文档中没有事件列表（{key}）。", "The document has no event list at {key}."),
        Text("请把事件放进 {key} 数组。", "Put the events into the array {key}."),
    ),
    "wire.document.single": _forgiven(
        f"{_SCHEMA}, epcisBody",
        Text("事件不在 eventList 数组中，已按一个事件读取。", "Read one event outside eventList."),
        Text("请把事件放进 eventList 数组。", "Put the event into the array eventList."),
    ),
    "wire.document.no-events": _forgiven(
        f"{_SCHEMA}, epcisBody",
        Text("文档只有主数据，没有事件。", "The document has master data and no events."),
        Text("请加上空的 eventList。", "Add an empty eventList."),
    ),
    "wire.context.missing": _forgiven(
        f"{_SCHEMA}, @context",
        Text("缺少 @context，按 EPCIS 2.0 的标准含义读取。", "Read by EPCIS 2.0: no @context."),
        Text("请加上 EPCIS 2.0 的 @context。", "Add the @context of EPCIS 2.0."),
    ),
    "wire.context.shape": _never(
        _LD,
        Text("@context 的这一项不是网址、对象或名称。", "This is nothing a @context may hold."),
        Text("请写网址，或 前缀: 网址 的对象。", "Write an address, or an object prefix: IRI."),
    ),
    "wire.context.unknown": _said(
        "—",
        Text(
            "不认识 {found}，也不会联网读取；其中的名称按原样保留。",
            "{found} is not known here and is never fetched; its names stay as they were sent.",
        ),
        Text(
            "可在文档里用对象直接声明前缀。", "Declare the prefixes in the document, as an object."
        ),
    ),
    "wire.context.protected": _forgiven(
        "JSON-LD 1.1 §4.1.11; EPCIS 2.0.0 context",
        Text("{key} 是标准固定的名称，不能另作定义。", "{key} is fixed by the standard."),
        Text("请换一个前缀。", "Choose another prefix."),
    ),
}

EVENT_RULES: Final[dict[str, Rule]] = {
    "wire.event.json": _never(
        _JSON,
        Text("{what}", "{what}"),
        Text("请用标准 JSON 工具重新导出。", "Export it again with a JSON library."),
    ),
    "wire.event.xml": _never(
        _XML,
        Text("{what}", "{what}"),
        Text("{cure}", "{cure}"),
    ),
    "wire.event.size": _never(
        "—",
        Text(
            "这个事件有 {found} 字节，上限为 {limit}。",
            "The event has {found:byte|bytes}; at most {limit} are taken.",
        ),
        Text("请分成几个事件。", "Split it into several events."),
    ),
    "wire.event.text": _never(
        "—",
        Text(
            "一段文字有 {found} 个字符，上限为 {limit}。",
            "A text of {found:character|characters}; {limit} fit.",
        ),
        Text("请把长内容放在链接里。", "Link to long content instead."),
    ),
    "wire.event.object": _never(
        f"{_SCHEMA}, eventList",
        Text("事件须为 JSON 对象。", "An event is a JSON object."),
        Text("请检查事件列表的这一项。", "Look at this item of the event list."),
    ),
    "wire.event.type": _never(
        f"{_SCHEMA}, eventType",
        Text("{found} 不是事件类型。", "{found} is not an event type."),
        Text(
            "请用 ObjectEvent、AggregationEvent、TransactionEvent、TransformationEvent 或 "
            "AssociationEvent。",
            "Use ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or "
            "AssociationEvent.",
        ),
    ),
    "wire.event.type-extended": _never(
        f"{_SCHEMA}, Extended-Event",
        Text("{found} 是自定义的事件类型，本平台不读取。", "{found} is somebody's own event type."),
        Text(
            "请用五种标准事件加扩展字段来表达。",
            "Say it as a standard event with extension fields.",
        ),
    ),
    "wire.required": _never(
        f"{_SCHEMA}",
        Text("缺少必填的 {key}。", "{key} is required."),
        Text("请补上 {key}。", "Add {key}."),
    ),
    "wire.type": _never(
        f"{_SCHEMA}",
        Text("此处应为{expected}，却是{found}。", "Expected {expected} here but found {found}."),
        Text("请改为{expected}。", "Make it {expected}."),
    ),
    "wire.null": _forgiven(
        f"{_SCHEMA}",
        Text("null 按没有这一项处理。", "A null is read as an absent member."),
        Text("没有值时请不要写这一项。", "Leave out what has no value."),
    ),
    "wire.single": _forgiven(
        f"{_SCHEMA}",
        Text("此处应为数组，已按一项读取。", "Read as an array of one."),
        Text("请写成数组。", "Write an array."),
    ),
    "wire.empty": _never(
        f"{_SCHEMA}",
        Text("此处不能为空。", "This may not be empty."),
        Text("请补上内容，或删去这一项。", "Fill it, or leave it out."),
    ),
    "wire.repeated": _forgiven(
        f"{_SCHEMA}, epcList",
        Text("{found} 出现了两次，按一次计。", "{found} occurs twice and counts once."),
        Text("请只写一次。", "Write it once."),
    ),
    "wire.same-thing": _said(
        "GS1 Digital Link URI syntax; EPC Tag Data Standard",
        Text("{found} 与前面的写法不同、指同一件东西。", "{found} names the same thing again."),
        Text("请只写一次。", "Write it once."),
    ),
    "wire.uri": _never(
        f"{_SCHEMA}, uri (RFC 3986)",
        Text("{found} 不是 URI。", "{found} is not a URI."),
        Text(
            "请写成 https://id.gs1.org/…、urn:epc:… 或 urn:suyuan:…。",
            "Write it as https://id.gs1.org/…, urn:epc:… or urn:suyuan:….",
        ),
    ),
    "wire.uri.length": _never(
        "—",
        Text(
            "标识有 {found} 个字节，上限为 {limit}。",
            "An identifier has {found:byte|bytes}; at most {limit} are taken.",
        ),
        Text("请使用较短的标识。", "Use a shorter identifier."),
    ),
    "wire.uri.name": _forgiven(
        f"{_SCHEMA}, uri (RFC 3986)",
        Text("{found} 不是 URI，按原文保留。", "{found} is not a URI; kept as it was sent."),
        Text("请写成 URI。", "Write a URI."),
    ),
    "wire.uri.ascii": _forgiven(
        "RFC 3986 §2",
        Text("URI 中有未转义的字符，按原文读取。", "The URI holds characters that need escaping."),
        Text("请用百分号编码。", "Percent-encode them."),
    ),
    "wire.number.text": _forgiven(
        f"{_SCHEMA}, decimal",
        Text("数字写成了文字，按数字读取。", "The number in quotes was read as a number."),
        Text("请去掉引号。", "Leave out the quotes."),
    ),
    "wire.quantity.negative": _never(
        "—",
        Text("数量不能为负（{found}）。", "A quantity is not negative ({found})."),
        Text("减少请用 DELETE 或出库事件表达。", "Say a decrease by action or by event."),
    ),
    "wire.action": _never(
        f"{_SCHEMA}, action",
        Text("{found} 不是动作。", "{found} is not an action."),
        Text("请用 ADD、OBSERVE 或 DELETE。", "Use ADD, OBSERVE or DELETE."),
    ),
    "wire.time": _never(
        f"{_SCHEMA}, time (RFC 3339)",
        Text("{found} 不是时间。", "{found} is not a time."),
        Text("请写成 2026-03-01T08:00:00+08:00。", "Write it as 2026-03-01T08:00:00+08:00."),
    ),
    "wire.time.year": _never(
        "—",
        Text("{found} 不在 1900 至 2262 年之间。", "{found} lies outside the years 1900 to 2262."),
        Text("请核对年份。", "Check the year."),
    ),
    "wire.time.zone": _forgiven(
        f"{_SCHEMA}, time (RFC 3339)",
        Text("时间缺少时区，按 {offset} 读取。", "The time has no zone and was read at {offset}."),
        Text("请在时间后加 Z 或 +08:00。", "Add Z or +08:00 to the time."),
    ),
    "wire.time.local": _never(
        f"{_SCHEMA}, time (RFC 3339)",
        Text(
            "时间缺少时区，也没有 eventTimeZoneOffset。",
            "Neither the time nor the event has a zone.",
        ),
        Text("请在时间后加 Z 或 +08:00。", "Add Z or +08:00 to the time."),
    ),
    "wire.offset": _never(
        f"{_SCHEMA}, eventTimeZoneOffset",
        Text("{found} 不是时区偏移。", "{found} is not a time zone offset."),
        Text("请写成 +08:00，范围为 ±14:00。", "Write it as +08:00, within ±14:00."),
    ),
    "wire.offset.form": _forgiven(
        f"{_SCHEMA}, eventTimeZoneOffset",
        Text("{found} 按 {offset} 读取。", "{found} was read as {offset}."),
        Text("请写成 {offset}。", "Write it as {offset}."),
    ),
    "wire.offset.missing": _forgiven(
        f"{_SCHEMA}, Event",
        Text(
            "缺少 eventTimeZoneOffset，按时间里的 {offset} 读取。",
            "No eventTimeZoneOffset; read {offset}.",
        ),
        Text("请补上 eventTimeZoneOffset。", "Add eventTimeZoneOffset."),
    ),
    "wire.name.prefix": _forgiven(
        _LD,
        Text(
            "{key} 的前缀没有声明，按原样保留。",
            "The prefix of {key} is not declared; kept as sent.",
        ),
        Text("请在 @context 中声明这个前缀。", "Declare the prefix in @context."),
    ),
    "wire.name.twice": _forgiven(
        "JSON-LD 1.1 §4.1",
        Text(
            "{key} 与另一成员同义，两个值都保留。",
            "{key} means the same as another member; both kept.",
        ),
        Text("请合成一个成员。", "Make them one member."),
    ),
    "wire.name.comment": _forgiven(
        f"{_SCHEMA}, propertyNames",
        Text("{key} 按注释保留，没有含义。", "{key} is kept as a comment without meaning."),
        Text("请写成 前缀:名称，或删去。", "Write it as prefix:name, or leave it out."),
    ),
    "wire.name.open": _forgiven(
        f"{_SCHEMA}, propertyNames",
        Text(
            "{key} 可能由未知的 @context 定义，按原样保留。",
            "{key} may be defined by the unknown context; kept.",
        ),
        Text("请写成 前缀:名称。", "Write it as prefix:name."),
    ),
    "wire.name": _never(
        f"{_SCHEMA}, propertyNames",
        Text("{key} 不是这里的成员。", "{key} is not a member here."),
        Text(
            "请核对拼写；扩展字段须写成 前缀:名称。",
            "Check it; extensions are written prefix:name.",
        ),
    ),
    "wire.name.elsewhere": _never(
        f"{_SCHEMA}, {{type}}",
        Text("{type} 没有 {key}。", "A {type} has no {key}."),
        Text("请删去，或换用有它的事件类型。", "Remove it, or use an event type that has it."),
    ),
    "wire.ilmd": _never(
        f"{_SCHEMA}, ObjectEvent",
        Text("只有动作为 ADD 的事件可以有 ilmd。", "Only an event with action ADD has ilmd."),
        Text("请在赋码（ADD）事件中给出。", "Give it in the event that begins the thing's life."),
    ),
    "wire.what": _never(
        f"{_SCHEMA}, {{type}}",
        Text("事件没有说是什么：缺少 {key}。", "The event does not say of what: it lacks {key}."),
        Text("请补上 {key}。", "Add {key}."),
    ),
    "wire.what.nothing": _said(
        "—",
        Text("{key} 是空的，事件没有说到任何东西。", "{key} is empty: the event is about nothing."),
        Text(
            "请写出是哪些东西；没有就不必上报。",
            "Name the things; if there are none, send no event.",
        ),
    ),
    "wire.parent": _never(
        "GS1 TCR-54",
        Text("{action} 须有 parentID。", "{action} needs a parentID."),
        Text("请补上 parentID。", "Add parentID."),
    ),
    "wire.sensor.type": _forgiven(
        f"{_SCHEMA}, sensorElement",
        Text("传感元素不需要 type，已保留。", "A sensorElement needs no type; kept as sent."),
        Text("请删去。", "Leave it out."),
    ),
    "wire.place.bare": _forgiven(
        f"{_SCHEMA}, readPoint, bizLocation",
        Text("地点应写成带 id 的对象，已按 id 读取。", "Read as the id of a place."),
        Text('请写成 {{"id": "…"}}。', 'Write {{"id": "…"}}.'),
    ),
    "wire.action.needless": _forgiven(
        f"{_SCHEMA}, TransformationEvent",
        Text(
            "加工转换事件没有动作，已保留。",
            "A transformation has no action; kept.",
        ),
        Text("请删去 action。", "Leave out action."),
    ),
    "wire.sensor.twice": _forgiven(
        "GS1 TCR-53, step 29",
        Text("{key} 同时出现在元数据和报告里。", "{key} is given by both metadata and report."),
        Text("请只写在一处。", "Give it in one place."),
    ),
    # Broken by examples of GS1 itself, so no mode refuses it.
    "wire.sensor.later": _said(
        "GS1 requirements matrix of EPCIS 2.0, M122",
        Text("测量时间 {found} 晚于 eventTime。", "It was sensed at {found}, after eventTime."),
        Text("请核对两个时间。", "Check both times."),
    ),
    "wire.id.local": _forgiven(
        f"{_SCHEMA}, eventID",
        Text("{found} 只在文档内有效，将另给事件编号。", "{found} holds inside the document only."),
        Text("请写成 urn:uuid:…，或不写。", "Write a urn:uuid:…, or leave it out."),
    ),
} | WORD_RULES

RULES: Final[dict[str, Rule]] = DOCUMENT_RULES | EVENT_RULES


def finding(rule: str, path: str, mode: Mode, **params: Any) -> Finding:
    """What this rule says of this place, in this mode; a key that is quoted may hide a number."""
    known = RULES[rule]
    said = known.message.format(**params)
    return Finding(
        rule=rule,
        severity=known.strict if mode is Mode.STRICT else known.lenient,
        path=privacy.masked(path or "/"),
        message=Text(privacy.masked(said.zh), privacy.masked(said.en)),
        cure=known.cure.format(**params),
        law=None if known.law == "—" else known.law.format(**params),
    )
