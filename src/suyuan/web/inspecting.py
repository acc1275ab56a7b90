"""The page on which somebody who is responsible asks who answers for what inspections found.

It works without script. By the flows on record that its reader may see.
"""

from collections.abc import Mapping
from typing import Any, Final

from suyuan.drawings import bars
from suyuan.kit import Text
from suyuan.service import SourceAsked, inspecting
from suyuan.web.given import day_typed, number_typed, share_typed, things_typed
from suyuan.web.question import question_page
from suyuan.web.request import AnyRequest, asking, platform_of, reader_of, reading

_FIELDS: Final = (
    "test", "thing", "as_of", "limit", "typical", "sensitivity", "specificity", "plan", "tracked",
)  # fmt: skip
_SHOWN: Final = 40
_PLANNED: Final = 30
_MOST_FACTS: Final = 50_000
_MOST_PLAN: Final = 10_000
_LIKELY: Final = 0.5
_LABELS: Final = {
    "limit": Text("要负责的不合格率", "the rate that one answers for"),
    "typical": Text("通常的不合格率", "the usual rate"),
    "sensitivity": Text("灵敏度", "sensitivity"),
    "specificity": Text("特异度", "specificity"),
    "plan": Text("还能检验多少次", "further tests"),
}
_SAID: Final = Text("超标可能 {share} %", "{share} % over")


def _answered(request: AnyRequest, given: Mapping[str, str]) -> dict[str, Any]:
    asked = _asked(request, given)
    found = _found(request, given["test"], asked)
    lang = reader_of(request, reading(request)).lang
    return {
        "found": found,
        "asked": asked,
        "picture": None
        if found is None
        else bars.bars_drawn(_bars(found), lang, limit=asked.limit),
    }


def _asked(request: AnyRequest, given: Mapping[str, str]) -> inspecting.InspectionAsked:
    def share(field: str, default: float, *, least: float = 0, most: float = 1) -> float:
        return share_typed(given[field], default, field, least=least, most=most)

    return inspecting.InspectionAsked(
        limit=share("limit", 0.1, least=0.0001, most=0.9999),
        typical=share("typical", 0.05, least=0.0001, most=0.9999),
        sensitivity=share("sensitivity", 1),
        specificity=share("specificity", 1),
        tests=int(number_typed(given["plan"], 0, "plan", most=_MOST_PLAN)),
        tracked=given["tracked"] == "true",
        flows=SourceAsked(
            things=tuple(things_typed(request, given["thing"])),
            as_of=day_typed(given["as_of"], last=True),
            most_facts=_MOST_FACTS,
        ),
    )


def _found(
    request: AnyRequest, tests: str, asked: inspecting.InspectionAsked
) -> inspecting.InspectedFlows | None:
    lines = [line for line in tests.splitlines() if line.strip()]
    if not lines:
        return None
    who = asking(request)
    samples = inspecting.samples_typed(lines)
    lang = reader_of(request, who).lang
    return inspecting.inspect_on_record(platform_of(request), samples, asked, who.viewer, lang=lang)


def _bars(found: inspecting.InspectedFlows) -> list[bars.Bar]:
    return [
        bars.Bar(
            name=each.name,
            said=_SAID.format(share=f"{each.over * 100:.0f}"),
            low=each.low,
            high=each.high,
            point=each.mean,
            stop=each.over > _LIKELY,
        )
        for each in found.found.places
        if each.told
    ]


inspection_pages: Final = {
    "inspections": question_page(
        "inspections.html",
        _FIELDS,
        _answered,
        labels=_LABELS,
        likely=_LIKELY,
        shown=_SHOWN,
        planned=_PLANNED,
    )
}
"""By operation of the API: what a browser is given at the same address."""
