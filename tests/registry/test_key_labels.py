"""Keys of before there were labels keep opening, and each can be revoked by its label."""

import psycopg

from suyuan.store import migrate
from suyuan.store.migrate import known_migrations

KEYS = """
insert into registry.account (tenant, name, party, role) values (1, 'shop', 'urn:shop', 'capturer');
insert into registry.api_key (account, digest, label, created_at, revoked_at) values
    (1, 'a', 'shop', now(), now()), (1, 'b', 'shop', now(), null), (1, 'c', 'shop', now(), null),
    (1, 'd', 'till', now(), null);
"""


def test_two_keys_of_one_label_are_told_apart_by_their_numbers(empty_database: str) -> None:
    before = [one for one in known_migrations() if one.name < "0031"]
    migrate(empty_database, migrations=before)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(KEYS)
        migrate(empty_database)
        valid = connection.execute(
            "select digest, label from registry.api_key where revoked_at is null order by id"
        ).fetchall()
    assert valid == [(b"b", "main-2"), (b"c", "main"), (b"d", "till")]
