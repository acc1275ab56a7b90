"""What a question may assume of how long things rest, as parameters of its address."""

from typing import Annotated, Final

from litestar.params import QueryParameter

from suyuan.network.ties import Ties

RESTING: Final = ("hold_for", "stay_at_most", "ties")
_FORM: Final = "a number with a unit: 90min, 36h, 30d, 2w"

HOLD_FOR: Final = f"An assumption: what came stays so long at least before it leaves; {_FORM}"
STAY_AT_MOST: Final = f"An assumption: what came leaves within that or never; {_FORM}"
AS_TIES: Final = "Whether what leaves at the very time that something came may be of it"

HoldFor = Annotated[str | None, QueryParameter(description=HOLD_FOR)]
StayAtMost = Annotated[str | None, QueryParameter(description=STAY_AT_MOST)]
AsTies = Annotated[Ties, QueryParameter(description=AS_TIES)]
