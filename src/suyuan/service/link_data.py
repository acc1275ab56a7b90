"""Takes the query of a Digital Link; sees that what its data say can be.

Parameters whose names are application identifiers say something of the thing (GS1 Digital Link:
URI syntax §4.11): a day there must exist, as in the path. All others are between whoever made the
link and whoever it leads to.
"""

import re
from typing import Final
from urllib.parse import unquote

from suyuan.codes import gs1_ais, privacy
from suyuan.kit import SuyuanError, Text

_DATA: Final = re.compile(r"(?:^|[&;])([0-9]{2,4})=([^&;#]*)")

_WRONG: Final = Text(
    "链接里 {ai}（{name}）写的是 “{found}”，应为 {form}；日期须确有其日。",
    "In the link {ai} ({name}) is '{found}'; it must be {form}, and a day one that there is.",
)
_TWICE: Final = Text(
    "链接里 {ai}（{name}）给了两次，又不相同；请只留一个。",
    "The link has {ai} ({name}) twice, and they differ; leave one.",
)


def require_data(query: str) -> None:
    """See that each of the data fits its identifier, and that none contradicts itself.

    Raises:
        SuyuanError: one does not (400); its place is the identifier.
    """
    said: dict[str, str] = {}
    for ai, escaped in _DATA.findall(query):
        known = gs1_ais.AIS.get(ai)
        if known is None:
            continue
        value = unquote(escaped, errors="replace")
        if not known.pattern.fullmatch(value) or known.broken(value):
            found = privacy.quoted(value, 40)
            told = _WRONG.format(ai=ai, name=known.name, found=found, form=known.form)
            raise SuyuanError("link.data", told, ai)
        if said.setdefault(ai, value) != value:
            raise SuyuanError("link.data-twice", _TWICE.format(ai=ai, name=known.name), ai)
