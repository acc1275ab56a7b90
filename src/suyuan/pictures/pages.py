"""The pages of a PDF as pictures; pdfium serves one thread at a time, and has a process of its own.

How much a page unpacks to stands nowhere in the file: forms nest in forms, and pictures in them.
Only the limits of the process that draws it hold that back.
"""

import math
from collections.abc import Generator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from suyuan.kit import Text
from suyuan.pictures.types import PictureError, PictureLimits

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS: Final = 72
_DPI: Final = 300
_TIMES: Final = 2
_DEEPEST: Final = 3
_MOST_PICTURES: Final = 100
_PAGE_PIXELS: Final = 12_000_000
"""An A4 page at 300 dpi has nine million; a larger page is drawn more coarsely, not refused."""

_NOT_OPENED = Text(
    "这个 PDF 打不开：已损坏或有密码；请另存一份或传截图。",
    "This PDF cannot be opened: it is damaged or has a password; save it anew or send a picture.",
)
_MANY = Text(
    "PDF 有 {found} 页，最多 {most} 页；请只传有码的几页。",
    "The PDF has {found:page|pages}, at most {most} are read; send only those with codes.",
)


def pages(data: bytes, limits: PictureLimits) -> Generator[tuple["Image", ...], None, None]:
    """Each page in shades of grey at 300 dpi, or as fine as its size lets it be.

    Behind it the same page again where a coarser picture is on it, as a scan is: drawn so that each
    of its pixels is four, for smoothing blurs narrow bars; of all pages `limits.again` pixels.

    Raises:
        PictureError: damaged, encrypted, or of too many pages (413).
    """
    document = _opened(data)
    try:
        count = len(document)
        if count > limits.pages:
            text = _MANY.format(found=count, most=limits.pages)
            raise PictureError("picture.pages", text, "picture", status=413)
        left = limits.again
        for number in range(count):
            images = _drawn(document, number, limits, left)
            left -= sum(image.width * image.height for image in images[1:])
            yield images
    finally:
        document.close()


def _opened(data: bytes) -> Any:
    import pypdfium2  # noqa: PLC0415 -- only when a PDF comes

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PictureError("picture.pdf", _NOT_OPENED, "picture") from error


def _drawn(document: Any, number: int, limits: PictureLimits, left: int) -> tuple["Image", ...]:
    import pypdfium2  # noqa: PLC0415

    try:
        page = document[number]
        size = page.get_size()
        scale = min(_DPI / _POINTS, _finest(size, min(limits.pixels, _PAGE_PIXELS), limits.side))
        images = [page.render(scale=scale, grayscale=True).to_pil()]
        again = _TIMES * _coarse(page) / _POINTS
        if 0 < again <= _finest(size, min(limits.pixels, left), limits.side):
            images.append(page.render(scale=again, grayscale=True, no_smoothimage=True).to_pil())
        page.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise PictureError("picture.pdf", _NOT_OPENED, "picture") from error
    return tuple(images)


def _finest(size: tuple[float, float], pixels: int, side: int) -> float:
    """The scale at which a page of that size has so many pixels, or one of its sides has."""
    wide, high = size
    return min(math.sqrt(pixels / max(wide * high, 1)), (side - 1) / max(wide, high, 1))


def _coarse(page: Any) -> float:
    """The dots per inch of the largest picture on a page; 0 if there is none, or it is finer."""
    import pypdfium2.raw  # noqa: PLC0415

    kinds = (pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)
    pictures = islice(page.get_objects(filter=kinds, max_depth=_DEEPEST), _MOST_PICTURES)
    try:
        known = [each.get_metadata() for each in pictures]
    except pypdfium2.PdfiumError:  # one that is damaged is drawn as far as it goes
        return 0.0
    sizes = ((each.width * each.height, each.horizontal_dpi, each.vertical_dpi) for each in known)
    _, *dpi = max(sizes, default=(0, 0.0, 0.0))
    return max(dpi) if max(dpi) < _DPI else 0.0
