"""A body that is out of form: its fields and what they may hold are told, in both languages."""

from uuid import UUID

import pytest
from api_given import Client

Headers = dict[str, str]
GTIN = "06901234567892"
ORDER = {"scheme": "sgtin", "stem": GTIN, "count": 20}
NOBODYS = f"/codes/packages/{UUID(int=1)}/labels"


@pytest.mark.parametrize(
    ("path", "body", "rule", "place", "told"),
    [
        ("/codes/packages", {"scheme": "sgtin"}, "http.missing-field", "stem", ["count", "checks"]),
        ("/codes/packages", [], "http.object", "body", ["scheme", "stem", "count", "scratch"]),
        ("/codes/packages", ORDER | {"count": "x"}, "http.value", "count", []),
        ("/codes/packages", ORDER | {"scrach": True}, "http.unknown-field", "scrach", ["scratch"]),
        ("/codes/verify", {}, "http.missing-field", "code", ["code", "secret"]),
        ("/codes/imports", {"scheme": "ear-tag"}, "http.missing-field", "codes", ["scheme"]),
        (NOBODYS, {"format": "gif"}, "http.value", "format", ["pdf", "svg", "png", "zpl"]),
        (NOBODYS, {"symbols": ["ean"]}, "http.value", "symbols[0]", ["qr", "datamatrix"]),
        (NOBODYS, {"symbols": "qr"}, "http.value", "symbols", ["qr", "gs1-128"]),
        (NOBODYS, {"content": "poem"}, "http.value", "content", ["link", "elements", "maker-url"]),
        (NOBODYS, {"lang": "fr"}, "http.value", "lang", ["zh", "en"]),
        (NOBODYS, {"certificate": {}}, "http.missing-field", "certificate.", ["product", "basis"]),
        (NOBODYS, {"begin": None}, "http.value", "begin", []),
    ],
)
def test_a_body_out_of_form_is_told_its_fields_and_what_they_may_hold(
    client: Client,
    farm: Headers,
    path: str,
    body: object,
    rule: str,
    place: str,
    told: list[str],
) -> None:
    answer = client.post(path, json=body, headers=farm)
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (400, rule)
    assert problem["place"].startswith(place)
    assert problem["detail_zh"] != problem["detail_en"]
    for language in ("detail_zh", "detail_en"):
        assert "'data'" not in problem[language]
        assert "“data”" not in problem[language]
        for name in told:
            assert name in problem[language]
    assert problem["detail_en"].isascii()


def test_a_picture_that_is_none_is_told_which_forms_are_read(client: Client) -> None:
    for content in (b"", b"{}", b"x" * 100):
        problem = client.post("/pictures", content=content).json()
        for cure in (problem["cure_zh"], problem["cure_en"]):
            for form in ("PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "PDF", "16 MB"):
                assert form in cure
