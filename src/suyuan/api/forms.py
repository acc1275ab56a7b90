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
_CBV: Final = "GS1-CBV-XML-Format"
_WORDS: Final = {"No_Preference": False, "Always_URN": False, "Always_Web_URI": True}
HEADERS: Final = {
    EPC_FORMAT: ("How codes are spelled in the answer", tuple(_SPELLINGS)),
    _CBV: ("How words of the CBV are spelled in XML", tuple(_WORDS)),
}
"""What a request may say of spelling: header → its meaning and values, in any letter case."""
_HTML: Final = "text/html"
VARY: Final = {"Vary": f"Accept, {EPC_FORMAT}, {_CBV}"}

_ACCEPT = Text("这里能给出 {given}，不能给出 “{found}”。", "Given here are {given}; not '{found}'.")
_FORMAT = Text("{name} 不能是 “{found}”。", "{name} cannot be '{found}'.")
_UNWRITABLE = Text(
    "第 {index} 个事件不能写成这种格式；请用 JSON-LD 查询。",
    "Event {index} cannot be written so; ask for JSON-LD.",
)
# What was once taken is given back: an event grows when it is written in another form.
_LIMITS: Final = Limits(
    document_bytes=4 << 30, event_bytes=64 << 20, events=1_000_000, depth=200, text=16 << 20
)


_Value = TypeVar("_Value")


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
        SuyuanError: in no form that is given (406).
    """
    media = best(request, MEDIA)
    return Answer(
        media=media,
        form=MEDIA[media],
        spelling=_said(request, EPC_FORMAT, _SPELLINGS),
        web=_said(request, _CBV, _WORDS),
        created=platform_of(request).clock().isoformat(timespec="seconds"),
    )


def spelling_to_come(request: AnyConnection) -> Spelling:
    """How a request wants codes spelled in all that will be sent for it.

    Raises:
        SuyuanError: in no way that there is (406).
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
        SuyuanError: in no form that is given (406).
    """
    media = best(request, LISTED)
    answer = as_json(value, status=status, headers={"Vary": "Accept", **(headers or {})})
    answer.media_type = media
    return answer


def given(document: bytes, answer: Answer, headers: dict[str, str]) -> Response[bytes]:
    """A JSON-LD document as the answer that was wanted.

    Raises:
        SuyuanError: a code whose company prefix is not known was wanted as an EPC URN (406).
    """
    if answer.form is not Form.JSON or answer.spelling is not Spelling.AS_SENT:
        document, lost = _written(document, answer)
        headers = {**headers, "Suyuan-Losses": str(lost)}
    spelt = {EPC_FORMAT: _GIVEN[answer.spelling]}
    if answer.form is Form.XML:
        spelt[_CBV] = "Always_Web_URI" if answer.web else "Always_URN"
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
            text = _UNWRITABLE.format(index=piece.index)
            raise SuyuanError("epcis.form", text, "Accept", status=406)
        for one in piece.losses:
            if one.rule == "convert.prefix":
                raise SuyuanError(one.rule, one.message, EPC_FORMAT, status=406)
    return b"".join(parts), lost


def _said(request: AnyConnection, header: str, values: dict[str, _Value]) -> _Value:
    found = request.headers.get(header, "No_Preference")
    for name, value in values.items():
        if name.lower() == found.strip().lower():
            return value
    text = _FORMAT.format(name=header, found=privacy.quoted(found, 40))
    raise SuyuanError("epcis.format", text, header, status=406)


def best(request: AnyRequest, media: Mapping[str, Form]) -> str:
    """Which of the media, the usual first, that is wanted most (RFC 9110 §12.5.1).

    Browsers ask for pages and list XML behind them, from the days of XHTML: whoever asks for
    HTML and takes anything gets the usual.

    Raises:
        SuyuanError: nothing of it (406).
    """
    accept = request.headers.get("accept") or "*/*"
    liked = dict(ranges(accept))
    if liked.get(_HTML, 0) > 0 and liked.get("*/*", 0) > 0:
        liked = {kind: weight for kind, weight in liked.items() if not kind.endswith("/xml")}
    weights = {each: _weight(each, liked) for each in media}
    most = max(weights, key=lambda each: weights[each])
    if weights[most] <= 0:
        text = _ACCEPT.format(given=", ".join(media), found=privacy.quoted(accept))
        raise SuyuanError("http.accept", text, "Accept", status=406)
    return most


def _weight(media: str, ranges: dict[str, float]) -> float:
    """By the range that says most of it."""
    whole = media.partition("/")[0] + "/*"
    for kind in (media, whole, "*/*"):
        if kind in ranges:
            return ranges[kind]
    return 0.0
