"""The options that say how many documents may wait to be captured, and how often one is tried."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from msgspec import Struct

from suyuan.kit import SuyuanError, Text

if TYPE_CHECKING:  # a command imports it itself: `suyuan --help` must not wait for it
    from suyuan.capture.types import Room

_Command = TypeVar("_Command", bound=Callable[..., Any])

_MEBIBYTE: Final = 1 << 20
_LESS: Final = Text(
    "{all_name}（{all}）小于 {one_name}（{one}）：全部单位的上限不能小于一个单位的。",
    "{all_name} ({all}) is less than {one_name} ({one}): what all may have includes what one may.",
)


class WaitingLimits(Struct, frozen=True, kw_only=True):
    """Documents and MiB that may wait, of one party and of all; and the tries that each has."""

    waiting_documents: int = 100
    waiting_mib: int = 256
    waiting_documents_in_all: int = 1_000
    waiting_mib_in_all: int = 2_048
    capture_tries: int = 12

    def room(self) -> "Room":
        """The same as the queue has it.

        Raises:
            SuyuanError: less is left to all than to one.
        """
        from suyuan.capture.types import Room  # noqa: PLC0415 -- only when a command runs

        self._require_order("waiting_documents")
        self._require_order("waiting_mib")
        return Room(
            of_party=self.waiting_documents,
            bytes_of_party=self.waiting_mib * _MEBIBYTE,
            of_all=self.waiting_documents_in_all,
            bytes_of_all=self.waiting_mib_in_all * _MEBIBYTE,
        )

    def _require_order(self, name: str) -> None:
        one, every = getattr(self, name), getattr(self, f"{name}_in_all")
        if every < one:
            own, whole = _option(name), _option(f"{name}_in_all")
            text = _LESS.format(all_name=whole, all=every, one_name=own, one=one)
            raise SuyuanError("setting.waiting", text, whole)


_OPTIONS: Final = {
    "waiting_documents": (
        "SUYUAN_WAITING_DOCUMENTS",
        "一个单位至多几份报文等待采集 · Documents of a party that may wait.",
    ),
    "waiting_mib": (
        "SUYUAN_WAITING_MIB",
        "一个单位等待的报文至多几 MiB · MiB of a party's documents that may wait.",
    ),
    "waiting_documents_in_all": (
        "SUYUAN_WAITING_DOCUMENTS_IN_ALL",
        "全部单位至多几份 · Documents of all parties that may wait.",
    ),
    "waiting_mib_in_all": (
        "SUYUAN_WAITING_MIB_IN_ALL",
        "全部单位至多几 MiB · MiB of all parties' documents that may wait.",
    ),
    "capture_tries": (
        "SUYUAN_CAPTURE_TRIES",
        "因本平台故障试几次后放弃 · Faults of ours before one that waits is given up.",
    ),
}
_MOST: Final = 1_000_000


def waiting_options(command: _Command) -> _Command:
    """Add the options, each with its variable of the environment."""
    defaults = WaitingLimits()
    for name, (variable, help_) in reversed(_OPTIONS.items()):
        command = click.option(
            _option(name),
            default=getattr(defaults, name),
            show_default=True,
            envvar=variable,
            type=click.IntRange(1, _MOST),
            help=help_,
        )(command)
    return command


def taken_out(given: dict[str, Any]) -> WaitingLimits:
    """What was given of these options, which are no longer among the others."""
    return WaitingLimits(**{name: given.pop(name) for name in _OPTIONS})


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
