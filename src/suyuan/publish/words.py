"""Takes terms of the standard; gives the words people use for them, in both languages.

Only what no family names: CBV 2.0 steps outside any family, verdict words, gaps.
"""

from collections.abc import Mapping

from suyuan.kit import Text
from suyuan.trace.types import OpenEndKind

STEPS: Mapping[str, Text] = {
    "accepting": Text("接收", "accepted"),
    "arriving": Text("到货", "arrived"),
    "assembling": Text("装配", "assembled"),
    "commissioning": Text("赋码", "commissioned"),
    "consuming": Text("使用", "consumed"),
    "creating_class_instance": Text("生产", "produced"),
    "decommissioning": Text("注销编码", "decommissioned"),
    "departing": Text("发运", "departed"),
    "destroying": Text("销毁", "destroyed"),
    "dispensing": Text("发药", "dispensed"),
    "holding": Text("停用待查", "on hold"),
    "inspecting": Text("检验", "inspected"),
    "loading": Text("装车", "loaded"),
    "other": Text("其他", "other"),
    "packing": Text("装箱", "packed"),
    "receiving": Text("收货", "received"),
    "repackaging": Text("分装", "repackaged"),
    "retail_selling": Text("零售", "sold"),
    "shipping": Text("发货", "shipped"),
    "storing": Text("存放", "stored"),
    "stocking": Text("上架", "put on the shelf"),
    "transforming": Text("加工", "made into"),
    "transporting": Text("运输", "transported"),
    "unloading": Text("卸车", "unloaded"),
    "unpacking": Text("拆箱", "unpacked"),
}

GAPS: Mapping[OpenEndKind, Text] = {
    OpenEndKind.SENT_NEVER_RECEIVED: Text(
        "{count} 次发货没有对方的收货记录。", "{count} shipments that nobody said had arrived."
    ),
    OpenEndKind.RECEIVED_NEVER_SENT: Text(
        "{count} 次收货没有对方的发货记录。", "{count} arrivals that nobody said had been sent."
    ),
    OpenEndKind.INPUT_WITHOUT_ORIGIN: Text(
        "{count} 种投入没有来源记录。", "{count} inputs without any record of their origin."
    ),
    OpenEndKind.HOLDER_SILENT: Text(
        "{count} 家收货后没有任何记录。", "{count} holders silent after what was sent to them."
    ),
    OpenEndKind.NEVER_MADE: Text(
        "{count} 个追溯单元没有生产或出生记录。", "{count} units without a record of being made."
    ),
    OpenEndKind.NOT_VISIBLE: Text("有的环节不公开。", "Some steps are not public."),
    OpenEndKind.ERASED: Text("{count} 条记录已依法删除。", "{count} records erased by law."),
}

GOOD = Text("正常", "In order")
NOTE = Text("有缺口", "With gaps")
HOLD = Text("待查", "Being checked")
STOP = Text("停止销售和食用", "Stop: do not sell or eat")
POSSIBLY = Text("可能受影响", "Possibly affected")
UNKNOWN = Text("没有可公开的记录", "No public record")

GOOD_SENTENCE = Text(
    "从来源到现在都有记录，没有发现不合格、停售或存疑。",
    "Recorded from its origin to now; no failed test, stop-sale or doubt is on record.",
)
NOTE_SENTENCE = Text(
    "有记录，但下面写明的地方不完整或有提示。",
    "It is recorded, but incomplete or remarked upon where the page says so below.",
)
HOLD_SENTENCE = Text(
    "有上报的内容前后矛盾或不符合规定，查清之前请谨慎使用。",
    "Something reported contradicts itself or the rules; be careful until it is cleared up.",
)
STOP_SENTENCE = Text(
    "它或它的原料检验不合格，或已被停售。请不要再卖、不要食用，联系卖给你的人。",
    "It, or what it was made from, failed a test or was stopped. Do not sell or eat it; "
    "tell who sold it to you.",
)
POSSIBLY_SENTENCE = Text(
    "它可能含有检验不合格或已停售的原料，按现有记录不能排除。",
    "It may contain material that failed a test or was stopped; the record cannot rule it out.",
)
UNKNOWN_SENTENCE = Text(
    "编码能认出来，但没有可以给你看的记录：可能还没有上报，也可能不公开。",
    "The code is well-formed, but nothing you may see is recorded: not yet reported, or not "
    "public.",
)
BAD_CODE_SENTENCE = Text(
    "编码的校验位不对：请核对是否抄错。不合规的编码也可能是假货。",
    "The check digit is wrong: compare it with the package. A malformed code may mean a fake.",
)
CORRECTED = Text(
    "{reporter} 更正过 {count} 次；原来的记录仍在，不能抹掉。",
    "{reporter} corrected it {count} times; what was said before stays on record.",
)
HELD = Text("待查：{why}", "Held: {why}")
REMARK = Text("提示：{why}", "Remark: {why}")
UNNAMED = Text("未登记名称的单位", "a party without a registered name")
HOLDER = Text("经手", "held it")
MAKER = Text("生产", "made it")
