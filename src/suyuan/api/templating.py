"""The machine-readable standard over HTTP: JSON Schema and workbook template of every step.

国办发〔2015〕95号 clause 十一 asks that data items, formats, interfaces and coding rules be
published; the addresses carry the version of the form and stay, and `on` says the day of the law.
"""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from suyuan.api.problems import documented
from suyuan.api.readers import OnDay, as_json, known_only, law_day, platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import json_schema, templates, workbook
from suyuan.templates.types import Template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FamilyNamed = Annotated[str, PathParameter(description="A family's id, as `food`")]
_Step = Annotated[str, PathParameter(description="A step's id, as `food_intake`")]
_DIVISION = "The rules of a province or city too, by its code (GB/T 2260), as 310000"
_Division = Annotated[str | None, QueryParameter(name="division", description=_DIVISION)]
_Kind = Annotated[str | None, QueryParameter(name="kind", description="One product kind only")]


@get(
    "/standard/1/{family:str}/{step:str}/event.schema.json",
    summary="环节的 JSON Schema · JSON Schema of a step's events",
    description=(
        "JSON Schema (2020-12) of an EPCIS event of the step: required, one_of, pattern and unit "
        "rules in force on the day, each with its law; `x-suyuan-other-rules` names the rest."
    ),
    operation_id="stepSchema",
    media_type=MediaType.JSON,
    responses={
        200: ResponseSpec(data_container=dict[str, Any], description="A JSON Schema"),
        **documented(400, 404),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_schema(
    request: AnyRequest,
    family: FamilyNamed,
    step: _Step,
    on: OnDay = None,
    kind: _Kind = None,
    division: _Division = None,
) -> Response[Any]:
    """The schema of one step by the law of a day."""
    made = _asked(request, family, step, on, kind=kind, division=division)
    return as_json(json_schema(platform_of(request).families, made))


@get(
    "/standard/1/{family:str}/{step:str}/template.xlsx",
    summary="环节的工作簿模板 · Workbook template of a step",
    description=(
        "An xlsx workbook of the step's data items by the rules in force on the day; filled, it is "
        "taken in by `suyuan import workbook`."
    ),
    operation_id="stepWorkbook",
    media_type=_XLSX,
    responses={
        200: ResponseSpec(data_container=bytes, description="A workbook", media_type=_XLSX),
        **documented(400, 404),
    },
    tags=["Questions"],
    sync_to_thread=True,
)
def get_workbook(
    request: AnyRequest,
    family: FamilyNamed,
    step: _Step,
    on: OnDay = None,
    kind: _Kind = None,
    division: _Division = None,
) -> Response[Any]:
    """The workbook of one step by the law of a day."""
    made = _asked(request, family, step, on, kind=kind, division=division)
    kept = f'attachment; filename="{made.family}.{made.step}.xlsx"'
    return Response(workbook([made]), media_type=_XLSX, headers={"Content-Disposition": kept})


def _asked(
    request: AnyRequest, family: str, step: str, on: str | None, **only: str | None
) -> Template:
    known_only(request, ("division", "kind", "on"))
    day = law_day(request, on)
    asked = {name: said or None for name, said in only.items()}
    (made,) = templates(platform_of(request).families, family, day, step=step, **asked)
    return made


handlers: Final = (get_schema, get_workbook)
