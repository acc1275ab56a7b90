"""A verdict that an authority overrides: what counts then, who may, and what is found of a forgery."""

# ruff: noqa: E501 -- an attack is a line of SQL

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any

import pytest
from logged import BODY, broken
from msgspec.structs import replace

from suyuan import index, ledger
from suyuan.capture import EventResult, OnRefusal, Options
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Role, Verdict, Viewer
from suyuan.publish import Tone
from suyuan.registry.types import Account, Party, Site
from suyuan.service import (
    OPERATOR,
    Decision,
    Platform,
    answer,
    audit,
    backup,
    capture,
    erase,
    examine,
    fresh_key,
    local_capturer,
    log_of,
    logged_acts,
    open_platform,
    publish,
    receipt,
    register,
    reindex,
    restore,
    subject,
    who,
)
from suyuan.service.overriding import Wish, override, verdict_at, verdicts
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.policy import trusting
from suyuan.trace.gather import gather
from suyuan.trace.types import Direction, Question, Seed

MARKET, STRANGER = "urn:suyuan:party:market", "urn:suyuan:party:stranger"
STALL, SHED = "urn:suyuan:site:stall", "urn:suyuan:site:shed"
PIG = "urn:epc:id:sgtin:6901234.056789.1"
PORK = {"suyuan:family": "edible-agricultural-products", "suyuan:productKind": "pork"}
GROUNDS = ("produce.release.proof", "check.not-theirs-to-lift")
"""What the release is held for."""
SEEN = [Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.HELD]


def told(number: int, step: str, hour: int, **more: Any) -> dict[str, Any]:
    """An event on the pig, at an hour of the day."""
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "action": "OBSERVE",
        "eventTime": f"2026-03-01T{hour:02}:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [PIG],
        "bizLocation": {"id": STALL},
        "suyuan:step": step,
    } | PORK | more  # fmt: skip


FAILED = told(1, "market_test", 6, bizStep="inspecting", **{"suyuan:testResult": "unqualified"})
RELEASED = told(2, "release", 7, bizStep="other")
RELEASE = str(RELEASED["eventID"])


def report(platform: Platform, *events: dict[str, Any], party: str = STRANGER) -> list[EventResult]:
    """What became of events, one a document."""
    context, found = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}], list[EventResult]()
    for each in events:
        data = BODY | {"@context": context, "epcisBody": {"eventList": [each]}}
        options = Options(on_refusal=OnRefusal.PROCEED)
        done = capture(
            platform, json.dumps(data).encode(), local_capturer(platform, party), options
        )
        found += done.events
    return found


def is_stopped(platform: Platform, number: int) -> bool:
    """Whether a sale that is reported now is held for a mark on the pig."""
    (sold,) = report(platform, told(number, "trade", 9, bizStep="shipping"), party=MARKET)
    return any(each.rule == "produce.trade.state" for each in sold.findings)


def said(to: Verdict, *, expect: Verdict | None = None, ground: str = "补交了证明") -> Wish:
    return Wish(to=to, ground=ground, expect=expect)


@pytest.fixture
def judged(platform: Platform) -> Platform:
    """A failed test of the market's, and its release by somebody who may not release: held."""
    parties = [
        Party(uri=MARKET, name=Text("市场", "Market"), roles=("wholesale_market",)),
        Party(uri=STRANGER, name=Text("路人", "Stranger")),
    ]
    sites = [
        Site(uri=STALL, operator=MARKET, name=Text("摊", "Stall"), division="330106"),
        Site(uri=SHED, operator=STRANGER, name=Text("棚", "Shed"), division="110105"),
    ]
    register(platform, [*parties, *sites])
    report(platform, FAILED, party=MARKET)
    (held,) = report(platform, RELEASED)
    assert held.verdict is Verdict.HELD
    assert set(GROUNDS) == {each.rule for each in held.findings if each.severity == "hold"}
    publish(platform)
    index.catch_up(platform.store)
    return platform


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[SuyuanError]]:
    """That something is refused by its code."""
    with pytest.raises(SuyuanError) as found:
        yield found
    assert found.value.code == code


def counts(platform: Platform, event: str = RELEASE) -> Verdict:
    (found,) = verdicts(platform, event, OPERATOR)
    return found.counts


def is_held(platform: Platform, known_at: int | None = None) -> bool:
    """Whether the release is a doubtful fact of the pig, as known at a position."""
    (release,), pig = verdicts(platform, RELEASE, OPERATOR), subject(platform, PIG)
    assert pig is not None
    question = Question(
        seeds=(Seed(thing=pig.canonical),), direction=Direction.FORWARD, known_at=known_at
    )
    with platform.store.read() as conn:
        found = gather(conn, question, OPERATOR, secret=platform.recorder.secret)
    (fact,) = [each for each in found.facts if each.position == release.position]
    return fact.held


def test_what_was_judged_stays_and_the_newest_decision_counts(judged: Platform) -> None:
    done = override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局")
    assert (done.verdict, done.counts) == (Verdict.HELD, Verdict.ACCEPTED)
    (one,) = done.overrides
    assert one.findings == done.findings
    assert set(GROUNDS) < set(one.findings)
    assert (one.before, one.verdict, one.authority) == (Verdict.HELD, Verdict.ACCEPTED, "市监局")
    assert verdicts(judged, RELEASE, OPERATOR) == [done]
    assert verdicts(judged, done.position, OPERATOR) == [done]
    with judged.store.read() as conn:
        assert conn.execute("select distinct results is null from capture.job").fetchall() == [
            (False,)
        ]
    assert audit(judged) == []
    assert examine(judged).damages == ()


def test_graver_findings_that_a_decision_did_not_speak_of_are_told(judged: Platform) -> None:
    """Until they are set aside too; who may not read why is told of none."""
    by = {"authority": "市监局"}
    every = override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, **by)
    assert every.undecided == ()
    override(judged, RELEASE, said(Verdict.HELD, expect=Verdict.ACCEPTED), OPERATOR, **by)
    first, *others = every.findings
    named = replace(said(Verdict.ACCEPTED), findings=(first,))
    done = override(judged, RELEASE, named, OPERATOR, **by)
    assert (done.counts, set(done.undecided)) == (Verdict.ACCEPTED, set(others))
    assert others
    public = verdict_at(judged, done.position, PUBLIC)
    assert public is None or public.undecided == ()
    back = override(judged, RELEASE, said(Verdict.HELD, expect=Verdict.ACCEPTED), OPERATOR, **by)
    assert back.undecided == ()
    grave = replace(said(Verdict.FLAGGED), findings=GROUNDS)
    assert override(judged, RELEASE, grave, OPERATOR, **by).undecided == ()
    light = tuple(each for each in every.findings if each not in GROUNDS)
    rest = replace(said(Verdict.ACCEPTED, expect=Verdict.FLAGGED), findings=light)
    assert override(judged, RELEASE, rest, OPERATOR, **by).undecided == (), "two decisions, all"


def test_the_act_is_proven_to_its_reporter_and_says_what_was_decided(judged: Platform) -> None:
    done = override(judged, RELEASE, said(Verdict.FLAGGED), OPERATOR, authority="市监局")
    publish(judged)
    position = done.overrides[-1].position
    assert position is not None
    trust = Trust(policy=trusting(log_of(judged).vkeys))
    reporter = Viewer(role=Role.CAPTURER, party=STRANGER)
    fields = verify_file(receipt(judged, position, reporter) or b"", trust).fields
    act = json.loads(fields["said"])
    assert act["party"] == STRANGER
    assert act["said"] | {"by": "", "event": "", "seal": ""} == {
        "authority": "市监局", "before": "held", "verdict": "flagged", "documents": [],
        "findings": list(GROUNDS), "ground": "补交了证明", "position": done.position,
        "by": "", "event": "", "seal": "",
    }  # fmt: skip
    assert [each.kind for each in logged_acts(judged, "verdict.overridden")] == [
        "verdict.overridden"
    ]


def test_who_decided_gets_the_receipt_and_no_other_authority_does(judged: Platform) -> None:
    office, other = (
        viewer_named(judged, Account(name=name, role=Role.REGULATOR, areas=("3301",)))
        for name in ("office", "other")
    )
    position = override(judged, RELEASE, said(Verdict.FLAGGED), office).overrides[-1].position
    assert position is not None
    publish(judged)
    trust = Trust(policy=trusting(log_of(judged).vkeys))
    fields = verify_file(receipt(judged, position, office) or b"", trust).fields
    assert json.loads(fields["said"])["said"]["authority"] == "office"
    with refused("receipt.not-yours"):
        receipt(judged, position, other)
    assert receipt(judged, position, PUBLIC) is None


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_counts_as_the_last_that_changed_something(
    judged: Platform, seed: int
) -> None:
    """The oracle: a verdict counts until another takes its place; in traces, by its position."""
    draw, now = Random(seed), Verdict.HELD
    since: list[tuple[int, Verdict]] = [(position_of(judged), now)]
    for number, to in enumerate(draw.choices(SEEN, k=7)):
        wish = said(to, expect=now)
        if to is now:
            with refused("override.same"):
                override(judged, RELEASE, wish, OPERATOR, authority="市监局")
            continue
        done, now = override(judged, RELEASE, wish, OPERATOR, authority="市监局"), to
        since.append((done.overrides[-1].position or 0, now))
        assert counts(judged) is is_last(since)
        assert is_stopped(judged, 100 + number) is (now is Verdict.HELD)
        assert is_held(judged) is (now is Verdict.HELD)
    held = {at: is_held(judged, at) for at in range(since[0][0], since[-1][0] + 3)}
    assert held == {at: is_last(since, at) is Verdict.HELD for at in held}
    publish(judged)
    assert audit(judged) == []
    reindex(judged)
    assert {at: is_held(judged, at) for at in held} == held
    assert examine(judged).damages == ()


def position_of(platform: Platform) -> int:
    (found,) = verdicts(platform, RELEASE, OPERATOR)
    return found.position


def is_last(since: list[tuple[int, Verdict]], at: int = 1 << 40) -> Verdict:
    """The verdict of the last decision that was made by a position."""
    return [verdict for begin, verdict in since if begin <= at][-1]


@pytest.mark.parametrize("to", [Verdict.FLAGGED, Verdict.HELD])
def test_what_the_rules_let_through_can_be_doubted(judged: Platform, to: Verdict) -> None:
    failed = str(FAILED["eventID"])
    (found,) = verdicts(judged, failed, OPERATOR)
    wish = said(to if found.counts is not to else Verdict.ACCEPTED, expect=found.counts)
    done = override(judged, failed, wish, OPERATOR, authority="市监局")
    assert done.counts is wish.to
    back = said(found.verdict, expect=done.counts, ground="查无实据")
    assert override(judged, failed, back, OPERATOR, authority="市监局").counts is found.verdict
    publish(judged)
    assert audit(judged) == []


def test_a_mark_that_is_set_stays_whatever_is_decided_of_its_report(judged: Platform) -> None:
    failed = str(FAILED["eventID"])
    (found,) = verdicts(judged, failed, OPERATOR)
    assert is_stopped(judged, 7)
    wish = said(next(each for each in SEEN if each is not found.counts), expect=found.counts)
    override(judged, failed, wish, OPERATOR, authority="市监局")
    assert is_stopped(judged, 8)
    assert examine(judged).damages == ()


def test_goods_that_travel_together_are_released_together(judged: Platform) -> None:
    """Things of which an earlier event said the same share their rows, of which one decides now."""
    both = [PIG, f"{PIG[:-1]}2"]
    seen = told(20, "storage", 4, epcList=both, bizStep="storing")
    failed = FAILED | {"eventID": told(21, "", 0)["eventID"], "epcList": both}
    released = RELEASED | {"eventID": told(22, "", 0)["eventID"], "epcList": both}
    report(judged, seen, failed, party=MARKET)
    report(judged, seen | {"eventID": told(23, "", 0)["eventID"]}, released)
    name = str(released["eventID"])
    for to, before in ((Verdict.ACCEPTED, Verdict.HELD), (Verdict.HELD, Verdict.ACCEPTED)):
        override(judged, name, said(to, expect=before), OPERATOR, authority="市监局")
        publish(judged)
        assert examine(judged).damages == ()
        for number, thing in enumerate(both):
            sold = told(30 + number + 10 * SEEN.index(to), "trade", 9, bizStep="shipping")
            (one,) = report(judged, sold | {"epcList": [thing]}, party=MARKET)
            found = {each.rule for each in one.findings}
            assert ("produce.trade.state" in found) is (to is Verdict.HELD)


def test_the_public_answer_goes_by_what_counts_and_says_who_decided_to_whom_it_may(
    judged: Platform,
) -> None:
    override(
        judged, RELEASE, said(Verdict.ACCEPTED, ground="秘密的理由"), OPERATOR, authority="市监局"
    )
    reporter = Viewer(role=Role.CAPTURER, party=STRANGER)
    notes = dict[Viewer, list[str]]()
    for viewer in (PUBLIC, reporter, OPERATOR):
        said_to = answer(judged, PIG, viewer)
        stages = (*said_to.origins, *said_to.whereabouts)
        told_of = [each.note.zh for each in stages if each.note is not None]
        notes[viewer] = [each for each in told_of if "改判" in each]
    for each in notes.values():
        assert each
        assert all("由" in one and "待查" in one and "通过" in one for one in each)
    assert not any("秘密" in one or "市监局" in one for one in notes[PUBLIC])
    assert all("秘密的理由" in one and "市监局" in one for one in notes[reporter] + notes[OPERATOR])


def test_on_the_public_answer_an_authority_reads_why_within_its_reach_alone(
    judged: Platform,
) -> None:
    override(
        judged, RELEASE, said(Verdict.ACCEPTED, ground="秘密的理由"), OPERATOR, authority="市监局"
    )
    near = Account(name="near", role=Role.REGULATOR, families=("edible-agricultural-products",))
    far = Account(name="far", role=Role.REGULATOR, families=("drugs",), party=MARKET)
    for account, reads in ((near, True), (far, False)):
        said_to = answer(judged, PIG, viewer_named(judged, account))
        stages = (*said_to.origins, *said_to.whereabouts)
        notes = [each.note.zh for each in stages if each.note is not None]
        decided = [each for each in notes if "改判" in each]
        assert decided
        assert all(("秘密的理由" in each) is reads for each in decided)


@pytest.mark.parametrize("name", ["", " \t", "长" * 201, "市监\u202e局", "a\x07b"])
def test_the_authority_that_is_named_at_the_machine_is_a_name(judged: Platform, name: str) -> None:
    with refused("override.authority"):
        override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority=name)
    assert counts(judged) is Verdict.HELD


def test_the_public_answer_of_a_stop_follows_the_release(judged: Platform) -> None:
    assert answer(judged, PIG).verdict.tone is Tone.STOP
    override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局")
    assert answer(judged, PIG).verdict.tone is not Tone.STOP
    override(
        judged, RELEASE, said(Verdict.HELD, expect=Verdict.ACCEPTED), OPERATOR, authority="市监局"
    )
    assert answer(judged, PIG).verdict.tone is Tone.STOP


def viewer_named(platform: Platform, account: Account) -> Viewer:
    key = fresh_key(platform, account)
    return who(platform, f"Bearer {key}", address="").viewer


REACHES = {
    "its area": ({"areas": ("3301",)}, None),
    "its family": ({"families": ("edible-agricultural-products",)}, None),
    "another area": ({"areas": ("1101",)}, "override.none"),
    "another family": ({"families": ("drugs",)}, "override.none"),
    "its family elsewhere": (
        {"areas": ("1101",), "families": ("edible-agricultural-products",)}, "override.none",
    ),
    "an authority that has a part in it": (
        {"areas": ("1101",), "party": MARKET}, "override.not-yours",
    ),
}  # fmt: skip


@pytest.mark.parametrize("reach", REACHES)
def test_an_authority_decides_within_its_reach_alone(judged: Platform, reach: str) -> None:
    given, code = REACHES[reach]
    account = Account(name="office", role=Role.REGULATOR, **given)
    office = viewer_named(judged, account)
    if code is not None:
        with refused(code):
            override(judged, RELEASE, said(Verdict.ACCEPTED), office)
        assert counts(judged) is Verdict.HELD
        return
    done = override(judged, RELEASE, said(Verdict.ACCEPTED), office, authority="somebody else")
    assert done.may_override
    assert done.overrides[-1].authority == "office"
    publish(judged)
    assert audit(judged) == []


@pytest.mark.parametrize("role", [Role.CAPTURER, Role.REGULATOR, Role.ADMIN])
def test_who_reported_it_does_not_decide_whatever_the_account(judged: Platform, role: Role) -> None:
    areas = ("3301",) if role is Role.REGULATOR else ()
    own = viewer_named(judged, Account(name="own", role=role, party=STRANGER, areas=areas))
    with refused("override.own") as found:
        override(judged, RELEASE, said(Verdict.ACCEPTED), own)
    assert found.value.status == 403
    assert counts(judged) is Verdict.HELD
    (found,) = verdicts(judged, RELEASE, own)
    assert not found.may_override


def test_who_has_no_authority_does_not_decide(judged: Platform) -> None:
    for viewer, code in ((PUBLIC, "override.none"), (
        Viewer(role=Role.CAPTURER, party=MARKET), "override.not-yours",
    )):  # fmt: skip
        with refused(code):
            override(judged, RELEASE, said(Verdict.ACCEPTED), viewer, authority="市监局")
    assert counts(judged) is Verdict.HELD


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no ground": ({"ground": "  "}, "override.ground"),
    "a long ground": ({"ground": "长" * 1001}, "override.ground"),
    "a ground with a bell": ({"ground": "a\x07b"}, "override.ground"),
    "somebody's number": ({"ground": "由 11010519491231002X 证明"}, "person.number"),
    "no URI": ({"documents": ("a b",)}, "override.document"),
    "too many documents": (
        {"documents": tuple(f"urn:a:{n}" for n in range(21))},
        "override.document",
    ),
    "refused": ({"to": Verdict.REFUSED}, "override.to"),
    "a finding that is none": ({"findings": ("x.y",)}, "override.finding"),
    "another verdict seen": ({"expect": Verdict.ACCEPTED}, "override.changed"),
    "nothing changes": ({"to": Verdict.HELD}, "override.same"),
    "another position": ({"position": 1}, "override.none"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_out_of_form_changes_nothing(judged: Platform, wrong: str) -> None:
    changes, code = WRONG[wrong]
    with refused(code):
        override(
            judged,
            RELEASE,
            replace(said(Verdict.ACCEPTED), **changes),
            OPERATOR,
            authority="市监局",
        )
    assert counts(judged) is Verdict.HELD
    assert list(logged_acts(judged, "verdict.overridden")) == []


def test_of_two_at_once_one_is_told(judged: Platform) -> None:
    ready = Barrier(2)

    def decide(to: Verdict) -> str:
        ready.wait()
        try:
            return override(judged, RELEASE, said(to), OPERATOR, authority="市监局").counts.value
        except SuyuanError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(decide, (Verdict.ACCEPTED, Verdict.FLAGGED)))
    assert "override.changed" in done
    assert counts(judged).value in done
    (found,) = verdicts(judged, RELEASE, OPERATOR)
    assert len(found.overrides) == 1
    publish(judged)
    assert audit(judged) == []


def test_a_declaration_is_not_overridden(judged: Platform) -> None:
    wrong = RELEASED | {
        "errorDeclaration": {"declarationTime": "2026-03-02T10:00:00Z", "reason": "incorrect_data"}
    }
    report(judged, wrong)
    publish(judged)
    with judged.store.read() as conn:
        position = ledger.head(conn).size
    with refused("override.declaration"):
        override(
            judged,
            position,
            said(Verdict.HELD, expect=Verdict.ACCEPTED),
            OPERATOR,
            authority="市监局",
        )
    assert (
        override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局").position
        < position
    )


def test_two_events_of_one_id_are_told_apart_by_position(judged: Platform) -> None:
    report(judged, RELEASED, party=MARKET)
    with refused("override.several") as found:
        override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局")
    assert found.value.status == 409
    first, second = verdicts(judged, RELEASE, OPERATOR)
    assert str(first.position) in found.value.text.en
    wish = replace(said(Verdict.ACCEPTED), position=first.position)
    assert override(judged, RELEASE, wish, OPERATOR, authority="市监局").counts is Verdict.ACCEPTED
    assert verdicts(judged, RELEASE, OPERATOR)[1] == second


def test_what_was_refused_is_to_be_reported_again(judged: Platform) -> None:
    tomorrow = told(5, "trade", 9, eventTime="2226-03-01T09:00:00+08:00")
    (found,) = report(judged, tomorrow)
    assert found.verdict is Verdict.REFUSED
    with refused("override.refused"):
        override(
            judged, str(tomorrow["eventID"]), said(Verdict.ACCEPTED), OPERATOR, authority="市监局"
        )


def test_what_is_destroyed_is_not_overridden_and_its_decisions_stay(judged: Platform) -> None:
    done = override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局")
    erase(judged, RELEASE, Decision(by="court", ground="article 47"), early=True)
    with refused("override.destroyed") as found:
        override(
            judged,
            done.position,
            said(Verdict.HELD, expect=Verdict.ACCEPTED),
            OPERATOR,
            authority="市监局",
        )
    assert found.value.status == 410
    with judged.store.read() as conn:
        rows = conn.execute("select ground, judged from record.override").fetchall()
    assert rows == [("补交了证明", None)]
    publish(judged)
    assert audit(judged) == []
    assert examine(judged).damages == ()


ATTACKS = {
    "an override undone": ("record.missing", "delete from record.override where verdict = 0"),
    "an override made up": ("record.unlogged", "insert into record.override select act - 7, entry, verdict, 2, aside, ground, documents, authority, account, at, seal, judged from record.override where verdict = 0"),
    "an override of another event": ("record.missing", "update record.override set entry = (select min(id) from record.entry)"),
    "another verdict": ("record.changed", "update record.override set verdict = 1 where verdict = 0"),
    "another verdict before": ("record.changed", "update record.override set before = 1 where before = 2"),
    "another ground": ("record.changed", "update record.override set ground = 'x'"),
    "another document": ("record.changed", "update record.override set documents = '{urn:x}'"),
    "another finding": ("record.changed", "update record.override set aside = '{}'"),
    "another authority": ("record.changed", "update record.override set authority = 'x'"),
    "another day": ("record.changed", "update record.override set at = at - interval '2 days'"),
    "another act": ("record.changed", "update record.override set act = act - 9 where verdict = 1"),
    "another seal": ("record.changed", "update record.override set seal = 'x'"),
    "what was judged": ("state.differs", "update record.override set judged = '{\"sets\": [\"x\"]}'"),
    "held again for later judging": ("state.differs", "update state.event set what = what | 32768, marks_cleared = null where marks_cleared is not null"),
    "a mark less cleared": ("state.differs", "update state.event set marks_cleared = '{stop_sale}' where marks_cleared is not null"),
    "the verdict in the event": ("record.changed", "update record.entry set verdict = 0 where verdict = 2"),
    "the act altered": ("ledger.act", "update ledger.act set said = replace(encode(said, 'escape'), 'flagged', 'refused')::bytea where kind = 'verdict.overridden'"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forgery_is_found_and_named(judged: Platform, attack: str) -> None:
    override(judged, RELEASE, said(Verdict.FLAGGED), OPERATOR, authority="市监局")
    override(
        judged,
        RELEASE,
        said(Verdict.ACCEPTED, expect=Verdict.FLAGGED),
        OPERATOR,
        authority="市监局",
    )
    publish(judged)
    assert audit(judged) == []
    code, statement = ATTACKS[attack]
    broken(judged, statement)
    found = audit(judged)
    assert code in {each.code for each in found}, found
    assert {each.code for each in examine(judged).damages} >= {each.code for each in found}


def test_a_backup_carries_it(judged: Platform, tmp_path: Path, empty_database: str) -> None:
    override(judged, RELEASE, said(Verdict.ACCEPTED), OPERATOR, authority="市监局")
    publish(judged)
    before = verdicts(judged, RELEASE, OPERATOR)
    kept = backup(judged, tmp_path / "kept")
    config = replace(judged.config, data_dir=tmp_path / "other", database_url=empty_database)
    restore(config, Path(kept.path), new_log=True)
    with open_platform(config) as other:
        assert verdicts(other, RELEASE, OPERATOR) == before
        assert audit(other) == []
