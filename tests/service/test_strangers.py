"""Codes that somebody wrote straight into the database: listed as what they are, and named."""

import pytest

from suyuan.service import Platform, audit, bring_in, examine, imports, local_capturer

SCHEME = "ear-tag"
OTHER, MINE = "urn:suyuan:party:other", "urn:suyuan:party:mine"
WRITTEN = (
    "insert into registry.code_import (batch, tenant, party, account, scheme, first, last, at) "
    "select gen_random_uuid(), 1, %s, min(id), %s, %s, %s, now() from registry.account"
)


@pytest.mark.parametrize("code", ["13301060000000A", "耳标一号", "", "x y", "-1"])
def test_a_code_that_is_no_number_is_listed_as_it_stands_and_named_by_the_doctor(
    platform: Platform, code: str
) -> None:
    mine = local_capturer(platform, MINE)
    bring_in(platform, SCHEME, ["133010600000001-133010600000020"], mine)
    with platform.store.write() as conn:
        conn.execute(WRITTEN, (OTHER, SCHEME, code, code))
    found = {each.party: (each.first, each.count, each.disputed) for each in imports(platform)}
    assert found == {OTHER: (code, 1, False), MINE: ("133010600000001", 20, False)}
    named = [each for each in audit(platform) if each.code == "registry.stranger"]
    assert len(named) == 1
    for said in (named[0].text.zh, named[0].text.en):
        assert code in said
        assert OTHER in said
    assert "registry.stranger" in {each.code for each in examine(platform).damages}
    assert bring_in(platform, SCHEME, ["133010600000030"], local_capturer(platform, OTHER)).count
    assert len(imports(platform)) == 3


def test_of_digits_alone_none_is_named(platform: Platform) -> None:
    bring_in(platform, SCHEME, ["133010600000001-133010600000020"], local_capturer(platform, MINE))
    assert [each.code for each in audit(platform) if each.code == "registry.stranger"] == []
