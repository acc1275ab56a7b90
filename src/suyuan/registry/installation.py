"""What belongs to this installation: its tenants, and the secrets that never leave it."""

from collections.abc import Callable, Collection
from typing import Final

from suyuan.kit import Text
from suyuan.model import StateRule
from suyuan.registry.types import Tenant
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_SECRET_BYTES: Final = 32


def put_tenant(conn: WriteConnection, tenant: Tenant) -> None:
    """Enter a tenant or replace its name and mode; tenant 1 is there from the start."""
    row = {"id": tenant.id, "name_zh": tenant.name.zh, "name_en": tenant.name.en}
    more = {"strict": tenant.strict, "state_rules": sorted(tenant.state_rules)}
    conn.execute(_Q.put_tenant, row | more)


def tenant(conn: ReadConnection, number: int) -> Tenant | None:
    """The tenant of that number."""
    row = conn.execute(_Q.tenant, {"id": number}).fetchone()
    if row is None:
        return None
    rules = frozenset(map(StateRule, row[4]))
    return Tenant(id=row[0], name=Text(row[1], row[2]), strict=row[3], state_rules=rules)


def switch_state_rules(
    conn: WriteConnection, number: int, *, on: Collection[StateRule], off: Collection[StateRule]
) -> frozenset[StateRule]:
    """Switch state rules of a tenant on and off; gives all that are on then."""
    asked = {"tenant": number, "on": list(on), "off": list(off)}
    ((rules,),) = conn.execute(_Q.switch_state_rules, asked).fetchall()
    return frozenset(map(StateRule, rules))


def tenants_with_state_rules(conn: ReadConnection) -> list[int]:
    """The tenants that have a state rule on, ascending."""
    return [row[0] for row in conn.execute(_Q.tenants_with_state_rules)]


def switch_strictness(conn: WriteConnection, number: int, *, strict: bool) -> None:
    """Have documents of a tenant held to the published schema, or forgiven."""
    conn.execute(_Q.switch_strictness, {"tenant": number, "strict": strict})


def secret(conn: WriteConnection, name: str, *, draw: Callable[[int], bytes]) -> bytes:
    """The installation's secret of that name, drawn the first time it is asked for."""
    found = conn.execute(_Q.secret, {"name": name}).fetchall()
    if not found:
        drawn = {"name": name, "value": draw(_SECRET_BYTES)}
        found = conn.execute(_Q.add_secret, drawn).fetchall()
    return bytes(found[0][0])
