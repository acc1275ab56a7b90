"""Takes nothing; gives what EPCIS 2.0 and the resolver standard ask, whether it is here, and shown.

Parameters are read from the table that answers queries, each tried with a value; of everything else
a row of `requirements.txt` says the test that shows it. Every row is held against a running server
by `tests/api/test_api_conformance.py`.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from msgspec import Struct, convert

from suyuan.exchange import QueryError, parse_query, standard
from suyuan.kit import Text

State = Literal["yes", "otherwise", "no"]
"""Here as asked; here in another way, which `note` says; not here."""

PARTS: Final = {
    "parameter": Text("查询参数", "Query parameters"),
    "pattern": Text("成族的查询参数", "Families of query parameters"),
    "endpoint": Text("接口地址", "Endpoints"),
    "header": Text("请求头和响应头", "Headers"),
    "format": Text("格式与采集", "Formats and capture"),
    "subscription": Text("订阅", "Subscriptions"),
    "resolver": Text("数字链接解析", "Digital Link resolver"),
    "document": Text("他人的报文与样例", "Documents and cases of other people"),
}
"""The parts of the report, in order."""

STATES: Final = {
    "yes": Text("符合", "yes"),
    "otherwise": Text("另有办法", "otherwise"),
    "no": Text("没有", "no"),
}

_FILE: Final = "requirements.txt"
_OF_PARAMETERS: Final = "tests/exchange/test_exchange_standard.py"
_EACH: Final = f"{_OF_PARAMETERS}::test_each_finds_the_events_that_fit_and_no_other"
_SHAPES: Final = f"{_OF_PARAMETERS}::test_what_shapes_the_answer_shapes_it"
_SHAPING: Final = frozenset(
    ("@context", "orderBy", "orderDirection", "eventCountLimit", "maxEventCount")
)
_SAMPLES: Final = (
    "urn:example:1", "true", "3", "2026-03-01T08:00:00+08:00", "ObjectEvent", "ADD", "eventTime",
    "DESC", "{}", "https://id.gs1.org/01/06901234000016/21/1", "https://id.gs1.org/01/06901234000016",
)  # fmt: skip
_REST: Final = {
    standard.End.FIELD: "suyuan:a",
    standard.End.TYPE: "urn:example:type",
    standard.End.UNIT: "KGM",
    standard.End.ATTRIBUTE: "readPoint_city",
}
_REFUSED: Final = Text("查询拒绝它", "queries refuse it")


class Requirement(Struct, frozen=True, kw_only=True):
    """What a standard asks: by which name, whether it is here, and what shows that.

    `title` says the name to people, in their language; a name of the standards' own is as it is.
    """

    part: str
    name: str
    title: Text
    state: State
    shown: str
    note: Text | None = None


@lru_cache(maxsize=1)
def conformance() -> tuple[Requirement, ...]:
    """Every requirement, part by part."""
    return (*_parameters(), *_others())


def _others() -> Iterator[Requirement]:
    """What `requirements.txt` has, a line each."""
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            part, said, state, shown, *why = line.split(" | ")
            name, _, chinese = said.partition(" = ")
            yield Requirement(
                part=part,
                name=name,
                title=Text(chinese or name, name),
                state=convert(state, State),
                shown=shown,
                note=Text(*why) if why else None,
            )


def _parameters() -> Iterator[Requirement]:
    for name in standard.NAMED:
        yield _parameter("parameter", name, name, _SHAPES if name in _SHAPING else _EACH)
    for family in standard.FAMILIES:
        full = family.beginning + _REST[family.end]
        yield _parameter("pattern", f"{family.beginning}…", full, _EACH)


def _parameter(part: str, name: str, full: str, shown: str) -> Requirement:
    here = any(_is_answered(full, sample) for sample in _SAMPLES)
    return Requirement(
        part=part,
        name=name,
        title=Text(name, name),
        state="yes" if here else "no",
        shown=shown,
        note=None if here else _REFUSED,
    )


def _is_answered(name: str, value: str) -> bool:
    try:
        parse_query({"orderBy": ["eventTime"], name: [value]})
    except QueryError:
        return False
    return True
