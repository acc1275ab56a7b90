"""What the architecture tests look at: the packages, their order, and the code in them."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "suyuan"


@cache
def layers() -> tuple[frozenset[str], ...]:
    """The packages of each layer, top to bottom, as pyproject.toml states them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    stated = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return tuple(frozenset(re.findall(r"\w+", layer)) for layer in stated)


def rank(package: str) -> int:
    """How far down a package stands: what it may know has a higher rank."""
    return next(at for at, layer in enumerate(layers()) if package in layer)


def packages() -> list[str]:
    """The packages that exist now."""
    return sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def package_of(path: Path) -> str:
    """The package (or the top-level module) that a source file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python file of the product, parsed."""
    return {path: ast.parse(path.read_text()) for path in sorted(SOURCE.rglob("*.py"))}


@cache
def tracked() -> list[Path]:
    """Every file of the repository, or none where this is not a git checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
