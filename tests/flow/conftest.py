import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from running import Report, Serving


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every user may enter, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="suyuan-flow-")).resolve()
    made.chmod(0o755)
    yield made
    for place in list(made.rglob("place.json")):  # a closed home has its data outside
        shutil.rmtree(json.loads(place.read_bytes())["base"], ignore_errors=True)
    shutil.rmtree(made, ignore_errors=os.geteuid() != 0)


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
