"""Of pieces that are alike one stands for all: answers and accounts are as of all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from engines import at_both_lengths, holds
from histories import HOLDERS, cases, instant, record
from hypothesis import event
from hypothesis import strategies as st
from indexed import ADMIN, SECRET, followed, of_entry
from msgspec import Struct
from msgspec.structs import replace

from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.store import Store
from suyuan.trace.accounts.audit import audit
from suyuan.trace.accounts.types import Books
from suyuan.trace.alike import Alike, facts_told
from suyuan.trace.answer import How, answer_from
from suyuan.trace.closure import examine
from suyuan.trace.folding import Folding
from suyuan.trace.gather import Gathered, gather
from suyuan.trace.sweep import sweep
from suyuan.trace.types import Answer, Direction, Pool, Question, Seed

FARM, DAIRY, SHOP = HOLDERS[0], HOLDERS[2], HOLDERS[3]
TWINS = ("t1", "t2")


def kind_of(thing: str) -> str:
    """Pieces of two classes, and a lot of each; boxes are of none."""
    return {"t": "goods", "l": "goods", "u": "others"}.get(thing[:1], "")


FOLDING = Folding(class_of=kind_of)
ANYWHERE = Folding(class_of=kind_of, anywhere=True)


def with_twins(facts: Sequence[Fact], twins: int) -> list[Fact]:
    """Every line on some things is said of so many more, in the same events."""
    more = [
        replace(fact, thing=f"{fact.thing}+{number}", line=fact.line + 100 * number)
        for fact in facts
        for number in range(1, twins + 1)
        if fact.thing in TWINS
    ]
    return [*facts, *more]


histories_with_twins = st.tuples(cases(), st.integers(1, 3)).map(
    lambda drawn: (of_entry(with_twins(drawn[0][0], drawn[1])), drawn[0][1])
)


def asked(database: Store, facts: Sequence[Fact], question: Question) -> tuple[Gathered, Gathered]:
    """What is gathered for a question, of all pieces and of one for all alike."""
    with database.write() as conn:
        followed(conn, facts)
        both = (
            gather(conn, question, ADMIN, secret=SECRET),
            gather(conn, question, ADMIN, secret=SECRET, folding=ANYWHERE),
        )
        conn.rollback()
    return both


def answered(found: Gathered, question: Question) -> Answer:
    how = How(facts=facts_told(found.facts, found.alike), position=found.position)
    return answer_from(examine(found.facts, question, found.alike), question, how)


def unknown_of(facts: Iterable[Fact]) -> dict[str, list[str]]:
    """The facts of each thing as unknown holders are named by them, in the order of the record."""
    found: dict[str, list[str]] = defaultdict(list)
    for fact in sorted(facts, key=lambda each: (each.entry, each.line)):
        found[fact.thing].append(f"{fact.entry}.{fact.line}.")
    return found


def each_of(items: Iterable[Any], alike: Alike, own: Mapping[str, list[str]]) -> set[object]:
    """Lines of an answer, those of one for all said again of each."""
    return {one for item in items for one in _said_of_each(item, alike, own)}


def _said_of_each(item: Struct, alike: Alike, own: Mapping[str, list[str]]) -> Iterator[object]:
    ends = {
        name: end for name in item.__struct_fields__ if isinstance(end := getattr(item, name), Pool)
    }
    (stands,) = {end.thing for end in ends.values() if end.thing in alike} or {""}
    for thing in alike.get(stands, ("",)):
        again = dict(zip(own.get(stands, ()), own.get(thing, ()), strict=True)) if thing else {}
        yield replace(
            item,
            **{
                name: replace(end, thing=thing, unknown=_again(end.unknown, again))
                if end.thing == stands and stands
                else end
                for name, end in ends.items()
            },
        )


def _again(unknown: str, own: Mapping[str, str]) -> str:
    """An unknown holder as the piece's own fact names it; what its container's names stays so."""
    return own.get(unknown[:-1], unknown[:-1]) + unknown[-1:]


@at_both_lengths
def test_an_answer_of_one_for_all_is_that_of_each(database: Store, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        whole, folded = asked(database, facts, question)
        event(f"some are alike: {bool(folded.alike)}")
        expected, found = answered(whole, question), answered(folded, question)
        assert found.completeness == expected.completeness
        assert found.responsibility == expected.responsibility
        assert found.cost == expected.cost
        counted = [(each.code, each.entries) for each in found.anomalies]
        assert sorted(counted) == sorted((each.code, each.entries) for each in expected.anomalies)
        for part in ("nodes", "links", "open_ends", "origins", "whereabouts", "balance"):
            of_each = each_of(getattr(found, part), folded.alike, unknown_of(whole.facts))
            assert of_each == set(getattr(expected, part)), part

    holds(check, 2 * examples, histories_with_twins)


@at_both_lengths
def test_accounts_of_one_for_all_are_those_of_each(database: Store, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        books = Books(known_at=question.known_at, end=question.as_of, class_of=kind_of)
        with database.write() as conn:
            followed(conn, facts)
            whole = sweep(conn, ADMIN, secret=SECRET)
            folded = sweep(conn, ADMIN, secret=SECRET, folding=FOLDING)
            conn.rollback()
        event(f"some are alike: {bool(folded.alike)}")
        expected = audit(whole.facts, books)
        found = audit(folded.facts, books, alike=folded.alike)
        for part in expected.__struct_fields__:
            assert getattr(found, part) == getattr(expected, part), part

    holds(check, 2 * examples, histories_with_twins)


def boxed(pieces: int) -> list[Fact]:
    """Pieces made, packed by tens, sent and received in their boxes; one of them went singly."""
    names = [f"t{number:03}" for number in range(pieces)]
    boxes = {f"c{number // 10}": names[number : number + 10] for number in range(0, pieces, 10)}

    def said(names: Iterable[str], hour: int, **line: object) -> tuple[dict[str, Any], ...]:
        return tuple({"thing": name, "when": instant(hour), **line} for name in names)

    events = [said(names, 0, kind=FactKind.MADE, after=FARM)]
    events += [
        said(some, 1, kind=FactKind.JOINED, parent=box, after=FARM) for box, some in boxes.items()
    ]
    moved = {"kind": FactKind.MOVED, "before": FARM, "after": SHOP}
    events.append(said(boxes, 2, side=Side.SENT, **moved))
    events.append(said(boxes, 3, side=Side.RECEIVED, **moved))
    events.append(said(names[:1], 4, kind=FactKind.ENDED, before=SHOP))
    return record(events)


def test_one_piece_stands_for_all_of_its_box_but_for_what_is_asked(database: Store) -> None:
    question = Question(seeds=(Seed(thing="c1"),), direction=Direction.BACKWARD)
    _, found = asked(database, boxed(50), question)
    assert found.alike == {"t010": tuple(f"t{number:03}" for number in range(10, 20))}
    piece = replace(question, seeds=(Seed(thing="c0"), Seed(thing="t005")))
    _, found = asked(database, boxed(50), piece)
    assert found.alike == {"t001": ("t001", *(f"t00{n}" for n in (2, 3, 4, 6, 7, 8, 9)))}


def test_a_container_was_at_every_unknown_holder_where_pieces_were_packed_into_it(
    database: Store,
) -> None:
    names = ("t1", "t2", "t3")
    for holder, known in ((Holder("p2"), False), (None, False), (DAIRY, True)):
        joined = {"kind": FactKind.JOINED, "when": instant(1), "parent": "c1", "after": holder}
        events = record([tuple(joined | {"thing": name} for name in names)])
        question = Question(seeds=(Seed(thing="c1"),), direction=Direction.FORWARD)
        whole, found = asked(database, events, question)
        assert found.alike == ({"t1": names} if known else {})
        if not known:
            assert answered(found, question).nodes == answered(whole, question).nodes


def test_accounts_of_pieces_at_somebody_not_fully_known_are_drawn_one_by_one(
    database: Store,
) -> None:
    sent = {"kind": FactKind.MOVED, "side": Side.SENT, "when": instant(1), "before": FARM}
    for holder, known in ((Holder("p2"), False), (DAIRY, True)):
        events = [tuple(sent | {"thing": name, "after": holder} for name in ("t1", "t2", "u1"))]
        for folding in (FOLDING, ANYWHERE):
            with database.write() as conn:
                followed(conn, record(events))
                found = sweep(conn, ADMIN, secret=SECRET, folding=folding)
                conn.rollback()
            alike = known or folding.anywhere
            assert found.alike == ({"t1": ("t1", "t2")} if alike else {})


def test_an_account_counts_every_piece_and_questions_each_by_itself(database: Store) -> None:
    """Three of four that were never made went: each of them may be the one that did not."""
    lines = [{"kind": FactKind.MADE, "when": instant(0), "after": FARM, "thing": "u1"}]
    gone = {"kind": FactKind.ENDED, "when": instant(1), "before": FARM}
    events = [tuple(lines), tuple(gone | {"thing": f"u{number}"} for number in range(1, 5))]
    with database.write() as conn:
        followed(conn, record(events))
        found = sweep(conn, ADMIN, secret=SECRET, folding=FOLDING)
        conn.rollback()
    assert [*found.alike.values()] == [("u2", "u3", "u4")]
    (drawn,) = audit(found.facts, Books(class_of=kind_of), alike=found.alike).statements
    assert drawn.things == ("u1", "u2", "u3", "u4")
    assert (drawn.ended.least, drawn.missing) == (4, 3)
    assert drawn.contradiction is not None
    assert [each.amount for each in drawn.contradiction.question] == [Decimal(1)] * 3
