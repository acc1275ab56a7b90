"""A parameter that nobody knows is refused by name: ignored, it would answer another question."""

from typing import Any

import pytest

PIG = "141172500100001"


@pytest.mark.parametrize("name", ["asof", "as-of", "knownAt", "Direction", "limit"])
def test_a_misspelt_parameter_of_a_trace_is_refused_by_name(client: Any, name: str) -> None:
    refused = client.get("/trace", params={"thing": PIG, name: "2026"})
    assert refused.status_code == 400
    problem = refused.json()
    assert problem["place"] == name
    assert "as_of" in problem["detail_en"]
    assert problem["detail_zh"]


def test_every_parameter_of_a_trace_is_known(client: Any) -> None:
    given = {
        "thing": PIG,
        "direction": "forward",
        "as_of": "2026-03-01",
        "known_at": "1",
        "start": "2026-01-01",
        "end": "2026-03-01",
        "depth": "3",
        "holder_party": "urn:suyuan:party:a",
        "holder_site": "urn:suyuan:site:a",
    }
    assert client.get("/trace", params=given).status_code == 200
