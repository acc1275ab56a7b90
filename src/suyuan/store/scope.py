"""Tells row-level security, the second fence, whose transaction this is."""

from suyuan.store.pool import ReadConnection


def enter(connection: ReadConnection, tenant: int) -> None:
    """Bind the rest of the current transaction to one tenant (setting `suyuan.tenant`)."""
    connection.execute("SELECT set_config('suyuan.tenant', %s, true)", (str(tenant),))
