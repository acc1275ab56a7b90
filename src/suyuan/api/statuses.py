"""What each status of an error means, in both languages, and the name that EPCIS has for it."""

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.text import Lang

EPCIS = {
    400: "epcisException:ValidationException",
    401: "epcisException:SecurityException",
    403: "epcisException:SecurityException",
    404: "epcisException:NoSuchResourceException",
    406: "epcisException:NotAcceptableException",
    409: "epcisException:ResourceAlreadyExistsException",
    413: "epcisException:CaptureLimitExceededException",
    414: "epcisException:URITooLongException",
    415: "epcisException:UnsupportedMediaTypeException",
    429: "epcisException:SecurityException",
    500: "epcisException:ImplementationException",
}


MEANING = {
    400: "It cannot be understood, or nothing of it could be recorded: place, rule and cure",
    401: "The key is not valid, or one is needed",
    403: "The account may not do this",
    404: "There is none, or it is not the caller's to see; both are answered alike",
    406: "Nothing that is given here is among what the request takes: forms, spellings, editions",
    408: "The content did not come, or too slowly",
    409: "The same key or id was used for other content",
    410: "It was lawfully destroyed: when, by whose decision, on which ground, what remains",
    413: "More than the limits allow",
    414: "The address is too long",
    415: "Neither JSON nor JSON-LD in UTF-8, or compressed otherwise than by gzip",
    429: "Too many wrong passwords, or documents that wait; Retry-After says how many seconds",
    500: "A fault of the server; the log has it under the number that is told",
    503: "Not now: no database, an index far behind, or too busy: Retry-After says how long",
    507: "A disk of the server is full; nothing was done, and the same may be sent again",
}
"""What the description of the interface says of errors."""


class Said(Struct, frozen=True):
    """What a status means, in a title, a sentence and a cure."""

    title: Text
    detail: Text
    cure: Text


STATUS = {
    400: Said(
        Text("请求有误", "Bad request"),
        Text("请求不能理解：{more}", "The request cannot be understood: {more}"),
        Text(
            "请按上述说明改正后重发；写法见 /openapi.json。",
            "Mend what is said above and send it again; /openapi.json has the forms.",
        ),
    ),
    401: Said(
        Text("需要身份", "Identity needed"),
        Text("请求没有有效的身份。", "The request does not say validly who sends it."),
        Text(
            "请在请求头 Authorization: Bearer 中给出密钥；密钥由管理员发放。",
            "Send a key in the header Authorization: Bearer; the administrator issues keys.",
        ),
    ),
    403: Said(
        Text("没有权限", "Not allowed"),
        Text("这个账户不能这样做。", "This account may not do that."),
        Text(
            "请用有权限的账户，或请管理员授权。",
            "Use an account that may, or ask the administrator for the right.",
        ),
    ),
    404: Said(
        Text("没有找到", "Not found"),
        Text("没有这个地址。", "There is nothing at this address."),
        Text("请核对地址；接口见 /openapi.json。", "Check the address; /openapi.json lists all."),
    ),
    405: Said(
        Text("方法不对", "Method not allowed"),
        Text("这个地址不支持该方法。", "This address does not take that method."),
        Text("请用响应头 Allow 中的方法。", "Use a method of the header Allow."),
    ),
    406: Said(
        Text("给不出这种形式", "Not acceptable"),
        Text("给不出所要的形式：{more}", "It cannot be given in the form asked for: {more}"),
        Text(
            "请改正 place 所指的请求头，或去掉它。",
            "Mend the header that place names, or leave it out.",
        ),
    ),
    408: Said(
        Text("来得太慢", "Too slow"),
        Text("内容来得太慢。", "The content came too slowly."),
        Text("请在较好的网络上重发。", "Send it again over a better network."),
    ),
    409: Said(
        Text("与已有内容冲突", "Conflict"),
        Text("与已有内容冲突。", "It contradicts what is there."),
        Text(
            "请换一个编号，或发送更正；其间有人改过的，请看过再发。",
            "Use another id, or send a correction; what somebody else changed meanwhile, look at "
            "again first.",
        ),
    ),
    410: Said(
        Text("已依法销毁", "Destroyed"),
        Text("其内容已依法销毁。", "Its content was lawfully destroyed."),
        Text(
            "内容不会再有；此前出具的回执照常核验。",
            "It does not come back; receipts given before verify as ever.",
        ),
    ),
    413: Said(
        Text("太大", "Too large"),
        Text("内容太大。", "The content is too large."),
        Text("请分成几份，或缩小范围。", "Send it in several parts, or ask for less."),
    ),
    414: Said(
        Text("地址太长", "Address too long"),
        Text("地址太长。", "The address is too long."),
        Text("请分几次查询。", "Ask in several requests."),
    ),
    415: Said(
        Text("不支持的内容类型", "Unsupported content type"),
        Text("不支持这种内容类型。", "This type of content is not taken."),
        Text("请发送 application/json。", "Send application/json."),
    ),
    429: Said(
        Text("太多", "Too many"),
        Text("口令错的次数太多。", "Too many wrong passwords."),
        Text(
            "请等到响应头 Retry-After 所说的时候。", "Wait as long as the header Retry-After says."
        ),
    ),
    500: Said(
        Text("服务器出错", "The server failed"),
        Text("服务器出错，已记入日志（编号 {more}）。", "It failed; the log has it under {more}."),
        Text("请稍后再试；仍不行请把编号告诉管理员。", "Try later; else tell the administrator."),
    ),
    503: Said(
        Text("暂时不可用", "Not available now"),
        Text("数据库暂时不可用。", "The database is not available now."),
        Text("请稍后再试。", "Try again later."),
    ),
    507: Said(
        Text("服务器空间不足", "Insufficient storage"),
        Text(
            "服务器的磁盘已满，什么也没有做。",
            "A disk of the server is full; nothing was done.",
        ),
        Text(
            "请稍后重发，或告诉管理员腾出空间。",
            "Send it again later, or tell the administrator to make room.",
        ),
    ),
}


def language(accepted: str) -> Lang:
    """The better liked of our two languages (RFC 9110 §12.5.4); Chinese if they are equal."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in "".join(accepted.lower().split()).split(","):  # white space says nothing here
        tag, _, weight = part.partition(";q=")
        name = tag.partition("-")[0]
        if name in weights:
            given = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
            weights[name] = max(weights[name], given)
    return "en" if weights["en"] > weights["zh"] else "zh"
