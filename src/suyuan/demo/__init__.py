"""Takes an open platform; gives it a story: a small world, told by those who live in it.

Stories are invented, the same whenever they are told on one day, and told through the same door as
real reports. Pork is told chapter by chapter; the other families' are in `stories`.
"""

from suyuan.demo import stories
from suyuan.demo.play import Told, chapters, play
from suyuan.demo.scene import Scene
from suyuan.demo.scenes import check, scenes, story_folder

__all__ = ["Scene", "Told", "chapters", "check", "play", "scenes", "stories", "story_folder"]
