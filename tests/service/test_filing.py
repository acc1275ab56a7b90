"""Entries of the registry from a workbook, a table or a form: all or nothing, by who may."""

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from suyuan.families import fileable, load_families
from suyuan.kit import SuyuanError, Text
from suyuan.model import Role, Viewer
from suyuan.registry import Party
from suyuan.registry.types import Account
from suyuan.service import (
    Filings,
    Platform,
    entry_book,
    file_rows,
    file_table,
    history_of,
    on_file,
    parties_on_file,
    register,
)
from suyuan.service.access import AccessError, fresh_key
from suyuan.templates.types import EntryRow, Origin

ZHAO, LI, FARM = (f"urn:suyuan:party:{name}" for name in ("zhao", "li", "farm"))
STALL, GTIN = "urn:suyuan:site:stall", "06901234567892"
LICENCE = "JY14101050000018"


def rows(kind: Any, *said: Mapping[str, Any]) -> list[EntryRow]:
    """Entries as a form gives them, each where it stands."""
    return [
        EntryRow(kind, each, Origin(kind, at, {key: key for key in each}))
        for at, each in enumerate(said, start=1)
    ]


def party(uri: str = ZHAO, **said: Any) -> list[EntryRow]:
    return rows("parties", {"uri": uri, "name_zh": "赵记菜摊", "division": "410105"} | said)


def site(**said: Any) -> list[EntryRow]:
    whole = {"uri": STALL, "operator": ZHAO, "name_zh": "12 号摊", "division": "410105"}
    return rows("sites", whole | said)


def licence(**said: Any) -> list[EntryRow]:
    whole = {"party": ZHAO, "kind": "food_trade_licence", "number": LICENCE}
    return rows("licences", whole | said)


def product(owner: str) -> list[EntryRow]:
    return rows("products", {"class_uri": GTIN, "name_zh": "番茄", "owner": owner})


def paper(kind: str) -> list[EntryRow]:
    return rows("documents", {"kind": kind, "number": "1", "issuer": ZHAO})


def codes(done: Filings) -> set[str]:
    return {each.code for each in done.findings}


def places(done: Filings) -> set[tuple[str, str]]:
    return {(each.code, each.column) for each in done.findings if each.severity == "refuse"}


def acts(platform: Platform) -> list[tuple[str, bytes]]:
    """What was done and is logged, whether it has its position yet or not."""
    with platform.store.read() as conn:
        rows = conn.execute("select kind, said from ledger.act").fetchall()
    return [(kind, bytes(said)) for kind, said in rows]


def viewer(platform: Platform, name: str, party: str | None, **more: Any) -> Viewer:
    role = more.pop("role", Role.CAPTURER)
    fresh_key(platform, Account(name=name, role=role, party=party, **more))
    with platform.store.read() as conn:
        found = conn.execute("select id from registry.account where name = %s", [name]).fetchone()
    assert found is not None
    return Viewer(account=found[0], role=role, party=party, **more)


@pytest.fixture
def zhao(platform: Platform) -> Viewer:
    return viewer(platform, "zhao", ZHAO)


@pytest.fixture(params=["4101", "410100"])
def market_office(platform: Platform, request: pytest.FixtureRequest) -> Viewer:
    """Of one area, written as the beginning of its divisions' codes or as its own code."""
    families, areas = ("edible-agricultural-products", "food"), (request.param,)
    return viewer(platform, "office", None, role=Role.REGULATOR, areas=areas, families=families)


def filled(said: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The workbook that `suyuan register --template` writes, with rows in it."""
    book = load_workbook(io.BytesIO(entry_book(load_families())))
    for title, lines in said.items():
        for line in lines:
            book[title].append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


BOOK: dict[str, list[list[Any]]] = {
    "主体": [
        [
            ZHAO,
            "赵记菜摊",
            "Zhao's",
            None,
            "食品经营者；养殖场、种植企业",
            "郑州市金水区",
            "0371",
        ],
        [FARM, "红星农场", None, "单位", "farm,cooperative", "410105"],
    ],
    "场所": [[STALL, ZHAO, "12 号摊", None, None, "金水区", "2026年1月1日"]],
    "产品": [[GTIN, "番茄", None, FARM, "食用农产品", "vegetable", "KGM"]],
    "证照": [[ZHAO, "food_trade_licence", LICENCE, None, "2026-01-01", "2030-12-31"]],
    "单据": [["produce_certificate", "41010500100070000001", FARM]],
}


def test_a_workbook_is_entered_whole_and_the_same_twice_changes_nothing(
    platform: Platform,
) -> None:
    data = filled(BOOK)
    looked = file_table(platform, data, dry_run=True)
    assert not looked.entered
    assert parties_on_file(platform) == []
    first, again = (file_table(platform, data) for _ in range(2))
    assert [first.count("new"), again.count("new"), again.count("same")] == [6, 0, 6]
    found = on_file(platform, ZHAO)
    assert found.party is not None
    assert found.party.roles == ("food_trader", "farm")
    assert (found.party.division, found.party.contact) == ("410105", "0371")
    assert [(each.uri, each.valid_from) for each in found.sites] == [(STALL, date(2026, 1, 1))]
    assert found.licences[0].valid_to == date(2030, 12, 31)
    (product,) = on_file(platform, FARM).products
    assert product.class_uri == f"https://id.gs1.org/01/{GTIN}"
    assert (product.family, product.kind) == ("edible-agricultural-products", "vegetable")
    assert [each.number for each in on_file(platform, FARM).documents] == ["41010500100070000001"]


def test_one_wrong_cell_keeps_everything_out_and_is_named_by_sheet_row_and_column(
    platform: Platform,
) -> None:
    wrong = {**BOOK, "证照": [[ZHAO, "food_trade_license", LICENCE, None, "2026-13-01"]]}
    done = file_table(platform, filled(wrong))
    assert done.is_refused
    assert not done.entered
    told = {(each.sheet, each.row, each.column, each.code) for each in done.findings}
    assert ("证照", 2, "B", "registry.choice") in told
    assert ("证照", 2, "E", "workbook.no-date") in told
    assert parties_on_file(platform) == []
    assert on_file(platform, ZHAO).party is None


ENCODINGS: list[Any] = ["utf-8", "utf-8-sig", "gb18030"]


def test_a_table_is_known_by_its_headings_and_read_in_either_encoding(platform: Platform) -> None:
    for encoding in ENCODINGS:
        lines = f"场所编码,经营单位,名称,行政区划\n{STALL},{ZHAO},12 号摊,410105\n"
        done = file_table(platform, lines.encode(encoding), title="a file")
        assert done.entered
        assert on_file(platform, ZHAO).sites[0].name.zh == "12 号摊"


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_parted_by_semicolons_or_tabs_is_read(platform: Platform, sign: str) -> None:
    lines = f"场所编码,经营单位,名称,行政区划\n{STALL},{ZHAO},12 号摊,410105\n"
    assert file_table(platform, lines.replace(",", sign).encode(), title="a file").entered
    assert on_file(platform, ZHAO).sites[0].name.zh == "12 号摊"


def test_what_is_no_table_of_ours_is_said_to_be_none(platform: Platform) -> None:
    long = "主体编码,名称\n".encode() + b"a" * 200_000
    for data in (b"", b"a,b\n1,2\n", b"PK\x03\x04 no workbook", b"\xff\xfe\x00\x81", long):
        with pytest.raises(SuyuanError):
            file_table(platform, data)
    with pytest.raises(SuyuanError, match=r"registry\.empty"):
        file_table(platform, "主体编码,名称\n".encode())


def test_of_many_wrong_rows_the_first_hundred_are_told(platform: Platform) -> None:
    wrong = [{"uri": f"{ZHAO}-{at}", "name_zh": "赵", "division": "nowhere"} for at in range(300)]
    done = file_rows(platform, rows("parties", *wrong))
    assert len(places(done)) == 1
    assert len([each for each in done.findings if each.severity == "refuse"]) == 100
    assert not done.entered


def test_an_empty_cell_leaves_what_is_on_file_and_a_dash_clears_it(platform: Platform) -> None:
    file_rows(platform, party(contact="0371", name_en="Zhao", roles="food_trader"))
    file_rows(platform, rows("parties", {"uri": ZHAO, "contact": "-", "division": ""}))
    found = on_file(platform, ZHAO).party
    assert found is not None
    assert (found.contact, found.division, found.name.en) == ("", "410105", "Zhao")
    assert found.roles == ("food_trader",)


def test_what_was_registered_before_stays_on_file_with_time_and_account(
    platform: Platform, zhao: Viewer
) -> None:
    file_rows(platform, party())
    file_rows(platform, rows("parties", {"name_zh": "赵家菜摊"}), zhao)
    before = history_of(platform, ZHAO)
    assert [each.entry["name"]["zh"] for each in before] == ["赵家菜摊", "赵记菜摊"]
    assert [each.account for each in before] == ["zhao", None]
    assert [kind for kind, _ in acts(platform)].count("party.registered") == 2


def test_a_registration_over_an_account_names_its_doer_in_the_log(
    platform: Platform, zhao: Viewer
) -> None:
    assert zhao.account is not None
    file_rows(platform, party(), zhao)
    (said,) = (said for kind, said in acts(platform) if kind == "party.registered")
    assert platform.mark_of(zhao.account).encode() in said
    assert "赵记菜摊".encode() not in said


NOT_OWN: list[Any] = [
    (party(LI), "registry.not-own"),
    (party(roles="food_trader"), "registry.roles"),
    (party(kind="authority"), "registry.roles"),
    (site(operator=LI), "registry.not-own"),
    (licence(), "registry.papers"),
    (paper("produce_certificate"), "registry.papers"),
    (product(LI), "registry.not-own"),
]


def test_an_organisation_enters_neither_others_nor_its_own_roles_and_papers(
    platform: Platform, zhao: Viewer
) -> None:
    for entered, code in NOT_OWN:
        done = file_rows(platform, entered, zhao)
        assert code in codes(done)
        assert not done.entered


def test_an_organisation_enters_its_name_contact_sites_and_products(
    platform: Platform, zhao: Viewer
) -> None:
    entered = [
        *rows("parties", {"name_zh": "赵记菜摊", "contact": "0371"}),
        *rows("sites", {"uri": STALL, "name_zh": "12 号摊", "division": "410105"}),
        *rows("products", {"class_uri": GTIN, "name_zh": "番茄"}),
    ]
    assert file_rows(platform, entered, zhao).count("new") == 3
    found = on_file(platform, ZHAO, zhao)
    assert (len(found.sites), len(found.products)) == (1, 1)


def test_a_site_or_product_of_another_is_not_taken_over(platform: Platform, zhao: Viewer) -> None:
    others = [
        *site(operator=LI),
        *rows("products", {"class_uri": GTIN, "name_zh": "茄", "owner": LI}),
    ]
    assert file_rows(platform, others).entered
    mine = [*site(), *product(ZHAO)]
    done = file_rows(platform, mine, zhao)
    assert "registry.taken" in codes(done)
    assert not done.entered
    assert {"registry.overlap", "registry.taken"} & codes(file_rows(platform, mine[:1], zhao))


def test_a_site_passes_to_the_next_operator_after_the_last_day_of_the_first(
    platform: Platform, zhao: Viewer
) -> None:
    file_rows(platform, site(operator=LI, valid_from="2025-01-01"))
    late = site(valid_from="2026-01-01")
    assert "registry.overlap" in codes(file_rows(platform, late, zhao))
    file_rows(platform, site(operator=LI, valid_from="2025-01-01", valid_to="2025-12-31"))
    assert file_rows(platform, late, zhao).entered
    assert [each.operator for each in on_file(platform, ZHAO).sites] == [ZHAO]
    assert [each.operator for each in on_file(platform, LI).sites] == [LI]


def test_of_many_who_enter_a_site_at_once_one_gets_it(platform: Platform) -> None:
    """Each looks at what is on file after the others have done; no two times overlap."""
    operators = [f"urn:suyuan:party:p{number}" for number in range(4)]
    entered = [
        site(operator=operator, valid_from=f"2026-01-0{number}")
        for number, operator in enumerate(operators, start=1)
    ]
    with ThreadPoolExecutor(len(entered)) as pool:
        done = list(pool.map(partial(file_rows, platform), entered))
    assert [each.entered for each in done].count(True) == 1
    assert sum(bool(on_file(platform, each).sites) for each in operators) == 1


def test_an_authority_enters_what_lies_in_its_areas_and_families(
    platform: Platform, market_office: Viewer
) -> None:
    mine = [*party(roles="food_trader"), *licence()]
    assert file_rows(platform, mine, market_office).entered
    assert on_file(platform, ZHAO, market_office).licences[0].number == LICENCE


OUTSIDE: list[Any] = [
    (party(LI, division="330106"), "registry.area"),
    (party(LI, division="-"), "registry.area"),
    (party(ZHAO, division="330106"), "registry.area"),
    (party(LI, roles="drug_maker"), "registry.family"),
    (licence(party=FARM), "registry.area"),
    (licence(kind="drug_production_licence"), "registry.family"),
    (
        rows("documents", {"kind": "prescription", "number": "1", "issuer": ZHAO}),
        "registry.family",
    ),
]


def test_an_authority_enters_nothing_outside_them(
    platform: Platform, market_office: Viewer
) -> None:
    file_rows(platform, [*party(), *party(FARM, division="330106")])
    for entered, code in OUTSIDE:
        done = file_rows(platform, entered, market_office)
        assert code in codes(done)
        assert not done.entered


def test_who_may_not_see_a_party_is_answered_as_if_it_were_not_there(
    platform: Platform, zhao: Viewer, market_office: Viewer
) -> None:
    file_rows(platform, [*party(), *party(LI, division="330106")])
    for asked in (zhao, market_office):
        told = []
        for uri in (LI, "urn:suyuan:party:nobody"):
            with pytest.raises(AccessError) as error:
                on_file(platform, uri, asked)
            told.append((error.value.code, error.value.status))
        assert told == [("registry.unseen", 404)] * 2
    assert [each.uri for each in parties_on_file(platform, market_office)] == [ZHAO]
    assert [each.uri for each in parties_on_file(platform, zhao)] == [ZHAO]
    with pytest.raises(AccessError):
        on_file(platform, ZHAO, Viewer())


WRONG: list[Any] = [
    ({"division": "410199"}, "division", "4101"),
    ({"division": "金水曲"}, "division", "金水区"),
    ({"division": "西湖区"}, "division", "330106"),
    ({"uri": "91330106MA27XYUX1W"}, "uri", "校验"),
    ({"uri": "urn:suyuan:site:x"}, "uri", "主体"),
    ({"uri": "x y"}, "uri", "主体"),
    ({"roles": "food_tradr"}, "roles", "food_trader"),
    ({"name_zh": "长" * 201}, "name_zh", "200"),
    ({"contact": "a\x00b"}, "contact", "字符"),
    ({"contact": "身份证 11010519491231002X"}, "contact", "身份证"),
]


def test_what_cannot_be_so_is_refused_with_what_is_nearest(platform: Platform) -> None:
    for said, column, hint in WRONG:
        done = file_rows(platform, party(**said))
        assert column in {at for _, at in places(done)}
        (wrong,) = (each for each in done.findings if each.severity == "refuse")
        assert hint in wrong.message.zh + wrong.cure.zh
        assert wrong.message.en
        assert wrong.cure.en


def test_a_licence_whose_check_digit_fails_is_entered_and_flagged(platform: Platform) -> None:
    done = file_rows(platform, [*party(), *licence(number="JY14101050000011")])
    assert done.entered
    assert "registry.number" in codes(done)


def test_days_in_the_wrong_order_and_an_entry_twice_are_refused(platform: Platform) -> None:
    late = licence(valid_from="2026-02-01", valid_to="2026-01-01")
    assert ("registry.days", "valid_to") in places(file_rows(platform, late))
    twice = [*party(), *party(name_zh="别的名")]
    assert "registry.twice" in codes(file_rows(platform, twice))
    assert file_rows(platform, [*party(), *party()]).count("new") == 1


def test_a_party_that_an_account_named_is_new_until_it_has_a_name(
    platform: Platform, zhao: Viewer
) -> None:
    assert on_file(platform, ZHAO, zhao).party is None
    done = file_rows(platform, rows("parties", {"contact": "0371"}), zhao)
    assert ("registry.missing", "contact") in places(done) or (
        "registry.missing",
        "name_zh",
    ) in places(done)
    assert file_rows(platform, party(), zhao).count("new") == 1


def test_every_role_and_kind_of_the_families_may_be_entered_by_its_name_in_either_language(
    platform: Platform,
) -> None:
    roles = fileable(platform.families)["role"]
    spelled = {
        (role, each)
        for role, known in roles.items()
        for each in (role, known.name.zh, known.name.en, f"{known.name.zh} {role}")
    }
    entered = [
        {"uri": f"{ZHAO}-{at}", "name_zh": "赵", "roles": each}
        for at, (_, each) in enumerate(sorted(spelled))
    ]
    assert not file_rows(platform, rows("parties", *entered)).is_refused
    known = {each.uri: each.roles for each in parties_on_file(platform)}
    wanted = {f"{ZHAO}-{at}": (role,) for at, (role, _) in enumerate(sorted(spelled))}
    assert known.items() <= wanted.items()
    assert len(known) == 200


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    said=st.dictionaries(
        st.sampled_from(["uri", "name_zh", "name_en", "roles", "division", "contact", "kind"]),
        st.text(max_size=12) | st.integers() | st.floats(allow_nan=True) | st.booleans(),
    )
)
def test_rubbish_is_refused_or_entered_and_never_fails(
    platform: Platform, said: dict[str, Any]
) -> None:
    done = file_rows(platform, rows("parties", said))
    assert done.entered is not done.is_refused


def test_the_demonstration_is_registered_in_the_same_directory(platform: Platform) -> None:
    register(platform, [Party(uri=LI, name=Text("李记", "Li's"), roles=("farm",))])
    assert [each.entry["roles"] for each in history_of(platform, LI)] == [["farm"]]
    done = file_rows(platform, rows("parties", {"uri": LI, "contact": "1"}))
    assert [(each.state, each.fields) for each in done.filings] == [("changed", ("contact",))]
