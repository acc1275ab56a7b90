"""Equal steps of a day are one line with a count, and folding loses none."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.publish import Stage, Tone, local_day
from suyuan.publish.stages import together

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = (Text("装箱", "packed"), Text("收货", "received"))
STAGES = st.builds(
    lambda hours, step, tone, sure: Stage(
        at=BEGIN + timedelta(hours=hours),
        offset="+08:00",
        step=STEPS[step],
        tone=tone,
        certain=sure,
        facts=((Text("编号", "number"), Text(str(hours), str(hours))),),
    ),
    st.integers(0, 72),
    st.integers(0, 1),
    st.sampled_from([Tone.GOOD, Tone.HOLD]),
    st.booleans(),
)


@given(st.lists(STAGES).map(lambda found: sorted(found, key=lambda stage: stage.at)))
def test_folding_loses_no_step_and_joins_only_what_is_alike(found: list[Stage]) -> None:
    folded = together(found)
    assert sum(stage.count for stage in folded) == len(found)
    kinds = {(each.step, each.tone, each.certain, local_day(each)) for each in found}
    assert len(folded) == len(kinds)
    assert [each.at for each in folded] == sorted(each.at for each in folded)


def test_two_dozen_crates_of_one_day_are_one_line() -> None:
    crates = [
        Stage(at=BEGIN + timedelta(minutes=n), offset="+08:00", step=STEPS[0]) for n in range(24)
    ]
    (line,) = together(crates)
    assert line.count == 24
    assert line.until == crates[-1].at


def test_the_day_is_the_one_on_the_calendar_at_the_place() -> None:
    late = datetime(2026, 1, 1, 17, tzinfo=UTC)
    assert local_day(Stage(at=late, offset="+08:00", step=STEPS[0])) == "2026-01-02"
    assert local_day(Stage(at=late, offset="-08:00", step=STEPS[0])) == "2026-01-01"
