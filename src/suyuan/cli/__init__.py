"""Takes words typed in a terminal; gives calls to the use cases and their answers as text or JSON.

It holds no logic: what a command does is in `suyuan.service`.
"""

from suyuan.cli.root import Launcher, cli

__all__ = ["Launcher", "cli"]
