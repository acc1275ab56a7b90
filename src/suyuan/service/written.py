"""Takes texts that no reading is known of; gives the names under which capturers recorded them.

What cannot be read is recorded as it was written, under a name that says who wrote it. So whoever
asks by the text alone asks every party that may have.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final
from urllib.parse import quote, unquote

from suyuan.codes import own_names, privacy, read_identifier
from suyuan.codes.types import LONGEST_NAME
from suyuan.service.platform import Platform
from suyuan.store import Queries, ReadConnection

SQL = Queries("suyuan.service")
MOST_CAPTURERS: Final = 20_000
"""Of so many parties, in the order in which they were entered, names are looked up."""
MOST_NAMES: Final = 200_000
"""So many names are looked up for one question: of many codes at once those of fewer parties."""
_AT_ONCE: Final = 10_000
_IN_ADDRESSES: Final = "%/:=&?~#+!$,;'@()*[]"
_NOBODY: Final = "-"


def written_names(
    platform: Platform, conn: ReadConnection, texts: Sequence[str], own: str | None, *, tenant: int
) -> dict[str, list[str]]:
    """Of each text the names of things, recorded by parties of the tenant, that are this text.

    Whoever may not see them must not be told: they are all there are. The `own` party is asked
    about in any case, of others so many that the names stay within `MOST_NAMES`.
    """
    spelled = {text: [*_spelled(text, platform.config.resolvers)] for text in texts}
    codes = list(dict.fromkeys(chain.from_iterable(spelled.values())))
    if not codes:
        return {}
    most = min(MOST_CAPTURERS, MOST_NAMES // len(codes))
    entered = conn.execute(SQL.parties_entered, {"tenant": tenant, "most": most})
    parties = dict.fromkeys((*([own] if own else []), *(party for (party,) in entered)))
    names = ((own_names.raw_name(party, code), code) for code in codes for party in parties)
    found: dict[str, list[str]] = {}
    while some := dict(islice(names, _AT_ONCE)):
        for (name,) in conn.execute(SQL.recorded_names, {"names": [*some]}):
            found.setdefault(some[name], []).append(name)
    return {text: [name for code in said for name in found.get(code, ())]
            for text, said in spelled.items()}  # fmt: skip


def capturer_of(name: str) -> str:
    """The party that recorded a code as it wrote it, by the name of the code; else nothing."""
    parts = own_names.split_name(name)
    is_raw = parts is not None and parts[0] == own_names.RAW
    return parts[1][0] if parts is not None and is_raw and parts[1][0] != _NOBODY else ""


def written_code(name: str) -> str:
    """The code as it was written, by its name."""
    parts = own_names.split_name(name)
    return parts[1][-1] if parts is not None else ""


def _spelled(text: str, resolvers: frozenset[str]) -> Iterator[str]:
    """The codes as which capture keeps a text that it cannot read, however it is escaped.

    None of a text that is masked: those of several persons may look alike.
    """
    plain = text.strip()
    if len(plain) > LONGEST_NAME:  # no name that is recorded is so long
        return
    for each in dict.fromkeys((plain, unquote(plain), quote(plain, safe=_IN_ADDRESSES))):
        name = read_identifier(each, capturer=_NOBODY, resolvers=resolvers).uri
        parts = own_names.split_name(name)
        if parts is None or parts[0] != own_names.RAW or parts[1][0] != _NOBODY:
            continue
        if privacy.HIDDEN not in parts[1][-1]:
            yield parts[1][-1]
