"""The suite's own two rules, tried on small suites made for it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
INI = "[pytest]\nmarkers =\n    deep: long\n    shared: corpora\n    timed: slow\n"
APART = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
FORTY_DEEP = """
import pytest
@pytest.mark.deep
@pytest.mark.parametrize("n", range(40))
def test_deep(n): pass
def test_plain(): pass
"""


def run(folder: Path, source: str, *arguments: str, ci: str = "", **more: str) -> tuple[int, str]:
    (folder / "pytest.ini").write_text(INI)
    (folder / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    (folder / "test_small.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=os.environ
        | {"CI": ci, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def names(folder: Path, *arguments: str) -> set[str]:
    _, output = run(folder, FORTY_DEEP, "--collect-only", *arguments)
    return {line for line in output.splitlines() if "::" in line}


def test_deep_tests_stay_out_unless_asked_for(tmp_path: Path) -> None:
    assert names(tmp_path) == {"test_small.py::test_plain"}
    assert len(names(tmp_path, "-m", "deep")) == 40


def test_one_seed_draws_one_share_and_other_seeds_meet_the_rest(tmp_path: Path) -> None:
    draws = [names(tmp_path, "--deep-fraction=0.5", f"--deep-seed={seed}") for seed in range(8)]
    assert names(tmp_path, "--deep-fraction=0.5", "--deep-seed=0") == draws[0]
    assert all(10 <= len(draw) <= 31 for draw in draws)
    assert len(set.union(*draws)) == 41


def test_of_a_folder_a_share_is_drawn_and_other_seeds_meet_the_rest(tmp_path: Path) -> None:
    def drawn(*arguments: str) -> set[str]:
        return names(tmp_path, "--deep-fraction=1", *arguments)

    draws = [drawn("--share=test_small.py=0.5", f"--deep-seed={seed}") for seed in range(8)]
    assert all(10 <= len(draw) <= 31 for draw in draws)
    assert set.union(*draws) == drawn("--share=tests/else=0.5") == drawn()


@pytest.mark.parametrize(("fraction", "examples"), [("0", 50), ("0.1", 100)])
def test_properties_are_tried_on_more_examples_where_deep_tests_are_drawn(
    tmp_path: Path, fraction: str, examples: int
) -> None:
    source = (
        "from hypothesis import settings\n"
        f"def test_a(): assert settings().max_examples == {examples}\n"
    )
    status, output = run(tmp_path, source, f"--deep-fraction={fraction}")
    assert status == 0, output


def test_a_seed_decides_the_order_too(tmp_path: Path) -> None:
    def order(seed: str) -> list[str]:
        chosen = ("-p", "pytest_randomly", f"--deep-seed={seed}")
        _, output = run(tmp_path, FORTY_DEEP, "--collect-only", "-m", "deep", *chosen)
        return [line for line in output.splitlines() if "::" in line]

    assert order("a") == order("a") != order("b")
    assert len(order("a")) == 40


@pytest.mark.parametrize(
    ("source", "whole"),
    [
        ("import pytest\ndef test_a(): pytest.skip('no browser')", False),
        ("import pytest\npytest.skip('no browser', allow_module_level=True)", False),
        ("import pytest\ndef test_a(): pytest.skip('not on this system: macOS only')", True),
        ("import pytest\n@pytest.mark.xfail\ndef test_a(): assert 0", True),
    ],
)
def test_a_skip_fails_only_where_nothing_may_be_missing(
    tmp_path: Path, source: str, *, whole: bool
) -> None:
    source += "\ndef test_b(): pass\n"
    code, output = run(tmp_path, source)
    assert code in {0, 5}, output  # 5: the one file skipped itself
    code, output = run(tmp_path, source, ci="true")
    assert (code == 0) is whole, output


def test_missing_corpora_excuse_the_tests_that_read_them(tmp_path: Path) -> None:
    source = "import pytest\n@pytest.mark.shared\ndef test_a(): pytest.skip('no ../shared')\n"
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    assert run(checkout, source, ci="true")[0] == 0
    (tmp_path / "shared" / "data").mkdir(parents=True)
    assert run(checkout, source, ci="true")[0] == 1


FAULTY = """
import pytest
@pytest.mark.parametrize("when", [1, 2, 3, 7])
def test_struck(when, record_property):
    record_property("faults", [("signer", "write", when, "EIO"), ("signer", "write", when, "KILL")])
def test_plain(): pass
"""


def test_the_faults_that_were_tried_are_listed_at_the_end(tmp_path: Path) -> None:
    status, output = run(tmp_path, FAULTY)
    assert status == 0
    assert "4 points (component, call, occurrence), 8 faults" in output
    assert "signer write EIO 1–3, 7" in output
    assert "points" not in run(tmp_path, FAULTY, "-k", "plain")[1]


ONCE_WRONG = """
import pathlib, pytest
def fails_at_first(name):
    path = pathlib.Path(__file__).with_name(name)
    was_here = path.exists()
    path.touch()
    assert was_here
@pytest.mark.timed{reason}
def test_timed(): fails_at_first("timed")
def test_plain(): fails_at_first("plain")
"""


def test_only_a_timed_test_gets_a_second_run_and_it_is_counted(tmp_path: Path) -> None:
    second = ("-p", "pytest_rerunfailures")
    code, output = run(tmp_path, ONCE_WRONG.format(reason='("a second")'), *second)
    assert code == 1
    assert "1 failed, 1 passed, 1 rerun" in output
    assert "FAILED test_small.py::test_plain" in output


def test_no_second_run_without_a_reason(tmp_path: Path) -> None:
    code, output = run(tmp_path, ONCE_WRONG.format(reason=""), "-p", "pytest_rerunfailures")
    assert code == 4, output


WRITES = """
import subprocess, sys
def test_a():
    assert not sys.dont_write_bytecode
    done = subprocess.run([sys.executable, "-c", "import small"], check=True)
"""


def test_bytecode_that_may_not_lie_beside_the_sources_lies_apart(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text("")
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""}
    code, output = run(tmp_path, WRITES, **environment)
    assert code == 0, output
    apart = tmp_path / ".build" / "bytecode"
    kept = {each.name.partition(".")[0] for each in apart.rglob("*.pyc")}
    assert {"small", "test_small"} <= kept
    assert not list(tmp_path.glob("__pycache__"))


MANY = """
import os, pathlib, pytest
@pytest.mark.parametrize("n", range(60))
def test_one(n): pathlib.Path(f"ran-{n}").open("a").write(os.environ["PYTEST_XDIST_WORKER"])
"""


def test_each_test_is_handed_out_once_and_no_worker_has_all(tmp_path: Path) -> None:
    code, output = run(tmp_path, MANY, "-vv", "-p", "xdist", "-n", "2", "--dist", "loadgroup")
    assert code == 0, output
    assert "scheduling tests via Forgetting" in output
    assert "60 passed" in output
    ran = [each.read_text() for each in tmp_path.glob("ran-*")]
    assert len(ran) == 60
    assert set(ran) == {"gw0", "gw1"}


def test_a_group_is_refused_for_nothing_would_keep_it_together(tmp_path: Path) -> None:
    grouped = MANY.replace("@pytest", '@pytest.mark.xdist_group("some")\n@pytest', 1)
    code, output = run(tmp_path, grouped, "-p", "xdist")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "xdist_group keeps no tests together" in output


@given(st.dictionaries(st.text(), st.dictionaries(st.text(), st.booleans(), min_size=1)))
def test_what_is_left_of_a_workers_tests_is_what_is_not_done(
    workload: dict[str, dict[str, bool]],
) -> None:
    where = importlib.util.spec_from_file_location("rules_of_the_suite", ROOT / "conftest.py")
    assert where is not None
    assert where.loader is not None
    rules = importlib.util.module_from_spec(where)
    where.loader.exec_module(rules)
    left = [test for tests in workload.values() for test, done in tests.items() if not done]
    assert rules.pending(workload) == len(left)
    assert all(False in tests.values() for tests in workload.values())
    assert rules.pending(workload) == len(left)
