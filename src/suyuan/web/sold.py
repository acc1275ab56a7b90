"""Takes the scope of a recall; gives the buyers whom only sellers name, in words."""

from msgspec import Struct

from suyuan.codes import shown
from suyuan.interchange.types import Buyer
from suyuan.kit import Text
from suyuan.kit.amounts import amount
from suyuan.kit.clock import there
from suyuan.kit.text import Lang
from suyuan.service import Recall


class Sold(Struct, frozen=True):
    """To whom a seller says he sold, in words."""

    name: str
    seller: str
    much: Text
    time: str
    sold: Buyer


def bought(found: Recall, lang: Lang) -> list[Sold]:
    """The buyers whom only sellers name, in the order of their buying."""

    def called(uri: str) -> str:
        known = found.parties.get(uri)
        return known.name.pick(lang) if known else shown.shown_code(uri)

    return [
        Sold(
            name=each.name or called(each.party),
            seller=called(each.seller),
            much=amount(each.quantity, each.unit),
            time=f"{there(each.at, each.offset):%Y-%m-%d %H:%M} {each.offset}",
            sold=each,
        )
        for each in found.buyers
    ]
