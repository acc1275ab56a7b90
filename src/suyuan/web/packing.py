"""Pages on which an enterprise packs the codes of a package, and takes away what is in what."""

import io
import zipfile
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from suyuan.codes import making
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Capturer
from suyuan.service import Level, Packing, documents, pack, packed_before, packed_levels
from suyuan.web.forms import require_seal
from suyuan.web.making import in_thread, number_in, with_page
from suyuan.web.request import AnyRequest, platform_of

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_LEVELS: Final = ("1", "2", "3")
_NOTHING = Text("请填第一层：每个容器装几个。", "Fill in the first level: how many go into one.")
_GAP = Text(
    "第 {level} 层没有填，外面的一层却填了；请从里往外填。",
    "Level {level} is empty and one outside of it is not; fill them in from the inside.",
)
_UNPACKED = Text("这个码包还没有装箱。", "This package is not packed yet.")


@post("/packages/{number:uuid}/packing", status_code=200)
async def package_packing(request: AnyRequest, number: FromPath[UUID], data: Form) -> Response[Any]:
    """Containers for the codes of a package, and its page; or the page with what is wrong."""

    def packed(capturer: Capturer) -> Response[Any]:
        require_seal(request, data)
        pack(platform_of(request), number, _levels(data), capturer)
        return Redirect(f"/packages/{number}", status_code=303)

    return await in_thread(lambda: with_page(request, number, packed, data))


@get("/packages/{number:uuid}/packing.zip", sync_to_thread=True)
def package_relation(request: AnyRequest, number: FromPath[UUID]) -> Response[Any]:
    """What is in what, as a table and as the events that capture takes; the same every time."""

    def relation(capturer: Capturer) -> Response[Any]:
        platform = platform_of(request)
        known = packed_levels(platform, number, capturer)
        if not known:
            raise SuyuanError("packing.unpacked", _UNPACKED, "package", status=409)
        made = [(fit, container.id) for container, fit in known]
        content = _zipped(packed_before(platform, number, made, capturer))
        name = quote(f"packing-{str(number)[:8]}.zip")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type="application/zip", headers=headers)

    return with_page(request, number, relation)


def _levels(data: dict[str, str]) -> list[Level]:
    """The levels that are filled in, innermost first."""
    fits = [number_in(data, f"fit{level}", 0) for level in _LEVELS]
    filled = [level for level, fit in enumerate(fits) if fit]
    if not filled:
        raise SuyuanError("packing.levels", _NOTHING, "fit1")
    for level in range(filled[-1]):
        if level not in filled:
            raise SuyuanError("packing.levels", _GAP.format(level=level + 1), f"fit{level + 1}")
    return [_level(fits[at], data.get(f"in{_LEVELS[at]}", "")) for at in filled]


def _level(fit: int, chosen: str) -> Level:
    scheme, _, stem = chosen.partition(":")
    return Level(fit=fit, scheme=scheme, stem=stem)


def _zipped(packing: Packing) -> bytes:
    """The files that `suyuan codes pack` writes, alike to the byte."""
    file, when = io.BytesIO(), there(packing.containers[-1].made_at, CHINA)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "relation.csv", "".join(making.relation_rows(packing.relation)).encode())
        for at, document in enumerate(documents(packing, at=when), start=1):
            _add(archive, f"events-{at}.json", document)
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


handlers: Final = (package_packing, package_relation)
