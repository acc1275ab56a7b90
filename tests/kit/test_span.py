from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.span import BadTimeError, Span, parse_instant, possibly_before, surely_before

INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2262, 12, 30)).map(  # noqa: DTZ001 -- bounds
    lambda at: at.replace(tzinfo=UTC)
)
OFFSETS = st.integers(-14 * 60, 14 * 60)


def spans() -> st.SearchStrategy[Span]:
    ends = st.none() | INSTANTS

    def ordered(pair: tuple[datetime | None, datetime | None]) -> Span:
        lo, hi = pair
        return Span(hi, lo) if lo and hi and lo > hi else Span(lo, hi)

    return st.tuples(ends, ends).map(ordered)


def zone(offset: int) -> str:
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"


@given(INSTANTS, OFFSETS)
def test_a_time_with_offset_is_its_instant(at: datetime, offset: int) -> None:
    local = (at + timedelta(minutes=offset)).replace(tzinfo=None)
    if not 1900 <= local.year <= 2262:
        return
    span, stated = parse_instant(f"{local.isoformat()}{zone(offset)}")
    assert (span, stated) == (Span(at, at), offset)


@given(st.dates(datetime(1900, 1, 1).date(), datetime(2262, 12, 31).date()), OFFSETS)  # noqa: DTZ001 -- bounds
def test_a_date_is_the_local_day(day: object, offset: int) -> None:
    span, stated = parse_instant(str(day), offset_minutes=offset)
    assert stated is None
    assert span.lo is not None
    assert span.hi is not None
    assert span.hi - span.lo == timedelta(days=1) - timedelta(microseconds=1)
    local = span.lo + timedelta(minutes=offset)
    assert (str(local.date()), local.hour, local.minute) == (str(day), 0, 0)


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("2026-02Z", "2026-02-01T00:00:00", "2026-02-28T23:59:59.999999"),
        ("2026-12Z", "2026-12-01T00:00:00", "2026-12-31T23:59:59.999999"),
        ("2024Z", "2024-01-01T00:00:00", "2024-12-31T23:59:59.999999"),
        ("2026-03-01T08:30+08:00", "2026-03-01T00:30:00", "2026-03-01T00:30:59.999999"),
        ("2026-03-01T24:00:00Z", "2026-03-02T00:00:00", "2026-03-02T00:00:00"),
        ("2026-03-01T08:00:00.1234567Z", "2026-03-01T08:00:00.123456",
         "2026-03-01T08:00:00.123456"),
        ("2026-03-01", "2026-02-28T10:00:00", "2026-03-02T11:59:59.999999"),
    ],
)  # fmt: skip
def test_precision_makes_the_interval(text: str, lo: str, hi: str) -> None:
    span, _ = parse_instant(text)
    assert span == Span(
        datetime.fromisoformat(lo).replace(tzinfo=UTC),
        datetime.fromisoformat(hi).replace(tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "text",
    [
        "9999-01-01T00:00:00Z", "1899-12-31", "2026-02-30", "2026-13-01", "2026-01-01T25:00:00Z",
        "2026-01-01T24:00:01Z", "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:60Z", "today",
        "2026-01-01 00:00:00", "", "２０２６-01-01", "2026-01-01T00:00:00+08:61",
    ],
)  # fmt: skip
def test_what_is_no_time_of_ours_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(BadTimeError) as refused:
        parse_instant(text)
    assert refused.value.text.zh
    assert refused.value.text.en


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadTimeError):
        span, _ = parse_instant(text)
        assert surely_before(Span(None, span.lo), span)


@given(spans(), spans())
def test_surely_before_implies_possibly_before(a: Span, b: Span) -> None:
    if surely_before(a, b):
        assert possibly_before(a, b)
    if not possibly_before(a, b):
        assert surely_before(b, a)


@given(spans(), spans(), INSTANTS, INSTANTS)
def test_surely_and_possibly_bound_every_choice_of_instants(
    a: Span, b: Span, x: datetime, y: datetime
) -> None:
    def inside(span: Span, at: datetime) -> bool:
        return (span.lo is None or span.lo <= at) and (span.hi is None or at <= span.hi)

    if inside(a, x) and inside(b, y):
        assert not surely_before(a, b) or x <= y
        assert x > y or possibly_before(a, b)


def test_yesterday_is_surely_before_today_and_not_the_reverse() -> None:
    yesterday, _ = parse_instant("2026-03-01+08:00")
    today, _ = parse_instant("2026-03-02+08:00")
    assert surely_before(yesterday, today)
    assert not possibly_before(today, yesterday)
