"""A file that is no document of EPCIS is told what it is, by whatever type it is sent."""

import gzip

import pytest
from api_given import Client, document, event

Headers = dict[str, str]
TYPES = (
    "application/json",
    "application/xml",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "",
)
GOOD = document(event(1))
FILES = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF", "export EPCIS"),
    "gzip": (gzip.compress(GOOD), "gzip", "Content-Encoding: gzip"),
    "xlsx": (b"PK\x03\x04\x14\x00\xb1\xea", "workbook", "suyuan import workbook"),
    "web page": (b"<!DOCTYPE html><html><br></html>", "web page", "log in"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("media", TYPES)
def test_what_it_is_and_its_cure_are_the_same_by_every_type(
    client: Client, farm: Headers, name: str, media: str
) -> None:
    body, what, cure = FILES[name]
    for path in ("/capture", "/events", "/convert?to=xml"):
        answer = client.post(path, content=body, headers=farm | {"Content-Type": media})
        told = answer.json()
        assert answer.status_code in {400, 415}, path
        assert told["rule"] in {"wire.document.root", "http.content-type"}
        assert told["detail_en"].startswith("This is no EPCIS document: it is "), path
        assert what in told["detail_en"]
        assert cure in told["cure_en"]
        assert "GBK" not in told["detail_zh"]


def test_a_document_of_another_type_is_told_which_types_there_are(
    client: Client, farm: Headers
) -> None:
    packed = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    for body, headers in ((GOOD, {"Content-Type": "text/plain"}), (gzip.compress(GOOD), packed)):
        answer = client.post("/capture", content=body, headers=farm | headers)
        assert (answer.status_code, answer.json()["rule"]) == (415, "http.content-type")
        assert "application/json" in answer.json()["cure_en"]
        assert "text/plain" in answer.json()["detail_en"]
