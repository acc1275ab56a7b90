"""Takes nothing; gives the shape of what a story asks people to look at."""

from typing import Final
from urllib.parse import quote

from msgspec import Struct

from suyuan.kit import Text

_HOST: Final = "https://id.gs1.org"


class Scene(Struct, frozen=True, kw_only=True):
    """One thing worth looking up, and why; `party` answers for it."""

    thing: str
    caption: Text
    party: str

    @property
    def path(self) -> str:
        """Where its page is on this platform."""
        if self.thing.startswith(_HOST):
            return self.thing.removeprefix(_HOST)
        return f"/thing?id={quote(self.thing, safe='')}"
