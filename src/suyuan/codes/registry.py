"""The registry of schemes: every file in `schemes` that has `SCHEMES` is in it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from msgspec.structs import replace

from suyuan.codes import schemes
from suyuan.codes.pages import UNASKED
from suyuan.codes.types import Scheme
from suyuan.kit import Text


@cache
def grouped_schemes() -> tuple[tuple[str, Text, tuple[Scheme, ...]], ...]:
    """Every file's name, title and schemes, in the order of the files."""
    names = sorted(module.name for module in iter_modules(schemes.__path__))
    files = ((name, import_module(f"{schemes.__name__}.{name}")) for name in names)
    return tuple((name, file.TITLE, tuple(map(_told, file.SCHEMES))) for name, file in files)


def _told(scheme: Scheme) -> Scheme:
    """The scheme; where no page answers questions about its codes, with what is said instead."""
    return scheme if scheme.pages else replace(scheme, unasked=UNASKED.get(scheme.id))


@cache
def all_schemes() -> tuple[Scheme, ...]:
    """Every registered scheme, in the order of its file and place."""
    return tuple(scheme for _, _, group in grouped_schemes() for scheme in group)


@cache
def named_schemes() -> dict[str, Scheme]:
    """The schemes whose codes are written `urn:suyuan:<scheme>:<code>`, by that scheme."""
    return {scheme.id: scheme for scheme in all_schemes() if scheme.urn}


@cache
def scheme_of(scheme: str) -> Scheme | None:
    """The registered scheme of this id."""
    return next((each for each in all_schemes() if each.id == scheme), None)
