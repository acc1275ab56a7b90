"""Codes in photos and pages: every symbology, several at once, and no picture that overwhelms."""

import io
import resource
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from random import Random
from time import process_time

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter, ImageOps

from suyuan.codes import recognise
from suyuan.pictures import PictureError, PictureLimits, read_picture

GS1 = "(01)06901234567892(21)23CD"
BOXED = "https://id.gs1.org/01/06901234567892/21/23CD"
SYMBOLOGIES = {
    "QRCode": (BOXED, BOXED),
    "DataMatrix": (GS1, BOXED),
    "Code128": (GS1, BOXED),
    "EAN13": ("6901234567892", "https://id.gs1.org/01/06901234567892"),
    "EAN8": ("69012341", "https://id.gs1.org/01/00000069012341"),
    "DataBarOmni": ("0106901234567892", "https://id.gs1.org/01/06901234567892"),
    "DataBarExp": (GS1, BOXED),
    "PDF417": (BOXED, BOXED),
    "Aztec": (BOXED, BOXED),
}

BARS = {
    name: SYMBOLOGIES[name][0] for name in ("EAN13", "Code128", "EAN8", "DataBarOmni", "PDF417")
}


def symbol(name: str, text: str, *, scale: int = 4) -> Image.Image:
    form = getattr(zxingcpp.BarcodeFormat, name)
    made = zxingcpp.create_barcode(text, form, gs1=text.startswith("("))
    view = memoryview(made.to_image(scale=scale))
    high, wide = view.shape
    return Image.frombytes("L", (wide, high), view.tobytes())


def on_paper(*images: Image.Image) -> Image.Image:
    paper = Image.new(
        "RGB", (max(i.width for i in images) + 80, sum(i.height + 60 for i in images)), "white"
    )
    y = 30
    for image in images:
        paper.paste(image, (40, y))
        y += image.height + 60
    return paper


def saved(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("name", SYMBOLOGIES)
def test_every_symbology_is_read_and_leads_to_its_thing(name: str) -> None:
    text, expected = SYMBOLOGIES[name]
    (found,) = read_picture(saved(on_paper(symbol(name, text)), "PNG"))
    assert found.page == 1
    assert found.symbology.replace(" ", "").replace("-", "").lower().startswith(name.lower()[:6])
    assert recognise(found.content)[0].canonical == expected
    xs, ys = zip(*found.corners, strict=True)
    assert min(xs) >= 30
    assert min(ys) >= 20


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_file_type_is_read(form: str) -> None:
    (found,) = read_picture(saved(on_paper(symbol("QRCode", BOXED)), form))
    assert found.text == BOXED


def test_several_codes_of_one_picture_come_in_reading_order() -> None:
    chosen = [name for name in SYMBOLOGIES if name not in {"EAN8", "DataBarOmni", "DataBarExp"}]
    paper = on_paper(*(symbol(name, SYMBOLOGIES[name][0]) for name in chosen))
    found = read_picture(saved(paper, "PNG"))
    assert [recognise(each.content)[0].canonical for each in found] == [
        SYMBOLOGIES[name][1] for name in chosen
    ]


def _turned(image: Image.Image) -> Image.Image:
    return image.rotate(17, expand=True, fillcolor="white")


def _upside_down(image: Image.Image) -> Image.Image:
    return image.rotate(180)


def _blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _dim(image: Image.Image) -> Image.Image:
    return image.point(lambda shade: 40 + shade // 4)


def _noisy(image: Image.Image) -> Image.Image:
    noise = Image.frombytes("L", image.size, Random(1).randbytes(image.width * image.height))
    return Image.blend(image.convert("L"), noise, 0.15)


def _slanted(image: Image.Image) -> Image.Image:
    wide, high = image.size
    corners = (-wide * 0.08, -high * 0.05, 0, high, wide, high, wide * 1.08, -high * 0.02)
    return image.transform(image.size, Image.Transform.QUAD, corners, fillcolor="white")


SPOILED = [_turned, _upside_down, _blurred, _dim, _noisy, _slanted]


@pytest.mark.parametrize("spoil", SPOILED)
@pytest.mark.parametrize("degrees", [0, 35])
def test_bar_codes_in_photos_that_are_not_good_are_read(
    spoil: Callable[[Image.Image], Image.Image], degrees: int
) -> None:
    photo = spoil(aslant(on_paper(symbol("EAN13", BARS["EAN13"])), degrees))
    found = read_picture(saved(photo.convert("RGB"), "JPEG", quality=60))
    assert [each.text for each in found] == [BARS["EAN13"]]


@pytest.mark.parametrize("spoil", SPOILED)
def test_photos_need_not_be_good(spoil: Callable[[Image.Image], Image.Image]) -> None:
    paper = spoil(on_paper(symbol("QRCode", BOXED), symbol("DataMatrix", GS1, scale=8)))
    found = read_picture(saved(paper.convert("RGB"), "JPEG", quality=60))
    assert {recognise(each.content)[0].canonical for each in found} == {BOXED}
    assert len(found) == 2


def aslant(image: Image.Image, degrees: float) -> Image.Image:
    turned = image.convert("L").rotate(
        degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC
    )
    return turned.convert("RGB")


@pytest.mark.parametrize("name", BARS)
@pytest.mark.parametrize("degrees", [10, 15, 22, 30, 38, 45, 52, 60, 68, -15, -30, -45, -60, 120])
def test_bar_codes_are_read_however_they_lie(name: str, degrees: int) -> None:
    photo = aslant(on_paper(symbol(name, BARS[name])), degrees)
    (found,) = read_picture(saved(photo, "JPEG", quality=70))
    assert recognise(found.content)[0].canonical == SYMBOLOGIES[name][1]
    xs, ys = zip(*found.corners, strict=True)
    middle = (sum(xs) / 4, sum(ys) / 4)  # the one symbol stands in the middle of its paper
    assert abs(middle[0] - photo.width / 2) < 0.1 * photo.width
    assert abs(middle[1] - photo.height / 2) < 0.1 * photo.height


@pytest.mark.parametrize("degrees", [10, 17, 25, 40, 125, 130])
def test_a_databar_aslant_is_told_once_and_never_as_another_number(degrees: int) -> None:
    drawn = symbol("DataBarOmni", BARS["DataBarOmni"]).convert("L")
    (found,) = read_picture(
        saved(on_paper(drawn.rotate(degrees, expand=True, fillcolor=255)), "PNG")
    )
    assert (found.symbology, found.content[-14:]) == ("DataBar Omni", "06901234567892")


def test_several_codes_lie_each_another_way_and_none_is_lost_or_told_twice() -> None:
    photo = Image.new("RGB", (1600, 1500), "white")
    photo.paste(aslant(on_paper(symbol("EAN13", BARS["EAN13"])), 33), (30, 30))
    photo.paste(aslant(on_paper(symbol("Code128", GS1)), -41), (650, 30))
    photo.paste(on_paper(symbol("QRCode", BOXED)), (40, 900))
    photo.paste(aslant(on_paper(symbol("EAN13", BARS["EAN13"])), 55), (700, 880))
    found = read_picture(saved(photo, "JPEG", quality=80))
    assert sorted(each.symbology for each in found) == sorted(
        ["EAN-13", "EAN-13", "Code 128", "QR Code"]
    )


def test_a_bar_code_aslant_on_a_page_is_read_too() -> None:
    page = aslant(on_paper(symbol("EAN13", BARS["EAN13"])), 40)
    (found,) = read_picture(pdf_of(page))
    assert found.text == BARS["EAN13"]


def test_turning_is_limited_and_a_large_photo_is_made_smaller_for_it() -> None:
    photo = aslant(on_paper(symbol("EAN13", BARS["EAN13"])), 45)
    assert read_picture(saved(photo, "PNG"), PictureLimits(turned=0)) == ()
    large = Image.new("L", (5000, 4000), 255)
    large.paste(aslant(on_paper(symbol("EAN13", BARS["EAN13"], scale=10)), 40).convert("L"), (9, 9))
    (found,) = read_picture(saved(large, "PNG"))
    assert max(max(corner) for corner in found.corners) < 1500


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_pixel_is_read_and_what_is_clear_is_paper(mode: str) -> None:
    drawn = on_paper(symbol("QRCode", BOXED))
    if mode in {"I;16", "I", "F"}:
        grey = drawn.convert("I").point(lambda shade: shade * 257)
        image, form = grey.convert(mode), "TIFF"
    elif mode in {"LA", "RGBA"}:
        clear = drawn.convert("L").point(lambda shade: 255 - shade)
        image = Image.merge("LA", (Image.new("L", drawn.size, 0), clear)).convert(mode)
        form = "PNG"
    else:
        image, form = drawn.convert(mode), "TIFF"
    (found,) = read_picture(saved(image, form))
    assert found.text == BOXED


def pdf_of(*images: Image.Image) -> bytes:
    file = io.BytesIO()
    images[0].save(file, "PDF", save_all=True, append_images=images[1:], resolution=150)
    return file.getvalue()


def test_the_pages_of_a_pdf_are_read_with_their_numbers() -> None:
    papers = [on_paper(symbol("QRCode", f"{BOXED}{at}")) for at in range(3)]
    blank = Image.new("RGB", (300, 300), "white")
    found = read_picture(pdf_of(papers[0], blank, papers[1], papers[2]))
    assert [(each.page, each.text) for each in found] == [
        (1, f"{BOXED}0"), (3, f"{BOXED}1"), (4, f"{BOXED}2"),
    ]  # fmt: skip


def scanned(dpi: int, scale: int) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """An A4 page with a symbol of every kind, and where on it each stands."""
    paper = Image.new("L", (dpi * 8, dpi * 11), "white")
    places: dict[str, tuple[int, int]] = {}
    x, y, low = 20, 20, 0
    for name, (text, _) in SYMBOLOGIES.items():
        image = symbol(name, text, scale=scale)
        if x + image.width > paper.width:
            x, y, low = 20, low + 20, 0
        paper.paste(image, (x, y))
        places[text] = places.get(text, (x, y))
        x, low = x + image.width + 20, max(low, y + image.height)
    assert low < paper.height
    file = io.BytesIO()
    paper.save(file, "PDF", resolution=dpi)
    return file.getvalue(), places


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("dpi", [75, 100, 150, 200])
def test_every_symbol_of_a_scanned_page_is_read_once_and_told_where_it_stands(
    dpi: int, scale: int
) -> None:
    data, places = scanned(dpi, scale)
    found = read_picture(data)
    assert sorted(recognise(each.content)[0].canonical for each in found) == sorted(
        canonical for _, canonical in SYMBOLOGIES.values()
    )
    (ean,) = (each for each in found if each.symbology == "EAN-13")
    left, top = places["6901234567892"]
    xs, ys = zip(*ean.corners, strict=True)
    grown = 300 / dpi
    assert 0 <= min(xs) - left * grown <= 15 * scale * grown
    assert 0 <= min(ys) - top * grown <= 15 * scale * grown


def test_a_scan_is_drawn_a_second_time_only_as_far_as_the_limit_goes() -> None:
    data, _ = scanned(150, 1)
    once = read_picture(data, PictureLimits(again=0))
    assert len(once) < len(SYMBOLOGIES)
    assert {each.content for each in once} <= {each.content for each in read_picture(data)}


def refused(data: bytes, limits: PictureLimits = PictureLimits()) -> tuple[str, int]:  # noqa: B008
    with pytest.raises(PictureError) as caught:
        read_picture(data, limits)
    assert caught.value.text.zh
    assert caught.value.text.zh != caught.value.text.en
    return caught.value.code, caught.value.status


def png(wide: int, high: int, shade: bytes = b"\xff") -> bytes:
    """A PNG of few bytes that unpacks to so many pixels, each eight like that byte."""
    head = struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" + shade * ((wide + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(high)) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        summed = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + summed

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_picture_that_would_unpack_to_a_monster_is_refused_by_its_measures() -> None:
    bomb = png(20_000, 20_000)
    assert len(bomb) < 200_000
    assert refused(bomb) == ("picture.pixels", 413)
    assert read_picture(png(1_000, 1_000)) == ()


@pytest.mark.parametrize(
    "sides", [(70_000, 1), (1, 70_000), (65_536, 2), (30_001, 1), (50_000_000, 1), (1, 1_000_000)]
)
def test_a_picture_of_few_pixels_and_a_long_side_is_refused(sides: tuple[int, int]) -> None:
    assert refused(png(*sides)) == ("picture.side", 413)


@pytest.mark.parametrize("sides", [(30_000, 1), (1, 30_000), (30_000, 300), (8_000, 1_500)])
def test_a_long_strip_is_read_and_turned_on_no_vast_paper(sides: tuple[int, int]) -> None:
    """Unturned a strip has few pixels; at 45 degrees it would stand on half its length squared."""
    data = png(*sides, b"\x5a")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_picture(data) == ()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000


def test_a_code_aslant_on_a_long_strip_is_still_read() -> None:
    strip = Image.new("L", (9_000, 1_200), 255)
    strip.paste(aslant(on_paper(symbol("EAN13", BARS["EAN13"], scale=8)), 40).convert("L"), (9, 9))
    (found,) = read_picture(saved(strip, "PNG"))
    assert found.text == BARS["EAN13"]


def test_size_and_pages_are_limited() -> None:
    paper = on_paper(symbol("QRCode", BOXED))
    assert refused(saved(paper, "PNG"), PictureLimits(size=100)) == ("picture.large", 413)
    assert refused(pdf_of(paper, paper, paper), PictureLimits(pages=2)) == ("picture.pages", 413)
    both = saved(on_paper(symbol("QRCode", BOXED), symbol("QRCode", GS1)), "PNG")
    assert len(read_picture(both, PictureLimits(codes=1))) == 1


def huge_page(wide: int, high: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(wide, high)
    file = io.BytesIO()
    document.save(file)
    document.close()
    return file.getvalue()


def test_a_page_of_a_kilometre_is_drawn_coarsely_and_takes_no_more_than_another() -> None:
    assert read_picture(huge_page(2_834_645, 2_834_645)) == ()


@pytest.mark.parametrize("sides", [(20_000, 10), (1_000_000, 1), (14_400, 1), (1, 14_400), (1, 1)])
def test_a_page_that_is_a_long_strip_is_drawn_within_the_sides(sides: tuple[int, int]) -> None:
    begun = process_time()
    assert read_picture(huge_page(*sides)) == ()
    assert process_time() - begun < 3


def test_a_scan_on_a_strip_is_drawn_again_only_within_the_sides() -> None:
    """Pixels of a picture on the page may be few, and the page long."""
    scan = Image.new("L", (8_000, 40), 200)
    scan.paste(60, (0, 0, 4_000, 20))
    file = io.BytesIO()
    scan.save(file, "PDF", resolution=200)
    assert read_picture(file.getvalue(), PictureLimits(side=9_000)) == ()
    assert read_picture(file.getvalue()) == ()


def test_what_is_no_picture_is_said_plainly() -> None:
    whole = saved(on_paper(symbol("QRCode", BOXED)), "PNG")
    assert refused(b"") == ("picture.empty", 400)
    assert refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == ("picture.type", 415)
    assert refused(b"%!PS-Adobe-3.0 EPSF-3.0\n") == ("picture.type", 415)
    assert refused(whole[: len(whole) // 2]) == ("picture.broken", 400)
    assert refused(b"%PDF-1.7 and nothing") == ("picture.pdf", 400)


@given(st.data())
def test_no_damage_to_a_file_makes_anything_but_an_answer_or_a_refusal(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WHOLE))
    spoiled = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=20)):
        spoiled[at] = data.draw(st.integers(0, 255))
    with suppress(PictureError):
        read_picture(bytes(spoiled), PictureLimits(pixels=1_000_000))


WHOLE = [
    *(
        saved(on_paper(symbol("QRCode", "x")), form)
        for form in ("PNG", "JPEG", "GIF", "TIFF", "WEBP")
    ),
    pdf_of(on_paper(symbol("QRCode", "x"))),
]


@pytest.mark.parametrize("name", ["EAN13", "EAN8", "Code128", "DataBarOmni", "PDF417", "QRCode"])
@pytest.mark.parametrize("around", ["black", "white"])
def test_codes_in_white_on_black_are_read(name: str, around: str) -> None:
    """The whole picture inverted, or a dark patch on white paper; another beside it is kept."""
    text, expected = SYMBOLOGIES[name]
    if around == "black":
        paper = ImageOps.invert(on_paper(symbol(name, text)).convert("L"))
    else:
        paper = on_paper(ImageOps.invert(symbol(name, text)), symbol("DataMatrix", GS1))
    found = read_picture(saved(paper, "PNG"))
    assert [recognise(each.content)[0].canonical for each in found] == [expected, BOXED][
        : 1 if around == "black" else 2
    ]


@pytest.mark.parametrize("body", [f"{Random(each).randrange(10**13):013}" for each in range(12)])
def test_an_itf_14_is_read_once_and_as_whole_and_no_part_of_it_as_another(body: str) -> None:
    digits = [int(each) for each in body]
    check = -(3 * sum(digits[::2]) + sum(digits[1::2])) % 10
    (found,) = read_picture(saved(on_paper(symbol("ITF", f"{body}{check}")), "PNG"))
    assert (found.text, found.doubt) == (f"{body}{check}", None)


@pytest.mark.parametrize("text", ["123456", "1234567890", "16901234567898"])
def test_bars_of_itf_that_no_check_proves_are_said_to_be_doubtful(text: str) -> None:
    (found,) = read_picture(saved(on_paper(symbol("ITF", text)), "PNG"))
    assert found.text == text
    assert found.doubt is not None
    assert "no check" in found.doubt.en


@pytest.mark.parametrize("name", ["EAN13", "Code128", "DataBarOmni", "PDF417"])
@pytest.mark.parametrize("degrees", [0, 15, 35, 90])
def test_no_other_bar_code_is_read_as_itf_besides(name: str, degrees: int) -> None:
    found = read_picture(saved(aslant(on_paper(symbol(name, BARS[name])), degrees), "PNG"))
    assert {each.symbology for each in found}.isdisjoint({"ITF"})
    assert len(found) == 1


def test_a_case_with_an_ean_and_an_itf_14_has_both() -> None:
    paper = on_paper(symbol("EAN13", "6901234567892"), symbol("ITF", "16901234567899"))
    found = read_picture(saved(paper, "PNG"))
    assert [(each.text, each.doubt) for each in found] == [
        ("6901234567892", None), ("16901234567899", None)
    ]  # fmt: skip


def test_han_xin_is_not_read_and_what_a_scanner_reads_from_one_is_recognised() -> None:
    """When the library learns it, the page of codes and its how-to must say so."""
    assert not any("hanxin" in name.lower() for name in dir(zxingcpp.BarcodeFormat))
    assert recognise(f"]h0{BOXED}")[0].canonical == BOXED
    assert recognise("]h1010690123456789221" + "23CD")[0].canonical == BOXED


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP", "PNG"])
def test_every_page_of_a_scan_and_frame_of_an_animation_is_read(form: str) -> None:
    drawn = [symbol("QRCode", f"CODE-{at}").convert("L") for at in range(3)]
    file = io.BytesIO()
    drawn[0].save(file, form, save_all=True, append_images=drawn[1:])
    found = read_picture(file.getvalue())
    assert [(each.page, each.text) for each in found] == [(at + 1, f"CODE-{at}") for at in range(3)]


def test_more_pages_than_are_read_are_refused_and_not_left_out() -> None:
    drawn = [symbol("QRCode", f"CODE-{at}").convert("L") for at in range(3)]
    file = io.BytesIO()
    drawn[0].save(file, "TIFF", save_all=True, append_images=drawn[1:])
    with pytest.raises(PictureError) as refused:
        read_picture(file.getvalue(), PictureLimits(pages=2))
    assert (refused.value.code, refused.value.status) == ("picture.pages", 413)
    assert "3" in refused.value.text.zh
    assert "3" in refused.value.text.en
