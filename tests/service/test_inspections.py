"""Inspections on the flows on record say what the same flows in a table say; each face tells it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import TestClient
from test_sourcing import Edges, recorded

from faces import faces_of
from suyuan.cli.root import Launcher, cli
from suyuan.kit import SuyuanError
from suyuan.model import PUBLIC, Role
from suyuan.registry.types import Account
from suyuan.service import OPERATOR, Platform, fresh_key, inspecting
from suyuan.service.inspecting import InspectedFlows, InspectionAsked, Sample

EDGES: Edges = {
    ("farm a", "hub"): 3, ("farm b", "hub"): 1, ("farm b", "shop b"): 2, ("hub", "shop a"): 4,
}  # fmt: skip
FLOWS = "source,target,amount\n" + "".join(f"{a},{b},{much}\n" for (a, b), much in EDGES.items())
TESTS = "place,tests,positives,supplier\nshop a,20,6,\nshop b,15,0,farm b\n"
LINES = ["shop a,20,6", "shop b,15,0,farm b"]


def table(folder: Path, text: str) -> Path:
    (folder / "table").write_text(text, "utf-8")
    return folder / "table"


def told(value: InspectedFlows) -> dict[str, float]:
    return {
        f"{one.name}, {name}": getattr(one, name)
        for one in value.found.places
        for name in ("over", "mean", "answers_for")
    }


def test_flows_on_record_say_what_the_same_table_says(platform: Platform, tmp_path: Path) -> None:
    recorded(platform, EDGES)
    asked = InspectionAsked(tests=12, medians={"farm a": 0.2})
    samples = inspecting.samples_typed(LINES)
    found = inspecting.inspect_on_record(platform, samples, asked, OPERATOR)
    expected = inspecting.inspect_tables(samples, table(tmp_path, FLOWS), asked)
    assert told(found) == pytest.approx(told(expected))
    assert found.plan == expected.plan
    # What is still in the two shops may be eaten there.
    assert (found.flows, found.left_out, found.truncated) == (len(EDGES) + 2, 0, False)
    assert found.position is not None
    again = inspecting.inspect_on_record(platform, samples, asked, OPERATOR)
    assert again == found


@pytest.mark.parametrize(
    ("sample", "asked", "code"),
    [
        (Sample(place="nowhere", tests=1), InspectionAsked(), "source.place"),
        (Sample(place="shop a", supplier="nobody", tests=1), InspectionAsked(), "source.place"),
        (Sample(place="shop b", supplier="farm a", tests=1), InspectionAsked(), "inspect.no-way"),
        (Sample(place="shop a", tests=0), InspectionAsked(), "inspect.no-test"),
        (Sample(place="shop a", tests=1, positives=2), InspectionAsked(), "inspect.count"),
        (Sample(place="shop a", tests=10_000_000), InspectionAsked(), "inspect.many-tests"),
        (Sample(place="shop a", tests=1), InspectionAsked(tests=-1), "inspect.plan"),
        (Sample(place="shop a", tests=1), InspectionAsked(limit=0), "inspect.beliefs"),
    ],
)
def test_what_cannot_be_is_named(
    platform: Platform, sample: Sample, asked: InspectionAsked, code: str
) -> None:
    recorded(platform, EDGES)
    with pytest.raises(SuyuanError) as caught:
        inspecting.inspect_on_record(platform, [sample], asked, OPERATOR)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("sample", "asked", "code"),
    [
        (Sample(place="shop a", tests=0), InspectionAsked(), "inspect.no-test"),
        (Sample(place="shop a", tests=1, positives=2, row="t, row 2"), InspectionAsked(),
         "inspect.count"),
        (Sample(place="shop a", tests=10_000_000), InspectionAsked(), "inspect.many-tests"),
        (Sample(place="shop a", tests=1), InspectionAsked(tests=-1), "inspect.plan"),
        (Sample(place="shop a", tests=1), InspectionAsked(limit=0), "inspect.beliefs"),
    ],
)  # fmt: skip
def test_what_was_typed_is_looked_at_before_the_record_is(
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    sample: Sample,
    asked: InspectionAsked,
    code: str,
) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("the record was read")

    monkeypatch.setattr(inspecting, "flows_on_record", read)
    with pytest.raises(SuyuanError) as caught:
        inspecting.inspect_on_record(platform, [sample], asked, OPERATOR)
    assert caught.value.code == code
    assert caught.value.place == sample.row or not sample.row


def test_who_sees_no_flow_infers_nothing(platform: Platform) -> None:
    recorded(platform, EDGES)
    samples = inspecting.samples_typed(LINES)
    with pytest.raises(SuyuanError) as caught:
        inspecting.inspect_on_record(platform, samples, InspectionAsked(), PUBLIC)
    assert caught.value.code == "source.no-flow"


@pytest.fixture
def client(platform: Platform) -> Iterator[TestClient[Litestar]]:
    recorded(platform, EDGES)
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def test_a_program_is_told_the_same(client: TestClient[Litestar], platform: Platform) -> None:
    asked: dict[str, Any] = {
        "test": LINES,
        "plan": 12,
        "limit": 0.2,
        "sensitivity": 0.9,
        "tracked": True,
    }
    assert client.get("/inspections", params=asked).status_code == 401
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    answer = client.get("/inspections", params=asked, headers=bearer)
    assert answer.status_code == 200, answer.text
    expected = inspecting.inspect_on_record(
        platform,
        inspecting.samples_typed(LINES),
        InspectionAsked(tests=12, limit=0.2, sensitivity=0.9, tracked=True),
        OPERATOR,
        lang="en",
    )
    places = answer.json()["found"]["places"]
    assert [each["name"] for each in places] == [one.name for one in expected.found.places]
    assert sum(count for *_, count in answer.json()["plan"]["tests"]) == 12
    wrongs: list[dict[str, Any]] = [
        {"test": "shop a,x"}, {"test": "shop a,1", "limit": 1}, {"tests": "shop a"}, {},
    ]  # fmt: skip
    for wrong in wrongs:
        assert client.get("/inspections", params=wrong, headers=bearer).status_code == 400


def run(*arguments: str) -> Result:
    launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
    return CliRunner().invoke(cli, ["inspections", *arguments], obj=launcher)


def test_a_person_is_told_who_answers_and_where_to_test(tmp_path: Path) -> None:
    (tmp_path / "flows").write_text(FLOWS, "utf-8")
    (tmp_path / "tests").write_text(TESTS, "utf-8")
    files = [str(tmp_path / "flows"), str(tmp_path / "tests")]
    shown = run(*files, "--plan", "10")
    assert shown.exit_code == 0, shown.output
    assert shown.output.index("farm a") < shown.output.index("farm b")
    found = json.loads(run(*files, "--json").output)
    assert found["plan"] is None
    assert sum(one["answers_for"] for one in found["found"]["places"]) == pytest.approx(6)
    alone = run("--no-flows", str(tmp_path / "tests"))
    assert alone.exit_code == 2
    assert "inspect.no-supplier" in alone.output
    named = table(tmp_path, "place,tests,positives,supplier\nshop,20,9,farm\n")
    assert "farm" in run("--no-flows", str(named)).output


OTHER: Edges = {("grain farm", "mill"): 9}


def test_goods_of_which_nothing_was_tested_are_not_ranked(tmp_path: Path) -> None:
    much = {**EDGES, **OTHER}
    flows = "source,target,amount\n" + "".join(f"{a},{b},{n}\n" for (a, b), n in much.items())
    (tmp_path / "flows").write_text(flows, "utf-8")
    (tmp_path / "medians").write_text("name,value\ngrain farm,0.6\n", "utf-8")
    named = table(tmp_path, "place,tests,positives,supplier\nshop b,20,1,\n")
    shown = run(str(tmp_path / "flows"), str(named), "--medians", str(tmp_path / "medians"))
    assert shown.exit_code == 0, shown.output
    ranked, _, rest = shown.output.partition("另有 5 处")
    assert "farm b" in ranked
    for name in ("grain farm", "mill", "hub", "farm a", "shop a"):
        assert name not in ranked
        assert name in rest


def test_the_page_names_nobody_of_whom_no_test_tells(
    client: TestClient[Litestar], platform: Platform
) -> None:
    recorded(platform, OTHER)
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    html = {"Accept": "text/html", "Accept-Language": "en"}
    asked = {"test": "shop b,60,0", "limit": "0.1"}
    page = client.get("/inspections", params=asked, headers=html).text
    ranked, _, rest = page.partition("more places these tests say nothing")
    assert "Most probable is shop b" in ranked or "Most probable is farm b" in ranked
    assert "grain farm" not in ranked
    assert "grain farm" in rest


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("place,tests\nshop a,many\n", "table, row 2, tests"),
        ("place,tests\n,1\n", "table, row 2, place"),
        ("place,tests\nshop z,1\n", "shop z"),
        ("tests\n1\n", "table, row 2, place"),
        ("place\n", "inspect.no-test"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_with_its_place(
    tmp_path: Path, tests: str, said: str
) -> None:
    (tmp_path / "flows").write_text(FLOWS, "utf-8")
    done = run(str(tmp_path / "flows"), str(table(tmp_path, tests)))
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_browser_is_told_the_same_in_words(
    client: TestClient[Litestar], platform: Platform
) -> None:
    html = {"Accept": "text/html", "Accept-Language": "en"}
    assert client.get("/inspections", headers=html).status_code == 401
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    bad = ["shop a,20,14", "shop b,15,0,farm b"]
    asked = {
        "test": "\r\n".join(bad),
        "limit": "0.2",
        "sensitivity": "９０%",
        "plan": "12",
        "tracked": "true",
    }
    page = client.get("/inspections", params=asked, headers=html)
    assert page.status_code == 200, page.text
    found = inspecting.inspect_on_record(
        platform,
        inspecting.samples_typed(bad),
        InspectionAsked(tests=12, limit=0.2, sensitivity=0.9, tracked=True),
        OPERATOR,
        lang="en",
    )
    top = found.found.places[0]
    assert top.over > 0.5
    assert f'<span class="word">{top.name}: probably over 20 %</span>' in page.text
    assert f'aria-label="{top.name}: {top.over * 100:.0f} % over' in page.text
    for each in found.found.places:
        if not each.told:
            assert (
                f"say nothing (none was made there, no goods tested began there): {each.name}"
                in (page.text)
            )
            continue
        assert f"<b>{each.over * 100:.0f} %</b>; rate about {each.mean * 100:.1f} %" in page.text
    assert "35 tests, 14 failed; 6 flows" in page.text
    assert "Where to test next" in page.text
    mild = client.get("/inspections", params=asked | {"limit": "90%"}, headers=html).text
    assert "Nobody is shown to be over 90 %" in mild


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"test": "shop a,20,6\nnowhere,3"}, "line 2: "),
        ({"test": "shop a,many"}, "line 1: "),
        ({"test": "shop a,1,2"}, "line 1: "),
        ({"test": "shop b,9,2,farm a"}, "farm a → shop b: "),
        ({"test": "shop a,2,1", "limit": "many"}, "the rate that one answers for: &#39;many&#39;"),
        ({"test": "shop a,2,1", "plan": "10001"}, "further tests: &#39;10001"),
        (
            {"test": "shop a,2,1", "limit": "20"},
            "from 0.0001 to 0.9999, or a percentage with its sign",
        ),
        ({"test": "shop a,2,1", "limit": "%"}, "a percentage with its sign"),
        (
            {"test": "shop a,2,1", "sensitivity": "10%", "specificity": "0.1"},
            "or a test tells nothing",
        ),
        ({"test": "shop a,2,1", "as_of": "never"}, "never"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_with_its_place(
    client: TestClient[Litestar], platform: Platform, asked: dict[str, str], said: str
) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    html = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/inspections", params=asked, headers=html)
    assert page.status_code == 400, page.text
    assert said in page.text.partition('id="wrong"')[2].partition("</div>")[0]
