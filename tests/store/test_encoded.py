"""What is handed on already encoded arrives as the driver's own encoding would."""

import tracemalloc
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.store import Store
from suyuan.store.encoded import (
    Uuid,
    bytea_array,
    int4_array,
    int8_array,
    takes_encoded,
    text_array,
    uuid_array,
)

numbers = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40)
names = st.lists(st.uuids(), max_size=40)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(numbers, names, st.uuids())
def test_arrays_and_uuids_arrive_whole(
    database: Store, numbers: list[int], names: list[UUID], name: UUID
) -> None:
    with database.write() as conn:
        conn.execute("create temp table given (n bigint[], u uuid, us uuid[]) on commit drop")
        cursor = takes_encoded(conn.cursor())
        with cursor.copy("copy given from stdin (format binary)") as copy:
            copy.set_types(("int8[]", "uuid", "uuid[]"))
            encoded = uuid_array([one.bytes for one in names])
            copy.write_row((int8_array(numbers), Uuid(name.bytes), encoded))
        (row,) = conn.execute("select n, u, us from given").fetchall()
        assert row == (numbers, name, names)
        asked = {"n": int8_array(numbers), "us": encoded}
        (same,) = cursor.execute(
            "select count(*) from given where n = %(n)s and us = %(us)s", asked
        ).fetchall()
        assert same == (1,)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40),
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    st.lists(st.binary()),
)
def test_short_numbers_texts_and_bytes_arrive_whole(
    database: Store, numbers: list[int], texts: list[str], several: list[bytes]
) -> None:
    with database.write() as conn:
        conn.execute("create temp table given (n int[], t text[], b bytea[]) on commit drop")
        with takes_encoded(conn.cursor()).copy("copy given from stdin (format binary)") as copy:
            copy.set_types(("int4[]", "text[]", "bytea[]"))
            copy.write_row((int4_array(numbers), text_array(texts), bytea_array(several)))
        asked = {"b": bytea_array(several)}
        rows = conn.execute("select n, t, b from given where b = %(b)s", asked).fetchall()
        assert rows == [(numbers, texts, several)]


def test_a_question_takes_them_beside_plain_values(database: Store) -> None:
    given = {"many": int8_array([3]), "plain": [4], "name": UUID(int=7), "texts": text_array(["a"])}
    with database.read() as conn:
        (row,) = conn.execute(
            "select %(many)s::bigint[] || %(plain)s::bigint[], %(name)s::uuid, %(texts)s", given
        ).fetchall()
    assert row == ([3, 4], UUID(int=7), ["a"])


def test_large_arrays_arrive_whole_and_leave_no_memory_behind(database: Store) -> None:
    sizes = [120, 128, 129, 5_000]
    with database.write() as conn:
        for size in sizes:
            many = [-(2**31) + number for number in range(size)]
            asked = {"n": int4_array(many), "m": int8_array(many)}
            (row,) = conn.execute("select %(n)s::int[], %(m)s::bigint[]", asked).fetchall()
            assert row == (many, many)
    tracemalloc.start()
    for size in range(50_000, 50_020):
        int8_array(range(size))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1 << 20
