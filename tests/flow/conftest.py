from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from running import Report, Serving, a_home


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every user may enter, gone afterwards."""
    with a_home() as made:
        yield made


@pytest.fixture
def serving(home: Path) -> Iterator[Serving]:
    """A real server with PostgreSQL's own settings: nothing here may trade safety for speed."""
    server = Serving(home)
    with ExitStack() as ending:
        ending.callback(server.stop)
        server.start()
        yield server


@pytest.fixture
def report(
    record_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> Report:
    """Says a figure where a person sees it (`-rA` or `-s`), and keeps it in the test's results."""

    def say(figure: str) -> None:
        record_property(request.node.name, figure)
        print(f"\n{request.node.name}: {figure}")  # noqa: T201 -- a figure is what the run is for

    return say
