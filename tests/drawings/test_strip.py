"""The picture of a stock over time: whatever the account, it is whole, and says what it shows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from suyuan.drawings.strip import HEIGHT, WIDTH, strip
from suyuan.trace.accounts.types import Contradiction, Level, Reason, Statement
from suyuan.trace.types import BalanceKind, Extent, Pool

ZERO = Extent(Decimal(0), Decimal(0))
SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2026, 3, 1)
amounts = st.decimals(0, 10**12, places=3)


@st.composite
def levels(draw: st.DrawFn) -> tuple[Level, ...]:
    days = sorted(draw(st.sets(st.integers(0, 4000), max_size=30)))
    found = []
    for day in days:
        least = draw(amounts)
        most = draw(st.none() | amounts.map(lambda more, low=least: low + more))
        found.append(Level(FIRST + timedelta(days=day), least, most))
    return tuple(found)


def account(
    stock: tuple[Level, ...],
    broken: date | None = None,
    *,
    unit: str | None = "KGM",
    reason: Reason = Reason.MORE_WENT,
    kind: BalanceKind = BalanceKind.POOL,
) -> Statement:
    found = None
    if broken is not None:
        at = datetime(broken.year, broken.month, broken.day, tzinfo=UTC)
        found = Contradiction(reason=reason, day=broken, at=at, by=Decimal(3), question=())
    return Statement(
        kind=kind, pool=Pool("lot", "p", "s"), things=("lot",), unit=unit, opening=ZERO, came=ZERO,
        made=ZERO, went=ZERO, used=ZERO, ended=ZERO, closing=ZERO, missing=Decimal(0),
        lost=Decimal(0), records=1, unknown=0, contradiction=found, levels=stock,
    )  # fmt: skip


@given(
    levels(),
    st.none() | st.integers(-5, 4005),
    st.sampled_from(Reason),
    st.sampled_from(("KGM", None, 'x<&">')),
    st.sampled_from(("zh", "en")),
)
def test_every_stock_is_drawn_within_its_frame_and_said_in_words(
    stock: tuple[Level, ...], day: int | None, reason: Reason, unit: str | None, lang: str
) -> None:
    broken = None if day is None else FIRST + timedelta(days=day)
    drawn = strip(account(stock, broken, unit=unit, reason=reason), "zh" if lang == "zh" else "en")
    if drawn is None:
        assert len(stock) < 2
        return
    (root,) = ET.fromstring(f'<svg xmlns="{SVG[1:-1]}">{drawn}</svg>')  # noqa: S314 -- ours
    assert root.get("role") == "img"
    assert stock[0].day.isoformat() in (root.get("aria-label") or "")
    assert broken is None or broken.isoformat() in (root.get("aria-label") or "")
    assert len(root.findall(f"{SVG}path")) == 3 + (broken is not None)
    for path in root.findall(f"{SVG}path"):
        numbers = [float(each) for each in points(path.get("d") or "")]
        assert all(-0.1 <= number <= max(WIDTH, HEIGHT) for number in numbers)
    for text in root.findall(f"{SVG}text"):
        assert float(text.get("font-size") or 0) >= 14
        assert 0 <= float(text.get("x") or -1) <= WIDTH


def points(way: str) -> list[str]:
    return "".join(each if each in "0123456789.-" else " " for each in way).split()


def test_what_comes_short_and_what_is_over_are_told_apart() -> None:
    stock = (Level(FIRST, Decimal(9), Decimal(9)), Level(date(2026, 3, 4), Decimal(0), None))
    short = str(strip(account(stock, date(2026, 3, 4)), "en"))
    assert "2026-03-04 3 kg short" in short
    over = account(stock, date(2026, 3, 4), reason=Reason.MORE_COUNTED)
    assert "3 kg over" in str(strip(over, "en"))
    assert strip(account(stock, kind=BalanceKind.FLOW), "en") is None


def test_a_stock_that_never_moves_is_not_drawn() -> None:
    assert strip(account(()), "zh") is None
    assert strip(account((Level(FIRST, Decimal(1), Decimal(1)),)), "zh") is None
