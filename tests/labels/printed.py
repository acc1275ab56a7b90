"""What a printer and a scanner would do with our files: pages as pictures, stains, codes read."""

import io
import re
from collections.abc import Iterator, Sequence
from random import Random

import pypdfium2
import typst
import zxingcpp
from PIL import Image, ImageDraw

from suyuan.labels import Format
from suyuan.labels.types import Kind

FINDER = {Kind.QR: 8 / 33, Kind.DATA_MATRIX: 1.5 / 20}
"""The share of a symbol's side that its finder takes: three corners, or the rim."""


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


def stained(image: Image.Image, kind: Kind, draw: Random) -> Image.Image:
    """The picture with one to three stains, black or white, over a twentieth of its symbol.

    They lie anywhere but on the finder: without that no reader knows that there is a symbol.
    """
    (code,) = zxingcpp.read_barcodes(image)
    left, top = code.position.top_left.x, code.position.top_left.y
    side = code.position.bottom_right.x - left + 1
    rim = round(side * FINDER[kind])
    stains = draw.randint(1, 3)
    wide = round((side * side * 0.05 / stains) ** 0.5)
    spoiled = image.copy()
    while stains:
        x, y = (draw.randint(0, side - wide) for _ in "xy")
        if kind is Kind.QR:
            beside = x < rim or x + wide > side - rim
            on_finder = (beside and y < rim) or (x < rim and y + wide > side - rim)
        else:
            on_finder = min(x, y) < rim or max(x, y) + wide > side - rim
        if not on_finder:
            box = (left + x, top + y, left + x + wide - 1, top + y + wide - 1)
            ImageDraw.Draw(spoiled).rectangle(box, fill=draw.choice((0, 255)))
            stains -= 1
    return spoiled
