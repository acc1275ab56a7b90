"""Coverage over HTTP and in a browser is what a terminal is told of the same file."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from test_sourcing import file_of

from faces import faces_of
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, covering, fresh_key
from suyuan.service.covering import CoverageAsked, CoverageError

Client = TestClient[Litestar]
HTML = {"Accept": "text/html", "Accept-Language": "en"}
DATA = Path(__file__).resolve().parents[3] / "shared/data/tracing/fcl/original"
FILE = file_of(
    {
        ("farm a", "hub"): 3, ("farm b", "hub"): 1, ("farm b", "shop b"): 2, ("hub", "shop a"): 4,
    }
)  # fmt: skip
CASES = ["shop a", "shop b"]


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def bearer(platform: Platform) -> dict[str, str]:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def sent(data: bytes = FILE) -> dict[str, Any]:
    return {"file": ("chain.json", data, "application/json")}


def sign_in(client: Client, bearer: dict[str, str]) -> None:
    key = bearer["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", data={"name": "boss", "password": key})


def test_a_program_is_told_what_the_use_case_says(client: Client, bearer: dict[str, str]) -> None:
    form = {"case": ["shop a", "shop b=2"], "kill": "hub", "dates": "stated", "plain": "true"}
    answer = client.post("/coverage", data=form, files=sent(), headers=bearer)
    assert answer.status_code == 200, answer.text
    asked = CoverageAsked(
        cases={"shop a": 1, "shop b": 2}, killed=["hub"], dates="stated", plain=True
    )
    expected = covering.coverage_of(FILE, asked)
    found = answer.json()
    assert [each["name"] for each in found["stations"]] == [e.name for e in expected.stations]
    assert [each["combined"] for each in found["lots"]] == [e.combined for e in expected.lots]
    assert (found["cases"], found["controls"]) == (2, 0)
    best = max(found["stations"], key=lambda each: each["cases"])
    assert best["name"] == "farm b"


def test_one_case_and_a_control_are_a_form_too(client: Client, bearer: dict[str, str]) -> None:
    answer = client.post("/coverage", data={"case": "shop b"}, files=sent(), headers=bearer)
    assert answer.json()["cases"] == 1
    form = {"case": ["shop b", "shop a＝-1"]}
    answer = client.post("/coverage", data=form, files=sent(), headers=bearer)
    assert answer.json()["controls"] == 1


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b" " * (64 << 20))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("form", "data", "status", "place"),
    [
        ({"case": CASES}, b"", 400, "file"),
        ({"case": CASES}, b"{}", 400, None),
        ({"case": CASES}, b"no json at all", 400, None),
        ({"case": CASES}, bytes(covering.SIZE + 1), 413, "file"),
        ({"case": CASES}, bytes(3 * covering.SIZE), 413, "file"),
        ({"case": CASES}, bomb(), 400, None),
        ({}, FILE, 400, None),
        ({"case": "shop z"}, FILE, 400, "shop z"),
        ({"case": "shop a=many"}, FILE, 400, None),
        ({"case": ["x"] * 101}, FILE, 400, "case"),
        ({"case": CASES, "dates": "never"}, FILE, 400, "dates"),
        ({"case": CASES, "plain": "perhaps"}, FILE, 400, "plain"),
        ({"case": CASES, "cases": "x"}, FILE, 400, "cases"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_cure(
    client: Client, bearer: dict[str, str], form: dict[str, Any], data: bytes, status: int,
    place: str | None,
) -> None:  # fmt: skip
    answer = client.post("/coverage", data=form, files=sent(data), headers=bearer)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["detail_zh"]
    assert problem["cure_en"]
    assert place in {None, problem["place"]}


def test_only_accounts_ask_and_a_get_is_the_form(client: Client, bearer: dict[str, str]) -> None:
    assert client.post("/coverage", files=sent()).status_code == 401
    assert client.post("/coverage", files=sent(), headers=HTML).status_code == 401
    assert client.get("/coverage", headers=HTML).status_code == 401
    program = client.get("/coverage", headers=bearer | {"Accept": "application/json"})
    assert program.status_code == 406
    sign_in(client, bearer)
    assert 'enctype="multipart/form-data"' in client.get("/coverage", headers=HTML).text


def test_a_person_is_told_the_same_and_finds_the_form_filled(
    client: Client, bearer: dict[str, str]
) -> None:
    sign_in(client, bearer)
    form = {"case": "shop a\r\nshop b\r\n", "dates": "stated"}
    page = client.post("/coverage", data=form, files=sent(), headers=HTML)
    assert page.status_code == 200, page.text
    assert '<span class="word">farm b</span>' in page.text
    assert "It can explain 100 % of the cases" in page.text
    assert "2 cases, 0 controls" in page.text
    assert 'aria-label="farm b: 100 %' in page.text
    assert "shop a\nshop b</textarea>" in page.text.replace("\r", "")
    assert '<option value="stated" selected>' in page.text
    mixed = {"case": "shop a\nshop b\nhub=-1"}
    page = client.post("/coverage", data=mixed, files=sent(), headers=HTML)
    assert "3 stations agree alike" in page.text
    assert "less controls against it come to 50 % for each" in page.text
    chinese = HTML | {"Accept-Language": "zh"}
    assert "能解释 100 % 的病例" in client.post(
        "/coverage", data=form, files=sent(), headers=chinese
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("form", "data", "status", "said"),
    [
        ({"case": "shop a"}, b"", 400, "No file was chosen"),
        ({"case": "nobody"}, FILE, 400, "no station with the ID or name"),
        ({"case": "shop a"}, b"{}", 400, "FoodChain-Lab"),
        ({"case": "shop a"}, bytes(3 * covering.SIZE), 413, "above 4 MB"),
    ],
)
def test_what_is_wrong_stands_over_the_form(
    client: Client, bearer: dict[str, str], form: dict[str, str], data: bytes, status: int,
    said: str,
) -> None:  # fmt: skip
    sign_in(client, bearer)
    page = client.post("/coverage", data=form, files=sent(data), headers=HTML)
    assert page.status_code == status
    assert said in page.text
    assert 'role="alert"' in page.text


def test_a_persons_number_in_a_form_or_file_is_hidden(
    client: Client, bearer: dict[str, str]
) -> None:
    sign_in(client, bearer)
    person = "11010519491231002X"
    data = FILE.replace(b"farm b", person.encode())
    page = client.post("/coverage", data={"case": "shop b"}, files=sent(data), headers=HTML)
    assert page.status_code == 200
    assert "110105************" in page.text
    wrong = client.post("/coverage", data={"case": f"x {person}"}, files=sent(), headers=HTML)
    assert wrong.status_code == 400
    told = client.post("/coverage", data={"case": f"x {person}"}, files=sent(), headers=bearer)
    assert person not in page.text + wrong.text + told.text


def shared_chain(count: int) -> bytes:
    """As many deliveries to a hub as from it, each of all, where all share what they became."""
    edges = {(f"farm {n}", "hub"): 1 for n in range(count)}
    edges |= {("hub", f"shop {n}"): 1 for n in range(count)}
    value = json.loads(file_of(edges))
    return json.dumps(value).encode()


def test_what_is_more_work_than_an_answer_may_take_is_told_before_it_is_done() -> None:
    data = shared_chain(60)
    found = covering.coverage_sent(data, CoverageAsked(cases={"shop 1": 1}))
    assert found.cases == 1
    sharing = [f"d{number}" for number in range(60)]
    with pytest.raises(CoverageError) as caught:
        covering.coverage_sent(
            shared_chain(90), CoverageAsked(cases={"shop 1": 1}, crossed=sharing)
        )
    assert (caught.value.code, caught.value.status) == ("coverage.large", 413)


@pytest.mark.shared
def test_a_real_outbreak_is_answered_alike(client: Client, bearer: dict[str, str]) -> None:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    data = (DATA / "Scenario_1_Outbreak-Baby-Tea.json").read_bytes()
    stations = covering.incoming.chain(data)[0].stations
    asked = [stations[0].id, stations[1].id]
    expected = covering.coverage_of(data, CoverageAsked(cases=dict.fromkeys(asked, 1.0)))
    answer = client.post("/coverage", data={"case": asked}, files=sent(data), headers=bearer)
    assert answer.status_code == 200, answer.text
    found = answer.json()["stations"]
    assert [(e["id"], e["cases"]) for e in found] == [(e.id, e.cases) for e in expected.stations]
    sign_in(client, bearer)
    page = client.post("/coverage", data={"case": "\n".join(asked)}, files=sent(data),
                       headers=HTML)  # fmt: skip
    assert page.status_code == 200
