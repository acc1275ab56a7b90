"""Takes what a request wants (Accept, GS1-EPC-Format, GS1-CBV-XML-Format); gives the answer so."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from litestar import Response
from msgspec import Struct

from suyuan.api.readers import as_json, platform_of
from suyuan.api.types import AnyConnection, AnyRequest
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.accepting import ranges
from suyuan.wire import Form, Limits, Spelling, Wanted, convert

JSON_LD: Final = "application/ld+json"
# What is given, the usual first, and by which form.
MEDIA: Final = {
    JSON_LD: Form.JSON,
    "application/json": Form.JSON,
    "application/xml": Form.XML,
    "text/xml": Form.XML,
}
LISTED: Final = {"application/json": Form.JSON, JSON_LD: Form.JSON}
"""In what lists are given: the standard's OpenAPI has them as JSON alone."""
TOP: Final = {**LISTED, "application/xml": Form.XML, "text/xml": Form.XML}
"""In what the list of all that is at the top is given, which it has as XML too."""
EPC_FORMAT: Final = "GS1-EPC-Format"
_SPELLINGS: Final = {
    "No_Preference": Spelling.AS_SENT,
    "Never_Translates": Spelling.AS_SENT,
    "Always_GS1_Digital_Link": Spelling.LINK,
    "Always_EPC_URN": Spelling.URN,
}
_GIVEN: Final = {spelling: name for name, spelling in _SPELLINGS.items()}
CBV_FORMAT: Final = "GS1-CBV-XML-Format"
_WORDS: Final = {"No_Preference": False, "Always_URN": False, "Always_Web_URI": True}
HEADERS: Final = {
    EPC_FORMAT: ("How codes are spelled in the answer", tuple(_SPELLINGS)),
    CBV_FORMAT: ("How words of the CBV are spelled in XML", tuple(_WORDS)),
}
"""What a request may say of spelling: header → its meaning and values, in any letter case."""
_HTML: Final = "text/html"
VARY: Final = {"Vary": f"Accept, {EPC_FORMAT}, {CBV_FORMAT}"}

_ACCEPT = Text(
    "请求头 Accept 是 “{found}”，而这里给出的是 {given}。",
    "The header Accept is '{found}', and given here are {given}.",
)
_ACCEPT_CURE = Text(
    "请把 Accept 写成 {given} 之一，或去掉它（则给出 {usual}）。",
    "Send Accept with one of {given}, or leave it out to be given {usual}.",
)
_FORMAT = Text("请求头 {name} 不能是 “{found}”。", "The header {name} cannot be '{found}'.")
_FORMAT_CURE = Text(
    "请把 {name} 写成 {given} 之一，或去掉它。", "Send {name} as one of {given}, or leave it out."
)
_UNWRITABLE = Text(
    "第 {index} 个事件不能写成 Accept 所要的 {media}。",
    "Event {index} cannot be written as {media}, which Accept asks for.",
)
_UNWRITABLE_CURE = Text(
    "请用 Accept: {usual} 查询。", "Ask for it with Accept: {usual}, which can say everything."
)
_PREFIX = Text(
    "写不成 EPC URN：不知道 {found} 的厂商识别代码长度。",
    "It cannot be an EPC URN: how long the company prefix of {found} is, is not known.",
)
_PREFIX_CURE = Text(
    "请把 {name} 写成 Never_Translates（按原样）或 Always_GS1_Digital_Link，或去掉它。",
    "Send {name} as Never_Translates (codes as sent) or Always_GS1_Digital_Link, or leave it out.",
)
# What was once taken is given back: an event grows when it is written in another form.
_LIMITS: Final = Limits(
    document_bytes=4 << 30, event_bytes=64 << 20, events=1_000_000, depth=200, text=16 << 20
)


_Value = TypeVar("_Value")


class FormError(SuyuanError):
    """Nothing is given as a request wants it: by which header, and what it could say instead."""

    def __init__(self, code: str, text: Text, header: str, *, cure: Text) -> None:
        super().__init__(code, text, header, status=406)
        self.cure = cure


class Answer(Struct, frozen=True, kw_only=True):
    """How an answer is to be written; `created` is when, where a document must say it."""

    media: str
    form: Form
    spelling: Spelling
    web: bool
    created: str


def wanted_by(request: AnyRequest) -> Answer:
    """How the request wants its answer.

    Raises:
        FormError: in no form that is given (406).
    """
    media = best(request, MEDIA)
    return Answer(
        media=media,
        form=MEDIA[media],
        spelling=_said(request, EPC_FORMAT, _SPELLINGS),
        web=_said(request, CBV_FORMAT, _WORDS),
        created=platform_of(request).clock().isoformat(timespec="seconds"),
    )


def spelling_to_come(request: AnyConnection) -> Spelling:
    """How a request wants codes spelled in all that will be sent for it.

    Raises:
        FormError: in no way that there is (406).
    """
    return _said(request, EPC_FORMAT, _SPELLINGS)


def listed(
    request: AnyRequest,
    value: Any,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A list, or one of its members, in the form that is wanted.

    Raises:
        FormError: in no form that is given (406).
    """
    media = best(request, LISTED)
    answer = as_json(value, status=status, headers={"Vary": "Accept", **(headers or {})})
    answer.media_type = media
    return answer


def given(document: bytes, answer: Answer, headers: dict[str, str]) -> Response[bytes]:
    """A JSON-LD document as the answer that was wanted.

    Raises:
        FormError: a code whose company prefix is not known was wanted as an EPC URN (406).
    """
    if answer.form is not Form.JSON or answer.spelling is not Spelling.AS_SENT:
        document, lost = _written(document, answer)
        headers = {**headers, "Suyuan-Losses": str(lost)}
    spelt = {EPC_FORMAT: _GIVEN[answer.spelling]}
    if answer.form is Form.XML:
        spelt[CBV_FORMAT] = "Always_Web_URI" if answer.web else "Always_URN"
    return Response(document, media_type=answer.media, headers=VARY | spelt | headers)


def _written(document: bytes, answer: Answer) -> tuple[bytes, int]:
    wanted = Wanted(
        form=answer.form,
        created=answer.created,
        spelling=answer.spelling,
        web=answer.web,
    )
    parts, lost = [], 0
    for piece in convert(document, wanted, limits=_LIMITS).pieces:
        parts.append(piece.data)
        lost += len(piece.losses)
        if piece.refused:  # a recorded event is never left out of an answer
            text = _UNWRITABLE.format(index=piece.index, media=answer.media)
            cure = _UNWRITABLE_CURE.format(usual=JSON_LD)
            raise FormError("epcis.form", text, "Accept", cure=cure)
        for one in piece.losses:
            if one.rule == "convert.prefix":
                cure = _PREFIX_CURE.format(name=EPC_FORMAT)
                raise FormError(one.rule, _PREFIX.format(**one.params), EPC_FORMAT, cure=cure)
    return b"".join(parts), lost


def _said(request: AnyConnection, header: str, values: dict[str, _Value]) -> _Value:
    found = request.headers.get(header, "No_Preference")
    for name, value in values.items():
        if name.lower() == found.strip().lower():
            return value
    text = _FORMAT.format(name=header, found=privacy.quoted(found, 40))
    cure = _FORMAT_CURE.format(name=header, given=", ".join(values))
    raise FormError("epcis.format", text, header, cure=cure)


def best(request: AnyRequest, media: Mapping[str, Form]) -> str:
    """Which of the media, the usual first, that is wanted most (RFC 9110 §12.5.1).

    Browsers ask for pages and list XML behind them, from the days of XHTML: whoever asks for
    HTML and takes anything gets the usual.

    Raises:
        FormError: nothing of it (406).
    """
    accept = request.headers.get("accept") or "*/*"
    liked = dict(ranges(accept))
    if liked.get(_HTML, 0) > 0 and liked.get("*/*", 0) > 0:
        liked = {kind: weight for kind, weight in liked.items() if not kind.endswith("/xml")}
    weights = {each: _weight(each, liked) for each in media}
    most = max(weights, key=lambda each: weights[each])
    if weights[most] <= 0:
        told = {"given": ", ".join(media), "usual": next(iter(media))}
        text = _ACCEPT.format(**told, found=privacy.quoted(accept))
        raise FormError("http.accept", text, "Accept", cure=_ACCEPT_CURE.format(**told))
    return most


def _weight(media: str, ranges: dict[str, float]) -> float:
    """By the range that says most of it."""
    whole = media.partition("/")[0] + "/*"
    for kind in (media, whole, "*/*"):
        if kind in ranges:
            return ranges[kind]
    return 0.0
