"""The pages of a PDF as pictures; pdfium serves one thread at a time, and has a process of its own.

How much a page unpacks to stands nowhere in the file: forms nest in forms, and pictures in them.
Only the limits of the process that draws it hold that back.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from suyuan.kit import Text
from suyuan.pictures.types import PictureError, PictureLimits

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS: Final = 72
_DPI: Final = 300
_PAGE_PIXELS: Final = 12_000_000
"""An A4 page at 300 dpi has nine million; a larger page is drawn more coarsely, not refused."""

_NOT_OPENED = Text(
    "这个 PDF 打不开：已损坏或有密码；请另存一份或传截图。",
    "This PDF cannot be opened: it is damaged or has a password; save it anew or send a picture.",
)
_MANY = Text(
    "PDF 有 {found} 页，最多 {most} 页；请只传有码的几页。",
    "The PDF has {found} pages, at most {most} are read; send only those with codes.",
)


def pages(data: bytes, limits: PictureLimits) -> Generator["Image", None, None]:
    """Each page in shades of grey at 300 dpi, or as fine as its size lets it be.

    Raises:
        PictureError: damaged, encrypted, or of too many pages (413).
    """
    document = _opened(data)
    try:
        count = len(document)
        if count > limits.pages:
            text = _MANY.format(found=count, most=limits.pages)
            raise PictureError("picture.pages", text, "picture", status=413)
        for number in range(count):
            yield _drawn(document, number, limits)
    finally:
        document.close()


def _opened(data: bytes) -> Any:
    import pypdfium2  # noqa: PLC0415 -- only when a PDF comes

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PictureError("picture.pdf", _NOT_OPENED, "picture") from error


def _drawn(document: Any, number: int, limits: PictureLimits) -> "Image":
    import pypdfium2  # noqa: PLC0415

    try:
        page = document[number]
        wide, high = page.get_size()
        most = min(limits.pixels, _PAGE_PIXELS)
        scale = min(_DPI / _POINTS, (most / max(wide * high, 1)) ** 0.5)
        image: Image = page.render(scale=scale, grayscale=True).to_pil()
        page.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise PictureError("picture.pdf", _NOT_OPENED, "picture") from error
    return image
