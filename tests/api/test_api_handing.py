"""An answer over HTTP as a file: by parameter or media type, to each what is theirs."""

import json
from typing import Any

import pypdfium2
import pytest
from api_given import FARM, Client, document, shipped
from pypdfium2 import raw

from suyuan.interchange import MEDIA, Form
from suyuan.service import OPERATOR, Platform, export, follow
from suyuan.trace import Direction, Question, Seed

Headers = dict[str, str]
LOT = "https://id.gs1.org/01/06901234000016/10/L7"


@pytest.fixture
def told(client: Client, platform: Platform, farm: Headers) -> Client:
    sent = client.post(
        "/capture",
        content=document(shipped(1, LOT)),
        headers=farm | {"Content-Type": "application/ld+json"},
    )
    assert sent.status_code == 202
    follow(platform)
    return client


@pytest.mark.parametrize("path", ["/trace", "/scope"])
@pytest.mark.parametrize("form", list(Form))
def test_an_answer_is_given_in_every_form_and_says_for_whom(
    told: Client, farm: Headers, path: str, form: Form
) -> None:
    asked = {"thing": LOT, "format": form.value}
    if path == "/trace":
        asked["direction"] = "forward"
    answer = told.get(path, params=asked, headers=farm)
    assert answer.status_code == 200, answer.text
    media, ending = MEDIA[form]
    assert answer.headers["content-type"].partition(";")[0] == media.partition(";")[0]
    assert answer.headers["content-disposition"].endswith(f'{ending}"')
    assert answer.content
    if form in {Form.EPCIS, Form.FCL, Form.CSV, Form.GRAPHML}:
        assert FARM in answer.text


def test_a_media_type_asks_for_a_form_and_json_stays_json(told: Client, farm: Headers) -> None:
    asked = {"thing": LOT, "direction": "forward"}

    def media_of(accept: str) -> str:
        answer = told.get("/trace", params=asked, headers=farm | {"Accept": accept})
        assert answer.status_code == 200
        assert "Accept" in answer.headers["vary"].split(",")
        return str(answer.headers["content-type"]).partition(";")[0]

    assert media_of("text/csv") == "text/csv"
    assert media_of("application/graphml+xml, */*;q=0.1") == "application/graphml+xml"
    assert media_of("application/json, text/csv;q=0.5") == "application/json"
    assert media_of("*/*") == "application/json"


@pytest.mark.parametrize("path", ["/trace", "/scope"])
def test_a_pdf_by_key_holds_the_drawings_of_the_page(
    told: Client, platform: Platform, farm: Headers, path: str
) -> None:
    asked = {"thing": LOT, "format": "pdf"}
    asked |= {"direction": "forward"} if path == "/trace" else {}
    answer = told.get(path, params=asked, headers=farm)
    assert answer.status_code == 200
    question = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)
    bare = export(platform, question, OPERATOR, Form.PDF, recall=path == "/scope")
    assert lines_on(answer.content) > lines_on(bare.content)


def lines_on(content: bytes) -> int:
    """How many lines and areas are drawn on its pages."""
    pages = pypdfium2.PdfDocument(content)
    found = [each.type for page in pages for each in page.get_objects(max_depth=15)]
    return found.count(raw.FPDF_PAGEOBJ_PATH)


def test_whoever_has_no_part_in_it_gets_a_file_with_nothing_in_it(
    told: Client, farm: Headers, stranger: Headers
) -> None:
    asked = {"thing": LOT, "direction": "forward", "format": "epcis"}

    def events(headers: Headers) -> list[Any]:
        body = told.get("/trace", params=asked, headers=headers).content
        found: list[Any] = json.loads(body)["epcisBody"]["eventList"]
        return found

    assert len(events(farm)) == 1
    assert events(stranger) == events({}) == []


def test_a_form_that_is_none_is_refused(told: Client, farm: Headers) -> None:
    asked = {"thing": LOT, "format": "paper"}
    assert told.get("/trace", params=asked, headers=farm).status_code == 400
