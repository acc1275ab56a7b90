"""Takes the facts of the index, a question and its viewer; gives what came from where and whither.

Every answer is a pair, certain within possible, and says where it is not complete.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from suyuan.trace.ask import trace
from suyuan.trace.types import Answer, Direction, Question, Seed

if TYPE_CHECKING:
    from suyuan.trace.contact_chains import contacts
    from suyuan.trace.site_arrays import site_network

_IN_ARRAYS = {"contacts": "contact_chains", "site_network": "site_arrays"}

__all__ = [
    "Answer",
    "Direction",
    "Question",
    "Seed",
    "contacts",
    "site_network",
    "trace",
]


def __getattr__(name: str) -> object:
    """What computes with numpy is loaded when it is first asked for, and not before."""
    if name not in _IN_ARRAYS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"suyuan.trace.{_IN_ARRAYS[name]}"), name)
