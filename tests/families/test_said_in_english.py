"""What is said of rules in English: rule, law, what was found and what is needed, on every face."""

import html
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from family_cases import Case, cases, event_json, event_of, families, knowledge_of, named
from litestar.testing import TestClient
from openpyxl import load_workbook

from suyuan.check import judge_event
from suyuan.cli import Launcher, cli
from suyuan.cli.retelling import show_story
from suyuan.cli.root import Shared
from suyuan.demo import stories
from suyuan.families import Family
from suyuan.main import asgi
from suyuan.model import Finding, Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

CHINESE: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff5e]")
QUOTED: Final = re.compile(r'"[^"]*"|the licence states: .*?\)(?=[:;])')
"""What a report or a licence says, in whatever language it says it."""
CONTEXT: Final = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
ON: Final = "2026-11-28"
FARM: Final = "urn:suyuan:party:farm"


def every_family() -> list[Family]:
    return [families().general, *families().by_id.values()]


def english(said: str) -> bool:
    return not CHINESE.search(QUOTED.sub("", said))


def findings_of(case: Case) -> tuple[Finding, ...]:
    event = event_of(case.id)
    return judge_event(event, knowledge_of(case, event), families()).findings


def broken(family: str) -> Case:
    """A case of the family that breaks a rule with an article, by what the report says alone."""
    for case in cases():
        sent = event_json(case)
        if case.expect and not case.before and not case.knowledge:
            event = event_of(case.id)
            known = knowledge_of(case, event)
            of = families().step_of(event, known).family or "general"
            laws = [one.law or "" for one in findings_of(case) if one.severity != "note"]
            if (
                of == family
                and sent.get("suyuan:family")
                and any(re.search("第.+条", law) for law in laws)
            ):
                return case
    raise AssertionError(family)


def document(*sent: dict[str, Any]) -> bytes:
    events = [
        event | {"eventID": f"urn:uuid:00000000-0000-4000-8000-{at:012}"}
        for at, event in enumerate(sent)
    ]
    whole = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-07T00:00:00Z", "epcisBody": {"eventList": events},
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False).encode()


def test_no_rule_of_any_family_says_a_chinese_word_in_english() -> None:
    count = 0
    for family in every_family():
        for rule in (*family.rules, *family.overlays):
            law = family.cite(rule).en
            for said in (rule.en, rule.cure.en, family.explain(rule).en, law):
                assert said, rule.id
                assert not CHINESE.search(said), (rule.id, said)
            count += 1
    assert count > 250


def test_no_finding_of_any_case_says_a_chinese_word_of_its_own() -> None:
    laws: dict[str, set[str]] = {}
    for case in cases():
        for one in findings_of(case):
            cited = None if one.cited is None else one.cited.en
            assert one.law is None or cited, case.id
            for said in (one.message.en, one.cure.en, cited or ""):
                assert english(said), (case.id, one.rule, said)
            laws.setdefault(one.rule, set()).add(cited or "")
    assert len(laws) > 250
    assert {"Food Safety Law, Article 50"} == laws["food.intake.goods"]


FAMILIES: Final = [family.id for family in families().by_id.values()]


def run(*words: str, **env: str) -> str:
    launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
    done = CliRunner(env=env | {"COLUMNS": "1000"}).invoke(cli, list(words), obj=launcher)
    assert done.exit_code in (0, 1), done.output
    return done.output


@pytest.mark.parametrize("family", FAMILIES)
def test_check_says_law_and_what_is_needed_in_the_language_asked_for(
    tmp_path: Path, family: str
) -> None:
    file = tmp_path / "one.json"
    file.write_bytes(document(event_json(broken(family))))
    said = run("--lang", "en", "check", str(file))
    assert english(said), said
    assert re.search(r"By: .*, Articles? \d+.* \(", said), said
    assert re.search(r"依据：.*第.+条", run("--lang", "zh", "check", str(file)))
    told = json.loads(run("check", str(file), "--json"))["checked"]
    cited = [one for event in told["events"] for one in event["findings"] if "law" in one]
    assert any("第" in one["law"] and "Article" in one["law_en"] for one in cited)


@pytest.fixture
def captured(migrated_database: str, tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The settings of an installation, and a document that breaks a rule of each family."""
    file = tmp_path / "all.json"
    file.write_bytes(document(*(event_json(broken(family)) for family in FAMILIES)))
    settings = {
        "SUYUAN_DATABASE_URL": migrated_database,
        "SUYUAN_DATA_DIR": str(tmp_path),
    }
    return settings, file


def test_capture_says_by_which_law_an_event_is_held(captured: tuple[dict[str, str], Path]) -> None:
    settings, file = captured
    said = run("--lang", "en", "capture", str(file), **settings)
    assert english(said), said
    assert re.search(r"\[.*, Articles? \d+.*; \S+\]", said), said
    told = json.loads(run("capture", str(file), "--json", **settings))
    laws = [(one["law"], one["law_en"]) for one in told["findings"] if one["law"]]
    assert any(zh and "第" in zh and "Article" in en for zh, en in laws)
    assert all(not CHINESE.search(en or zh) for zh, en in laws)


@pytest.fixture
def client(platform: Platform) -> Iterator[TestClient[Any]]:
    with TestClient(asgi(platform)) as found:
        yield found


def header(platform: Platform) -> dict[str, str]:
    key = fresh_key(platform, Account(name="farm", role=Role.CAPTURER, party=FARM))
    return {"Authorization": f"Bearer {key}"}


def test_answers_over_http_have_the_law_in_both_languages(
    platform: Platform, client: TestClient[Any], captured: tuple[dict[str, str], Path]
) -> None:
    farm = header(platform)
    sent = {"Content-Type": "application/json", "Prefer": "wait=10"}
    job = client.post("/capture", content=captured[1].read_bytes(), headers=farm | sent)
    result = client.get(job.headers["location"], headers=farm).json()
    found = list(of_findings(result))
    asked = {"step": "cylinder_filling", "things": ["urn:suyuan:device:1"], "values": {}}
    reasons = list(of_findings(client.post("/interlock", json=asked, headers=farm).json()))
    for told in (found, reasons):
        assert any(one.get("law_en") for one in told), told
        for one in told:
            for said in (one["message"]["en"], one["cure"]["en"], one.get("law_en", "")):
                assert english(said), said


def of_findings(answer: Any) -> Iterator[dict[str, Any]]:
    """Every finding that stands anywhere in an answer."""
    if isinstance(answer, dict):
        if {"rule", "message", "cure"} <= answer.keys():
            yield answer
        for each in answer.values():
            yield from of_findings(each)
    elif isinstance(answer, list):
        for each in answer:
            yield from of_findings(each)


def main_part(page: str) -> str:
    """What a page says, without its head and foot."""
    part = page.partition("<main")[2].partition("</main>")[0]
    return html.unescape(re.sub(r"<[^>]*>", " ", part))


@pytest.mark.parametrize("family", ["", *FAMILIES])
def test_the_pages_of_families_say_every_law_and_source_in_english(
    client: TestClient[Any], family: str
) -> None:
    address = f"/families/{family}".rstrip("/")
    page = client.get(f"{address}?on={ON}&lang=en", headers={"Accept": "text/html"}).text
    assert 'lang="zh-CN"' not in page.partition("<main")[2], family
    said = main_part(page)
    assert len(said) > 1000
    assert CHINESE.findall(said) == []
    assert re.search(r"Articles? \d", said) or family == "general"


def test_the_pages_of_codes_say_their_sources_in_english(client: TestClient[Any]) -> None:
    page = client.get("/codes?lang=en", headers={"Accept": "text/html"}).text
    assert "Measures for Pesticide Registration" in page
    told = client.get("/standard/1/codes.json").json()
    assert all(not CHINESE.search(one["source_en"]) for one in of_sources(told))
    assert len(list(of_sources(told))) > 50
    items = list(of_sources(client.get(f"/standard/1/food/items.json?on={ON}").json()))
    assert items
    assert all(not CHINESE.search(one["source_en"]) for one in items)


def of_sources(answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, dict):
        if "source" in answer:
            yield answer
        for each in answer.values():
            yield from of_sources(each)
    elif isinstance(answer, list):
        for each in answer:
            yield from of_sources(each)


@pytest.mark.parametrize("words", [["--watch", ON], *([one, "--on", ON] for one in FAMILIES)])
def test_the_lists_of_rules_and_their_changes_cite_in_english(words: list[str]) -> None:
    said = run("--lang", "en", "families", *words)
    assert not CHINESE.search(said), said
    assert re.search(r"Articles? \d+", said)
    told = json.loads(run("families", *words, "--json"))
    rules = [told["rules"], told["deadlines"]] if isinstance(told, dict) else [told]
    assert all("article_en" in one for every in rules for one in every)
    assert not any(CHINESE.search(one["article_en"]) for every in rules for one in every)


def test_deadlines_cite_in_english(captured: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    recall = {
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "holding",
        "eventTime": "2026-03-06T20:30:00+08:00", "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:epc:id:sgtin:6901234.056789.1"], "suyuan:family": "food",
        "suyuan:step": "food_recall", "suyuan:recallLevel": "level_1",
        "suyuan:knownAt": "2026-03-06T20:30:00+08:00",
    }  # fmt: skip
    file = tmp_path / "recall.json"
    file.write_bytes(document(recall))
    run("capture", str(file), **captured[0])
    said = run("--lang", "en", "due", "--on", "2026-03-08", **captured[0])
    assert "amended 2020), beginning of a recall" in said
    assert not CHINESE.search(said), said


def test_a_workbook_is_answered_with_the_law_of_each_finding(tmp_path: Path) -> None:
    book = tmp_path / "intake.xlsx"
    run("template", "food", "--step", "food_intake", "--on", ON, "--out", str(book))
    opened = load_workbook(io.BytesIO(book.read_bytes()))
    sheet = opened[opened.sheetnames[-1]]
    keys = {sheet.cell(2, at).value: at for at in range(1, sheet.max_column + 1)}
    sheet.cell(6, 1).value = "1"  # the example, as if somebody had filled it in
    sheet.cell(6, keys["suyuan:purchaseDate"]).value = ""
    opened.save(book)
    said = run("--lang", "en", "import", "workbook", str(book), "--dry-run")
    assert "(By: Food Safety Law, Article " in said, said
    told = json.loads(run("import", "workbook", str(book), "--dry-run", "--json"))
    cited = [one["law"] for one in told["findings"] if one.get("law")]
    assert all("条" in law["zh"] and "Article" in law["en"] for law in cited if "条" in law["zh"])
    assert cited


def test_a_template_names_laws_and_sources_in_both_languages(tmp_path: Path) -> None:
    book = tmp_path / "intake.xlsx"
    run("template", "food", "--step", "food_intake", "--on", ON, "--out", str(book))
    cells = [
        str(cell.comment.text)
        for sheet in load_workbook(book)
        for row in sheet.iter_rows(max_row=5)
        for cell in row
        if cell.comment
    ]
    assert any("《食品安全法》 第五十三条 / Food Safety Law, Article 53" in one for one in cells)


def test_a_story_retold_cites_in_english(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (one,) = (one for one in findings_of(named("food.intake.goods")) if one.law)
    caught = stories.Caught(event="urn:uuid:1", finding=one)
    story = stories.every_story(date.fromisoformat(ON), 1)[0]
    told = stories.Retold(number=0, events=1, counts={}, caught=(caught,))
    launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
    shared = Shared(launcher=launcher, data_dir=tmp_path, database_url=None, lang="en")
    show_story(story, told, "http://localhost", shared)
    said = capsys.readouterr().out
    assert "Food Safety Law, Article 50" in said
    assert "《" not in said
