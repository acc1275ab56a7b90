"""What a store is opened with."""

import tempfile
from pathlib import Path

from msgspec import Struct

OLDEST = 15
"""Oldest PostgreSQL major version that the product's SQL is tested on."""


class StoreSettings(Struct, frozen=True, kw_only=True):
    """Where the data lives and how long anything may take; times in seconds.

    `database_url` names any PostgreSQL >= 15; without it a server of our own runs on
    `data_dir`. `binaries` is the `bin` folder to prefer over the ladder. `places` are parents
    for data and binaries that root's server user could not reach where they are. `temp` is the
    parent of a short socket folder for a long `data_dir`. `options` are server settings for the
    embedded server alone.
    """

    data_dir: Path
    database_url: str | None = None
    binaries: Path | None = None
    places: tuple[Path, ...] = (Path("/var/lib/suyuan"), Path("/var/tmp/suyuan"))  # noqa: S108 (embedded.place refuses a folder that it does not own)
    temp: Path = Path(tempfile.gettempdir())
    options: dict[str, str] = {}
    start_timeout: float = 120.0
    pool_min: int = 1
    pool_max: int = 16
    pool_timeout: float = 30.0
    statement_timeout: float = 30.0
    lock_timeout: float = 5.0
    idle_timeout: float = 60.0
