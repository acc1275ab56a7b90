"""From bytes to the codes in them, in the process that asks."""

import io
import warnings
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs

from suyuan.kit import Text
from suyuan.pictures.damage import damage
from suyuan.pictures.pages import pages
from suyuan.pictures.places import Corners, Point, corners_of, crosses, is_at
from suyuan.pictures.turned import formats_of_bars, turned_codes
from suyuan.pictures.types import Found, PictureError, PictureLimits, too_large

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_PDF: Final = b"%PDF-"
_HEAD: Final = 1024
_TAKEN: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_MANIFOLD: Final = frozenset({"TIFF", "GIF", "WEBP", "PNG"})
"""Types whose files may hold several pages or frames."""

_WIDE_MODES: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B"})
_LIMITS: Final = PictureLimits()
_MOST_TURNED: Final = 12_000_000
"""Pixels of one photo that are turned; of a page a third, which is still 200 dpi of A4."""

_PAGE_SHARE: Final = 3
_UNPROVED: Final = frozenset(("ITF", "Codabar", "Code 39", "Code 93", "Telepen"))
_BARS: Final = ("EAN", "UPC", "Code ", "DataBar", "ITF", "Codabar", "Telepen")
_ITF: Final = "ITF"
_ITF_14: Final = 14
_SHORTEST_UNPROVED: Final = 6
_HALF: Final = "UPC-E"
_NEAR: Final = 0.5
_SAME: Final = 0.35
"""Nearer than identical labels one above the other can be, in lengths of a code."""

_UNSURE = Text(
    "{kind} 条码没有校验，可能只读到一截，也可能不是条码；请和图上的数字核对。",
    "Bars of the kind {kind} have no check: this may be a part of a code, or none; compare it with "
    "the digits in the picture.",
)
_CROSSED: Final = Text(
    "这里读出了两个叠在一处的条码，至少有一个读错；请和图上的数字核对，或离近些再拍一张。",
    "Two codes were read that lie over each other, so one at least is wrong: compare them with the "
    "digits in the picture, or take another from nearer.",
)
_EMPTY = Text("没有收到图片。", "There is no picture; choose a file.")
_PIXELS = Text(
    "图片有 {wide}×{high} 像素，超过 {most} 像素；请缩小或裁剪后再传。",
    "The picture has {wide} x {high:pixel|pixels}, more than {most}; make it smaller or cut it.",
)
_MANY = Text(
    "图片有 {found} 页（帧），最多读 {most} 页；请只传有码的几页。",
    "The picture has {found:page or frame|pages or frames}, at most {most} are read; send only "
    "those with codes.",
)
_SIDE = Text(
    "图片有 {wide}×{high} 像素，一边最多 {most} 像素；请裁剪后再传。",
    "The picture measures {wide} x {high}, and a side may have {most}; cut it.",
)
_MONSTER = Text(
    "图片远超 {most} 像素；请缩小或裁剪后再传。",
    "The picture has far more than {most} pixels; make it smaller or cut it.",
)
_NOT_READ = Text(
    "这不是能读的图片；请用 PNG、JPEG、WebP、GIF、BMP、TIFF 或 PDF（HEIC 请先转成 JPEG）。",
    "This is no picture that can be read; send PNG, JPEG, WebP, GIF, BMP, TIFF or PDF "
    "(convert HEIC to JPEG).",
)
_CUT_OFF = Text(
    "文件开头是 {kind}，但不完整或已损坏，读不出来；请重新导出或重拍，再传一次。",
    "The file begins as {kind}, but is cut off or damaged and cannot be read; export it or take "
    "the photo again, and send that.",
)
_DAMAGED: Final = Text(
    "没有读到码，而且文件已损坏（{what}），画出来的可能不是原图；请从原处重新导出、重传或重拍，再试一次。",
    "No code was read, and the file is damaged ({what}): what it shows may not be what was taken. "
    "Export it again from where it came, or take the photo again, and send that.",
)
_BEGINNINGS: Final = (
    ("PNG", b"\x89PNG"), ("JPEG", b"\xff\xd8"), ("GIF", b"GIF8"), ("BMP", b"BM"), ("WebP", b"RIFF"),
    ("TIFF", b"II*\x00"), ("TIFF", b"MM\x00*"),
)  # fmt: skip
"""How files of the types that are read begin, whole or not."""


def read_picture(data: bytes, limits: PictureLimits = _LIMITS) -> tuple[Found, ...]:
    """The codes in a photo or PDF, in reading order of each page; none if there are none.

    A stranger's picture is read by `suyuan.pictures.child`, which alone keeps the limits of memory
    and time.

    Raises:
        PictureError: empty, too large (413), of another type (415), encrypted or damaged.
        MemoryError: it unpacks to more than there is.
    """
    if not data:
        raise PictureError("picture.empty", _EMPTY, "picture")
    if len(data) > limits.size:
        raise too_large(limits)
    photo = _PDF not in data[:_HEAD]
    share = _MOST_TURNED // (1 if photo else _PAGE_SHARE)
    found: list[Found] = []
    left = limits.turned
    with closing(_frames(data, limits) if photo else pages(data, limits)) as images:
        for number, (image, *again) in enumerate(images, start=1):
            turn = min(left, share)
            codes = _codes(image, number, turn, again, photo=photo)
            left -= 0 if codes and not photo else min(turn, image.width * image.height)
            found.extend(codes)
            if len(found) >= limits.codes:
                break
    _require_whole(data if not found else b"")
    return tuple(found[: limits.codes])


def _require_whole(data: bytes) -> None:
    """See that a file in which nothing was found is not damaged: it would look like a bad photo."""
    what = damage(data)
    if what is not None:
        raise PictureError("picture.damaged", _DAMAGED.format(what=what), "picture")


def _frames(data: bytes, limits: PictureLimits) -> Generator[tuple["Image"], None, None]:
    """The picture in shades of grey, each page of a scan or frame of an animation.

    The size is known and judged before anything is unpacked.
    """
    from PIL import Image  # noqa: PLC0415 -- only when a picture comes

    with _plain_refusals(data, limits):
        opened = Image.open(io.BytesIO(data), formats=_TAKEN)
        for number in range(_count(opened, limits)):
            opened.seek(number)
            _require_pixels(opened.size, limits)
            opened.draft("L", opened.size)  # of a JPEG the colours are not unpacked at all
            yield (_grey(opened),)


def _count(opened: "ImageFile", limits: PictureLimits) -> int:
    """Pages or frames; what a camera puts behind a JPEG is the same photo, smaller."""
    _require_pixels(opened.size, limits)
    count = getattr(opened, "n_frames", 1) if opened.format in _MANIFOLD else 1
    if count > limits.pages:
        text = _MANY.format(found=count, most=limits.pages)
        raise PictureError("picture.pages", text, "picture", status=413)
    return count


@contextmanager
def _plain_refusals(data: bytes, limits: PictureLimits) -> Iterator[None]:
    """Whatever goes wrong with a picture, as a sentence."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- only when a picture comes

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own warning of a bomb: ours is stricter
            yield
    except Image.DecompressionBombError as error:
        text = _MONSTER.format(most=limits.pixels)
        raise PictureError("picture.pixels", text, "picture", status=413) from error
    except UnidentifiedImageError as error:
        raise _unread(data) from error
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # a damaged file fails in as many ways as there are formats
        raise _unread(data) from error


def _unread(data: bytes) -> PictureError:
    """What is wrong with a file that no reader takes: damaged, or of another type."""
    kind = next((kind for kind, begin in _BEGINNINGS if data.startswith(begin)), None)
    if kind is None:
        return PictureError("picture.type", _NOT_READ, "picture", status=415)
    return PictureError("picture.broken", _CUT_OFF.format(kind=kind), "picture")


def _require_pixels(size: tuple[int, int], limits: PictureLimits) -> None:
    wide, high = size
    if wide * high > limits.pixels:
        text = _PIXELS.format(wide=wide, high=high, most=limits.pixels)
        raise PictureError("picture.pixels", text, "picture", status=413)
    if max(size) > limits.side:
        text = _SIDE.format(wide=wide, high=high, most=limits.side)
        raise PictureError("picture.side", text, "picture", status=413)


def _grey(image: "Image") -> "Image":
    """Shades of grey on white paper: what is transparent is paper."""
    from PIL import Image  # noqa: PLC0415

    if image.mode in _WIDE_MODES:
        return image.point(lambda shade: shade / 256).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        painted = image if "A" in image.getbands() else image.convert("RGBA")
        paper = Image.new("L", painted.size, "white")
        paper.paste(painted.convert("L"), mask=painted.getchannel("A"))
        return paper
    return image.convert("L")


def _codes(
    image: "Image", page: int, turn: int, again: Iterable["Image"], *, photo: bool
) -> list[Found]:
    """The codes of one picture, drawn `again` otherwise or not, and bar codes aslant in it.

    A photo is always turned to look for those; a page, where codes stand straight, if it has none.
    """
    import zxingcpp  # noqa: PLC0415 -- only when a picture comes

    if len(set(image.getextrema())) == 1:  # of one shade: a blank page
        return []
    found: Counter[Found] = Counter()
    straight = chain(zxingcpp.read_barcodes(image), _inverted(image))
    _keep(found, ((code, corners_of(code.position)) for code in straight), page)
    for other in again:
        _keep(found, _scaled(zxingcpp.read_barcodes(other), image.width / other.width), page)
    if turn > 0 and (photo or not found):
        _keep(found, turned_codes(image, turn), page)
        if not found:
            _keep(found, turned_codes(image, turn, between=True), page)
    real = [each for each in found if not (_is_ghost(each, found) or _is_outvoted(each, found))]
    return sorted((_doubted(each, real) for each in real), key=_reading_order)


def _keep(found: Counter[Found], codes: Iterable[tuple[Any, Corners]], page: int) -> None:
    """Count how often each code was found where it is: a reader may tell one twice."""
    for code, corners in codes:
        new = _found(code, page, corners)
        found[next((each for each in found if _is_same(new, each)), new)] += 1


def _scaled(codes: Iterable[Any], by: float) -> Iterator[tuple[Any, Corners]]:
    """Codes with their corners where they would be in a picture so much wider."""
    for code in codes:
        first, second, third, fourth = corners_of(code.position)
        yield code, (_at(first, by), _at(second, by), _at(third, by), _at(fourth, by))


def _at(point: Point, by: float) -> Point:
    return round(point[0] * by), round(point[1] * by)


def _is_same(new: Found, old: Found) -> bool:
    same = new.content == old.content and new.symbology == old.symbology
    return same and is_at(new.corners, old.corners, within=_SAME)


def _inverted(image: "Image") -> Iterable[Any]:
    """Bar codes in white on black, which the reader does not look for; symbols of squares it does.

    Only those whose check proves a reading.
    """
    import zxingcpp  # noqa: PLC0415
    from PIL import ImageOps  # noqa: PLC0415

    return zxingcpp.read_barcodes(ImageOps.invert(image), formats=formats_of_bars())


def _is_ghost(one: Found, found: Iterable[Found]) -> bool:
    """A line across another symbol may look like a code of a kind that has no check.

    So may a line across a part of a longer one of that kind. An ITF-14 is proved by its own check
    digit, and only another code at its very place speaks against it.
    """
    if one.symbology not in _UNPROVED:
        return False
    if one.doubt is None:
        return any(
            each.symbology not in _UNPROVED and is_at(one.corners, each.corners, within=_SAME)
            for each in found
        )
    return len(one.text) < _SHORTEST_UNPROVED or any(
        is_at(one.corners, each.corners, within=1)
        for each in found
        if each.doubt is None or (one.text in each.text and one.text != each.text)
    )


def _is_outvoted(one: Found, found: Counter[Found]) -> bool:
    """Whether bars lie over a symbol of squares, or over bars that were read oftener.

    A line aslant through bars leaves them before their end, and one time in ten a wrong reading's
    check holds; through the halves of a DataBar it may make up a number. A UPC-E is half of an EAN
    or UPC, and where one is near it is a part of that: of those aslant the reader tells a part too.
    """
    if not _is_of_bars(one):
        return False
    others = [each for each in found if each != one and each.doubt is None]
    if one.symbology == _HALF:
        return any(is_at(one.corners, each.corners, within=_NEAR) for each in others)
    return any(
        (not _is_of_bars(each) or found[each] > found[one])
        and each.symbology != _HALF
        and _is_over(one, each)
        for each in others
    )


def _is_over(one: Found, each: Found) -> bool:
    """Whether they lie over each other, or bars of one line's height where others are."""
    is_there = is_at(one.corners, each.corners, within=_SAME) and _is_of_bars(each)
    return is_there or crosses(one.corners, each.corners)


def _is_of_bars(one: Found) -> bool:
    return one.symbology.startswith(_BARS)


def _doubted(one: Found, others: Iterable[Found]) -> Found:
    """The code; where two lie over each other, and nothing speaks for one of them, with a doubt."""
    sure = (each for each in others if each != one and each.doubt is None)
    is_crossed = one.doubt is None and any(_is_over(one, each) for each in sure)
    return structs.replace(one, doubt=_CROSSED) if is_crossed else one


def _found(code: Any, page: int, corners: Corners) -> Found:
    symbology = str(code.format)
    return Found(
        text=code.text,
        content=_content(code),
        symbology=symbology,
        page=page,
        corners=corners,
        doubt=_doubt(symbology, code.text) if symbology in _UNPROVED else None,
    )


def _doubt(symbology: str, text: str) -> Text | None:
    """Bars of a kind without a check prove nothing, unless they are a sound ITF-14."""
    from suyuan.codes import is_gs1_checked  # noqa: PLC0415 -- few pictures need it

    is_case = symbology == _ITF and len(text) == _ITF_14 and text.isdecimal()
    return None if is_case and is_gs1_checked(text) else _UNSURE.format(kind=symbology)


def _reading_order(found: Found) -> tuple[int, int]:
    x, y = found.corners[0]
    return y, x


def _content(code: Any) -> str:
    """As a scanner sends it; a GS1 symbol's brackets are no part of it and would be ambiguous."""
    import zxingcpp  # noqa: PLC0415

    if code.content_type is not zxingcpp.ContentType.GS1:
        return str(code.text)
    return str(code.symbology_identifier + code.bytes.decode("ascii", "replace"))
