"""Takes how strictly a tenant wants its documents read; keeps that, and says what it means.

A request that says itself how it wants to be read is read so; this is for all others. What came
before stays as it was taken.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.registry import installation
from suyuan.service.access import require_operator
from suyuan.service.platform import Platform
from suyuan.service.stating import tenant_said

_SAID: Final[Mapping[bool, Text]] = {
    True: Text(
        "严格：不符合公布的模式（schema）的，拒收；同一编号而内容不同的，也拒收",
        "strict: what the published schema does not take is refused, and so is another content "
        "under an eventID that is on record",
    ),
    False: Text(
        "宽松：含义清楚的写法予以接受并注明；同一编号而内容不同的，记录并待查",
        "lenient: what is clear is taken, with a note of what was odd; another content under an "
        "eventID that is on record is recorded and held",
    ),
}


class Strictness(Struct, frozen=True, kw_only=True):
    """Whether documents are held to the published schema, and what that means."""

    strict: bool
    said: Text


def strictness(platform: Platform, viewer: Viewer) -> Strictness:
    """That of the viewer's tenant."""
    with platform.store.read() as conn:
        tenant = installation.tenant(conn, viewer.tenant)
    return described(strict=tenant is not None and tenant.strict)


def switch_strictness(platform: Platform, viewer: Viewer, *, strict: bool) -> Strictness:
    """Have the documents of the operator's tenant read strictly or not, from the next one on.

    Raises:
        SuyuanError: no administrator's account (403).
    """
    require_operator(viewer)
    with platform.store.write() as conn:
        installation.switch_strictness(conn, viewer.tenant, strict=strict)
        platform.log_act(
            conn, "strictness.switched", account=viewer.account, strict=strict,
            **tenant_said(viewer),
        )  # fmt: skip
    return described(strict=strict)


def described(*, strict: bool) -> Strictness:
    """What either way of reading means."""
    return Strictness(strict=strict, said=_SAID[strict])
