import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.strictjson import JsonError, _Reader, parse

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
SCALARS = st.none() | st.booleans() | st.integers() | DECIMALS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


def written(value: Any) -> bytes:
    """An independent writer: the standard library's, with decimals spelled out."""
    if isinstance(value, dict):
        return b"{%s}" % b" ,".join(
            json.dumps(k).encode() + b" : " + written(v) for k, v in value.items()
        )
    if isinstance(value, list):
        return b"[%s]" % b",\n".join(map(written, value))
    return str(value).encode() if isinstance(value, Decimal) else json.dumps(value).encode()


@given(VALUES)
def test_what_another_writer_wrote_is_read_exactly(value: Any) -> None:
    assert parse(written(value)) == value


@given(VALUES)
def test_the_fast_and_the_exact_reader_agree_on_values(value: Any) -> None:
    assert _Reader(written(value).decode(), 100).document() == parse(written(value))


@given(st.text(alphabet='{}[]",:\\ua0d81-+.eE truefalsn\n', max_size=40))
def test_the_fast_and_the_exact_reader_agree_on_what_is_json(text: str) -> None:
    def outcome(read: Any) -> Any:
        try:
            return repr(read())
        except JsonError as error:
            return error.code

    assert outcome(lambda: parse(text.encode())) == outcome(_Reader(text, 100).document)


@given(st.text(alphabet='{}[]",:a:: \n1', max_size=60))
def test_no_screen_lets_a_doubtful_text_pass(text: str) -> None:
    def keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=keys)
    except ValueError:
        with pytest.raises(JsonError):
            parse(text.encode())
    else:
        assert parse(text.encode()) == value


@given(st.lists(st.sampled_from(['"a":1', '":":2', '":a":":b"', '"b" : ":"', '" :":{"a":[]}'])))
def test_colons_in_keys_and_texts_hide_no_repeated_key(members: list[str]) -> None:
    data = "{" + ",".join(members) + "}"
    if len(set(members)) == len(members):
        assert parse(data.encode()) == json.loads(data)
    else:
        with pytest.raises(JsonError, match="twice"):
            parse(data.encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    refused: JsonError | None = None
    try:
        parse(data)
    except JsonError as error:
        refused = error
    assert refused is None or (
        "byte" in refused.place and bool(refused.text.zh) and bool(refused.text.en)
    )


@given(st.dictionaries(TEXTS, st.integers(), min_size=1), st.data())
def test_a_repeated_key_is_refused_wherever_it_stands(
    pairs: dict[str, int], data: st.DataObject
) -> None:
    again = data.draw(st.sampled_from(sorted(pairs)))
    body = written(pairs)[:-1] + b"," + json.dumps(again).encode() + b":0}"
    with pytest.raises(JsonError) as refused:
        parse(b'{"list": [{}, ' + body + b"]}")
    assert refused.value.code == "json.duplicate-key"
    assert refused.value.place.startswith("/list/1/")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[NaN]", "json.word"),
        (b'{"a": -Infinity}', "json.word"),
        (b"[1] 2", "json.trailing"),
        (b'{"a": 1', "json.syntax"),
        (b"[1,]", "json.syntax"),
        (b"1e999999999", "json.number-size"),
        (b"[1.5e401]", "json.number-size"),
        (b'{"a": 1E-401}', "json.number-size"),
        (b"[0.%s1]" % (b"0" * 400), "json.number-size"),
        (b"[%s]" % (b"123456789" * 45), "json.number-size"),
        (b"1" * 5_000, "json.number-size"),
        (b'"\\ud800"', "json.surrogate"),
        (b'{"a\\u0000": 1}', "json.nul"),
        (b'["\\u0000"]', "json.nul"),
        (b'"tab\there"', "json.string"),
        (b"\xef\xbb\xbf{}", "json.encoding"),
        ("{}".encode("utf-16"), "json.encoding"),
        ("{}".encode("utf-16-le"), "json.encoding"),
        ('{"名": "猪"}'.encode("gb18030"), "json.encoding"),
        (b"[" * 10_000, "json.depth"),
        (b'{"a":' * 100_000, "json.depth"),
        (b"[" * 101 + b"]" * 101, "json.depth"),
        (b"", "json.syntax"),
    ],
)
def test_what_strict_json_forbids_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(JsonError) as refused:
        parse(data)
    assert refused.value.code == code


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert parse(b'["\\\\u0000"]') == ["\\u0000"]


def test_a_complaint_names_path_line_column_and_byte() -> None:
    with pytest.raises(JsonError) as refused:
        parse('{"猪":\n [1, {"a/b": nil}]}'.encode())
    assert refused.value.place == "/猪/1/a~1b (line 2, column 14, byte 21)"


def test_the_found_encoding_is_named() -> None:
    with pytest.raises(JsonError, match="GBK"):
        parse('{"名": "猪"}'.encode("gb18030"))


def test_bytes_of_another_encoding_are_told_with_the_value_that_they_are_in() -> None:
    text = (
        '{"data": {"rows": [\n [{"id": "Name", "value": "Käse"}, {"id": "Ort", "value": "Köln"}]]}}'
    )
    with pytest.raises(JsonError) as refused:
        parse(text.encode("latin1"))
    at = text.index("ä")
    assert refused.value.place == f"/data/rows/0/0/value (line 2, column {at - 19}, byte {at})"
    assert "UTF-8" in refused.value.text.en
    assert "'K'" in refused.value.text.en
    with pytest.raises(JsonError) as refused:
        parse(text.encode("latin1").replace("ä".encode("latin1"), "ä".encode()))
    assert refused.value.path == "/data/rows/0/1/value"


@given(st.text('ab{[:,"1 \n', max_size=30))
def test_whatever_stands_before_bytes_of_another_encoding_is_no_other_error(before: str) -> None:
    with pytest.raises(JsonError) as refused:
        parse(before.encode() + b"\xe4")
    assert (refused.value.code, refused.value.byte) == ("json.encoding", len(before))


def test_depth_is_counted_in_containers() -> None:
    assert parse(b"[" * 100 + b"]" * 100)
    assert parse(b"[[1]]", max_depth=2) == [[1]]
    with pytest.raises(JsonError):
        parse(b"[[[]]]", max_depth=2)


def test_long_numbers_stay_exact() -> None:
    assert parse(b"[83000123456789012345, 0.1000000000000000000001]") == [
        83000123456789012345,
        Decimal("0.1000000000000000000001"),
    ]


@given(
    before=st.text("ab1,", max_size=120), digits=st.integers(395, 405), kind=st.sampled_from("1079")
)
def test_a_number_of_too_many_digits_is_seen_wherever_it_begins(
    before: str, digits: int, kind: str
) -> None:
    number = "1" + kind * (digits - 1)
    data = f'["{before}",{number},true]'.encode()
    if digits <= 400:
        assert parse(data) == [before, int(number), True]
    else:
        with pytest.raises(JsonError):
            parse(data)
