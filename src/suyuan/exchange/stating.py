"""Takes what kinds of things a query asks for; gives the statements that find what may answer it.

Values are handed beside a statement, so it is the same for all queries of a form. It is made once
for each, without what is said for readers: the driver remembers how it reads a short one.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, LiteralString

from msgspec import Struct

from suyuan.exchange.statements import SQL

_FORMS: Final = 1_000
_AND: Final = " and "
_BLOCKS: Final = "(select s.blocks from stretch as s)"
_BOUND: Final = "(select s.bound from stretch as s)"
"""Of what `through_blocks` looks through: which blocks, and where the next may begin."""
_AT: Final = "l.position = any (array({}))"
_LIMIT: Final = " limit %(limit)s"
_LIMIT_UNSEEN: Final = " limit (select %(limit)s::bigint)"
_MOST: Final = "%(blocks)s + 1"
_MOST_UNSEEN: Final = "(select %(blocks)s::bigint + 1)"
"""Out of the planner's sight, so that the plan for any number is as good as the one for this."""
_FEWER: Final = 10
"""Of so many times fewer blocks than are too many, each is looked up by itself."""
_SOME: Final = 500
"""So many blocks of a time are listed at most."""
_FOUND: Final = "select f.block from found as f"
_IS_RARE: Final = "(select not c.holds from common as c)"
"""Of `listed_blocks`: the blocks, and that they are not too many."""
_REACHED: Final = "(select reached.size from reached)"
_IS_FOLLOWED: Final = "(select reached.indexed >= reached.size from reached)"
"""How far the record goes, where the statement itself finds that out, and if the index does too."""
_UNSAID: Final = re.compile(r"\s*--[^\n]*\s*|\s+")


class Order(Struct, frozen=True):
    """How candidates are ordered, and the blocks that they stand in.

    `behind` is the condition to come after a place, `beyond` that a block has something there;
    `key` orders blocks, `bound` is where one may begin, and `within` is to come before that.
    """

    by: str
    behind: str
    beyond: str
    key: str
    bound: str
    within: str
    is_timed: bool


ORDERS: Final = {
    ("record", False): Order(
        by="order by 2",
        behind="l.position > %(after)s",
        beyond="p.block >= %(after)s / 64",
        key="p.block",
        bound="p.block * 64",
        within="l.position < {bound}",
        is_timed=False,
    ),
    ("record", True): Order(
        by="order by 2 desc",
        behind="l.position < %(after)s",
        beyond="p.block <= %(after)s / 64",
        key="p.block desc",
        bound="p.block * 64 + 63",
        within="l.position > {bound}",
        is_timed=False,
    ),
    ("time", False): Order(
        by="order by 3, 2",
        behind="(e.event_time, l.position) > (%(after_time)s, %(after)s)",
        beyond="p.latest >= %(after_time)s",
        key="p.earliest, p.block",
        bound="p.earliest",
        within="e.event_time < {bound}",
        is_timed=True,
    ),
    ("time", True): Order(
        by="order by 3 desc, 2 desc",
        behind="(e.event_time, l.position) < (%(after_time)s, %(after)s)",
        beyond="p.earliest <= %(after_time)s",
        key="p.latest desc, p.block",
        bound="p.latest",
        within="e.event_time > {bound}",
        is_timed=True,
    ),
}


class Period(Struct, frozen=True):
    """A condition on blocks, from one on times.

    `span` is that for the index of spans, `times` say the same of both ends. If it has one end
    only, by which there is an index, blocks next to it come first in the order `nearest`.
    """

    span: str
    times: tuple[str, ...]
    nearest: str | None = None


class Form(Struct, frozen=True, kw_only=True):
    """What a query asks for, without the values.

    `conditions` are those that a statement decides, `periods` those on blocks which follow from
    times. `is_named`: one of some names must stand, which are `shared` if they are of documents, as
    they may stand in most of the record. `terms` is how many conditions terms tell of.
    """

    order: Order
    conditions: tuple[str, ...]
    periods: tuple[Period, ...]
    is_named: bool
    is_shared: bool
    terms: int

    @property
    def nearest(self) -> str | None:
        """How the index lists blocks of the time that is asked for, if by one end only."""
        return self.periods[0].nearest if len(self.periods) == 1 else None


class Where(Struct, frozen=True, kw_only=True):
    """Where one is: behind a place or at the begin, and whether the index has followed so far."""

    is_behind: bool
    is_followed: bool


FIRST: Final = Where(is_behind=False, is_followed=True)
"""At the begin, where the statement itself sees to it that the index has followed."""


def is_alike(form: Form, where: Where) -> bool:
    """Whether one plan is good for a walk whatever is asked.

    It is not for a span of time, as there may be few blocks in it or all, nor where only those
    behind a place are left.
    """
    return not form.periods or (form.nearest is not None and not where.is_behind)


@lru_cache(maxsize=_FORMS)
def surest(form: Form, where: Where) -> LiteralString:
    """The next of all, led to at once where something leads there."""
    led: str | None = None
    if form.is_named:
        led = SQL.naming
    elif form.terms:
        led = _AT.format(_by_terms(form, _everywhere(form)))
    return _short(_followed(form, where, [], led, _LIMIT))


@lru_cache(maxsize=_FORMS)
def through(form: Form, where: Where, *, listed: int | None) -> LiteralString:
    """What comes next in some blocks, before where others begin.

    The blocks are those that have what is asked for, if they are fewer than are `listed`, or any.
    """
    return _short(_walked(form, where, listed))


@lru_cache(maxsize=_FORMS)
def first_through(form: Form, *, listed: int | None) -> LiteralString:
    """The places of what comes first in some blocks, of the record as it is then."""
    walked = _walked(form, FIRST, listed, _IS_FOLLOWED)
    walked = walked.replace("%(upto)s", _REACHED)
    first = SQL.walked_first.format(reach=SQL.reach, walked=walked, followed=_IS_FOLLOWED)
    return _short(first)


def _short(text: str) -> LiteralString:
    return _UNSAID.sub(" ", text)


def _walked(form: Form, where: Where, listed: int | None, *looks: str) -> str:
    """What comes next in blocks; none is looked at but where `looks` hold."""
    led = SQL.positions_of_blocks.format(blocks=_BLOCKS)
    if form.is_shared:
        led = _by_names(form)
    elif form.terms:
        led = _by_terms(form, SQL.in_blocks.format(blocks=_BLOCKS))
    within = f"coalesce({form.order.within.format(bound=_BOUND)}, true)"
    asked = _followed(form, where, [within], _AT.format(led), _LIMIT_UNSEEN)
    parts = _parts(form, where, looks)
    if listed is not None:
        blocks = _listed(form, parts, listed, looks)
    elif form.nearest is not None and is_alike(form, where):
        blocks = SQL.next_blocks_then.format(**parts, nearest=form.nearest, some=_SOME)
    else:
        spans = {"beyond": _AND.join([parts["beyond"], *_spans(form)])}
        blocks = SQL.next_blocks.format(**parts | spans)
    return f"{SQL.through_blocks.format(next=blocks, asked=asked)} {form.order.by}"


def _listed(form: Form, parts: Mapping[str, str], most: int, looks: tuple[str, ...]) -> str:
    """The same of blocks that have what is asked for."""
    termed = SQL.termed_blocks.format(which=_AND.join([*looks, _having(form)]), listed=most)
    named = SQL.numbered_blocks.format(listed=most)
    found = named if form.is_shared else termed
    if form.terms and form.is_shared:
        found = SQL.blocks_of_both.format(termed=termed, named=named, listed=most)
    is_numbered = not (form.order.is_timed or form.periods)
    following = SQL.found_by_number if is_numbered else SQL.found_by_period
    ordered = following.format(**parts, found=_FOUND, looks=_IS_RARE, few=most // _FEWER)
    return SQL.listed_blocks.format(found=found, listed=most, next=ordered)


def _parts(form: Form, where: Where, looks: tuple[str, ...]) -> dict[str, str]:
    beyond = [form.order.beyond] if where.is_behind else []
    times = [time for period in form.periods for time in period.times]
    return {
        "bound": form.order.bound,
        "beyond": _AND.join(["true", *looks, *beyond]),
        "times": _AND.join(["true", *times]),
        "key": form.order.key,
        "most": _MOST_UNSEEN if is_alike(form, where) else _MOST,
    }


def _spans(form: Form) -> list[str]:
    return [period.span for period in form.periods]


def _everywhere(form: Form) -> str:
    """The condition on a block that all terms stand there, wherever an answer may be."""
    within = [SQL.in_periods.format(periods=_AND.join(_spans(form)))] if form.periods else []
    return _AND.join([SQL.in_range, *within, _having(form)])


def _terms(form: Form) -> list[str]:
    return [f"%({term(number)})s" for number in range(form.terms)]


def term(number: int) -> str:
    """The parameter of the terms of which one must stand by the condition of this number."""
    return f"terms_{number}"


def _having(form: Form) -> str:
    return _AND.join(SQL.having_term.format(wanted=wanted) for wanted in _terms(form))


def _by_names(form: Form) -> str:
    places = "named.places"
    if form.terms:
        rows = SQL.unpacked_terms.format(which=SQL.of_named_block)
        places = SQL.with_terms.format(places=_places(form), rows=rows)
    which = SQL.of_blocks.format(blocks=_BLOCKS)
    return SQL.positions_by_name.format(which=which, places=places)


def _by_terms(form: Form, which: str) -> str:
    rows = SQL.unpacked_terms.format(which=which)
    return SQL.positions_by_terms.format(places=_places(form), rows=rows)


def _places(form: Form) -> str:
    """The bits of a block at which all terms stand."""
    return " & ".join(SQL.places_of_terms.format(wanted=wanted) for wanted in _terms(form))


def _followed(form: Form, where: Where, more: list[str], led: str | None, limit: str) -> str:
    behind = [form.order.behind] if where.is_behind else []
    conditions = [*form.conditions, *behind, *more]
    if led is None:
        return _ordered(form, conditions, limit)
    if where.is_followed:
        return _ordered(form, [*conditions, led], limit)
    # What the index has not followed yet may answer too; it may follow meanwhile.
    found = _ordered(form, [*conditions, led, SQL.followed], limit)
    rest = _ordered(form, [*conditions, SQL.not_followed], limit)
    return f"({found}) union all ({rest}) {form.order.by}{limit}"


def _ordered(form: Form, conditions: list[str], limit: str) -> str:
    return f"{_AND.join([SQL.entries, *conditions])} {form.order.by}{limit}"
