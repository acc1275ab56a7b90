"""What is wrong with a picture is told with its cure: what to send instead, not JSON."""

import io
import re

import pytest
from api_given import Client
from PIL import Image

TYPES = ("PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "PDF")


def saved(kind: str) -> bytes:
    file = io.BytesIO()
    grey = Image.effect_noise((120, 90), 40)
    grey.convert("RGB").save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return file.getvalue()


def damaged(kind: str) -> list[bytes]:
    """Cut off at its beginning and in its middle, and filled with rubbish behind its beginning."""
    whole = saved(kind)
    return [whole[:16], whole[: len(whole) // 2], whole[:16] + b"\x00rubbish" * 400]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PDF"])
def test_a_damaged_picture_says_as_what_it_begins_and_which_types_are_read(
    client: Client, kind: str
) -> None:
    for content in damaged(kind):
        answer = client.post("/pictures", content=content)
        if kind in {"GIF", "BMP"} and answer.status_code == 200:
            continue  # what is left of these may be a picture still, with nothing in it
        problem = answer.json()
        assert (answer.status_code, problem["status"]) == (400, 400)
        for tongue in ("zh", "en"):
            said, cure = problem[f"detail_{tongue}"], problem[f"cure_{tongue}"]
            assert kind.casefold() in said.casefold()
            assert all(each in cure for each in TYPES)
            assert "json" not in cure


def test_no_picture_at_all_and_one_too_large_are_told_alike(client: Client) -> None:
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 400
    for content, status, rule in (
        (b"", 400, "picture.empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "picture.type"),
        (heic, 415, "picture.type"),
        (b"\x89PNG" + bytes(16 << 20), 413, "picture.large"),
    ):
        answer = client.post("/pictures", content=content)
        problem = answer.json()
        assert (answer.status_code, problem["rule"]) == (status, rule)
        assert all(each in problem["cure_zh"] and each in problem["cure_en"] for each in TYPES)
        assert problem["detail_zh"]
        assert "json" not in problem["cure_en"]


MEGABYTE = 1 << 20
HEADED = {"Accept": "text/html"}


@pytest.mark.parametrize("size", [16 * MEGABYTE + 1, 16 * MEGABYTE + (80 << 10), 20 * MEGABYTE])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_tells_how_large_a_picture_may_be_and_what_to_do(
    client: Client, size: int, lang: str
) -> None:
    """Whether the file alone is too large, or the whole form."""
    headers = HEADED | {"Accept-Language": lang}
    sent = {"picture": ("p.jpg", b"\xff\xd8" + bytes(size - 2), "image/jpeg")}
    answer = client.post("/read", files=sent, headers=headers)
    assert answer.status_code == 413
    said = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert "16 MB" in said
    assert ("截图" if lang == "zh" else "screenshot") in said
    assert 'action="/read"' in answer.text


def test_over_http_the_limit_is_told_in_megabytes_with_the_cure(client: Client) -> None:
    problem = client.post("/pictures", content=b"\xff\xd8" + bytes(17 * MEGABYTE)).json()
    assert problem["rule"] == "picture.large"
    for tongue, cure in (("zh", "截图"), ("en", "screenshot")):
        said = problem[f"detail_{tongue}"]
        assert ("16 MB" in said, cure in said) == (True, True)
        assert not re.search("字节|bytes", said)
