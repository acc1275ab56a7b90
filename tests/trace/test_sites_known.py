"""Moves of whole sites as known at a position: those of a record that ended there."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from engines import at_both_lengths, holds
from histories import instant
from hypothesis import strategies as st
from indexed import ADMIN, SECRET, stored

from suyuan.index.apply import link_rows
from suyuan.model import Fact, FactKind, Holder, ThingGrain, Viewer
from suyuan.network.graph import links_of
from suyuan.store import ReadConnection, Store, WriteConnection
from suyuan.trace import site_arrays
from suyuan.trace.outer import beyond

HOLDERS = [Holder(f"p{n}", f"s{n}") for n in range(4)]
PARTY = Viewer(party="p0")
"""Sees every move here, by its tags."""
Step = tuple[int, int] | int
"""A move from one holder to another, or the withdrawal of what came at a place."""
Move = tuple[str, str, int]
drawn = st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 12))


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 1)


def move(position: int, giver: int, taker: int) -> Fact:
    return Fact(
        kind=FactKind.MOVED,
        entry=position,
        position=position,
        line=0,
        event_id=f"e{position}",
        capturer="k1",
        digest=position.to_bytes(32, "big"),
        thing="t1",
        grain=ThingGrain.LOT,
        when=instant(1),
        before=HOLDERS[giver],
        after=HOLDERS[taker],
    )


def recorded(conn: WriteConnection, story: Sequence[Step], first: int) -> None:
    """These steps, from a position on, and the index has followed to their end."""
    for position, step in enumerate(story, start=first):
        if isinstance(step, tuple):
            facts = [move(position, *step)]
            for row in link_rows(facts, stored(conn, facts, ["p0"])):
                conn.execute("insert into index.link values (%s, %s, %s, %s, %s, %s, %s)", row)
        else:
            conn.execute(
                "insert into index.withdrawal (entry, position, declaration) values (%s, %s, 0)",
                [step + 1, position],
            )
    last = first + len(story) - 1
    conn.execute("delete from index.cursor where projection = 'facts'")
    conn.execute("insert into index.cursor values ('facts', %s)", [last])


def plainly(story: Sequence[Step]) -> list[Move]:
    """The moves left at the end of a story, step by step."""
    left: dict[int, Move] = {}
    for position, step in enumerate(story, start=1):
        if isinstance(step, tuple):
            left[position] = (f"s{step[0]}", f"s{step[1]}", position)
        else:
            left.pop(step + 1, None)
    return sorted(left.values())


def seen(sites: site_arrays.SiteNetwork) -> list[Move]:
    made = links_of(sites.net)
    ends = ([sites.names[n] for n in end.tolist()] for end in (made.source, made.target))
    return sorted(zip(*ends, made.entry.tolist(), strict=True))


def walked(moves: Sequence[Move]) -> dict[str, int]:
    """Whom moves lead to from the first site, and by how many."""
    hops, front = {"s0": 0}, ["s0"]
    while front:
        found = [t for s, t, _ in moves if s in front and t not in hops]
        hops |= dict.fromkeys(found, max(hops.values()) + 1)
        front = found
    return {site: count for site, count in hops.items() if count}


def known(
    conn: ReadConnection, viewer: Viewer, kept: Path | None, at: int | None
) -> site_arrays.SiteNetwork:
    return site_arrays.site_network(conn, viewer, secret=SECRET, kept=kept, known_at=at)


def story_of(rows: Sequence[tuple[int, int, int]]) -> list[Step]:
    """Each row withdraws what came at a place, if that is a move and still there; else it moves."""
    made: list[Step] = []
    for giver, further, place in rows:
        there = place < len(made) and isinstance(made[place], tuple) and place not in made
        made.append(place if there else (giver, (giver + further) % 4))
    return made


@at_both_lengths
def test_as_known_at_a_position_is_a_record_that_ended_there(
    database: Store, tmp_path: Path, examples: int
) -> None:
    """Whether the base was made before that position, after it, or never; for whoever asks."""
    kept, newer, older = tmp_path / "1.links", 0, 0

    def check(rows: list[tuple[int, int, int]], share: float) -> None:
        nonlocal newer, older
        story = story_of(rows)
        at = round(share * len(story))
        kept.unlink(missing_ok=True)
        with database.write() as conn:
            recorded(conn, story[:at], 1)
            base = site_arrays.renewal(conn, ADMIN, secret=SECRET, kept=kept)
            if base is not None:
                base.put(kept)
            recorded(conn, story[at:], at + 1)
            for position in (None, *range(len(story) + 2)):
                expected = plainly(story[:position])
                for viewer, path in ((ADMIN, kept), (ADMIN, None), (PARTY, kept)):
                    sites = known(conn, viewer, path, position)
                    assert seen(sites) == expected
                    assert dict(beyond(sites, ["s0"])) == walked(expected)
                newer += base is not None and position is not None and position < at
                older += base is not None and position is not None and position > at
            conn.rollback()

    holds(check, examples, st.lists(drawn, max_size=8), st.floats(0, 1))
    assert newer > examples // 5
    assert older > examples // 5
