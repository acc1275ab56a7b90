"""A recorder on a fresh database."""

import itertools
import secrets
from typing import Any
from uuid import UUID

import pytest
from given import FARM, NOW, Give, document

from suyuan.capture import JobResult, OnRefusal, Options
from suyuan.families import Families, load_families
from suyuan.model import Capturer
from suyuan.record import Recorder, take
from suyuan.record.decode import Portion
from suyuan.store import Store


@pytest.fixture(scope="session")
def families() -> Families:
    return load_families()


@pytest.fixture
def recorder(families: Families) -> Recorder:
    numbers = itertools.count(1)
    return Recorder(
        clock=lambda: NOW,
        ids=lambda: UUID(int=next(numbers) << 64).urn,
        draw=secrets.token_bytes,
        secret=b"secret" * 6,
        families=families,
    )


@pytest.fixture
def give(database: Store, recorder: Recorder) -> Give:
    """Capture events; by the farm, proceeding, leniently, unless said otherwise.

    Judged in portions of so many events.
    """

    def given(
        *events: dict[str, Any],
        by: Capturer = FARM,
        data: bytes | None = None,
        portion: int = 1_000,
        **options: Any,
    ) -> JobResult:
        wanted = Options(**({"on_refusal": OnRefusal.PROCEED} | options))
        body = document(*events) if data is None else data
        return take(database, recorder, body, by, options=wanted, portion=Portion(events=portion))

    return given
