"""The log's formats are usable alone: without a database, a framework or a doubtful library."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

import suyuan.tlog

FOLDER = Path(suyuan.tlog.__file__).parent
ROOT = FOLDER.parents[2]
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
# GPL, or nonces from a generator that can be learnt (three of them install the same name).
NEVER = ("pymerkle", "gmssl", "gmssl-python", "gmssl-pyx")


def test_the_package_knows_kit_alone() -> None:
    graph = grimp.build_graph("suyuan", cache_dir=None)
    known = {
        f"{name.split('.')[1]}"
        for module in graph.find_descendants("suyuan.tlog")
        for name in graph.find_modules_directly_imported_by(module)
    }
    assert known == {"kit", "tlog"}


@pytest.mark.parametrize("module", MODULES)
def test_importing_it_loads_no_database_no_framework_and_no_cryptography(module: str) -> None:
    code = f"import sys, suyuan.tlog.{module}; print(*sorted(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert (
        loaded & {"psycopg", "psycopg_pool", "litestar", "click", "rich", "cryptography"} == set()
    )
    assert "suyuan" in loaded


def test_no_weak_or_unfit_library_is_in_the_lock_or_imported() -> None:
    locked = {each["name"] for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    assert locked & set(NEVER) == set()
    imported = {
        name.split(".")[0]
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert imported & {"pymerkle", "gmssl"} == set()
