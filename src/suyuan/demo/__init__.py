"""Takes an open platform; gives it a story: a small world, told by those who live in it.

Stories are invented, seeded by the date alone, and told through the same door as real reports.
"""

from suyuan.demo.play import Told, play
from suyuan.demo.pork import example_pack, failed_half, silent_half

__all__ = ["Told", "example_pack", "failed_half", "play", "silent_half"]
