"""Takes an open platform; gives it a story: a small world, told by those who live in it.

Stories are invented, seeded by the date alone, and told through the same door as real reports.
"""

from suyuan.demo.play import Told, chapters, play
from suyuan.demo.scenes import Scene, check, scenes, story_folder

__all__ = ["Scene", "Told", "chapters", "check", "play", "scenes", "story_folder"]
