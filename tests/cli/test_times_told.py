"""A time that is none is told with the option that it was given in, as HTTP tells the parameter."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
THING = "https://id.gs1.org/01/06901234567892/21/A1"
OPTIONS = [
    (("trace", THING), "--start"),
    (("trace", THING), "--end"),
    (("trace", THING), "--as-of"),
    (("scope", THING), "--start"),
    (("scope", THING), "--as-of"),
    (("balance",), "--end"),
    (("dispersion",), "--as-of"),
    (("due",), "--on"),
    (("inspections", "TABLE"), "--as-of"),
    (("source", "TABLE"), "--as-of"),
]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_a_time_that_is_none_names_its_option(
    suyuan: Run, tmp_path: Path, command: tuple[str, ...], option: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("place,tests,positives\nA,3,1\n", "utf-8")
    words = [str(table) if word == "TABLE" else word for word in command]
    done = suyuan(*words, option, "2026-13-02")
    assert done.exit_code == 2
    for line in done.stderr.splitlines():
        assert "2026-13-02" in line
        assert f"[{option}]" in line
