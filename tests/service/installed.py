"""An installation on a database by its address, with its files in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suyuan.service import Config, Platform, on_store
from suyuan.store import StoreSettings, open_store


@contextmanager
def opened(dsn: str, folder: Path) -> Iterator[Platform]:
    """Open while the block runs."""
    with open_store(StoreSettings(data_dir=folder, database_url=dsn)) as store:
        yield on_store(store, Config(data_dir=folder, database_url=dsn))


def open_transactions(platform: Platform) -> int:
    """How many transactions on the platform's database are open while nothing is done in them."""
    with platform.store.read() as conn:
        (found,) = conn.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and state like 'idle in transaction%'"
        ).fetchall()
    return int(found[0])
