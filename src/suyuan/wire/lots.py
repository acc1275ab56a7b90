"""Takes an event; gives the lot that it states each of its instances to be of."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from suyuan.codes import Grain, read_identifier
from suyuan.model import Event

_LOT_NUMBER: Final = re.compile(r"(?:^|[:/#])lotNumber$")
_SERIAL: Final = "/21/"
_HEADS: Final = 10_000


def lots_of(event: Event) -> dict[str, str]:
    """The lot of each instance, by a Digital Link that names both, else by lotNumber in the ILMD.

    The lot has the name that everybody else gives it (CBV 2.0 §9.2); a number that can be no GS1
    lot names none, and so does one beside an instance that is no serialised trade item.
    """
    stated = {belonging.instance: belonging.lot for belonging in event.belongings}
    number = _number(event) if event.ilmd else None
    if number is None:
        return stated
    for thing in (*event.epcs, *event.output_epcs):
        head, serial, _ = thing.partition(_SERIAL)
        lot = _named(head, number) if serial and thing not in stated else None
        if lot is not None:
            stated[thing] = lot
    return stated


def _number(event: Event) -> str | None:
    number = next((value for key, value in event.ilmd.items() if _LOT_NUMBER.search(key)), None)
    return number if isinstance(number, str) else None


@lru_cache(maxsize=_HEADS)
def _named(head: str, number: str) -> str | None:
    lot = read_identifier(f"{head}/10/{quote(number, safe='')}", capturer="")
    return lot.uri if lot.grain is Grain.LOT else None
