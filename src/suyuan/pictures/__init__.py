"""Takes the bytes of a photo or a PDF; gives the codes in it, each with its symbology and place.

Size, pixels and pages are limited before anything is unpacked; the reading is zxing-cpp's, the
pages are drawn by pdfium. Both are loaded when the first picture comes.
"""

from suyuan.pictures.read import read_picture
from suyuan.pictures.types import Found, PictureError, PictureLimits

__all__ = ["Found", "PictureError", "PictureLimits", "read_picture"]
