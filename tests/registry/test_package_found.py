"""A code's package is found by one look, wherever its index lies among however many packages."""

import json

import psycopg
import pytest

from suyuan.store import Queries, Store

PACKAGES = 5_000
FILL = """
with supply as (
    insert into registry.code_series
        (tenant, scheme, stem, alphabet, length, capacity, issued, guarded, checks, secret,
         opened_at)
    values (1, 'sscc', '06901234', '0123456789', 9, 1000000000, 0, false, 0, '\\x00', now())
    returning id
)
insert into registry.code_package
    (id, tenant, party, account, series, first, past, note, salt, made_at)
select gen_random_uuid(), 1, 'urn:suyuan:party:mine', 1, supply.id, n * 10, n * 10 + 9, '', null,
       now()
from supply, generate_series(1, {packages}) n
returning series
"""


@pytest.mark.parametrize(
    ("index", "found"),
    [(10, 1), (18, 1), (19, 0), (9, 0), (25_004, 1), (25_009, 0), (999_999_999, 0)],
)
def test_an_index_looks_at_one_package_whether_it_was_issued_or_not(
    database: Store, index: int, found: int
) -> None:
    asked = Queries("suyuan.registry").package_of_index
    with psycopg.connect(database.dsn) as connection:
        series = connection.execute(FILL.format(packages=PACKAGES).encode()).fetchall()[0][0]
        connection.execute("analyze registry.code_package")
        place = {"series": series, "index": index}
        assert len(connection.execute(asked, place).fetchall()) == found
        told = connection.execute("explain (analyze, format json) " + asked, place).fetchone()
        assert told is not None
        (plan,) = told[0] if not isinstance(told[0], str) else json.loads(told[0])
        assert most_looked_at(plan["Plan"]) <= 1
        connection.rollback()


def most_looked_at(plan: dict[str, object]) -> float:
    """The most packages that a step of a plan took up, those it left again among them."""
    here = 0.0
    if plan.get("Relation Name") == "code_package":
        here = float(str(plan["Actual Rows"])) + float(str(plan.get("Rows Removed by Filter", 0)))
    inner = plan.get("Plans", [])
    assert isinstance(inner, list)
    return max([here, *map(most_looked_at, inner)])
