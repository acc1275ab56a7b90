"""A damaged photo is told as that, and only a damaged one: a code in it is read all the same."""

import io
import zlib
from random import Random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from suyuan.pictures import PictureError, read_picture
from suyuan.pictures.damage import damage


def photo(seed: int, *, side: int = 160) -> Image.Image:
    """Something with as much detail as a photo, and no code in it."""
    noise = Random(seed)
    small = Image.frombytes("RGB", (side // 4,) * 2, noise.randbytes(3 * (side // 4) ** 2))
    return small.resize((side, side), Image.Resampling.BICUBIC)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def zeroed(data: bytes, marker: bytes) -> bytes:
    """The file with nothing but zeros in its first table behind this marker."""
    at = data.index(marker)
    size = int.from_bytes(data[at + 2 : at + 4])
    return data[: at + 5] + bytes(size - 3) + data[at + 2 + size :]


def overwritten(data: bytes, by: bytes) -> bytes:
    """The file with other bytes in the middle of its image data."""
    at = (data.rindex(b"\xff\xda") + len(data) - len(by)) // 2
    return data[:at] + by + data[at + len(by) :]


JPEG = saved(photo(1), "JPEG")
PNG = saved(photo(1), "PNG", compress_level=0)
CHECK = PNG.index(b"IDAT") + 4 + int.from_bytes(PNG[PNG.index(b"IDAT") - 4 :][:4])
DAMAGED = {
    "quantisers": zeroed(JPEG, b"\xff\xdb"),
    "Huffman tables": zeroed(JPEG, b"\xff\xc4"),
    "zeros in the data": overwritten(JPEG, bytes(700)),
    "noise in the data": overwritten(JPEG, Random(7).randbytes(3_000)),
    "no end": JPEG[:-2],
    "PNG, a pixel changed": PNG[: len(PNG) // 2] + b"\x55\xaa" + PNG[len(PNG) // 2 + 2 :],
    "PNG, another check": PNG[:CHECK] + bytes((PNG[CHECK] ^ 1,)) + PNG[CHECK + 1 :],
    "PNG, no end": PNG[:-12],
}
DRAWN = ("quantisers", "zeros in the data", "PNG, another check", "PNG, no end")
"""In these the decoder finds nothing wrong."""


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_photo_is_told_as_that_with_the_cure(name: str) -> None:
    with pytest.raises(PictureError) as caught:
        read_picture(DAMAGED[name])
    assert caught.value.code in {"picture.damaged", "picture.broken"}
    assert "损坏" in caught.value.text.zh
    assert "damaged" in caught.value.text.en
    assert "again" in caught.value.text.en


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_all_the_same_is_told_by_the_file_alone(name: str) -> None:
    Image.open(io.BytesIO(DAMAGED[name])).load()
    with pytest.raises(PictureError) as caught:
        read_picture(DAMAGED[name])
    assert caught.value.code == "picture.damaged"


def test_a_code_that_is_read_in_a_damaged_file_is_told() -> None:
    made = zxingcpp.create_barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13)
    view = memoryview(made.to_image(scale=4))
    bars = Image.frombytes("L", view.shape[::-1], view.tobytes())
    (found,) = read_picture(saved(ImageOps.expand(bars, 40, 255), "PNG")[:-12])
    assert found.text == "6901234567892"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 999),
    st.integers(1, 95),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["RGB", "L", "CMYK"]),
    st.sampled_from([0, 1, 7]),
    st.booleans(),
)
def test_a_whole_jpeg_is_never_called_damaged(
    seed: int,
    quality: int,
    progressive: bool,  # noqa: FBT001
    optimize: bool,  # noqa: FBT001
    mode: str,
    restarts: int,
    blank: bool,  # noqa: FBT001
) -> None:
    image = Image.new("RGB", (900, 900), "white") if blank else photo(seed)
    whole = saved(
        image.convert(mode), "JPEG", quality=quality, progressive=progressive, optimize=optimize,
        restart_marker_rows=restarts, exif=b"Exif\0\0\xff\xd8\xff\xd9", comment=b"\xff\xda",
    )  # fmt: skip
    assert damage(whole) is None
    assert damage(whole + b"\xff\xd8 a camera's preview") is None


@given(st.sampled_from(["1", "L", "P", "RGB", "RGBA"]), st.integers(0, 9), st.integers(0, 99))
def test_a_whole_png_is_never_called_damaged(mode: str, level: int, seed: int) -> None:
    whole = saved(photo(seed, side=40).convert(mode), "PNG", compress_level=level)
    assert damage(whole) is None
    assert read_picture(whole) == ()


def test_a_wrong_check_of_what_draws_no_pixel_is_no_damage() -> None:
    text = b"tEXtTitle\0x"
    said = (len(text) - 4).to_bytes(4) + text + (zlib.crc32(text) ^ 1).to_bytes(4)
    assert damage(PNG[:33] + said + PNG[33:]) is None


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", JPEG[:400]])
)
def test_no_bytes_break_it(rest: bytes, head: bytes) -> None:
    told = damage(head + rest)
    assert told is None or told.zh


@given(st.integers(0, len(JPEG)), st.binary(min_size=1, max_size=40))
def test_no_change_of_a_jpeg_breaks_it(at: int, by: bytes) -> None:
    told = damage(JPEG[:at] + by + JPEG[at + len(by) :])
    assert told is None or told.en
