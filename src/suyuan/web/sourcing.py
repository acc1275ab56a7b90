"""The page on which somebody who is responsible asks where cases most probably come from.

It works without script. By the flows on record that its reader may see.
"""

from collections.abc import Mapping
from typing import Any, Final

from suyuan.service import SourceAsked, cases_typed, locate_on_record
from suyuan.web.given import RESTING, day_typed, rest_fields, things_typed
from suyuan.web.question import question_page
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of

_FIELDS: Final = ("cases", "things", "as_of", *RESTING)
_SHOWN: Final = 30
_MOST_FACTS: Final = 50_000


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    asked = SourceAsked(
        things=tuple(things_typed(request, given["things"])),
        as_of=day_typed(given["as_of"], last=True),
        rest=rest_fields(given),
        most_facts=_MOST_FACTS,
    )
    if not given["cases"]:
        return {"found": None}
    who, cases = asking(request), cases_typed(given["cases"])
    lang = reader_of(request, who).lang
    return {"found": locate_on_record(platform_of(request), cases, asked, who.viewer, lang=lang)}


source_pages: Final = {"source": question_page("source.html", _FIELDS, _answered, shown=_SHOWN)}
"""By operation of the API: what a browser is given at the same address."""
