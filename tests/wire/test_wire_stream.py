"""Documents read in pieces of any size: what is found does not depend on where a piece ends."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xml_samples as xml
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.kit.strictjson import JsonError, parse
from suyuan.wire import DocumentError, Limits, json_scan, read_document
from suyuan.wire.source import Source

HEAD: dict[str, Any] = {
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-03-10T00:00:00Z",
}
CHUNKS = st.integers(1, 40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.lists(st.dictionaries(st.text(min_size=1), VALUES, max_size=4), max_size=5)
BODY = st.sampled_from(
    [
        lambda events: {"epcisBody": {"eventList": events}},
        lambda events: {"epcisBody": {"more": [{"eventList": [1]}], "eventList": events}},
    ]
)


@given(
    events=EVENTS,
    body=BODY,
    aside=VALUES,
    order=st.randoms(use_true_random=False),
    spaces=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    chunk=CHUNKS,
)
def test_events_are_found_wherever_the_list_and_the_pieces_are(
    events: list[Any],
    body: Any,
    aside: Any,
    order: Any,
    spaces: int | None,
    ascii_only: bool,  # noqa: FBT001 -- drawn
    chunk: int,
) -> None:
    members = list((HEAD | body(events) | {"@context": {}, "aside": aside}).items())
    order.shuffle(members)
    try:
        data = json.dumps(dict(members), ensure_ascii=ascii_only, indent=spaces).encode()
    except UnicodeEncodeError:  # half of a surrogate pair is no text of UTF-8
        return
    whole = told(Source(data))
    assert told(Source(data, chunk=chunk)) == whole
    if isinstance(whole, list):
        assert [json.loads(raw) for raw in whole[1:]] == events
        assert json.loads(whole[0]) == dict(members) | body([])


def told(source: Source) -> list[bytes] | tuple[str, str]:
    """The head and each event, or the rule and the place of what is wrong."""
    try:
        document = read_document(source)
    except DocumentError as error:
        return error.finding.rule, error.finding.path
    return [document.head, *(one.raw for one in document.events)]


BASE = json.dumps(
    HEAD
    | {
        "epcisBody": {
            "eventList": [
                {"one": 'Ä\\ "x"', "three": [1, 2.5, {"four": None}]},
                {"five": {}, "six": [[]]},
            ]
        },
        "seven": "last",
    },
    ensure_ascii=False,
    indent=1,
).encode()
PIECES = st.sampled_from([b"", b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"7", b" x", b"\n"])


@settings(max_examples=400)
@given(at=st.integers(0, len(BASE)), gone=st.integers(0, 3), put=PIECES, chunk=CHUNKS)
def test_what_is_no_json_is_told_at_the_place_where_a_reader_of_the_whole_stops(
    at: int, gone: int, put: bytes, chunk: int
) -> None:
    data = BASE[:at] + put + BASE[at + gone :]
    try:
        data.decode()
        msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    else:
        return  # it is JSON after all
    try:
        parse(data, max_depth=Limits().depth)
    except JsonError as error:
        expected = ("wire.document.json", error.place)
    else:
        expected = ("wire.document.root", "/")
    assert told(Source(data, chunk=chunk)) == told(Source(data)) == expected


LISTS = st.sampled_from(["[]", "[{}]", ' [ {"a" :[1]} ,\n2 ] ', '["eventList", [[]]]', "{}", "7"])


@st.composite
def with_repeated_keys(draw: st.DrawFn) -> bytes:
    """A document whose body and event list may stand several times, at any place."""

    def body() -> str:
        keys = draw(st.lists(st.sampled_from(["eventList", "event", "other"]), max_size=3))
        return "{" + ",".join(f'"{key}" : {draw(LISTS)}' for key in keys) + "}"

    bodies = draw(st.integers(0, 3))
    head = [f'"{key}": {json.dumps(value)}' for key, value in HEAD.items()]
    members = draw(st.permutations([*head, *(f'"epcisBody":{body()}' for _ in range(bodies))]))
    return ("{" + ",".join(members) + "}").encode()


@settings(max_examples=400)
@given(data=with_repeated_keys(), chunk=CHUNKS)
def test_lists_of_repeated_keys_are_told_alike_in_pieces_and_as_a_whole(
    data: bytes, chunk: int
) -> None:
    assert told(Source(data)) == told(Source(data, chunk=chunk))


def test_a_list_that_stands_there_again_and_again_is_not_decoded_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoded, at_once = [], json_scan._all_at_once

    def counted(data: bytes, at: int, way: json_scan.Way) -> object:
        decoded.append(way)
        return at_once(data, at, way)

    monkeypatch.setattr(json_scan, "_all_at_once", counted)
    lists = ",".join(['"eventList":[]'] * 50)
    bodies = ",".join([f'"epcisBody":{{{lists}}}'] * 50)
    with pytest.raises(DocumentError):
        read_document(Source(json.dumps(HEAD)[:-1].encode() + f",{bodies}}}".encode()))
    assert len(decoded) == len(set(decoded)) == 1


@given(chunk=st.integers(1, 200), count=st.integers(0, 4))
def test_xml_is_found_alike_in_pieces(chunk: int, count: int) -> None:
    data = xml.document(xml.OBJECT_2_0 * count)
    assert told(Source(data, chunk=chunk)) == told(Source(data))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_of_a_file_little_is_held(tmp_path: Path, form: str) -> None:
    file = tmp_path / "large"
    count, note = 200, "n" * 50_000
    if form == "json":
        text = json.dumps(HEAD | {"epcisBody": {"eventList": ["%s"]}, "@context": {}})
        before, after = text.split('"%s"')
        part, between = json.dumps({"note": note}), ","
    else:
        before, after = xml.document("%s").decode().split("%s")
        part, between = xml.OBJECT_2_0.replace("</ObjectEvent>", f"<!--{note}--></ObjectEvent>"), ""
    file.write_text(before + between.join([part] * count) + after)
    with file.open("rb") as opened:
        tracemalloc.start()
        try:
            document = read_document(Source(opened))
            held = sum(len(one.raw) for one in document.events)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert held > count * len(note)
    assert peak < 3 << 20 < held / 3
