from collections.abc import Iterator

import pytest
from faulty import Workers, can_trace


@pytest.fixture(scope="session")
def traced() -> bool:
    """Whether faults come from strace; else from inside the process."""
    return can_trace()


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory, *, traced: bool) -> Iterator[Workers]:
    made = Workers(tmp_path_factory.mktemp("workers"), traced=traced)
    yield made
    made.close()


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Workers whose faults come from inside, wherever strace is or is not."""
    made = Workers(tmp_path_factory.mktemp("inside"), traced=False)
    yield made
    made.close()
