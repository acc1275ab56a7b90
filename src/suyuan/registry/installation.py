"""What belongs to this installation: its tenants, and the secrets that never leave it."""

from collections.abc import Callable
from typing import Final

from suyuan.kit import Text
from suyuan.registry.types import Tenant
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_SECRET_BYTES: Final = 32


def put_tenant(conn: WriteConnection, tenant: Tenant) -> None:
    """Enter a tenant or replace its name and mode; tenant 1 is there from the start."""
    row = {"id": tenant.id, "name_zh": tenant.name.zh, "name_en": tenant.name.en}
    conn.execute(_Q.put_tenant, row | {"strict": tenant.strict})


def tenant(conn: ReadConnection, number: int) -> Tenant | None:
    """The tenant of that number."""
    row = conn.execute(_Q.tenant, {"id": number}).fetchone()
    return None if row is None else Tenant(id=row[0], name=Text(row[1], row[2]), strict=row[3])


def secret(conn: WriteConnection, name: str, *, draw: Callable[[int], bytes]) -> bytes:
    """The installation's secret of that name, drawn the first time it is asked for."""
    found = conn.execute(_Q.secret, {"name": name}).fetchall()
    if not found:
        drawn = {"name": name, "value": draw(_SECRET_BYTES)}
        found = conn.execute(_Q.add_secret, drawn).fetchall()
    return bytes(found[0][0])
