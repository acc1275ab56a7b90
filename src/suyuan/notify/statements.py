"""This stage's SQL."""

from typing import Final

from suyuan.store import Queries

SQL: Final = Queries(__package__)
