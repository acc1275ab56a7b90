"""What each viewer is shown of the same pork, and that what is hidden changes nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec import structs
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from suyuan.capture import OnRefusal, Options
from suyuan.codes import recognise
from suyuan.demo import cast
from suyuan.demo.chapter import Chapter
from suyuan.demo.events import Days, EventDict, at_site, between, made, observed, on_voucher
from suyuan.kit import Text
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.publish import PublicAnswer, Tone
from suyuan.service import Config, answer, capture, follow, local_capturer, register, viewer_for
from suyuan.service.platform import Platform, on_store
from suyuan.store import Store, StoreSettings, migrate, open_store

NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
DAYS = Days(NOW.date())
HALF = f"{cast.HALF}/21/1"
FAMILY = {"suyuan_family": "edible-agricultural-products", "suyuan_productKind": "pork"}
PRICE, COUNT, CONTACT = "21.67", 4321, "13800138000"


def platform_on(store: Store) -> Platform:
    platform = on_store(store, Config(data_dir=Path()), clock=lambda: NOW, draw=lambda n: b"k" * n)
    register(platform, [*cast.registry(NOW.date()), *cast.quarantine_papers(NOW.date())])
    return platform


@pytest.fixture
def platform(database: Store) -> Platform:
    return platform_on(database)


def tell(platform: Platform, reporter: cast.Actor, *events: EventDict) -> None:
    chapter = Chapter(title=Text("", ""), reporter=reporter, events=events)
    capturer = local_capturer(platform, reporter.party)
    capture(platform, chapter.document(), capturer, Options(on_refusal=OnRefusal.PROCEED))


def birth(**more: Any) -> EventDict:
    members = {**at_site(cast.ABATTOIR), "suyuan_step": "slaughter", **FAMILY, **more}
    return made("birth", DAYS.at(3, "05:00"), [HALF], **members)


def sale(name: str = "sale", clock: str = "05:00", **more: Any) -> EventDict:
    members = {
        **between(cast.ABATTOIR, cast.WHOLESALER),
        **on_voucher(cast.voucher(1)),
        "suyuan_step": "trade",
        "suyuan_unitPrice": PRICE,
        "suyuan_animalCount": COUNT,
        "suyuan_buyerContact": CONTACT,
        "suyuan_stall": "肉-07",
        **FAMILY,
        **more,
    }
    return observed(name, DAYS.at(2, clock), "shipping", [HALF], **members)


def hidden(name: str, **more: Any) -> EventDict:
    """A report outside any step: its parties' business alone."""
    return observed(
        name, DAYS.at(1, "09:00"), "storing", [HALF], **{**at_site(cast.CANTEEN), **more}
    )


def seen(platform: Platform, viewer: Viewer = PUBLIC, thing: str = HALF) -> PublicAnswer:
    follow(platform)
    return answer(platform, recognise(thing)[0].canonical, viewer)


def shown(said: PublicAnswer) -> str:
    return msgspec.json.encode(said).decode()


def test_price_quantity_customer_and_contact_are_never_public(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    text = shown(seen(platform))
    assert "肉-07" in text, "what is public must be there, else this test sees nothing"
    for secret in (PRICE, str(COUNT), CONTACT, cast.WHOLESALER.name.zh, cast.WHOLESALER.party):
        assert secret not in text
    assert cast.voucher(1) not in text


def test_a_partner_sees_what_partners_may_and_the_reporter_sees_its_price(
    platform: Platform,
) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    partner = shown(seen(platform, viewer_for(platform, cast.WHOLESALER.party)))
    reporter = shown(seen(platform, viewer_for(platform, cast.ABATTOIR.party)))
    assert CONTACT in partner
    assert cast.voucher(1) in partner
    assert PRICE not in partner
    assert PRICE in reporter
    assert cast.WHOLESALER.name.zh in reporter


def test_a_regulator_sees_more_than_the_public_but_no_secret(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    regulator = Viewer(role=Role.REGULATOR, areas=("4117",))
    text = shown(seen(platform, regulator))
    assert CONTACT in text
    assert PRICE not in text


def test_only_the_reporter_gets_digests_of_its_events(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    for viewer, count in ((PUBLIC, 0), (viewer_for(platform, cast.ABATTOIR.party), 2)):
        proof = seen(platform, viewer).proof
        assert proof is not None
        assert len(proof.digests) == count


def test_a_remark_tells_the_public_the_rule_and_not_what_was_found(platform: Platform) -> None:
    wrong = birth(suyuan_slaughterDate=DAYS.day(9), suyuan_farmExitDate=DAYS.day(6))
    tell(platform, cast.ABATTOIR, wrong)
    public = seen(platform)
    notes = [stage.note for stage in (*public.origins, *public.whereabouts) if stage.note]
    assert notes
    assert public.verdict.tone is Tone.HOLD
    assert all(
        note.zh.endswith("）") and "（依据：《生猪屠宰管理条例》" in note.zh for note in notes
    )
    assert all(
        "(by Regulation on the Administration of Pig Slaughter" in note.en for note in notes
    ), notes
    assert DAYS.day(6) not in shown(public), "the farm's exit date is for partners"
    reporter = shown(seen(platform, viewer_for(platform, cast.ABATTOIR.party)))
    assert DAYS.day(6) in reporter


def other_world(store: Store) -> Store:
    """A second store on a fresh database of the same server."""
    name = f"{conninfo_to_dict(store.dsn)['dbname']}_other"
    with psycopg.connect(store.dsn, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    dsn = make_conninfo(store.dsn, dbname=name)
    migrate(dsn)
    return open_store(StoreSettings(data_dir=Path(), database_url=dsn, pool_max=4))


HIDDEN_WORLDS: list[list[EventDict]] = [
    [hidden("h1")],
    [hidden("h1", suyuan_unitPrice="9.99"), hidden("h2")],
    [made("h3", DAYS.at(5, "05:00"), [HALF], **at_site(cast.CANTEEN))],
    [
        observed(
            "h4", DAYS.at(1, "11:00"), "shipping", [HALF], **between(cast.CANTEEN, cast.STALL_LI)
        )
    ],
]


@pytest.mark.parametrize("events", HIDDEN_WORLDS, ids=["one", "two", "another birth", "a way on"])
def test_what_is_hidden_changes_nothing_that_the_public_is_shown(
    database: Store, events: list[EventDict]
) -> None:
    answers = []
    with other_world(database) as second:
        for store, told in ((database, ()), (second, events)):
            platform = platform_on(store)
            tell(platform, cast.ABATTOIR, birth(), sale())
            if told:
                tell(platform, cast.CANTEEN, *told)
                mine = seen(platform, viewer_for(platform, cast.CANTEEN.party))
                assert mine.proof is not None
                assert len(mine.proof.digests) == len(told), "the hidden events must be there"
            said = seen(platform)
            assert said.proof is not None
            # How long the record is, is public; what is in it is not.
            level = structs.replace(said.proof, position=0)
            answers.append(msgspec.json.encode(structs.replace(said, proof=level)))
    assert answers[0] == answers[1]


def test_a_report_taken_back_no_longer_counts_and_is_told_to_everybody(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    before = seen(platform)
    wrong = sale() | {
        "errorDeclaration": {
            "declarationTime": DAYS.at(1, "11:00").isoformat(timespec="milliseconds"),
            "reason": "incorrect_data",
        }
    }
    tell(platform, cast.ABATTOIR, wrong)
    after = seen(platform)
    assert len(after.origins + after.whereabouts) == len(before.origins + before.whereabouts) - 1
    assert not before.history
    assert [cast.ABATTOIR.name.zh in line.zh and "1" in line.zh for line in after.history] == [True]


def test_goods_sent_that_nobody_reports_received_are_a_gap(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    said = seen(platform)
    assert said.verdict.tone is Tone.NOTE
    assert any("没有报收货" in gap.zh for gap in said.gaps)


def test_a_party_and_a_place_say_who_they_are_and_tell_of_no_event(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    for uri in (cast.ABATTOIR.party, cast.ABATTOIR.site):
        said = seen(platform, thing=uri)
        assert said.verdict.tone is Tone.PLAIN
        assert said.name == cast.ABATTOIR.name
        assert said.about
        assert not said.origins + said.whereabouts
        assert said.proof is None


def test_an_unrecorded_code_and_a_hidden_one_get_the_same_answer(platform: Platform) -> None:
    other = f"{cast.HALF}/21/2"
    tell(platform, cast.CANTEEN, hidden("h5") | {"epcList": [other]})
    unknown = seen(platform, thing=f"{cast.HALF}/21/3")
    secret = seen(platform, thing=other)
    assert unknown.verdict.tone is Tone.UNKNOWN
    assert structs.replace(secret, subject=unknown.subject) == unknown


def labels(said: PublicAnswer) -> list[str]:
    return [label.zh for each in (*said.origins, *said.whereabouts) for label, _ in each.facts]


def test_a_reporter_is_shown_no_field_that_is_the_thing_itself_or_the_judging_of_it(
    platform: Platform,
) -> None:
    tell(platform, cast.ABATTOIR, birth(suyuan_earTag="141010500000001"), sale())
    said = labels(seen(platform, Viewer(role=Role.CAPTURER, party=cast.ABATTOIR.party)))
    assert said.count("耳标编码") == 1, "what was stated is shown, and the carcass is no ear tag"
    assert "接收时间" not in said


def test_only_who_sees_all_records_is_told_that_nothing_is_open(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(), sale())
    reporter = Viewer(role=Role.CAPTURER, party=cast.ABATTOIR.party)
    for viewer in (Viewer(), reporter, Viewer(role=Role.REGULATOR, areas=("4117",))):
        said = seen(platform, viewer).completeness
        assert said is not None
        assert said.zh.startswith("您能看到的记录里")
        assert "，没有断点" not in said.zh
    whole = seen(platform, Viewer(role=Role.ADMIN)).completeness
    assert whole is not None
    assert not whole.zh.startswith("您能看到的记录里")


def test_a_field_that_has_parts_is_shown_to_its_reporter(platform: Platform) -> None:
    tell(platform, cast.ABATTOIR, birth(suyuan_earTag={"suyuan:tag": "141010500000001"}))
    said = labels(seen(platform, Viewer(role=Role.CAPTURER, party=cast.ABATTOIR.party)))
    assert said.count("耳标编码") == 1


def test_sales_to_two_buyers_named_by_the_seller_are_two_steps(platform: Platform) -> None:
    to_nobody = {"destinationList": [], "suyuan_buyerContact": None}
    names = ("刘家饭馆", "老孙面馆")
    tell(
        platform,
        cast.ABATTOIR,
        birth(),
        *(sale(f"to {name}", suyuan_buyerName=name, **to_nobody) for name in names),
    )
    reporter = Viewer(role=Role.CAPTURER, party=cast.ABATTOIR.party)
    ways = seen(platform, reporter)
    steps = (*ways.origins, *ways.whereabouts)
    said = [each.counterpart for each in steps if each.counterpart]
    assert sorted(each.zh for each in said) == sorted(names)
    assert not any(name in shown(seen(platform)) for name in names)
