"""Takes the bytes of a photo or a PDF; gives the codes in it, each with its symbology and place.

The reading is zxing-cpp's, the pages are drawn by pdfium; both are loaded when a picture comes. The
size of a file, the pixels of an image and the number of pages are judged before they are unpacked.
What the pages of a PDF unpack to nobody can know before: `python -m suyuan.pictures.child` is a
process for one picture, and is limited in memory and time before it takes a byte.
"""

from suyuan.pictures.read import read_picture
from suyuan.pictures.types import Found, PictureError, PictureLimits

__all__ = ["Found", "PictureError", "PictureLimits", "read_picture"]
