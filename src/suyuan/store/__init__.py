"""Takes settings; gives an open PostgreSQL, its own or a given one, in read and write transactions.

Also named SQL from a stage's `queries.sql`, and migrations. It knows no stage.
"""

from suyuan.store.errors import StoreError
from suyuan.store.migrate import migrate
from suyuan.store.pool import ReadConnection, Store, WriteConnection, open_store
from suyuan.store.settings import StoreSettings
from suyuan.store.sqlfile import Queries

__all__ = [
    "Queries",
    "ReadConnection",
    "Store",
    "StoreError",
    "StoreSettings",
    "WriteConnection",
    "migrate",
    "open_store",
]
