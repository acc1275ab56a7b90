"""Takes the day and a scale; gives the six stories beside pork, one for each other family.

Each is data of its own, told through the same door as real reports; `tell_all` tells them, in as
many processes as there are, and `shortfalls` says what of their promises does not hold.
"""

from suyuan.demo.play import today_of
from suyuan.demo.stories.every import every_story
from suyuan.demo.stories.prove import shortfalls
from suyuan.demo.stories.shape import Story
from suyuan.demo.stories.tell import Caught, Retold, tell_all

__all__ = ["Caught", "Retold", "Story", "every_story", "shortfalls", "tell_all", "today_of"]
