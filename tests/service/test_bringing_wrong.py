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
