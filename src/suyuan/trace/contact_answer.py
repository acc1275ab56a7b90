"""The shape of the answer on contacts between holders; the meaning is that of the trace contract.

The names of its fields are those of the reference (EpiContactTrace), so they are in camel case.
"""

from msgspec import Struct, field

from suyuan.kit import Text
from suyuan.trace.types import Cost


class Reading(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The contacts of a root in one reading of days that are not known to the day.

    `ingoing` and `outgoing`, if they were asked for, say which, and by how many moves at least.
    """

    in_degree: int
    out_degree: int
    ingoing_contact_chain: int
    outgoing_contact_chain: int
    ingoing: dict[str, int] | None = field(default=None, name="ingoingDistances")
    outgoing: dict[str, int] | None = field(default=None, name="outgoingDistances")


class MovesKnown(Struct, frozen=True, kw_only=True, rename="camel"):
    """How far the moves of the days asked about are known 完整性.

    `movements` may lie in these days; of them `spans` are dated by more than a day, `held` are
    reports that are held. `one_ended` are more, of which one holder alone is known: on no chain.
    """

    summary: Text
    movements: int
    spans: int
    held: int
    one_ended: int


class Contacts(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """How many holders a root is connected with: directly, and through chains of moves.

    The counts go by the first day on which each move may have been, as the reference's do. They lie
    between `certain`, whatever the days were, and `possible`, if they were as it takes.
    `ingoing` and `outgoing`, if they were asked for, say which, and by how many moves at least.
    """

    root: str
    in_degree: int
    out_degree: int
    ingoing_contact_chain: int
    outgoing_contact_chain: int
    ingoing: dict[str, int] | None = field(default=None, name="ingoingDistances")
    outgoing: dict[str, int] | None = field(default=None, name="outgoingDistances")
    certain: Reading | None = None
    possible: Reading | None = None
    position: int | None = None
    completeness: MovesKnown | None = None
    cost: Cost | None = None
    assumptions: tuple[Text, ...] = ()
