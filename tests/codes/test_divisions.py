"""The table of divisions against what must hold of any such table, and against known history."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.divisions import (
    FIRST_LIST,
    LATEST_LIST,
    Division,
    all_divisions,
    ancestors,
    children,
    division,
    division_notes,
    division_remark,
    full_name,
    history,
    lay_in,
    named,
    short_name,
    shown,
    successors,
    today,
    was_ever,
)
from suyuan.kit import Text

# Asked once here, so that no drawn example waits for the index of spellings.
assert named("anything") == ()

ROWS = [row for rows in all_divisions().values() for row in rows]
DAYS = st.dates(FIRST_LIST, LATEST_LIST)
rows = st.sampled_from(ROWS)
codes = st.sampled_from(sorted(all_divisions()))
digits = st.text("0123456789", max_size=7)


def last_day(row: Division) -> date:
    return row.valid_to - timedelta(days=1) if row.valid_to else LATEST_LIST


def now(code: str) -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in today(code)]


def test_a_row_has_six_digits_a_name_and_ends_after_it_began() -> None:
    for row in ROWS:
        assert len(row.code) == 6, row
        assert row.code.isdigit(), row
        assert row.name == row.name.strip() != "", row
        assert row.valid_from <= LATEST_LIST, row
        assert row.valid_to is None or row.valid_from < row.valid_to <= LATEST_LIST, row


def test_periods_of_one_code_stand_in_order_and_never_overlap() -> None:
    for found in all_divisions().values():
        for earlier, later in pairwise(found):
            assert earlier.valid_to is not None, earlier
            assert earlier.valid_to <= later.valid_from, (earlier, later)


def test_the_level_follows_from_the_digits() -> None:
    for row in ROWS:
        expected = 1 if row.code[2:] == "0000" else 2 if row.code[4:] == "00" else 3
        assert row.level == expected, row


def test_above_every_division_stands_a_province_on_its_first_and_its_last_day() -> None:
    residence_permits = {"830000"}
    for row in ROWS:
        for day in (row.valid_from, last_day(row)):
            above = ancestors(row, day)
            assert all(each.in_force(day) for each in above), row
            assert [each.level for each in above] == sorted(
                (each.level for each in above), reverse=True
            )
            assert row.level == 1 or above[-1].level == 1, row
    assert {row.code for row in ROWS if row.code[:2] > "82"} == residence_permits


def test_every_county_of_today_is_among_the_children_of_its_parent() -> None:
    there = [row for row in ROWS if not row.until and not row.collective]
    below = {each for row in there for each in children(row)}
    assert below == {row for row in there if row.level > 1}


def test_what_an_area_became_is_in_the_table_and_outlives_it() -> None:
    for row in ROWS:
        assert row.until or not row.became, row
        heirs = successors(row)
        assert len(heirs) == len(row.became), row
        for heir in heirs:
            assert heir.valid_to is None or heir.valid_to > row.valid_to, (row, heir)


def test_an_area_stays_in_its_province_and_goes_to_what_was_there() -> None:
    moved = {("44", "46"), ("51", "50")}  # 海南 1988, 重庆 1997
    for row in ROWS:
        for heir in successors(row):
            pair = row.code[:2], heir.code[:2]
            assert pair[0] == pair[1] or pair in moved, (row, heir)
            assert heir.since[:4] <= row.until[:4], (row, heir)


def test_a_prefecture_went_where_one_of_its_counties_went() -> None:
    for row in (each for each in ROWS if each.level == 2 and each.until and each.became):
        below = [
            heir
            for each in ROWS
            if each.level == 3 and (each.code[:4], each.until) == (row.code[:4], row.until)
            for heir in each.became
        ]
        went = {code for heir in below for code in (heir, heir[:4] + "00", heir[:2] + "0000")}
        assert not below or went & set(row.became) or row.code in row.became, row


def test_every_chain_of_successors_ends_in_what_is_in_force_today() -> None:
    for code in all_divisions():
        found = today(code)
        assert found, code
        assert all(each.until == "" for each in found), code
        assert len(set(found)) == len(found), code


@given(rows, DAYS)
def test_where_an_area_lay_on_a_day_was_there_then(row: Division, day: date) -> None:
    found = lay_in(row, day)
    gap = timedelta(days=365)  # of a change that sources date by the year, by month or day
    for each in found:
        assert each.valid_from <= day + gap
        assert each.valid_to is None or each.valid_to + gap > day
    if row.in_force(day):
        assert found == (row,)
    elif day >= row.valid_from:
        assert found
        assert row not in found


def test_what_is_in_force_is_today_itself() -> None:
    for row in ROWS:
        if not row.until:
            assert today(row.code) == (row,)


@given(codes, DAYS)
def test_a_code_on_a_day_is_what_a_slow_reading_of_the_rows_says(code: str, day: date) -> None:
    slow = [
        row
        for row in ROWS
        if row.code == code and row.valid_from <= day and not (row.valid_to and row.valid_to <= day)
    ]
    found = division(code, day)
    assert slow == ([] if found is None else [found])


def names_of(row: Division) -> set[str]:
    """What people call a division: whole, short, and of an autonomous one by its kind's letter."""
    if row.collective:
        return set()
    short = short_name(row.name)
    kind = next((each for each in ("自治州", "自治县", "自治旗") if row.name.endswith(each)), "")
    return {row.name, short} | ({short + kind, short + kind[-1]} if kind else set())


@given(rows, DAYS, st.data())
def test_a_name_on_a_day_is_what_a_slow_reading_of_the_rows_says(
    row: Division, day: date, data: st.DataObject
) -> None:
    if row.collective:
        return
    text = data.draw(st.sampled_from(sorted(names_of(row))))
    slow = [each for each in ROWS if text in names_of(each)]
    then = [
        each
        for each in slow
        if each.valid_from <= day and (each.valid_to is None or day < each.valid_to)
    ]
    for found, expected in ((named(text), slow), (named(text, day), then)):
        assert len(found) == len(set(found))
        assert set(found) == set(expected)
        assert [each.level for each in found if not each.until] == sorted(
            each.level for each in expected if not each.until
        )


@given(rows, DAYS)
def test_every_place_is_found_by_its_full_and_its_short_name(row: Division, day: date) -> None:
    if row.collective:
        return
    for text in (row.name, short_name(row.name), f" {row.name} "):
        assert row in named(text)
        assert (row in named(text, day)) == row.in_force(day)
    assert row in named(row.english.replace("Municipality", "City"))


@given(rows)
def test_what_has_a_name_today_stands_before_what_had_it_once(row: Division) -> None:
    ended = [bool(each.until) for each in named(row.name)]
    assert ended == sorted(ended)


@given(rows, DAYS)
def test_only_a_day_within_the_span_of_a_change_is_uncertain(row: Division, day: date) -> None:
    assert not row.certain(LATEST_LIST + timedelta(days=1))
    unsure = not row.certain(day)
    assert unsure == any(
        len(edge) < 10 and day.isoformat().startswith(edge) and day < end
        for edge, end in ((row.since, row.valid_from), (row.until, row.valid_to))
        if edge and end
    )


@pytest.mark.parametrize(
    ("code", "name", "until", "became"),
    [
        ("110103", "崇文区", "2010", ["东城区"]),
        ("110104", "宣武区", "2010", ["西城区"]),
        ("341400", "巢湖市", "2011", ["合肥市", "芜湖市", "马鞍山市"]),
        ("341402", "居巢区", "2011", ["巢湖市"]),
        ("432600", "邵阳地区", "1986", ["邵阳市"]),
        ("442200", "海南黎族苗族自治州", "1987", ["三亚市", "海南省"]),
        ("442221", "崖县", "1984", ["三亚市"]),
        ("230105", "太平区", "2004", ["哈尔滨市"]),
        ("510200", "重庆市", "1997", ["重庆市"]),
        ("510212", "沙坪坝区", "1997", ["沙坪坝区"]),
        ("442100", "海南行政区", "1988", ["海南省"]),
        ("371200", "莱芜市", "2018", ["济南市"]),
        ("330103", "下城区", "2021", ["拱墅区"]),
        ("140112", "南郊区", "1997", ["小店区", "迎泽区", "杏花岭区", "晋源区"]),
        ("430402", "江东区", "2001", ["珠晖区"]),
        ("330104", "江干区", "2021", ["上城区", "钱塘区"]),
        ("500112", "渝北区", "2025-11-07", ["两江新区", "北碚区"]),
        ("500105", "江北区", "2025-11-07", ["两江新区"]),
        ("540422", "米林县", "2023-04-03", ["米林市"]),
        ("342201", "宿州市", "1998", ["埇桥区"]),
        ("372301", "滨州市", "2000", ["滨城区"]),
        ("513032", "白沙工农区", "1993", ["万源市"]),
    ],
)
def test_areas_went_where_history_says(code: str, name: str, until: str, became: list[str]) -> None:
    row = history(code)[-1]
    assert (row.name, row.until) == (name, until)
    assert [each.name for each in today(code)] == became


@pytest.mark.parametrize(
    ("code", "heir", "name"),
    [
        ("342223", "342201", "宿州市"),
        ("372322", "372301", "滨州市"),
        ("422523", "420901", "随州市"),
        ("513032", "513002", "万源市"),
    ],
)
def test_what_was_merged_went_to_the_code_of_that_year(code: str, heir: str, name: str) -> None:
    assert [(each.code, each.name) for each in successors(history(code)[-1])] == [(heir, name)]


@pytest.mark.parametrize(
    ("code", "name", "since"),
    [
        ("460000", "海南省", "1988"),
        ("500000", "重庆市", "1997"),
        ("460300", "三沙市", "2012"),
        ("810000", "香港特别行政区", "1997-07-01"),
        ("820000", "澳门特别行政区", "1999-12-20"),
        ("710000", "台湾省", "1980"),
        ("659012", "白杨市", "2023-01-20"),
        ("653228", "和康县", "2024-12-27"),
        ("500157", "两江新区", "2025-11-07"),
        ("653132", "岑岭县", "2026-03-26"),
        ("330114", "钱塘区", "2021"),
    ],
)
def test_divisions_began_when_history_says(code: str, name: str, since: str) -> None:
    row = division(code)
    assert row is not None
    assert (row.name, row.since, row.until) == (name, since, "")


def test_counties_governed_directly_stand_under_their_province() -> None:
    for code, name, province in (
        ("419001", "济源市", "河南省"),
        ("429004", "仙桃市", "湖北省"),
        ("469001", "五指山市", "海南省"),
        ("659001", "石河子市", "新疆维吾尔自治区"),
    ):
        row = division(code)
        assert row is not None
        assert full_name(row).zh == province + name


def test_a_code_given_to_another_place_names_each_in_its_time() -> None:
    then, later = division("419001", date(1990, 1, 1)), division("419001", date(2000, 1, 1))
    assert then is not None
    assert later is not None
    assert (then.name, later.name) == ("义马市", "济源市")
    assert now("411281") == [("411281", "义马市")]
    assert [each.code for each in successors(then)] == ["411281"]
    assert [each.code for each in today("419001", date(1990, 1, 1))] == ["411281"]
    assert [each.code for each in today("419001")] == ["419001"]


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (
            "330106",
            "浙江省杭州市西湖区（330106）",
            "Xihu District, Hangzhou City, Zhejiang Province (330106)",
        ),
        (
            "110103",
            "北京市东城区（110103，原北京市崇文区）",
            (
                "Dongcheng District, Beijing Municipality "
                "(110103, formerly Chongwen District, Beijing Municipality)"
            ),
        ),
        (
            "513200",
            "四川省阿坝藏族羌族自治州（513200）",
            "Aba Tibetan and Qiang Autonomous Prefecture, Sichuan Province (513200)",
        ),
        ("999999", "999999", "999999"),
    ],
)
def test_people_are_shown_the_name_of_today_and_the_code_as_given(
    code: str, zh: str, en: str
) -> None:
    assert shown(code) == Text(zh, en)


def test_a_change_of_which_only_the_year_is_known_is_uncertain_in_that_year() -> None:
    row = history("110103")[0]
    assert row.in_force(date(2010, 8, 1))
    assert not row.certain(date(2010, 8, 1))
    assert row.certain(date(2009, 8, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州", "330100"),
        ("hangzhou", "330100"),
        ("Hang Zhou", "330100"),
        ("京", "110000"),
        ("广西", "450000"),
        ("Lu'an", "341500"),
        ("luan", "341500"),
        ("Shaanxi", "610000"),
        ("Inner Mongolia", "150000"),
        ("崇文", "110103"),
        ("旅大市", "210200"),
        ("襄樊", "420600"),
        ("浙江省杭州市西湖区", "330106"),
        ("浙江西湖区", "330106"),
        ("四川成都郫县", "510124"),
        ("吉林长春朝阳", "220104"),
        ("辽宁朝阳", "211300"),
    ],
)
def test_a_name_leads_to_its_code(text: str, code: str) -> None:
    assert named(text)[0].code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("凉山州", "513400"),
        ("大理州", "532900"),
        ("湘西州", "433100"),
        ("四川凉山州", "513400"),
        ("四川省凉山州西昌市", "513401"),
        ("恩施州", "422800"),
        ("甘孜州", "513300"),
        ("黔东南州", "522600"),
        ("红河州", "532500"),
        ("延边州", "222400"),
        ("伊犁州", "654000"),
        ("凉山自治州", "513400"),
        ("liangshanzhou", "513400"),
        ("Liangshan Zhou", "513400"),
        ("长阳县", "420528"),
        ("长阳自治县", "420528"),
        ("莫力达瓦旗", "150722"),
        ("wulumuqi", "650100"),
        ("Hetian", "653200"),
    ],
)
def test_the_name_in_daily_use_leads_to_an_autonomous_division(text: str, code: str) -> None:
    assert named(text)[0].code == code


@given(rows)
def test_every_autonomous_division_below_a_province_has_its_daily_names(row: Division) -> None:
    kind = next((each for each in ("自治州", "自治县", "自治旗") if row.name.endswith(each)), "")
    if kind:
        for ending in (kind, kind[-1]):
            assert row in named(short_name(row.name) + ending)


def test_a_daily_name_takes_the_first_place_from_no_full_name() -> None:
    for row in (each for each in ROWS if not each.collective and not each.until):
        same = [each for each in named(row.name) if not each.until]
        assert any(each.name == row.name for each in same[:1]), (row, same)


def test_a_place_is_not_found_under_another_than_its_own() -> None:
    assert [row.code for row in named("北京朝阳")] == ["110105"]
    assert named("浙江省朝阳区") == ()


@given(rows)
def test_every_place_is_found_by_its_full_line_of_names(row: Division) -> None:
    if not row.collective:
        assert row in named(full_name(row).zh)


@given(st.one_of(digits, st.text(max_size=12), codes.map(lambda code: code[::-1])))
def test_rubbish_is_answered_with_nothing_and_never_with_a_failure(text: str) -> None:
    assert was_ever(text) == bool(history(text))
    assert (division(text) is None) == (not was_ever(text))
    assert bool(today(text)) == was_ever(text)
    for row in named(text):
        assert row in ROWS
    for note in (*division_notes(text), *division_remark(text)):
        assert note.severity in {"info", "warning"}


def test_a_code_valid_in_any_period_is_not_doubted_but_told_where_it_lies() -> None:
    assert division_notes("110103") == division_remark("330106") == ()
    (remark,) = division_remark("110103")
    assert remark.severity == "info"
    assert "北京市东城区" in remark.text.zh
    assert "Dongcheng District, Beijing Municipality" in remark.text.en
    (unknown,) = division_remark("330199")
    assert unknown.severity == "info"
    assert division_remark("990000") == ()
    assert [note.severity for note in division_notes("990000")] == ["warning"]


def test_identifiers_with_the_code_of_a_former_division_stay_valid_and_say_its_successor() -> None:
    tag = next(each for each in recognise("1-110103-00001234") if each.scheme == "ear-tag")
    assert tag.valid
    assert any("东城区" in note.text.zh for note in tag.notes)
    elsewhere = next(each for each in recognise("1-330199-00001234") if each.scheme == "ear-tag")
    assert elsewhere.valid
    assert [note.code for note in elsewhere.notes if "division" in note.code]


@pytest.mark.parametrize(
    ("text", "code"),
    [("新疆", "650000"), ("Xinjiang", "650000"), ("博尔塔拉", "652700"), ("内蒙古", "150000"),
     ("大理", "532900"), ("海西", "632800"), ("察布查尔", "654022")],
)  # fmt: skip
def test_an_autonomous_place_is_found_without_its_peoples(text: str, code: str) -> None:
    assert code in [row.code for row in named(text)]


@given(rows.filter(lambda row: not row.collective))
def test_the_name_of_a_division_is_recognised_as_every_division_that_has_or_had_it(
    row: Division,
) -> None:
    """Of very many of one name sixteen are told, those in force first."""
    found = [each for each in recognise(row.name) if each.scheme == "division"]
    said = {each.canonical.rpartition(":")[2] for each in found}
    same = {code for code, held in all_divisions().items() for x in held if x.name == row.name}
    assert same <= said or len(said) == 16
    codes_told = [each.canonical[-6:] for each in found]
    bears_it = [any(not x.until for x in named(row.name) if x.code == each) for each in codes_told]
    assert bears_it == sorted(bears_it, reverse=True)
    assert all(each.valid for each in found)


def test_a_name_of_several_divisions_is_told_with_each() -> None:
    found = {each.canonical[-6:] for each in recognise("朝阳")}
    assert found >= {"110105", "220104", "211300", "211321"}
    assert [each.canonical[-6:] for each in recognise("北京市朝阳区")] == ["110105"]


def test_an_ended_division_is_found_by_its_name_and_says_where_its_area_lies() -> None:
    (found,) = recognise("崇文区")
    assert found.canonical == "urn:suyuan:division:110103"
    assert "code.division_ended" in {said.code for said in found.notes}


@pytest.mark.parametrize("text", ["番茄", "大米", "京", "检疫证明", "没有这个地方"])
def test_words_that_name_no_division_are_none(text: str) -> None:
    assert recognise(text) == ()


@given(codes, st.from_regex("[0-9]{6}", fullmatch=True))
def test_twelve_digits_of_statistics_are_the_division_that_they_begin_with(
    code: str, rest: str
) -> None:
    found = {each.canonical: each for each in recognise(f"{code}000000")}
    whole = found[f"urn:suyuan:division:{code}"]
    assert whole.valid
    assert "code.statistical" in {said.code for said in whole.notes}
    told = {each.canonical for each in recognise(f"{code}{rest}") if each.valid}
    assert (f"urn:suyuan:division:{code}" in told) == (rest == "000000")
