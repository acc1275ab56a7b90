"""Takes the day and a scale; gives all stories beside pork."""

from datetime import date
from typing import Final

from suyuan.demo.stories import cylinders, detonators, infant, leeks, rare_earths, vaccine
from suyuan.demo.stories.shape import Story

_TELLERS: Final = (
    infant.story, vaccine.story, leeks.story, cylinders.story, detonators.story, rare_earths.story,
)  # fmt: skip
COUNT: Final = len(_TELLERS)


def every_story(today: date, scale: float = 1.0) -> tuple[Story, ...]:
    """The six stories; `scale` times as much everyday trade, the same things gone wrong."""
    return tuple(teller(today, scale) for teller in _TELLERS)


def one_story(number: int, today: date, scale: float) -> Story:
    """One of them by its number; a process of its own makes it anew."""
    return _TELLERS[number](today, scale)
