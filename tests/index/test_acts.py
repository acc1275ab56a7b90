"""Acts keep what was said of each thing, whatever it is called; of one line nothing is listed."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.index.acts import LINES
from suyuan.index.apply import write_facts
from suyuan.index.types import BETWEEN, Entered
from suyuan.kit import Span
from suyuan.model import Fact, FactKind, ThingGrain
from suyuan.store import Store

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEPT = """
select a.line + t.place - 1, a.head || t.tail, coalesce(a.quantity, a.quantities[t.place]),
       index.keys_of(a) @> array[index.key_of(a.head || t.tail, 0)]
from index.act as a
cross join lateral unnest(index.tails(a.tails)) with ordinality as t (tail, place)
order by 1
"""
SHAPES = """
select coalesce(cardinality(string_to_array(tails, E'\\n')), 1), tails is null, quantities is null,
       quantity is null
from index.act
"""

amounts = st.one_of(st.none(), st.decimals(0, 100, places=2))
names = st.text("a/1-" + BETWEEN, min_size=1, max_size=6)
spoken = st.lists(st.tuples(names, amounts), min_size=1, max_size=LINES + 3)


class Undo(Exception):  # noqa: N818 -- nothing is wrong
    """Ends a transaction and leaves nothing."""


def facts(said: list[tuple[str, Decimal | None]]) -> list[Fact]:
    return [
        Fact(
            entry=1,
            line=line,
            position=1,
            kind=FactKind.OBSERVED,
            thing=thing,
            when=Span(AT, AT),
            grain=ThingGrain.INSTANCE,
            quantity=quantity,
        )
        for line, (thing, quantity) in enumerate(said)
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=spoken)
def test_what_is_said_of_each_thing_is_kept_and_found_by_its_name(
    database: Store, said: list[tuple[str, Decimal | None]]
) -> None:
    with suppress(Undo), database.write() as conn:
        write_facts(conn, facts(said), {}, {1: Entered(1, 1, 1)})
        kept, shapes = conn.execute(KEPT).fetchall(), conn.execute(SHAPES).fetchall()
        raise Undo
    assert kept == [(line, *one, True) for line, one in enumerate(said)]
    for lines, is_whole, without_list, without_amount in shapes:
        assert is_whole is (lines == 1)
        assert without_list or lines > 1
        assert without_amount or lines == 1
    apart = any(BETWEEN in thing for thing, _ in said)
    assert len(shapes) == (len(said) if apart else -(-len(said) // LINES))
