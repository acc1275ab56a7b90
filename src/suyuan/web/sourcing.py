"""The page on which somebody who is responsible asks where cases most probably come from.

It works without script. By the flows on record that its reader may see.
"""

from collections.abc import Mapping
from typing import Any, Final

from suyuan.kit import Text
from suyuan.service import SourceAsked, cases_typed, locate_on_record, locating
from suyuan.web.given import (
    RESTING,
    day_typed,
    number_typed,
    rest_fields,
    share_typed,
    things_typed,
)
from suyuan.web.question import question_page
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of
from suyuan.web.tracing import forms_link

_FIELDS: Final = (
    "case", "thing", "as_of", "noise", "candidate", "reporting", "priors", "half_life", "detection",
    *RESTING,
)  # fmt: skip
_SHOWN: Final = 30
_LABELS: Final = {
    "noise": Text("与来源无关的病例比例", "share of cases from elsewhere"),
    "candidate": Text("候选", "candidates"),
    "reporting": Text("报告率", "reporting rates"),
    "half_life": Text("半衰期", "half-life"),
    "detection": Text("检出率", "detection probability"),
}
_MOST_FACTS: Final = 50_000


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    asked = SourceAsked(
        things=tuple(things_typed(request, given["thing"])),
        as_of=day_typed(given["as_of"], last=True),
        rest=rest_fields(given),
        most_facts=_MOST_FACTS,
        noise=share_typed(given["noise"], 0, "noise"),
        priors=locating.values_typed(given["candidate"], "candidate"),
        reporting=locating.values_typed(given["reporting"], "reporting", most=1),
        inspections=given["priors"] == "inspections",
        half_life=number_typed(given["half_life"], 365, "half_life", least=1, most=36_500),
        detection=share_typed(given["detection"], 1, "detection", least=0.01),
    )
    if not given["case"]:
        return {"found": None}
    who, cases = asking(request), cases_typed(given["case"])
    lang = reader_of(request, who).lang
    return {"found": locate_on_record(platform_of(request), cases, asked, who.viewer, lang=lang)}


source_pages: Final = {
    "source": question_page(
        "source.html",
        _FIELDS,
        _answered,
        labels=_LABELS,
        shown=_SHOWN,
        forms=forms_link,
        sampled=locating.SAMPLED,
    )
}
"""By operation of the API: what a browser is given at the same address."""
