"""What is due, overdue and filed, of the reports that stand: corrections count, and who may see."""

import itertools
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Capturer, Role, Verdict, Viewer
from suyuan.registry import Licence, Party, Site, directory
from suyuan.service import OPERATOR, Platform, capture, clocks
from suyuan.service.overriding import Wish, override

SELLER, BUYER = "urn:suyuan:party:seller", "urn:suyuan:party:buyer"
POLICE = "urn:suyuan:party:police"
ROLES = {
    SELLER: ("explosives_maker", "explosives_seller"), BUYER: ("blasting_unit",),
    POLICE: ("authority",),
}  # fmt: skip
MAGAZINE = "urn:suyuan:site:magazine"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
FIRST = date(2026, 1, 1)
Report = Callable[..., str]


def china(text: str) -> datetime:
    """An instant on China's clock."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture(autouse=True)
def _registered(platform: Platform) -> None:
    parties = [Party(uri=uri, name=Text("名", uri[-6:]), roles=each) for uri, each in ROLES.items()]
    site = Site(uri=MAGAZINE, operator=SELLER, division="330104", name=Text("库", "store"))
    licence = Licence(party=SELLER, kind="explosives_sale_licence", number="1")
    with platform.store.write() as conn:
        directory.register(conn, [*parties, site, licence])


@pytest.fixture
def report(platform: Platform) -> Report:
    """Report a sale or purchase of a lot on a day; with `wrong`, that this report was wrong."""
    numbers = iter(range(1, 10_000))

    def reported(
        day: str, *, by: str = SELLER, step: str = "explosives_sale", lot: str = "L1",
        wrong: str = "", account: int = 1, to: str = "", **items: str,
    ) -> str:  # fmt: skip
        event = {
            "type": "ObjectEvent", "eventID": wrong or UUID(int=next(numbers)).urn,
            "action": "OBSERVE", "bizStep": "shipping", "bizLocation": {"id": MAGAZINE},
            "eventTime": f"{day}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "quantityList": [{"epcClass": f"urn:epc:class:lgtin:6901234.056789.{lot}"}],
            "destinationList": [{"type": "possessing_party", "destination": to}] if to else [],
            "suyuan:family": "dangerous-goods", "suyuan:step": step, "suyuan:tradedOn": day,
            **{f"suyuan:{name}": value for name, value in items.items()},
        }  # fmt: skip
        if wrong:
            event["errorDeclaration"] = {"declarationTime": f"{day}T09:00:00+08:00"}
        whole = {
            "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-03-02T08:00:00Z", "epcisBody": {"eventList": [event]},
        }  # fmt: skip
        options = Options(on_refusal=OnRefusal.PROCEED)
        capturer = Capturer(tenant=1, account=account, party=by)
        result = capture(platform, json.dumps(whole).encode(), capturer, options)
        assert result.events[0].entry is not None, result
        index.catch_up(platform.store)
        return str(event["eventID"])

    return reported


def states(platform: Platform, at: str, **asked: Any) -> dict[str | None, clocks.State]:
    """The filing of each trade, by the event that started its clock."""
    found = clocks.running(platform, at=china(at), **asked)
    return {one.started_by: one.state for one in found.clocks if one.term.id == "explosives-filing"}


def test_a_trade_that_was_never_filed_is_overdue_and_says_by_which_law(
    platform: Platform, report: Report
) -> None:
    sold = report("2026-03-02")
    assert states(platform, "2026-03-05T23:59:59") == {sold: clocks.State.DUE}
    assert states(platform, "2026-03-06T00:00:00") == {sold: clocks.State.OVERDUE}
    assert states(platform, "2026-03-01T23:59:59") == {}
    (one,) = clocks.running(platform, at=china("2026-03-06T00:00:00")).clocks
    assert one.law.zh.startswith("《民用爆炸物品安全管理条例》")
    assert (one.term.article, one.term.days, one.party) == ("第二十四条", 3, SELLER)
    assert one.party_name.en == SELLER[-6:]
    assert (one.filed_at, one.filed_by, one.receipt) == (None, None, None)
    assert one.things == ("https://id.gs1.org/01/06901234567892/10/L1",)


def test_a_correction_takes_the_clock_back_and_the_corrected_report_proves_the_filing(
    platform: Platform, report: Report
) -> None:
    sold = report("2026-03-02")
    report("2026-03-02", wrong=sold)
    assert states(platform, "2026-03-10T00:00:00") == {}
    late = report("2026-03-02", filedOn="2026-03-08")
    found = clocks.running(platform, at=china("2026-03-10T00:00:00")).clocks
    (one,) = (each for each in found if each.term.id == "explosives-filing")
    assert (one.state, one.filed_by, one.started_by) == (clocks.State.LATE, late, late)
    with platform.store.read() as conn:
        (last,) = conn.execute("select max(position) from index.cursor").fetchone() or (0,)
    assert one.receipt == f"/entries/{last}"
    assert states(platform, "2026-03-07T00:00:00") == {late: clocks.State.OVERDUE}


def test_the_filing_of_a_report_that_is_held_proves_nothing_yet(
    platform: Platform, report: Report
) -> None:
    """Who buys has no licence to sell: the report of such a sale is held."""
    sold = report("2026-03-02", by=BUYER, filedOn="2026-03-03")
    assert states(platform, "2026-03-10T00:00:00") == {sold: clocks.State.HELD}
    assert states(platform, "2026-03-02T23:59:59") == {sold: clocks.State.DUE}
    wish = Wish(to=Verdict.ACCEPTED, ground="the licence is on file since")
    override(platform, sold, wish, OPERATOR, authority="市监局")
    assert states(platform, "2026-03-10T00:00:00") == {sold: clocks.State.FILED}


def test_each_sees_its_own_and_an_authority_its_area(platform: Platform, report: Report) -> None:
    sold = report("2026-03-02")
    bought = report("2026-03-03", by=BUYER, step="explosives_purchase")
    at = "2026-03-10T00:00:00"
    both = {sold: clocks.State.OVERDUE, bought: clocks.State.OVERDUE}
    here, away = (Viewer(role=Role.REGULATOR, areas=(area,)) for area in ("330000", "110000"))
    own = Viewer(role=Role.CAPTURER, party=SELLER)
    assert states(platform, at) == states(platform, at, viewer=here) == both
    assert states(platform, at, viewer=own) == {sold: clocks.State.OVERDUE}
    assert states(platform, at, viewer=own, party=BUYER) == {}
    assert states(platform, at, party=BUYER) == {bought: clocks.State.OVERDUE}
    assert states(platform, at, viewer=away) == states(platform, at, viewer=PUBLIC) == {}
    assert states(platform, at, family="food") == {}
    with pytest.raises(SuyuanError, match="no product family") as refused:
        states(platform, at, family="toys")
    assert refused.value.status == 404


def test_too_many_reports_are_told_of(
    platform: Platform, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("02", "03", "04"):
        report(f"2026-03-{day}", lot=f"L{day}")
    assert clocks.running(platform, at=china("2026-03-10T00:00:00")).since is None
    monkeypatch.setattr(clocks, "MOST", 2)
    found = clocks.running(platform, at=china("2026-03-10T00:00:00"))
    with platform.store.read() as conn:
        rows = conn.execute("select at from ledger.leaf order by position desc limit 2").fetchall()
    assert found.since == rows[-1][0]
    assert {one.began for one in found.clocks} == {
        china("2026-03-03T00:00:00"), china("2026-03-04T00:00:00"),
    }  # fmt: skip


def supervised(platform: Platform, at: str, **asked: Any) -> dict[str | None, clocks.State]:
    """The supervision of each destruction, by the event that tells of it."""
    found = clocks.running(platform, at=china(at), **asked)
    about = (one for one in found.clocks if one.term.id == "explosives-destruction-supervised")
    return {one.started_by: one.state for one in about}


def destroyed(report: Report, day: str, **more: str) -> str:
    """The act names the police, so that their account may confirm it."""
    kind = {"step": "danger_destruction", "productKind": "civil_explosive"}
    return report(day, by=BUYER, to=POLICE, **kind, **more)


def test_a_destruction_is_open_until_the_account_of_who_supervised_it_says_so(
    platform: Platform, report: Report
) -> None:
    """The unit's own second account is no authority: its word is held and proves nothing."""
    gone, seen = destroyed(report, "2026-03-03"), {"step": "danger_supervision"}
    kind = {"productKind": "civil_explosive", "confirms": gone}
    at = "2026-03-20T00:00:00"
    assert supervised(platform, at) == {gone: clocks.State.OVERDUE}
    assert supervised(platform, "2026-03-06T23:59:59") == {gone: clocks.State.DUE}
    own = report("2026-03-04", by=BUYER, account=2, **seen, **kind)
    assert supervised(platform, at) == {gone: clocks.State.HELD}
    police = report("2026-03-05", by=POLICE, account=3, **seen, **kind)
    found = clocks.running(platform, at=china(at), party=BUYER)
    (one,) = (each for each in found.clocks if each.started_by == gone)
    assert (one.state, one.filed_by) == (clocks.State.FILED, police)
    assert own != police


def test_what_perhaps_was_answered_is_not_called_overdue(
    platform: Platform, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many answers the older ones are not read: then it is not known what they answered."""
    gone = [destroyed(report, "2026-03-03", lot=f"L{number}") for number in range(3)]
    for (number, one), account in itertools.product(enumerate(gone), (3, 4)):
        report(
            "2026-03-04", by=POLICE, account=account, step="danger_supervision",
            lot=f"L{number}", productKind="civil_explosive", confirms=one,
        )  # fmt: skip
    last = destroyed(report, "2026-03-04", lot="L9")
    at = "2026-03-20T00:00:00"
    filed, overdue = clocks.State.FILED, clocks.State.OVERDUE
    assert supervised(platform, at) == dict.fromkeys(gone, filed) | {last: overdue}
    monkeypatch.setattr(clocks, "MOST", 6)
    assert clocks.running(platform, at=china(at)).since is None
    monkeypatch.setattr(clocks, "MOST", 4)
    assert clocks.running(platform, at=china(at)).since is not None
    assert supervised(platform, at) == {gone[1]: filed, gone[2]: filed, last: overdue}


@pytest.mark.parametrize("seed", range(3))
def test_the_database_and_an_oracle_agree(platform: Platform, report: Report, seed: int) -> None:
    """Trades, some filed and some declared wrong, in any order, asked about on any day."""
    draw = random.Random(seed)
    traded: dict[str, tuple[int, int | None]] = {}
    for number in range(14):
        day, gap = draw.randrange(40), draw.choice((None, 0, 2, 3, 4, 9))
        on = (FIRST + timedelta(days=day)).isoformat()
        filed = {} if gap is None else {"filedOn": str(FIRST + timedelta(days=day + gap))}
        made = report(on, lot=f"L{number % 4}", **filed)
        traded[made] = (day, gap)
        if draw.random() < 0.3:
            report(on, lot=f"L{number % 4}", wrong=made)
            del traded[made]
    for at in draw.sample(range(60), 6):
        expected = {}
        for made, (day, gap) in traded.items():
            if day > at:
                continue
            if gap is not None and day + gap <= at:
                expected[made] = clocks.State.LATE if gap > 3 else clocks.State.FILED
            else:
                expected[made] = clocks.State.OVERDUE if at > day + 3 else clocks.State.DUE
        on = (FIRST + timedelta(days=at)).isoformat()
        assert states(platform, f"{on}T23:59:59") == expected
