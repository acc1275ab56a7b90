"""A list with wrong lines keeps nobody from writing, and what no file has is told, not a crash."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from litestar.testing import TestClient

from suyuan.api import application
from suyuan.model import Role
from suyuan.registry.bringing import BringingError
from suyuan.registry.types import Account
from suyuan.service import Platform, bring_in, fresh_key, local_capturer
from suyuan.store import Store, WriteConnection

FARM = "urn:suyuan:party:farm"


def test_wrong_lines_are_refused_before_anything_is_written(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    capturer, written = local_capturer(platform, FARM), []
    write = type(platform.store).write

    @contextmanager
    def watched(store: Store) -> Iterator[WriteConnection]:
        written.append(store)
        with write(store) as conn:
            yield conn

    monkeypatch.setattr(type(platform.store), "write", watched)
    for lines in (
        ["137060200001000"] * 2,
        ["437060200001000"] * 99,
        ["137060200001009-137060200001000"],
    ):
        with pytest.raises(BringingError) as caught:
            bring_in(platform, "ear-tag", lines, capturer)
        assert caught.value.code.startswith("bringing.")
    assert written == []
    assert bring_in(platform, "ear-tag", ["137060200001000"], capturer).count == 1
    assert len(written) == 1


DRUG, DRAWN = "81000010000000", ("123457", "123459", "500001", "777777")


@pytest.mark.parametrize(
    ("ends", "run"),
    [
        (("000001", "000002", "000003"), ("000001", "000003", 3)),
        ((*DRAWN, "500003", "500002", "000009"), ("500001", "500003", 3)),
        ((*DRAWN, "500002", "777778"), None),
        (DRAWN, None),
    ],
)
def test_codes_of_a_state_body_that_count_up_are_doubted(
    platform: Platform, ends: tuple[str, ...], run: tuple[str, str, int] | None
) -> None:
    """They are brought in all the same, on the party's word, and whose they are is said."""
    listed = [DRUG + each for each in ends]
    brought = bring_in(platform, "drug-trace", listed, local_capturer(platform, FARM))
    assert brought.count == len(listed)
    assert "追溯系统" in brought.issuer.zh
    said = [each for doubt in brought.doubts for each in (doubt.zh, doubt.en)]
    assert len(said) == (2 if run else 0)
    for text in said if run else ():
        parts = (f"{DRUG}{run[0]}", f"{DRUG}{run[1]}", f"{run[2]} ", str(brought.batch))
        assert all(part in text for part in parts)


def test_ear_tags_are_given_in_ranges_and_doubted_by_none(platform: Platform) -> None:
    lines = [f"13706020000100{each}" for each in range(5)]
    assert bring_in(platform, "ear-tag", lines, local_capturer(platform, FARM)).doubts == ()


@pytest.mark.parametrize("line", ['"' + "1" * 140_000, "1" * 140_000])
def test_a_line_without_an_end_is_told_over_http(platform: Platform, line: str) -> None:
    key = fresh_key(platform, Account(name="farm", role=Role.CAPTURER, party=FARM))
    with TestClient(application(platform)) as client:
        answer = client.post(
            "/codes/imports",
            json={"scheme": "ear-tag", "codes": ["137060200001000", line]},
            headers={"Authorization": f"Bearer {key}"},
        )
        odd = client.post(
            "/codes/imports",
            json={"scheme": "ear-tag", "codes": ['1,\r"137060200001000\r1']},
            headers={"Authorization": f"Bearer {key}"},
        )
    assert (answer.status_code, answer.json()["rule"]) == (413, "bringing.line")
    assert answer.json()["place"] == "line 2"
    assert odd.status_code == 400
