"""Takes terms of the standard; gives the words people use for them, in both languages.

Only what no family names: CBV 2.0 steps outside any family, verdict words, gaps.
"""

from collections.abc import Mapping
from typing import Final

from suyuan.kit import Text
from suyuan.model import Verdict
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
        "发出去了、对方没有报收货：{count} 次。", "Sent, but nobody reported the arrival: {count}."
    ),
    OpenEndKind.RECEIVED_NEVER_SENT: Text(
        "报了收货、对方没有报发货：{count} 次。",
        "Arrived, but nobody reported sending it: {count}.",
    ),
    OpenEndKind.INPUT_WITHOUT_ORIGIN: Text(
        "不知从哪里来的原料：{count} 种。", "Materials without a record of their origin: {count}."
    ),
    OpenEndKind.HOLDER_SILENT: Text(
        "应该已收到、却什么也没有上报的单位：{count} 家。",
        "Parties that should have it and reported nothing: {count}.",
    ),
    OpenEndKind.NEVER_MADE: Text(
        "没有生产或出生记录的：{count} 件。", "Items without a record of being made: {count}."
    ),
    OpenEndKind.NOT_VISIBLE: Text("有的环节不公开。", "Some steps are not public."),
    OpenEndKind.ERASED: Text("已依法删除的记录：{count} 条。", "Records erased by law: {count}."),
}

UNEXPLAINED = Text(
    "出现在某处、却没有写明怎样到那里的：{count} 处。",
    "Seen somewhere without a record of how it got there: {count}.",
)
TOO_MANY = Text(
    "涉及的记录太多，这里只看了其中 {count} 条。",
    "Too many records are involved; only {count} of them were looked at here.",
)
FOLDED = Text(
    "更早的 {count} 条记录没有逐条列出；结论依据全部记录。",
    "{count:older entry is|older entries are} not listed; the verdict is drawn from all of them.",
)
TRUNCATED = Text("链条太长，没有追到头。", "The chain is too long; it was not followed to its end.")

GOOD = Text("正常", "In order")
NOTE = Text("有缺口", "With gaps")
REMARKED = Text("有提示", "With remarks")
HOLD = Text("待查", "Being checked")
STOP = Text("停止销售和食用", "Stop: do not sell or eat")
POSSIBLY = Text("可能受影响", "Possibly affected")
UNKNOWN = Text("没有可公开的记录", "No public record")
ISSUED = Text("编码已发出，没有可公开的记录", "Issued, no public record")
WITHDRAWN = Text("编码已撤回", "Code withdrawn")
ISSUED_BY = Text("发码企业", "Code issued by")
ISSUED_ON = Text("发码日期", "Code issued on")
ISSUED_FOR = Text("发码产品", "Code issued for")
WITHDRAWN_ON = Text("撤回日期", "Code withdrawn on")
BAD_CODE = Text("编码有误", "Wrong code")
PARTY = Text("单位", "Party")
PERSON = Text("个人", "A person")
PLACE = Text("场所", "Place")
PRODUCT = Text("一种商品", "A kind of product")
PAPER = Text("凭证编号", "Number of a paper")

GOOD_SENTENCE = Text(
    "从来源到现在都有记录，没有发现不合格、停售或存疑。",
    "Recorded from its origin to now; no failed test, stop-sale or doubt is on record.",
)
GAPS_SENTENCE = Text(
    "没有发现不合格或停售，但记录不完整：", "No failed test or stop-sale, but the record has gaps:"
)
REMARKS_SENTENCE = Text(
    "没有发现不合格或停售，但有的环节带有提示，见下。",
    "No failed test or stop-sale, but a step below carries a remark.",
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
ISSUED_SENTENCE = Text(
    "这个码确由下面的企业发出，但没有可以给你看的记录：可能还没有上报，也可能不公开。码可以被照抄，"
    "仅凭它不能证明商品是真的。",
    "The enterprise below issued this code, but nothing you may see is recorded: not yet reported, "
    "or not public. A code can be copied; it alone does not prove goods genuine.",
)
WITHDRAWN_SENTENCE = Text(
    "发码企业已于 {day} 撤回这个码，不应再用在商品上。请不要凭它相信商品，并告诉发码企业。",
    "The enterprise withdrew this code on {day}; no goods should bear it. Do not trust goods by "
    "it, and tell the enterprise.",
)
BAD_CODE_SENTENCE = Text(
    "编码的校验位不对，请和包装再核对一遍；照抄无误而仍然不对的，请问卖家或生产企业。",
    "The check digit is wrong: compare it with the package once more. If it is printed so, ask "
    "the seller or the maker.",
)
PRODUCT_SENTENCE = Text(
    "这个编码是一种商品的，不是哪一件的。要查来源去向，请用带批号或序号的编码，或扫包装上的二维码。",
    "This code names a kind of product, not one item. To see where an item came from, use the code "
    "with its lot or serial number, or scan the symbol on the package.",
)
PAPER_SENTENCE = Text(
    "这个编码是凭证的，不是货物的。要查来源去向，请用货物自己的编码。",
    "This code names a paper, not goods. To see where goods came from, use their own code.",
)
PARTY_SENTENCE = Text(
    "这是登记在册的单位。要查一件货物的来源去向，请用货物自己的编码。",
    "A registered party. To see where goods came from, look up the code on the goods.",
)
PERSON_SENTENCE = Text(
    "这是个人的身份证号，已经遮盖，没有保存。要查一件货物的来源去向，请用货物自己的编码。",
    "This is a person's identity number; it is masked, and was not kept. To see where goods came "
    "from, look up the code on the goods.",
)
PLACE_SENTENCE = Text(
    "这是登记在册的场所。要查一件货物的来源去向，请用货物自己的编码。",
    "A registered place. To see where goods came from, look up the code on the goods.",
)
STRANGER_SENTENCE = Text(
    "编码能认出来，但本平台没有登记它是谁。是您单位的，请登录后在“登记”页 /registry 登记。",
    "The code is well-formed, but nobody is registered under it here. If it is yours, sign in and "
    "register it on the page /registry.",
)

CORRECTED = Text(
    "{reporter}更正过 {count} 次；原来的记录仍在，不能抹掉。",
    "Corrected by {reporter}: {count}. What was said before stays on record.",
)
HELD = Text("待查：{why}", "Held: {why}")
VERDICTS: Final = {
    Verdict.ACCEPTED: Text("通过", "accepted"),
    Verdict.FLAGGED: Text("标记", "flagged"),
    Verdict.HELD: Text("待查", "held"),
    Verdict.REFUSED: Text("拒收", "refused"),
}
"""Verdicts as the glossary has them."""
ADMINISTRATOR = Text("平台管理员", "the platform's administrator")
OVERRIDDEN = Text(
    "{judged}；{day} 由主管机关改判为“{now}”",
    "{judged}; overridden by an authority on {day}: {now}",
)
OVERRIDDEN_WHY = Text(
    "{judged}；{day} 由{by}改判为“{now}”，依据：{ground}",
    "{judged}; overridden by {by} on {day}: {now}, on the ground: {ground}",
)
REMARK = Text("提示：{why}", "Remark: {why}")
BY_LAW = Text("{why}（依据：{law}）", "{why} (by {law})")
CONTRADICTS = Text("与其他记录对不上", "it does not fit other records")
AND_MORE = Text("{shown} 等，另有 {count} 个", "{shown} and {count} more")
SEVERAL = Text("共 {count} 个，见各条记录", "{count} in all, one in each entry")
UNNAMED = Text("未登记名称的单位", "a party without a registered name")
HOLDER = Text("经手", "Held it")
MAKER = Text("生产", "Made it")

ROLE = Text("类型", "What it is")
OPERATOR = Text("经营者", "Operated by")
DIVISION = Text("行政区划", "Division")
OWNER = Text("登记者", "Registered by")
FAMILY = Text("门类", "Family")

ON_FILE = Text("有效，已登记", "in force, registered")
REVOKED = Text("已撤销或作废", "revoked or void")
AS_REPORTED = Text("据上报，未核对", "as reported, not verified")
