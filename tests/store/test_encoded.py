"""What is handed on already encoded arrives as the driver's own encoding would."""

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.store import Store
from suyuan.store.encoded import Uuid, int8_array, takes_encoded, uuid_array

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
