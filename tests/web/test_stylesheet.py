"""The stylesheet: small, our own, and readable by everybody (WCAG 2.2 §1.4.6, contrast 7:1)."""

import re

import pytest

from suyuan.drawings.picture import _INK, _OWN, _SOFT, _STOP
from suyuan.web.render import static

CSS = static("app.css").decode()
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", CSS))
TONES = ("good", "note", "hold", "stop")
ON_PAPER = ("ink", "soft", "own", *TONES)
PAIRS = [
    *((colour, "paper") for colour in ON_PAPER),
    *((colour, "wash") for colour in ("ink", "soft", "own")),
    *((tone, f"{tone}-wash") for tone in TONES),
    *(("ink", f"{tone}-wash") for tone in TONES),
    ("paper", "own"),
]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    digits = colour.lstrip("#")
    full = digits if len(digits) == 6 else "".join(each * 2 for each in digits)
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_says() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground_seven_to_one(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 7


def test_the_drawing_uses_the_colours_of_the_page() -> None:
    ours = {COLOURS[name] for name in ON_PAPER}
    for colour in (_INK, _SOFT, _OWN, _STOP):
        assert contrast(colour, "#fff") >= 7
    assert {_INK, _SOFT, _OWN, _STOP} <= ours


def test_every_colour_is_named_once_at_the_top() -> None:
    _, _, rules = CSS.partition("}")
    assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []


def test_the_stylesheet_is_small_and_asks_for_nothing_else() -> None:
    assert len(CSS.encode()) < 10_000
    for word in ("url(", "@import", "@font-face", "animation"):
        assert word not in CSS
