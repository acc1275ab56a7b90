"""When who had it: what is known lies in what is possible, and both are what reports enclose."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.drawings import presence, timed
from suyuan.drawings.presence import Presence
from suyuan.drawings.types import Box
from suyuan.interchange.types import Names
from suyuan.kit import Span, Text
from suyuan.kit.span import instant
from suyuan.service import Told
from suyuan.trace.types import (
    Answer,
    Completeness,
    Cost,
    Direction,
    Link,
    LinkKind,
    Node,
    Pool,
    Question,
    Responsible,
    Rest,
    Whereabouts,
)

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
PIECE, LOT = (
    "https://id.gs1.org/01/06901234567892/21/A1",
    "https://id.gs1.org/01/06901234567892/10/A1",
)


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


def at(number: float) -> Span:
    return instant(day(number))


def pool(name: str, thing: str = PIECE) -> Pool:
    return Pool(thing, f"urn:suyuan:party:{name}", f"urn:suyuan:site:{name}")


def moved(
    giver: str, taker: str, left: Span, came: Span, *, thing: str = PIECE, sure: bool = True
) -> Link:
    return Link(
        kind=LinkKind.MOVED, source=pool(giver, thing), target=pool(taker, thing),
        departure=left, arrival=came, certain=sure,
    )  # fmt: skip


def told(
    links: list[Link], *, tenures: tuple[Responsible, ...] = (), held: tuple[Pool, ...] = ()
) -> Told:
    pools = dict.fromkeys(each for link in links for each in (link.source, link.target))
    return Told(
        answer=Answer(
            truncated=False, question=Question(seeds=(), direction=Direction.FORWARD), position=1,
            nodes=tuple(Node(pool=each, certain=True, reached=at(0), hops=0) for each in pools),
            links=tuple(links), origins=(), responsibility=tenures, balance=(), open_ends=(),
            whereabouts=tuple(
                Whereabouts(pool=each, rest=Rest.HELD, certain=True) for each in held
            ),
            completeness=Completeness(
                summary=Text("", ""), movements=0, confirmed=0, silent=0, open_ends={}
            ),
            anomalies=(), cost=Cost(facts=1, links=1),
        ),
        names=Names(), responsible=(),
    )  # fmt: skip


def of(found: Told, name: str) -> Presence:
    return presence.presences(found)[f"urn:suyuan:party:{name}", f"urn:suyuan:site:{name}"]


def test_between_coming_and_leaving_it_is_known_to_be_there() -> None:
    found = told([moved("a", "b", at(1), at(2)), moved("b", "c", at(5), at(6))], held=(pool("c"),))
    assert of(found, "b") == Presence((Span(day(2), day(5)),), (Span(day(2), day(5)),))
    assert of(found, "c") == Presence((), (Span(day(6), None),), still=True)
    assert of(found, "a") == Presence((), (Span(None, day(1)),))


def test_a_time_known_to_the_day_makes_less_known_and_more_possible() -> None:
    came, left = Span(day(2), day(3)), Span(day(5), day(6))
    found = told([moved("a", "b", at(1), came), moved("b", "c", left, at(6))])
    assert of(found, "b") == Presence((Span(day(3), day(5)),), (Span(day(2), day(6)),))


def test_what_is_only_possible_makes_nothing_known() -> None:
    found = told([moved("a", "b", at(1), at(2), sure=False), moved("b", "c", at(5), at(6))])
    assert of(found, "b") == Presence((), (Span(day(2), day(5)),))


def test_a_piece_that_went_and_came_again_was_away_and_of_a_lot_some_may_have_stayed() -> None:
    for thing, possible in (
        (PIECE, (Span(day(2), day(3)), Span(day(6), day(8)))),
        (LOT, (Span(day(2), day(8)),)),
    ):
        steps = [("a", "b", 1, 2), ("b", "c", 3, 4), ("c", "b", 5, 6), ("b", "d", 8, 9)]
        found = told([moved(g, t, at(out), at(back), thing=thing) for g, t, out, back in steps])
        known = (Span(day(2), day(3)), Span(day(6), day(8)))
        assert of(found, "b") == Presence(known, possible)


def test_what_was_made_there_is_known_since_only_if_it_is_all_that_its_holder_had() -> None:
    tenure = Responsible(
        party="urn:suyuan:party:a", site="urn:suyuan:site:a", made=True, things=1, since=at(0),
        until=at(7), certain=True,
    )  # fmt: skip
    one = [moved("a", "b", at(3), at(4))]
    assert of(told(one, tenures=(tenure,)), "a").known == (Span(day(0), day(3)),)
    two = [*one, moved("a", "b", at(7), at(8), thing=LOT)]
    assert of(told(two, tenures=(tenure,)), "a") == Presence((), (Span(day(0), day(7)),))


def test_what_may_have_left_before_more_came_is_not_known_to_have_stayed() -> None:
    """Whatever the order of uncertain steps, nothing is known that one of their readings denies."""
    anytime = Span(day(0), day(8))
    steps = [
        moved("b", "c", anytime, at(9), thing=LOT),
        moved("a", "b", at(0), at(1), thing=LOT),
        moved("a", "b", at(9), at(10), thing=LOT),
    ]
    assert of(told(steps), "b").known == ()
    late = moved("a", "b", at(0), Span(day(1), day(10)), thing=LOT)
    twice = [late, *(moved("b", "c", at(out), at(21), thing=LOT) for out in (3, 20))]
    assert of(told(twice), "b").known == (Span(day(10), day(20)),)


SPANS = st.tuples(st.integers(0, 30), st.integers(0, 4)).map(
    lambda some: Span(day(some[0]), day(some[0] + some[1]))
)
TIMES = st.one_of(*[SPANS] * 7, st.just(Span(None, None)))
"""Mostly known, or next to nothing is known of any holder."""


@st.composite
def ways(draw: st.DrawFn) -> Told:
    links = []
    for _ in range(draw(st.integers(1, 12))):
        giver, taker = draw(st.lists(st.sampled_from("abcd"), min_size=2, max_size=2, unique=True))
        left, came = draw(TIMES), draw(TIMES)
        thing = draw(st.sampled_from([PIECE, LOT]))
        sure = draw(st.integers(0, 7)) > 0
        links.append(moved(giver, taker, left, came, thing=thing, sure=sure))
    held = draw(st.lists(st.sampled_from([pool(name) for name in "abcd"]), max_size=2))
    return told(links, held=tuple(held))


def inside(span: Span, others: tuple[Span, ...]) -> bool:
    return any(
        (each.lo is None or (span.lo is not None and each.lo <= span.lo))
        and (each.hi is None or (span.hi is not None and span.hi <= each.hi))
        for each in others
    )


@settings(max_examples=200)
@given(ways())
def test_in_any_history_known_lies_within_possible_and_spans_are_apart(found: Told) -> None:
    for when in presence.presences(found).values():
        assert all(inside(span, when.possible) for span in when.known)
        for spans in (when.known, when.possible):
            for one, other in pairwise(spans):
                assert one.hi is not None
                assert other.lo is not None
                assert one.hi < other.lo


@settings(max_examples=40)
@given(ways(), st.sampled_from([timed.NARROW, timed.WIDE]))
def test_bars_stay_in_their_picture_and_each_row_is_said(found: Told, form: timed.Form) -> None:
    rows = [
        timed.Row(Box(Text(name, name), (), opens=name * count), when)
        for count, ((_, name), when) in enumerate(presence.presences(found).items())
    ]
    drawn = timed.timed(rows, form, "en", lambda key: f"?open={key}")
    spans = [span for row in rows for span in row.when.possible]
    assert (drawn is None) == (
        not any(set(row.when.known) for row in rows)
        and all(span == Span(None, None) for span in spans)
    )
    if drawn is None:
        return
    root = ET.XML(drawn)
    label = root.get("aria-label") or ""
    assert all(row.box.name.en in label for row in rows)
    assert len(root.findall("a")) == sum(bool(row.box.opens) for row in rows)
    for bar in (each.get("d", "") for each in root.iter("path") if each.get("fill")):
        found_ends = re.match(r"M(-?[\d.]+) -?[\d.]+H(-?[\d.]+)", bar)
        assert found_ends is not None
        assert 0 <= float(found_ends[1]) <= float(found_ends[2]) <= form.width
