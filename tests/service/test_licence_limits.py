"""For where and for what a licence is: entered, logged, audited, and left alone by others."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from msgspec import json, structs
from openpyxl import load_workbook

from suyuan.families import load_families
from suyuan.kit import Text
from suyuan.ledger.types import Done
from suyuan.registry.types import Licence, Party
from suyuan.service import (
    Filings,
    Platform,
    entitle,
    entry_book,
    file_rows,
    file_table,
    governing,
    on_file,
    register,
)
from suyuan.templates.types import EntryRow, Origin

ZHAO, NUMBER = "urn:suyuan:party:zhao", "LS-1"
WHOLE = {"party": ZHAO, "kind": "firework_retail_licence", "number": NUMBER}
HANGZHOU, XIHU = "330100", "330106"


def enter(platform: Platform, **said: Any) -> Filings:
    given = WHOLE | said
    row = EntryRow("licences", given, Origin("licences", 1, {key: key for key in given}))
    return file_rows(platform, [row])


def kept(platform: Platform) -> Licence:
    (found,) = on_file(platform, ZHAO).licences
    return found


def astray(platform: Platform) -> list[str]:
    with platform.store.read() as conn:
        found = governing.astray(conn, secret=platform.recorder.secret)
        return [each.text.en for each in found]


def last_act(platform: Platform, kind: str) -> Mapping[str, Any]:
    with platform.store.read() as conn:
        asked = "select said from ledger.act where kind = %s order by at desc, entry desc limit 1"
        row = conn.execute(asked, [kind]).fetchone()
    assert row is not None
    return dict(json.decode(row[0]))


@pytest.fixture
def shop(platform: Platform) -> Platform:
    register(platform, [Party(uri=ZHAO, name=Text("赵记", "Zhao"), division=XIHU)])
    return platform


def test_areas_by_code_or_name_and_goods_in_a_row_are_kept_one_by_one(shop: Platform) -> None:
    done = enter(shop, areas="杭州市西湖区；330100，330106", covers="C级、 D级\nC级")
    assert done.findings == ()
    assert (kept(shop).areas, kept(shop).covers) == ((XIHU, HANGZHOU), ("C级", "D级"))
    said = last_act(shop, "licence.registered")
    assert (said["areas"], said["covers"]) == ([XIHU, HANGZHOU], ["C级", "D级"])
    assert astray(shop) == []


def test_what_is_left_out_stays_and_a_dash_clears(shop: Platform) -> None:
    enter(shop, areas=XIHU, covers="C级")
    assert enter(shop, valid_to="2030-01-01").filings[0].fields == ("valid_to",)
    assert (kept(shop).areas, kept(shop).covers) == ((XIHU,), ("C级",))
    assert enter(shop, areas="-").filings[0].fields == ("areas",)
    assert (kept(shop).areas, kept(shop).covers) == ((), ("C级",))
    assert enter(shop, areas="－", covers="-").filings[0].fields == ("covers",)
    assert astray(shop) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"areas": "330106；没有这个县"}, "registry.division"),
        ({"covers": "种子，11010519491231002X"}, "registry.person"),
        ({"covers": "长" * 4_001}, "registry.long"),
    ],
)
def test_one_wrong_value_of_several_refuses_the_row(
    shop: Platform, said: dict[str, str], code: str
) -> None:
    done = enter(shop, **said)
    assert done.is_refused
    assert [each.code for each in done.findings] == [code]
    assert on_file(shop, ZHAO).licences == ()


def test_a_list_may_be_longer_than_a_name(shop: Platform) -> None:
    goods = [f"品种 {number}" for number in range(300)]
    assert enter(shop, covers="；".join(goods)).findings == ()
    assert kept(shop).covers == tuple(goods)


def test_a_workbook_has_columns_for_them(shop: Platform) -> None:
    book = load_workbook(io.BytesIO(entry_book(load_families())))
    sheet = book["证照"]
    heads = [str(cell.value).split("\n")[0] for cell in sheet[1]]
    said = {"持证单位": ZHAO, "证照种类": "firework_retail_licence", "证号": NUMBER}
    said |= {"许可区域": 330106, "许可内容": "C级；D级"}
    sheet.append([said.get(head) for head in heads])
    filled = io.BytesIO()
    book.save(filled)
    assert not file_table(shop, filled.getvalue()).is_refused
    assert (kept(shop).areas, kept(shop).covers) == ((XIHU,), ("C级", "D级"))


def test_a_program_of_before_changes_the_rest_beside_this_one(shop: Platform) -> None:
    """It knows neither column: its row keeps them, and its act says nothing of them."""
    enter(shop, areas=XIHU, covers="C级")
    before = kept(shop)
    with shop.store.write() as conn:
        conn.execute("update registry.licence set issuer = 'x' where number = %s", [NUMBER])
        said = {"party": ZHAO, "kind": before.kind, "number": NUMBER, "issuer": "x"}
        conn.execute(
            "insert into registry.registration (tenant, relation, party, entry, account, at) "
            "values (1, 'licence', %s, %s::jsonb, null, %s)",
            [ZHAO, json.encode(said).decode(), shop.clock()],
        )
        shop.log_acts(conn, [Done("licence.registered", ZHAO, said)], account=None)
    assert astray(shop) == []
    assert enter(shop, covers="-").filings[0].fields == ("covers",)
    assert kept(shop) == structs.replace(before, issuer="x", covers=())
    assert astray(shop) == []


def test_what_proves_codes_keeps_its_areas_and_goods_when_it_is_entered_as_a_proof(
    shop: Platform,
) -> None:
    seed = Licence(
        party=ZHAO, kind="seed_licence", number="D(湘益安)农种许字(2017)第001号", covers=("水稻",)
    )
    made = entitle(shop, seed)
    register(shop, [structs.replace(seed, number=made.number, areas=(HANGZHOU,))])
    entitle(shop, structs.replace(seed, valid_to=date(2030, 1, 1), covers=()))
    found = kept(shop)
    assert (found.areas, found.covers, found.valid_to) == (
        (HANGZHOU,), ("水稻",), date(2030, 1, 1)
    )  # fmt: skip
    assert astray(shop) == []
