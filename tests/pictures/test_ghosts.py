"""A bar code in a good picture is read as itself, however it lies, and as nothing else besides."""

import io
from random import Random
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from suyuan.codes.checks import gs1_check_digit
from suyuan.pictures import Found, read_picture
from suyuan.pictures.places import Corners, crosses

LENGTHS = {"EAN13": 13, "EAN8": 8, "UPCA": 12, "ITF14": 14, "DataBarOmni": 14, "Code128": 18}
PAPER = 250


def drawn(random: Random, name: str) -> str:
    """Digits that such bars may hold, the last their check where the kind has one."""
    begin = {"EAN13": "69", "ITF14": "1", "DataBarOmni": "0"}.get(name, "")
    body = begin + "".join(random.choices("0123456789", k=LENGTHS[name] - 1 - len(begin)))
    return body + gs1_check_digit(body)


def bars(name: str, text: str, wide: int, high: int) -> Image.Image:
    made: Any = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    view: Any = memoryview(made.to_image(scale=2))
    image = Image.frombytes("L", (view.shape[1], view.shape[0]), view.tobytes())
    return image.resize((image.width * wide, high))


def lying(random: Random, image: Image.Image) -> bytes:
    """The bars on a paper, straight or aslant."""
    degrees = random.choice((0.0, 0.0, random.uniform(-25, 25), random.uniform(0, 90)))
    around = Image.new("L", (image.width + 40, image.height + 40), PAPER)
    around.paste(image, (20, 20))
    turned = around.rotate(
        degrees, expand=True, fillcolor=PAPER, resample=Image.Resampling.BILINEAR
    )
    paper = Image.new("L", (turned.width + 200, turned.height + 150), PAPER)
    paper.paste(turned, (random.randrange(200), random.randrange(150)))
    kept = io.BytesIO()
    paper.save(kept, "PNG")
    return kept.getvalue()


def said_wrongly(found: Found, text: str) -> bool:
    """Whether another code is told without a doubt; EAN-13 and UPC-A are one with a zero."""
    return found.doubt is None and text.lstrip("0") not in found.text


def assert_itself(seed: int) -> None:
    random = Random(seed)
    name = random.choice(("EAN13", *LENGTHS))
    text = drawn(random, name)
    image = bars(name, text, random.choice((1, 2)), random.randrange(90, 260))
    found = read_picture(lying(random, image))
    assert [each for each in found if said_wrongly(each, text)] == []
    assert any(text.lstrip("0") in each.text for each in found)


@pytest.mark.parametrize("seed", range(30))
def test_a_code_is_read_as_itself_and_as_nothing_else(seed: int) -> None:
    assert_itself(seed)


@pytest.mark.deep
@pytest.mark.parametrize("tens", range(10))
def test_a_code_is_read_as_itself_a_thousand_times(tens: int) -> None:
    for seed in range(1_000 + tens * 100, 1_100 + tens * 100):
        assert_itself(seed)


@pytest.mark.parametrize("text", ["6908765432101", "6983016613188", "6901092815906"])
def test_bars_that_a_line_aslant_reads_otherwise_are_told_once(text: str) -> None:
    """Met in the field: the check digits of what was read across them hold."""
    paper = Image.new("L", (600, 420), 255)
    paper.paste(bars("EAN13", text, 1, 150), (113, 60))
    kept = io.BytesIO()
    paper.save(kept, "PNG")
    assert [(each.text, each.doubt) for each in read_picture(kept.getvalue())] == [(text, None)]


PLACES = st.integers(-500, 500)


def box(x: int, y: int, wide: int, high: int) -> Corners:
    return (x, y), (x + wide, y), (x + wide, y + high), (x, y + high)


@given(PLACES, PLACES, PLACES, PLACES, st.integers(10, 200), st.integers(10, 200))
def test_boxes_cross_as_their_sides_do(  # the slow twin of straight ones
    x: int, y: int, other_x: int, other_y: int, wide: int, high: int
) -> None:
    one, other = box(x, y, wide, high), box(other_x, other_y, wide, high)
    apart = abs(x - other_x) > wide * 0.8 or abs(y - other_y) > high * 0.8
    assert crosses(one, other) == crosses(other, one) == (not apart)


@given(PLACES, PLACES, st.integers(10, 200), st.integers(0, 200))
def test_a_line_through_a_box_crosses_it_and_one_beside_it_does_not(
    x: int, y: int, side: int, far: int
) -> None:
    middle = x + side // 2
    line: Corners = (
        (middle, y - 9),
        (middle, y + side + 9),
        (middle, y + side + 9),
        (middle, y - 9),
    )
    beside = box(x + side + far, y, side, side)
    assert crosses(line, box(x, y, side, side))
    assert not crosses(line, beside)
