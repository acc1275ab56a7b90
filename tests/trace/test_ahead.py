"""What the network guesses that a recall will need is all of it, and no answer is changed by it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import oracle
import pytest
from engines import at_both_lengths, holds
from histories import cases, instant, record
from hypothesis import strategies as st
from indexed import ADMIN, SECRET, followed, of_entry, stored
from msgspec.structs import replace

from suyuan.index.types import Part
from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain, Viewer
from suyuan.network import snapshot
from suyuan.store import ReadConnection, Store, WriteConnection
from suyuan.trace import lot_arrays
from suyuan.trace.ahead import WORTH_GUESSING, Guess, Guesser
from suyuan.trace.ask import reached
from suyuan.trace.gather import Limit, gather
from suyuan.trace.rows import SQL, Act
from suyuan.trace.scope import onward
from suyuan.trace.site_base import about
from suyuan.trace.types import Direction, Question, Seed

FARM, SHOP = Holder("p1", "s1"), Holder("p2", "s3")
THING = int(Part.THING)


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """One act is enough for a base, a guess is made at once and always used."""
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    monkeypatch.setattr("suyuan.trace.gather.WORTH_GUESSING", 0)
    monkeypatch.setattr("suyuan.trace.ahead._A_LEVEL", 1_000)
    monkeypatch.setattr("suyuan.trace.lot_arrays._HOPS", 1)


def guesser(kept: Path, viewer: Viewer = ADMIN) -> Guesser:
    def guess(conn: ReadConnection, things: Sequence[str]) -> Guess | None:
        lots = lot_arrays.lot_network(conn, viewer, secret=SECRET, kept=kept)
        return None if lots is None else lots.guess(conn, things)

    return guess


def in_two(conn: WriteConnection, facts: list[Fact], at: int, kept: Path) -> None:
    """The facts before a position go into the base, the others come since."""
    before = [fact for fact in facts if fact.position <= at]
    followed(conn, before)
    kept.unlink(missing_ok=True)
    base = lot_arrays.renewal(conn, ADMIN, secret=SECRET, kept=kept)
    if base is not None:
        base.put(kept)
    stored(conn, [fact for fact in facts if fact.position > at])


class Told:
    """A connection that counts how often acts are asked for, and notes which are given."""

    def __init__(self, conn: WriteConnection) -> None:
        self.conn, self.levels = conn, 0
        self.read: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.conn, name)

    def execute(self, query: str, *given: object, **how: object) -> object:
        rows = self.conn.execute(query, *given, **how)  # type: ignore[call-overload]
        if query != SQL.level:
            return rows
        self.levels += 1
        acts = [Act._make(row) for row in rows]
        self.read += [(act.position, act.line) for act in acts]
        if acts:
            rows.scroll(0, mode="absolute")
        return rows


@at_both_lengths
def test_what_is_read_at_once_is_what_is_read_level_by_level_and_nothing_is_missed(
    database: Store, tmp_path: Path, examples: int
) -> None:
    kept, guessed = tmp_path / "1.lots", 0

    def check(case: tuple[list[Fact], Question], share: float) -> None:
        nonlocal guessed
        facts, question = of_entry(case[0]), onward(case[1])
        last = max((fact.position for fact in facts), default=0)
        with database.write() as conn:
            in_two(conn, facts, round(share * last), kept)
            counted = Told(conn)
            plain = gather(conn, question, ADMIN, secret=SECRET)
            found = gather(counted, question, ADMIN, secret=SECRET, guesser=guesser(kept))  # type: ignore[arg-type]
            guess = guesser(kept)(conn, [seed.thing for seed in question.seeds])
            if guess is not None:
                things = sorted(
                    {n.pool.thing for n in oracle.closure(facts, question).nodes} - {""}
                )
                assert counted.levels == 1
                assert all(guess.covered(conn, things, [THING] * len(things)))
                guessed += 1
            conn.rollback()
        assert found == plain

    holds(check, examples, cases(), st.floats(0, 1))
    assert guessed > examples // 5  # where nothing was in the base there is nothing to guess by


MADE = {"kind": FactKind.MADE, "after": FARM}


def story() -> list[Fact]:
    """Of two lots one is made of the other; a third has nothing to do with them."""
    used = {"kind": FactKind.BECAME, "flow": "f1", "before": FARM, "after": FARM}
    return record(
        [
            (MADE | {"thing": "t1", "when": instant(1)},),
            (MADE | {"thing": "t3", "when": instant(1)},),
            (
                used | {"thing": "t1", "side": "input", "when": instant(2)},
                used | {"thing": "t2", "side": "output", "when": instant(2)},
            ),
        ]
    )


ASKED = Question(seeds=(Seed(thing="t1"),), direction=Direction.FORWARD)


def test_of_many_makings_each_act_is_read_once(database: Store) -> None:
    """An input is found by its thing and by its making, an output by its making and by its name."""
    used = {"kind": FactKind.BECAME, "before": FARM, "after": FARM}
    makings = [
        (
            used | {"thing": "t1", "side": "input", "flow": f"f{n}", "when": instant(2)},
            used | {"thing": f"m{n}", "side": "output", "flow": f"f{n}", "when": instant(2)},
        )
        for n in range(20)
    ]
    facts = record([(MADE | {"thing": "t1", "when": instant(1)},), *makings])
    with database.write() as conn:
        stored(conn, facts)
        counted = Told(conn)
        found = gather(counted, ASKED, ADMIN, secret=SECRET)  # type: ignore[arg-type]
        conn.rollback()
    assert len(found.facts) == len(facts)
    assert len(counted.read) == len(set(counted.read)) == len(facts)


def test_a_stranger_is_not_guessed(database: Store, tmp_path: Path) -> None:
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        guess = guesser(kept)(conn, ["t1"])
        assert guess is not None
        assert guess.covered(conn, ["t1", "t2", "t3"], [THING] * 3) == [True, True, False]


class Poor:
    """A guess that knows of the thing asked about alone."""

    def __init__(self, conn: ReadConnection) -> None:
        self.levels = 1
        self.keys = lot_arrays.keys_of(conn, ["t1"], [THING])

    def covered(
        self, conn: ReadConnection, names: Sequence[str], parts: Sequence[int]
    ) -> list[bool]:
        return [key in self.keys for key in lot_arrays.keys_of(conn, names, parts)]


def test_a_guess_that_lacks_something_costs_a_statement_and_no_answer(database: Store) -> None:
    with database.write() as conn:
        followed(conn, of_entry(story()))
        plain = gather(conn, ASKED, ADMIN, secret=SECRET)
        found = gather(conn, ASKED, ADMIN, secret=SECRET, guesser=lambda *_: Poor(conn))
    assert {fact.thing for fact in plain.facts} == {"t1", "t2"}
    assert found == plain


def test_what_is_known_takes_no_room_from_what_is_read_and_what_is_cut_is_said(
    database: Store,
) -> None:
    """Six inputs are found by their thing, and once more by their making, before its output."""
    used = {"kind": FactKind.BECAME, "flow": "f1", "before": FARM, "after": FARM}
    went = [(used | {"thing": "t1", "side": "input", "when": instant(2)},)] * 6
    facts = record([*went, (used | {"thing": "t2", "side": "output", "when": instant(3)},)])
    with database.write() as conn:
        followed(conn, of_entry(facts))
        for most in range(6, 9):
            bound = Limit(facts=most)
            found = gather(
                conn, ASKED, ADMIN, secret=SECRET, limit=bound, guesser=lambda *_: Poor(conn)
            )
            assert gather(conn, ASKED, ADMIN, secret=SECRET, limit=bound) == found
            assert len(found.facts) == min(most, len(facts))
            assert found.truncated is (most <= len(facts))


def test_who_does_not_see_all_is_guessed_nothing(database: Store, tmp_path: Path) -> None:
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        assert kept.exists()
        assert guesser(kept, Viewer(party="p1"))(conn, ["t1"]) is None


def test_more_than_fits_is_read_as_far_as_it_fits(database: Store, tmp_path: Path) -> None:
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        for most in range(1, 5):
            bound = Limit(facts=most)
            plain = gather(conn, ASKED, ADMIN, secret=SECRET, limit=bound)
            found = gather(conn, ASKED, ADMIN, secret=SECRET, limit=bound, guesser=guesser(kept))
            assert found == plain
            assert plain.truncated is (most <= 3)


def test_a_base_of_another_record_or_that_is_not_whole_is_none(
    database: Store, tmp_path: Path
) -> None:
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        assert lot_arrays.lot_network(conn, ADMIN, secret=b"o" * 32, kept=kept) is None
        whole = snapshot.take(kept)
        snapshot.put(kept, replace(whole, position=whole.position + 1))
        assert lot_arrays.lot_network(conn, ADMIN, secret=SECRET, kept=kept) is None
        snapshot.put(kept, whole)
        assert lot_arrays.lot_network(conn, ADMIN, secret=SECRET, kept=kept) is not None
        conn.execute("update index.cursor set position = position - 1")
        assert lot_arrays.lot_network(conn, ADMIN, secret=SECRET, kept=kept) is None
        conn.execute("update index.cursor set position = position + 1")
        data = bytearray(kept.read_bytes())
        data[data.index(whole.columns["keys"].tobytes())] ^= 1
        kept.write_bytes(data)
        assert lot_arrays.lot_network(conn, ADMIN, secret=SECRET, kept=kept) is None


def test_a_base_in_the_form_of_before_is_none_and_is_made_again(
    database: Store, tmp_path: Path
) -> None:
    """Then nodes were numbered by their keys."""
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        form = snapshot.take(kept)
        of = about(conn, "lots", secret=SECRET, tenant=ADMIN.tenant, position=form.position)
        assert of is not None
        columns = {name: form.columns[name] for name in ("keys", "offsets", "far")}
        snapshot.put(kept, replace(form, columns=columns, about=of))
        assert lot_arrays.lot_network(conn, ADMIN, secret=SECRET, kept=kept) is None
        again = lot_arrays.renewal(conn, ADMIN, secret=SECRET, kept=kept)
        assert again is not None
        again.put(kept)
        guess = guesser(kept)(conn, ["t1"])
    assert guess is not None
    assert {name: one.tolist() for name, one in snapshot.take(kept).columns.items()} == {
        name: one.tolist() for name, one in form.columns.items()
    }


def test_a_base_made_in_steps_leads_where_one_made_at_once_leads(
    database: Store, tmp_path: Path
) -> None:
    """Whatever it was made of in turn, and what came since beside it."""
    kept, whole = tmp_path / "1.lots", tmp_path / "whole.lots"
    facts = chain(40)
    with database.write() as conn:
        in_two(conn, facts[:10], 20, kept)
        for some in (facts[10:40], facts[40:60]):
            stored(conn, some)
            further = lot_arrays.renewal(conn, ADMIN, secret=SECRET, kept=kept)
            assert further is not None
            further.put(kept)
        stored(conn, facts[60:])
        at_once = lot_arrays.renewal(conn, ADMIN, secret=SECRET, kept=whole)
        assert at_once is not None
        at_once.put(whole)
        in_steps, in_one = (guesser(each)(conn, ["t1"]) for each in (kept, whole))
        assert in_steps is not None
        assert in_one is not None
        assert in_steps.found.tolist() == in_one.found.tolist()
        assert in_steps.levels == in_one.levels
        names = [f"t{number}" for number in range(1, 41)]
        assert all(in_one.covered(conn, names, [THING] * 40))


def test_lots_of_another_tenant_are_neither_in_a_base_nor_beside_it(
    database: Store, tmp_path: Path
) -> None:
    """Of eight makings in turn two each are kept of either, and two each came since."""
    facts, names = chain(9), [f"t{number}" for number in range(1, 10)]
    of = {1: ({"t1", "t2", "t3"}, {"t5", "t6", "t7"}), 2: ({"t3", "t4", "t5"}, {"t7", "t8", "t9"})}
    with database.write() as conn:
        conn.execute("insert into index.cursor values ('facts', 4)")
        stored(conn, facts[:4], tenant=1)
        stored(conn, facts[4:8], tenant=2)
        for tenant in of:
            viewer, kept = replace(ADMIN, tenant=tenant), tmp_path / f"{tenant}.lots"
            base = lot_arrays.renewal(conn, viewer, secret=SECRET, kept=kept)
            assert base is not None
            base.put(kept)
        stored(conn, facts[8:12], tenant=1)
        stored(conn, facts[12:], tenant=2)
        keys = np.array(lot_arrays.keys_of(conn, names, [THING] * len(names)), np.int64)
        for tenant, (before, since) in of.items():
            viewer, kept = replace(ADMIN, tenant=tenant), tmp_path / f"{tenant}.lots"
            lots = lot_arrays.lot_network(conn, viewer, secret=SECRET, kept=kept)
            assert lots is not None
            for numbering, own in ((lots.base, before), (lots.more, since - before)):
                there = numbering.numbers_of(keys) >= 0
                assert {name for name, is_in in zip(names, there, strict=True) if is_in} == own


def test_a_scope_is_the_same_with_a_guess(database: Store, tmp_path: Path) -> None:
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 2, kept)
        plain, found = (
            reached(conn, ASKED, ADMIN, secret=SECRET, recall=True, guesser=each).scope()
            for each in (None, guesser(kept))
        )
    assert plain.things == 2
    assert found == plain


def test_a_base_older_than_what_the_index_says_changes_no_answer(
    database: Store, tmp_path: Path
) -> None:
    """The index says more of a position than when the base was drawn: what it had nothing of."""
    kept = tmp_path / "1.lots"
    used = {"kind": FactKind.BECAME, "before": FARM, "after": FARM}
    facts = of_entry(
        record(
            [
                (
                    used | {"flow": "f0", "thing": "t1", "side": "input", "when": instant(1)},
                    used | {"flow": "f0", "thing": "t0", "side": "output", "when": instant(1)},
                ),
                (
                    used | {"flow": "f1", "thing": "t1", "side": "input", "when": instant(2)},
                    used | {"flow": "f1", "thing": "t2", "side": "output", "when": instant(2)},
                ),
                (MADE | {"thing": "t3", "when": instant(3)},),
            ]
        )
    )
    with database.write() as conn:
        in_two(conn, [fact for fact in facts if fact.flow != "f1"], 9, kept)
        stored(conn, [fact for fact in facts if fact.flow == "f1"])
        assert guesser(kept)(conn, ["t1"]) is not None
        plain = gather(conn, ASKED, ADMIN, secret=SECRET)
        found = gather(conn, ASKED, ADMIN, secret=SECRET, guesser=guesser(kept))
    assert {fact.thing for fact in plain.facts} == {"t0", "t1", "t2"}
    assert found == plain


def test_only_what_was_read_is_covered(database: Store, tmp_path: Path) -> None:
    """Of a name that the base knows nothing of, no part is."""
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, of_entry(story()), 9, kept)
        guess = guesser(kept)(conn, ["t1"])
        assert guess is not None
        parts = list(map(int, Part))
        covered = guess.covered(conn, ["strange"] * len(parts), parts)
    assert not any(covered)


def chain(length: int) -> list[Fact]:
    """A lot of which another is made, and so on."""
    used = {"kind": FactKind.BECAME, "before": FARM, "after": FARM}
    return [
        fact
        for number in range(1, length)
        for fact in (
            Fact(
                entry=number,
                position=number,
                line=line,
                event_id=f"e{number}",
                capturer="k1",
                digest=number.to_bytes(32, "big"),
                thing=f"t{number + line}",
                side=(Side.INPUT, Side.OUTPUT)[line],
                flow=f"f{number}",
                when=instant(number),
                grain=ThingGrain.LOT,
                **used,
            )
            for line in (0, 1)
        )
    ]


def test_a_long_chain_is_read_in_few_statements(
    database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    kept = tmp_path / "1.lots"
    with database.write() as conn:
        in_two(conn, chain(100), 50, kept)
        counted = Told(conn)
        found = gather(counted, ASKED, ADMIN, secret=SECRET, guesser=guesser(kept))  # type: ignore[arg-type]
        plain = gather(conn, ASKED, ADMIN, secret=SECRET)
    assert found == plain
    assert found.levels >= 99
    assert counted.levels <= WORTH_GUESSING + 1
