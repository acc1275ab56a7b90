"""Names that are asked of together stand side by side in the index of acts."""

from itertools import groupby

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.index.types import Part
from suyuan.store import Store, migrate
from suyuan.store.migrate import known_migrations

HOST = "https://id.gs1.org"
LOT, ITEM, PALLET = (
    f"{HOST}/01/{{}}/10/L{{:09}}",
    f"{HOST}/01/{{}}/21/S{{:09}}",
    f"{HOST}/00/{{}}{{:010}}",
)
PRODUCTS, COMPANIES = (
    ("06901234567892", "06909876543214", "06901111111114"),
    ("36901234", "36909876"),
)
IN_ORDER = """
select n.name, n.part from unnest(%s::text[], %s::int[]) as n (name, part)
order by index.key_of(n.name, n.part)
"""
FOUND = "select count(*) from index.act as a where index.keys_of(a) @> array[index.key_of(%s, %s)]"
ACT = """
insert into index.act (entry, position, line, kind, grain, held, instrument, inferred, head,
                       tenant, capturer, copy_key, lot, flow)
values (1, 1, 0, 0, 0, false, false, false, 'a thing', 1, 1, 1, 'a lot', 'a flow')
"""

words = st.text("a/:é批", max_size=30)
asked = st.lists(st.tuples(words, st.sampled_from(Part)), min_size=2, max_size=9, unique=True)


def test_lots_of_a_product_stand_together_and_so_do_pallets_of_a_company(database: Store) -> None:
    lots = [LOT.format(each, number) for each in PRODUCTS for number in range(40)]
    items = [ITEM.format(each, number) for each in PRODUCTS for number in range(40)]
    pallets = [PALLET.format(each, number) for each in COMPANIES for number in range(40)]
    flows = [f"urn:suyuan:flow:urn:uuid:{number:032x}" for number in range(40)]
    parts = [Part.THING] * len(lots + items + pallets) + [Part.FLOW] * len(flows)
    with database.read() as conn:
        ordered = conn.execute(IN_ORDER, ([*lots, *items, *pallets, *flows], parts)).fetchall()
    begun = ["" if part == Part.FLOW else name[:-10] for name, part in ordered]
    kinds = [
        next((each for each in ("/10/", "/21/", "/00/") if each in name), "") for name, _ in ordered
    ]
    assert len([*groupby(begun)]) == len(PRODUCTS) * 2 + len(COMPANIES) + 1
    assert len([*groupby(kinds)]) == 4
    assert kinds[0] == ""


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=asked)
def test_a_name_has_a_key_of_its_own_in_each_part(
    database: Store, pairs: list[tuple[str, Part]]
) -> None:
    with database.read() as conn:
        found = conn.execute(
            "select count(distinct index.key_of(n.name, n.part)) "
            "from unnest(%s::text[], %s::int[]) as n (name, part)",
            ([name for name, _ in pairs], [int(part) for _, part in pairs]),
        ).fetchone()
    assert found == (len(pairs),)


def test_the_update_begins_the_index_anew(empty_database: str) -> None:
    before = [each for each in known_migrations() if each.name < "0224"]
    migrate(empty_database, migrations=before)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(ACT)
        connection.execute("insert into index.cursor (projection, position) values ('facts', 1)")
        migrate(empty_database)
        assert connection.execute("select count(*) from index.act").fetchone() == (0,)
        assert connection.execute("select count(*) from index.cursor").fetchone() == (0,)
        connection.execute(ACT)
        asked = (("a thing", 0), ("a lot", 4), ("a flow", 5), ("a lot", 0))
        found = [connection.execute(FOUND, each).fetchone() for each in asked]
        assert found == [(1,), (1,), (1,), (0,)]
