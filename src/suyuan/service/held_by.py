"""Takes what people call a holder, a party and a site; gives it by its canonical names."""

from collections.abc import Callable, Iterator
from typing import Final

from suyuan.codes import Grain, read_identifier
from suyuan.kit import SuyuanError, Text
from suyuan.model import Holder
from suyuan.service import contact_roots
from suyuan.service.platform import Platform
from suyuan.wire.movements import holding_uri

_BOTH: Final = Text(
    "持有者要同时给出 {party}（主体）和 {site}（场所）。",
    "A holder needs both {party} and {site}: give them together.",
)


def one_holder(
    platform: Platform,
    party: str | None,
    site: str | None,
    *,
    called: Callable[[str], str] = str,
) -> Holder | None:
    """The holder that is meant, each half by any of its codes; None where neither is given.

    What is no code of a party, or of a place, is taken as it is written. `called` says what a face
    calls the fields that an error names.

    Raises:
        SuyuanError: one half is given alone.
    """
    if not party and not site:
        return None
    if not party or not site:
        names = {"party": called("holder_party"), "site": called("holder_site")}
        missing = names["site"] if party else names["party"]
        raise SuyuanError("trace.holder", _BOTH.format(**names), missing)
    of_party, of_site = _names(platform, party, Grain.PARTY), _names(platform, site, Grain.PLACE)
    return Holder(next(of_party, party), next(of_site, site))


def _names(platform: Platform, text: str, grain: Grain) -> Iterator[str]:
    """What a text may be of that grain; a bare number is that of a party or of a place."""
    register = holding_uri(contact_roots.REGISTER, "")
    for name in contact_roots.meant(platform, text, contact_roots.REGISTER):
        is_name = ":" in name and not name.startswith(register)
        if is_name and read_identifier(name, capturer="").grain is grain:
            yield name
