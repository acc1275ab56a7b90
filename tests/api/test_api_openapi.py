"""The interface describes itself: every operation, parameter and error, in valid OpenAPI 3.1."""

from typing import Any

import pytest
from api_given import Client

from suyuan.exchange import KNOWN

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EXPECTED = {
    ("get", "/"),
    ("get", "/capture"),
    ("post", "/capture"),
    ("post", "/interlock"),
    ("get", "/tenant/state-rules"),
    ("post", "/tenant/state-rules"),
    ("get", "/tenant/strictness"),
    ("post", "/tenant/strictness"),
    ("get", "/permits"),
    ("get", "/due"),
    ("get", "/credit"),
    ("get", "/credit/decisions"),
    ("post", "/credit/decisions"),
    ("post", "/credit/withdrawals"),
    ("get", "/registrations"),
    ("post", "/registrations"),
    ("post", "/permits"),
    ("get", "/permits/uses"),
    ("post", "/permits/withdrawals"),
    ("get", "/log/checkpoint"),
    ("get", "/log/keys"),
    ("get", "/log/retention"),
    ("get", "/log/retention.tlog-proof"),
    ("get", "/log/shards"),
    ("get", "/log/{shard}/checkpoint"),
    ("get", "/log/{shard}/keys"),
    ("get", "/log/{shard}/opening"),
    ("get", "/log/{shard}/retention"),
    ("get", "/log/{shard}/tile/{path}"),
    ("get", "/log/tile/{path}"),
    ("get", "/receipts/{event_id}"),
    ("get", "/entries/{position}"),
    ("get", "/capture/{job_id}"),
    ("get", "/events"),
    ("get", "/events/{event_id}"),
    ("post", "/verdicts/{event_id}"),
    ("get", "/verdicts/{event_id}"),
    *(
        ("get", f"/{each}")
        for each in (
            "eventTypes",
            "epcs",
            "bizSteps",
            "bizLocations",
            "readPoints",
            "dispositions",
            "vocabularies",
        )
    ),
    *(
        ("get", f"/{each}/{{name}}{events}")
        for events in ("", "/events")
        for each in (
            "eventTypes",
            "epcs",
            "bizSteps",
            "bizLocations",
            "readPoints",
            "dispositions",
            "queries",
        )
    ),
    *(("get", "/queries"), ("post", "/queries"), ("delete", "/queries/{name}")),
    ("delete", "/nextPageToken/{token}"),
    ("get", "/queries/{name}/subscriptions"),
    ("post", "/queries/{name}/subscriptions"),
    ("get", "/queries/{name}/subscriptions/{number}"),
    ("delete", "/queries/{name}/subscriptions/{number}"),
    ("post", "/queries/{name}/subscriptions/{number}/signatureToken"),
    ("post", "/queries/{name}/subscriptions/{number}/replay"),
    ("post", "/convert"),
    ("post", "/events"),
    ("get", "/identify"),
    ("get", "/trace"),
    ("get", "/scope"),
    ("post", "/scope"),
    ("get", "/balance"),
    ("get", "/dispersion"),
    ("get", "/source"),
    ("get", "/inspections"),
    ("get", "/contacts"),
    ("post", "/coverage"),
    ("get", "/answer"),
    ("post", "/pictures"),
    ("post", "/codes/packages"),
    ("get", "/codes/packages"),
    ("get", "/codes/packages/{number}/codes"),
    ("post", "/codes/packages/{number}/labels"),
    ("get", "/codes/packages/{number}/prints"),
    ("post", "/codes/imports"),
    ("post", "/codes/verify"),
    ("get", "/codes/entitlements"),
    ("post", "/codes/entitlements"),
    ("post", "/codes/entitlements/withdrawals"),
    ("get", "/codes/packages/{number}/withdrawals"),
    ("post", "/codes/packages/{number}/withdrawals"),
    ("get", "/divisions"),
    ("get", "/divisions/{code}"),
    ("get", "/families"),
    ("get", "/links"),
    ("post", "/links"),
    ("delete", "/links/{number}"),
    ("get", "/linkset.jsonld"),
    ("get", "/.well-known/gs1resolver"),
    ("get", "/families/{name}"),
    ("get", "/standard/1/index.json"),
    ("get", "/standard/1/interfaces.json"),
    ("get", "/standard/1/codes.json"),
    ("get", "/standard/1/codes/{scheme}"),
    ("get", "/standard/1/{family}/items.json"),
    ("get", "/standard/1/{family}/{step}/event.schema.json"),
    ("get", "/standard/1/{family}/{step}/template.xlsx"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
}

PROBLEMS = {"application/problem+json", "application/problem+xml", "text/html"}
Json = dict[str, Any]


@pytest.fixture
def described(client: Client) -> Json:
    answer = client.get("/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    found: Json = answer.json()
    return found


def operations(described: Json) -> dict[tuple[str, str], Json]:
    return {
        (method, path): item[method]
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    }


def references(node: Any) -> list[str]:
    """Every reference anywhere in the description."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [each for value in node.values() for each in references(value)]
    if isinstance(node, list):
        return [each for value in node for each in references(value)]
    return []


def resolved(described: Json, reference: str) -> Any:
    found: Any = described
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def test_every_operation_of_a_program_is_there_and_no_page_is(described: Json) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(operations(described)) == EXPECTED | {("options", path) for _, path in EXPECTED}


def test_every_operation_says_what_it_does_and_what_can_go_wrong(described: Json) -> None:
    found = operations(described)
    names = [each["operationId"] for each in found.values()]
    assert len(names) == len(set(names))
    for place, each in found.items():
        assert each["summary"], place
        assert len(each["description"].split()) >= 5, place
        assert each["tags"], place
        assert all(answer["description"] for answer in each["responses"].values()), place
        for status, answer in each["responses"].items():
            if status.startswith("4"):
                assert set(answer["content"]) == PROBLEMS, (place, status)
            elif status != "204":
                assert answer["content"], (place, status)


def test_every_parameter_is_described(described: Json) -> None:
    for place, each in operations(described).items():
        for parameter in each.get("parameters", []):
            assert parameter.get("description"), (place, parameter["name"])
            assert parameter["schema"], (place, parameter["name"])
    asked = operations(described)["get", "/events"]["parameters"]
    of_query = [parameter["name"] for parameter in asked if parameter["in"] == "query"]
    assert of_query == list(KNOWN)


def test_events_are_described_in_every_form_in_which_they_are_given(described: Json) -> None:
    given = {"application/ld+json", "application/json", "application/xml", "text/xml"}
    for path in ("/events", "/events/{event_id}"):
        one = operations(described)["get", path]
        assert set(one["responses"]["200"]["content"]) == given
        headers = {each["name"] for each in one["parameters"] if each["in"] == "header"}
        assert {"GS1-EPC-Format", "GS1-CBV-XML-Format"} <= headers


def test_what_is_sent_as_a_body_is_described(described: Json) -> None:
    taken = {"application/ld+json", "application/json", "application/xml", "text/xml"}
    for path in ("/capture", "/events", "/convert"):
        body = operations(described)["post", path]["requestBody"]
        assert body["required"]
        assert set(body["content"]) == taken


def test_that_a_body_may_not_come_is_told_wherever_one_is_taken(described: Json) -> None:
    """Its place, its pace: tests of `api.arriving`; a question by address has none."""
    taking = {each: one for each, one in operations(described).items() if "requestBody" in one}
    assert ("post", "/capture") in taking
    assert ("post", "/pictures") in taking
    for place, each in taking.items():
        assert "slowly" in each["responses"]["408"]["description"], place
    assert "408" not in operations(described)["get", "/events"]["responses"]


def test_a_conversion_is_described_in_every_form_in_which_it_is_given(described: Json) -> None:
    answer = operations(described)["post", "/convert"]["responses"]["200"]
    assert set(answer["content"]) == {"application/json", "application/ld+json", "application/xml"}


def test_every_reference_leads_somewhere(described: Json) -> None:
    found = references(described)
    assert len(found) > 20
    assert all(resolved(described, reference) for reference in found)


def test_a_problem_is_described_with_place_rule_and_cure(described: Json) -> None:
    capture = operations(described)["post", "/capture"]["responses"]["400"]
    reference = capture["content"]["application/problem+json"]["schema"]["$ref"]
    problem = resolved(described, reference)
    wanted = {"type", "title", "status", "detail", "place", "rule", "cure", "detail_zh", "cure_en"}
    assert wanted <= set(problem["properties"])


def test_writing_needs_a_key_and_reading_may_have_one(described: Json) -> None:
    found = operations(described)
    assert {} not in found["post", "/capture"]["security"]
    schemes = described["components"]["securitySchemes"]
    for each in (described["security"], found["post", "/capture"]["security"]):
        assert {name for one in each for name in one} <= set(schemes)
    assert {} in described["security"]
