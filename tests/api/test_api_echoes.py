"""Errors quote what was sent, and no resident number in clear, wherever a quote is cut."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from api_given import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from suyuan.codes import privacy
from suyuan.kit import SuyuanError
from suyuan.kit.span import parse_instant
from suyuan.notify.schedule import read_schedule

Headers = dict[str, str]
PERSON = "11010519491231002X"
"""A number of the form of GB 11643 whose check character holds; it is the standard's example."""

JSON = "application/json"
_SHOWN = 6
_AT = datetime(2026, 3, 1, tzinfo=UTC)

# Padding of letters, so that what stands beside the number is no part of a longer one.
texts = st.integers(0, 100).map(lambda before: "a" * before + " " + PERSON + " b")


def in_clear(said: str) -> bool:
    """Whether more of the number is told than the division: its day of birth at least."""
    return PERSON[: _SHOWN + 4] in said


def sent(client: Client, farm: Headers, text: str) -> list[str]:
    """What each face answers to a text where it takes none."""
    path, order = quote(text), {"scheme": text, "stem": text, "count": 1}
    twice = f'{{"{text}":1,"{text}":2}}'
    inside = f'{{"type":"EPCISDocument","ex:a":{twice}}}'
    return [
        answer.text + str(dict(answer.headers))
        for answer in (
            client.get(f"/identify?{path}=1&text={path}"),
            client.get(f"/trace?thing={path}&as_of={path}"),
            client.get(f"/families/{path}"),
            client.get(f"/divisions/{path}"),
            client.get(f"/divisions/330104?on={path}"),
            client.get(f"/events?{path}=1", headers=farm),
            client.post("/codes/packages", json={text: 1}, headers=farm),
            client.post("/codes/packages", json=order, headers=farm),
            client.post("/codes/imports", json={"scheme": text, "codes": [text]}, headers=farm),
            client.post("/codes/verify", json={"code": text, "secret": text}),
            client.post("/capture", content=b"{}", headers=farm | {"content-type": text}),
            client.post("/capture", content=b"{}", headers=farm | {"content-encoding": text}),
            client.post("/capture", content=twice, headers=farm | {"content-type": JSON}),
            client.post("/capture", content=inside, headers=farm | {"content-type": JSON}),
        )
    ]


@pytest.mark.usefixtures("platform")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts)
@example("a" * 70 + " " + PERSON)
@example("a" * 30 + " " + PERSON)
def test_no_answer_and_no_line_of_the_log_has_a_resident_number_in_clear(
    client: Client, farm: Headers, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    for said in sent(client, farm, text):
        assert not in_clear(said)
    logged = capsys.readouterr()
    assert not in_clear(logged.out + logged.err)


@pytest.mark.parametrize(
    "refusing",
    [
        lambda text: read_schedule({text: "1"}, after=_AT),
        lambda text: read_schedule({"hour": text}, after=_AT),
        parse_instant,
    ],
)
@given(text=texts)
def test_what_is_refused_below_the_faces_has_no_piece_of_a_number_that_masking_would_miss(
    refusing: Callable[[str], object], text: str
) -> None:
    with pytest.raises(SuyuanError) as refused:
        refusing(text)
    for said in (refused.value.text.zh, refused.value.text.en):
        assert not in_clear(privacy.masked(said))
