"""What a printer and a scanner would do with our files: pages as pictures, stains, codes read."""

import io
import re
from collections.abc import Iterator, Sequence
from random import Random

import pypdfium2
import resvg_py
import typst
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from suyuan.labels import Format
from suyuan.labels.symbols import Modules
from suyuan.labels.types import Kind

FINDER = {Kind.QR: 8, Kind.DATA_MATRIX: 2}
"""Modules that a finder and what touches it take of an edge: in three corners, or all along."""
TIMING = 6
"""The row and the column of a QR code that count its modules (ISO/IEC 18004 §6.3.5)."""


def pictures(form: Format, files: Sequence[bytes], dpi: int) -> Iterator[Image.Image]:
    """Every label or page at the printer's resolution, in black and white as it is printed."""
    match form:
        case Format.PDF:
            document = pypdfium2.PdfDocument(files[0])
            for page in document:
                yield page.render(scale=dpi / 72, grayscale=True).to_pil()
            document.close()
        case Format.PNG:
            yield from (Image.open(io.BytesIO(file)).convert("L") for file in files)
        case Format.SVG:
            yield from (_of_svg(file, dpi) for file in files)
        case Format.ZPL:
            yield from _of_zpl(files[0].decode("ascii"))


def _of_svg(file: bytes, dpi: int) -> Image.Image:
    """By resvg, which is neither the drawing's typst nor a browser."""
    made = resvg_py.svg_to_bytes(svg_string=file.decode(), dpi=dpi, skip_system_fonts=True)
    return Image.open(io.BytesIO(made)).convert("L")


def embedded(file: bytes, dpi: int) -> Image.Image:
    """An SVG as a document shows it that it was put into, by typst."""
    source = b"#set page(width: auto, height: auto, margin: 0mm)\n#image(bytes(sys.inputs.svg))"
    given = {"svg": file.decode()}
    made = typst.compile(source, format="png", ppi=dpi, sys_inputs=given, ignore_system_fonts=True)
    return Image.open(io.BytesIO(made)).convert("L")


def _of_zpl(text: str) -> Iterator[Image.Image]:
    """A reader of our ZPL written from Zebra's description of ^GF, not from our writer."""
    for label in re.findall(r"\^XA(.*?)\^XZ", text, re.DOTALL):
        wide, high = (int(re.search(rf"\^{mark}(\d+)", label)[1]) for mark in ("PW", "LL"))
        total, again, row, data = re.search(
            r"\^FO0,0\^GFA,(\d+),(\d+),(\d+),(.*)\^FS", label
        ).groups()
        digits = _hexadecimal(data, int(row) * 2)
        assert int(total) == int(again) == len(digits) // 2 == int(row) * high
        bits = Image.frombytes("1", (int(row) * 8, high), bytes.fromhex(digits))
        yield bits.convert("L").point(lambda dark: 255 - dark).crop((0, 0, wide, high))


def _hexadecimal(data: str, row: int) -> str:
    out, times = "", 0
    for character in data:
        if "G" <= character <= "Y":
            times += ord(character) - ord("G") + 1
        elif "g" <= character <= "z":
            times += (ord(character) - ord("g") + 1) * 20
        elif character == ":":
            out += out[-row:]
        elif character in ",!":
            out += ("0" if character == "," else "F") * (row - len(out) % row)
        else:
            out, times = out + character * max(times, 1), 0
    return out


def read(image: Image.Image) -> list[str]:
    """The texts of all symbols, as a scanner reads them."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


Box = tuple[int, int, int, int]


def where(image: Image.Image) -> Box:
    """Left, top, right and bottom of the one symbol, in dots; of bars their whole height."""
    (code,) = zxingcpp.read_barcodes(image)
    spot = code.position
    corners = (spot.top_left, spot.top_right, spot.bottom_left, spot.bottom_right)
    across, down = [each.x for each in corners], [each.y for each in corners]
    if code.format != zxingcpp.BarcodeFormat.Code128:
        return min(across), min(down), max(across) + 1, max(down) + 1
    column = [y for y in range(image.height) if image.getpixel((min(across) + 1, y)) == 0]
    return min(across), column[0], max(across) + 1, column[-1] + 1


def stained(image: Image.Image, label: Modules, kind: Kind, draw: Random) -> Image.Image:
    """The picture with one to three stains, black or white, over a twentieth of its symbol.

    They lie anywhere but on the finder.
    """
    left, top, right, bottom = where(image)
    rim = FINDER[kind] * (right - left) // len(label.rows)
    stains = draw.randint(1, 3)
    wide = round(((right - left) * (bottom - top) * 0.05 / stains) ** 0.5)
    spoiled = image.copy()
    while stains:
        x, y = draw.randint(left, right - wide), draw.randint(top, bottom - wide)
        spot = (x - left, y - top, x + wide - left, y + wide - top)
        if not _on_finder(spot, right - left, rim, kind):
            box = (x, y, x + wide - 1, y + wide - 1)
            ImageDraw.Draw(spoiled).rectangle(box, fill=draw.choice((0, 255)))
            stains -= 1
    return spoiled


def _on_finder(spot: Box, side: int, rim: int, kind: Kind) -> bool:
    x, y, right, bottom = spot
    if kind is Kind.QR:
        beside = x < rim or right > side - rim
        return (beside and y < rim) or (x < rim and bottom > side - rim)
    return min(x, y) < rim or max(right, bottom) > side - rim


def stained_anywhere(image: Image.Image, draw: Random) -> Image.Image:
    """The picture with one stain, black or white, over a twentieth of its symbol, wherever."""
    left, top, right, bottom = where(image)
    wide = round(((right - left) * (bottom - top) * 0.05) ** 0.5)
    x, y = draw.randint(left, right - wide), draw.randint(top, bottom - wide)
    spoiled = image.copy()
    box = (x, y, x + wide - 1, y + wide - 1)
    ImageDraw.Draw(spoiled).rectangle(box, fill=draw.choice((0, 255)))
    return spoiled


def speckled(image: Image.Image, draw: Random) -> Image.Image:
    """As a lens sees the picture when a twentieth of its symbol's dots are painted by chance.

    Dots lost one by one, as an old print head loses them; a lens is never sharp to the dot.
    """
    left, top, right, bottom = where(image)
    spoiled = image.copy()
    for _ in range((right - left) * (bottom - top) // 20):
        spot = (draw.randrange(left, right), draw.randrange(top, bottom))
        spoiled.putpixel(spot, draw.choice((0, 255)))
    return spoiled.filter(ImageFilter.GaussianBlur(1.5))


def repainted(
    image: Image.Image, label: Modules, kind: Kind, draw: Random, *, share: float
) -> Image.Image:
    """The picture with a share of its whole modules off the finder black or white by chance."""
    left, top, right, _ = where(image)
    across = len(label.rows)
    unit = (right - left) // across
    free = [
        (x, y)
        for x in range(across)
        for y in range(across)
        if not _on_finder((x, y, x + 1, y + 1), across, FINDER[kind], kind)
        and (kind is not Kind.QR or TIMING not in (x, y))
    ]
    spoiled = image.copy()
    for x, y in draw.sample(free, round(len(free) * share)):
        box = (left + x * unit, top + y * unit)
        end = (box[0] + unit - 1, box[1] + unit - 1)
        ImageDraw.Draw(spoiled).rectangle((box, end), fill=draw.choice((0, 255)))
    return spoiled
