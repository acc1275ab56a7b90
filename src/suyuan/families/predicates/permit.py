"""Takes a permit's number and an amount; gives a finding when it is another's, or less is left.

What is left is told as of the report, earlier ones taken off: a ledger is kept in the order in
which reports come.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, localcontext
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from suyuan.families.days import local_day
from suyuan.families.knowledge import EXACT, Debit, Knowledge
from suyuan.families.knowledge import Permit as OnFile
from suyuan.families.predicates.base import (
    ACTOR,
    NO_NUMBER,
    NOTHING_STATED,
    Miss,
    Ref,
    Words,
    amount_in,
    is_usable,
    listed,
    parties,
    quoted,
)
from suyuan.families.view import View
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal

_NOT_THEIRS = Text("{number}（持有人不是该单位）", "{number} (held by somebody else)")
_NOT_IN_FORCE = Text("{number}（当日无效）", "{number} (not in force that day)")
_OTHER_GOODS = Text("{goods}（不在许可的品种内）", "{goods} (not among the goods permitted)")
_LEFT = Text("本次 {asked}，剩余 {left}", "{asked} now, {left} left")
_LIMIT = Text("本次 {asked}，限量 {left}", "{asked} now, at most {left}")
_SHORT = Text("本次 {asked}，剩余不足", "{asked} now, more than is left")
_MORE = Text("本次 {asked}，超出限量", "{asked} now, more than is allowed")
_NEEDS = Text(
    "已登记的{kinds}须属于{holder}、当日有效，", "a {kinds} on file is of {holder}, valid that day,"
)
_ENOUGH = Text("剩余数量不少于{amount}", " with at least {amount} left")
_AT_MOST = Text("{amount}不超过其限量", " and allows {amount}")
AUTHORITY: Final = "authority"
"""The role of who supervises, in the words of every family."""
_STATED: Final = Context(prec=34)
"""So many digits count of what is stated (IEEE decimal128): a kilogram in pounds has no end."""


class Permit(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="permit"):
    """The permits `of` that are on file are the party's, in force, and enough for the `amount`.

    Only permits of a kind in `any` count; `holder` is the item with the party they are for, and
    `goods` the item with the species. The items of `amount` add up: numbers in the unit `like`, or
    if none is given in the permit's own, and quantity elements. With `debits` each recorded report
    takes its amount; without, the permit bounds each report by itself. Silent on numbers that
    nobody has filed, and where no amount is stated: those are other rules'.

    How much is left is told to the holder, the issuer and authorities; that it is not enough, to
    those too whom the step is for, since they must not go on. To anybody else it is silent on it:
    nothing is taken by their reports, so by asking again they would learn it.
    """

    of: str
    any: tuple[str, ...]
    amount: tuple[str, ...]
    holder: str = ACTOR
    goods: str | None = None
    like: str | None = None
    debits: bool = True

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first thing that does not fit: holder, day, goods, amount."""
        lines = self._lines(view, knowledge)
        if isinstance(lines, Miss):
            return lines
        if not lines or not self._answers(lines, view, knowledge):
            return None
        asked = self._asked(view, lines[0].unit)
        if isinstance(asked, Miss) or asked is None:
            return asked
        left = _sum(one.left if self.debits else one.amount for one in lines)
        if asked <= left:
            return None
        if _may_know(lines, knowledge):
            said = _LEFT if self.debits else _LIMIT
        else:
            said = _SHORT if self.debits else _MORE
        amounts = {"asked": plain_decimal(asked), "left": plain_decimal(left)}
        return Miss(self.amount[0], said.format(**amounts))

    def tells(self, view: View, knowledge: Knowledge) -> bool:
        """Whether who asks may learn whether enough is left."""
        lines = self._lines(view, knowledge) if self.debits else ()
        return self._answers(() if isinstance(lines, Miss) else lines, view, knowledge)

    def _answers(self, lines: tuple[OnFile, ...], view: View, knowledge: Knowledge) -> bool:
        return not self.debits or knowledge.is_actor(view.roles) or _may_know(lines, knowledge)

    def debit(self, view: View, knowledge: Knowledge) -> tuple[Debit, ...]:
        """What the report takes from which lines, in their order; of too much nothing at all."""
        lines = self._lines(view, knowledge) if self.debits else ()
        if isinstance(lines, Miss) or not lines:
            return ()
        asked = self._asked(view, lines[0].unit)
        if isinstance(asked, Miss) or not asked:
            return ()
        if asked > _sum(one.left for one in lines):
            return (Debit(lines[0].id, asked, is_covered=False),)
        taken = list[Debit]()
        for one in lines:
            part = min(asked, one.left)
            asked = EXACT.subtract(asked, part)
            taken += [Debit(one.id, part)] if part else []
        return tuple(taken)

    def _lines(self, view: View, knowledge: Knowledge) -> tuple[OnFile, ...] | Miss:
        """The lines that the report may take from; none: no such permit is on file."""
        numbers = dict.fromkeys(str(value) for value in view.values(self.of))
        on_file = [line for one in numbers for line in (knowledge.permits or {}).get(one, ())]
        found = [line for line in on_file if line.kind in self.any]
        if not found:
            return ()
        said = listed(map(quoted, numbers))
        held = parties(self.holder, view, knowledge)
        if not held:
            return Miss(self.holder, NOTHING_STATED)
        found = [line for line in found if line.holder in held]
        if not found:
            return Miss(self.of, _NOT_THEIRS.format(number=said))
        found = [line for line in found if line.covers(local_day(view.event))]
        if not found:
            return Miss(self.of, _NOT_IN_FORCE.format(number=said))
        return self._for_goods(found, view)

    def _for_goods(self, lines: list[OnFile], view: View) -> tuple[OnFile, ...] | Miss:
        """Those for the goods that the report names; lines for these goods before those for any."""
        named = view.values(self.goods) if self.goods is not None else ()
        meant = {_same(value) for value in named}
        own = [line for line in lines if line.goods and _same(line.goods) in meant]
        found = (*own, *(line for line in lines if not line.goods))
        if found:
            return tuple(line for line in found if line.unit == found[0].unit)
        said = listed(map(quoted, named)) if named else NOTHING_STATED
        return Miss(self.goods or self.of, _OTHER_GOODS.format(goods=said) if named else said)

    def _asked(self, view: View, unit: str | None) -> Decimal | Miss | None:
        """The amount in the permit's unit; None where none is stated."""
        stated = [(item, value) for item in self.amount for value in view.values(item)]
        total = Decimal(0)
        for item, value in stated:
            exact = amount_in(value, unit, like=self.like)
            if exact is None or not is_usable(exact) or exact < 0:
                return Miss(item, NO_NUMBER.format(value=_plain(value)))
            total = EXACT.add(total, _STATED.plus(exact))
        return total if stated else None

    def explain(self, words: Words) -> Text:
        """Whose permit, of which kind, and how much of it."""
        amount = listed(words.items[item] for item in self.amount)
        needs = _NEEDS.format(
            kinds=listed(words.words[kind] for kind in self.any), holder=words.items[self.holder]
        )
        enough = (_ENOUGH if self.debits else _AT_MOST).format(amount=amount)
        return Text(needs.zh + enough.zh, needs.en + enough.en)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of, and the kinds of permit."""
        goods = () if self.goods is None else (self.goods,)
        items = (self.of, self.holder, *goods, *self.amount)
        return (*(("item", item) for item in items), *(("word", kind) for kind in self.any))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(amounts, Decimal(0))


def _may_know(lines: tuple[OnFile, ...], knowledge: Knowledge) -> bool:
    """Whether how much is left may be told: to holder and issuer of all lines, and authorities."""
    theirs = bool(lines) and all(knowledge.actor in (one.holder, one.issuer) for one in lines)
    return theirs or knowledge.is_actor((AUTHORITY,))


def _same(value: Any) -> str:
    """A species as it is compared: width, case and blanks do not matter."""
    return "".join(normalize("NFKC", str(value)).casefold().split())


def _plain(value: Any) -> Text:
    """An amount as it was stated: a number, or a number with its unit."""
    number = getattr(value, "quantity", value)
    unit = getattr(value, "uom", None)
    return quoted(f"{number} {unit}" if unit else number)
