"""The registry of schemes: every file in `schemes` that has `SCHEMES` is in it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from suyuan.codes import schemes
from suyuan.codes.types import Scheme


@cache
def all_schemes() -> tuple[Scheme, ...]:
    """Every registered scheme, in the order of its file and place."""
    files = sorted(module.name for module in iter_modules(schemes.__path__))
    found: list[Scheme] = []
    for name in files:
        found.extend(import_module(f"{schemes.__name__}.{name}").SCHEMES)
    return tuple(found)


@cache
def named_schemes() -> dict[str, Scheme]:
    """The schemes whose codes are written `urn:suyuan:<scheme>:<code>`, by that scheme."""
    return {scheme.id: scheme for scheme in all_schemes() if scheme.urn}


@cache
def scheme_of(scheme: str) -> Scheme | None:
    """The registered scheme of this id."""
    return next((each for each in all_schemes() if each.id == scheme), None)
