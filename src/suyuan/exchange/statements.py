"""Takes nothing; gives the statements of this stage."""

from typing import Final

from suyuan.store import Queries

SQL: Final = Queries(__package__)
