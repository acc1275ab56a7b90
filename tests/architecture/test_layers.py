"""Data flows one way, and only the faces know a framework."""

import ast
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import grimp
import pytest
from layout import ROOT, layers, modules, package_of, packages

# The pure core computes: no IO, no framework. A package not listed here may talk to PostgreSQL.
PURE = frozenset(
    {"kit", "codes", "tlog", "network", "labels", "pictures", "model", "wire", "families"}
)
# Not stages with verbs but words that the others speak; they have as many as are spoken.
VOCABULARIES = frozenset({"kit", "model"})
# The one door that all faces go through: as many names as there are use cases.
FACADES = frozenset({"service"})
# Their modules are doors of their own: a mechanism, a shape, a format each.
OPEN = VOCABULARIES | {"wire", "tlog", "network"}
FACES = frozenset({"main", "api", "web", "cli"})
IO = ("psycopg", "psycopg_pool", "socket", "asyncio", "subprocess", "http")
FRAMEWORKS = ("litestar", "jinja2", "click", "rich", "uvicorn")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("suyuan", include_external_packages=True, cache_dir=None)


def chains(package: str, library: str) -> list[tuple[str, ...]]:
    if library not in graph().modules:
        return []
    found = graph().find_shortest_chains(f"suyuan.{package}", library)
    return sorted(found)


def test_the_stated_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_every_package_has_its_place_in_the_order() -> None:
    placed = [name for layer in layers() for name in layer]
    assert len(placed) == len(set(placed))
    assert set(packages()) <= set(placed)


def test_the_pure_core_does_no_io() -> None:
    core = PURE & set(packages())
    assert [
        chain for name in core for library in IO + FRAMEWORKS for chain in chains(name, library)
    ] == []


def test_only_the_faces_know_a_framework() -> None:
    stages = set(packages()) - PURE - FACES
    assert [
        chain for name in stages for library in FRAMEWORKS for chain in chains(name, library)
    ] == []


def test_modules_form_no_cycle() -> None:
    """Not between packages only: no module reaches itself, inside a package either."""
    ours = {name for name in graph().modules if name.split(".")[0] == "suyuan"}
    above = {name: graph().find_modules_directly_imported_by(name) & ours for name in ours}
    while free := {name for name, needs in above.items() if not needs}:
        above = {name: needs - free for name, needs in above.items() if name not in free}
    assert above == {}


def test_a_package_is_used_by_its_public_names() -> None:
    """`from suyuan.registry import accounts`, never from a module inside another package.

    A stage's shapes are words too: `from suyuan.registry.types import Account` is fine.
    """
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} from {node.module}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").count(".") > 1
        for _, package, *_ in [(node.module or "").split(".")]
        if package in set(packages()) - OPEN and package != package_of(path)
        if not (node.module or "").endswith(".types")
    ]
    assert wrong == []


@pytest.mark.parametrize("package", packages())
def test_a_package_says_what_it_takes_and_gives_and_shows_few_names(package: str) -> None:
    module = import_module(f"suyuan.{package}")
    assert len((module.__doc__ or "").split()) >= 8, f"{package}: say what it takes and gives"
    if package not in VOCABULARIES | FACADES:
        assert len(getattr(module, "__all__", [])) <= 8
