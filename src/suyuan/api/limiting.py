"""What a question may be limited to, as parameters of its address or fields of its body."""

from collections.abc import Iterable
from typing import Annotated, Final

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from suyuan.api.readers import instant, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import one_holder
from suyuan.trace import Direction, Question, Seed
from suyuan.trace.types import VesselRule

LIMITS: Final = ("as_of", "known_at", "start", "end", "holder_party", "holder_site")
_TIME: Final = "ISO 8601; without an offset, on China's clock"
_LAST: Final = 1 << 62
_AS_OF: Final = f"Only what had happened by then; {_TIME}"
_KNOWN_AT: Final = "Only what was recorded up to that position"
_START: Final = f"Window: departures from then; {_TIME}"
_END: Final = f"Window: arrivals until then; {_TIME}"
_PARTY: Final = "The things at this party, with holder_site, by any of its codes"
_SITE: Final = "The things at this site, with holder_party, by any of its codes"

AsOf = Annotated[str | None, QueryParameter(description=_AS_OF)]
KnownAt = Annotated[int | None, QueryParameter(ge=0, le=_LAST, description=_KNOWN_AT)]
Start = Annotated[str | None, QueryParameter(description=_START)]
End = Annotated[str | None, QueryParameter(description=_END)]
HolderParty = Annotated[str | None, QueryParameter(description=_PARTY)]
HolderSite = Annotated[str | None, QueryParameter(description=_SITE)]


class Limited(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same as fields of a body."""

    as_of: Annotated[str | None, Meta(description=_AS_OF)] = None
    known_at: Annotated[int, Meta(ge=0, le=_LAST, description=_KNOWN_AT)] | None = None
    start: Annotated[str | None, Meta(description=_START)] = None
    end: Annotated[str | None, Meta(description=_END)] = None
    holder_party: Annotated[str | None, Meta(description=_PARTY)] = None
    holder_site: Annotated[str | None, Meta(description=_SITE)] = None


def question(
    request: AnyRequest,
    named: Iterable[str],
    direction: Direction,
    asked: Limited,
    *,
    depth: int | None = None,
    vessels: tuple[VesselRule, ...] = (),
) -> Question:
    """What is asked about things by their canonical names, within these limits.

    Raises:
        SuyuanError: a time is none, or a holder is half said or unknown.
    """
    holder = one_holder(platform_of(request), asked.holder_party, asked.holder_site)
    return Question(
        seeds=tuple(Seed(thing=each, holder=holder) for each in named),
        direction=direction,
        as_of=instant(asked.as_of, "as_of", last=True),
        known_at=asked.known_at,
        start=instant(asked.start, "start", last=False),
        end=instant(asked.end, "end", last=True),
        depth=depth,
        vessels=vessels,
    )
