"""A register's movements come in as events, and contacts come out as the reference has them."""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from suyuan.kit import SuyuanError
from suyuan.model import Viewer
from suyuan.network import snapshot
from suyuan.network.arrays import columns
from suyuan.network.graph import links_of, network
from suyuan.service import (
    OPERATOR,
    Platform,
    Windows,
    contacts,
    import_movements,
    local_capturer,
)
from suyuan.trace import site_network
from suyuan.trace.site_arrays import SiteNetwork, renewal
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs, read_movements

COLUMNS = MovementMap(
    source="source", destination="destination", date="t", thing="id", quantity="n", kind="category"
)
HEAD = "source,destination,id,t,n,category\n"


def reading(as_: MovementsAs) -> MovementReading:
    return MovementReading(columns=COLUMNS, reading=as_, issuer="register")


def table(folder: Path, *rows: str) -> Path:
    file = folder / "movements.csv"
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def bring_in(platform: Platform, file: Path, as_: MovementsAs) -> dict[str, int]:
    capturer = local_capturer(platform, None)
    totals = import_movements(platform, file, reading(as_), capturer)
    names = ("rows", "accepted", "flagged", "held", "refused", "duplicate")
    return {name: getattr(totals, name) for name in names}


def windows(begin: str, end: str) -> Windows:
    first, last = date.fromisoformat(begin), date.fromisoformat(end)
    return Windows(in_begin=first, in_end=last, out_begin=first, out_end=last)


def numbers(platform: Platform, roots: list[str], days: Windows) -> Iterator[tuple[str, ...]]:
    found = contacts(platform, roots, days, OPERATOR, issuer="register", minutes=480)
    for root, each in zip(roots, found, strict=True):
        counts = (
            each.in_degree,
            each.out_degree,
            each.ingoing_contact_chain,
            each.outgoing_contact_chain,
        )
        yield (root, *map(str, counts))


@pytest.mark.parametrize("as_", list(MovementsAs))
def test_a_chain_follows_days_and_equal_days_count(
    platform: Platform, tmp_path: Path, as_: MovementsAs
) -> None:
    rows = (
        "1,2,a,2005-09-02,1,Cattle",
        "2,3,a,2005-09-02,1,Cattle",
        "3,4,b,2005-09-01,1,Cattle",  # left before a's stock came
    )
    bring_in(platform, table(tmp_path, *rows), as_)
    days = windows("2005-09-01", "2005-09-30")
    assert list(numbers(platform, ["1", "4"], days)) == [
        ("1", "0", "1", "0", "2"),
        ("4", "1", "0", "1", "0"),
    ]


def test_a_table_brought_in_twice_is_there_once(platform: Platform, tmp_path: Path) -> None:
    file = table(tmp_path, "1,2,a,2005-09-02,1,Cattle", "2,3,a,2005-09-03,2,Cattle")
    assert bring_in(platform, file, MovementsAs.STOCK)["accepted"] == 2
    assert bring_in(platform, file, MovementsAs.STOCK)["duplicate"] == 2


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (",2,a,2005-09-02,1,Cattle", "row 3, source"),
        ("1,2,a,02/09/2005,1,Cattle", "row 3, date"),
        ("1,2,a,2005-09-02,minus one,Cattle", "row 3, quantity"),
        ("1,2,a,2005-09-02,-1,Cattle", "row 3, quantity"),
    ],
)
def test_a_bad_row_is_named_and_nothing_of_its_document_stays(
    platform: Platform, tmp_path: Path, row: str, place: str
) -> None:
    file = table(tmp_path, "1,2,a,2005-09-02,1,Cattle", row)
    with pytest.raises(SuyuanError) as caught:
        bring_in(platform, file, MovementsAs.STOCK)
    assert caught.value.place == place
    assert caught.value.text.zh
    days = windows("2005-09-01", "2005-09-30")
    assert list(numbers(platform, ["1"], days)) == [("1", "0", "0", "0", "0")]


@pytest.mark.parametrize(
    ("written", "first", "precision"),
    [("2005-09", "2005-09-01", "month"), ("2005", "2005-01-01", "year"),
     ("2005-09-02", "2005-09-02", "day")],
)  # fmt: skip
def test_a_month_or_a_year_is_a_date_of_which_no_more_is_known(
    tmp_path: Path, written: str, first: str, precision: str
) -> None:
    lines = table(tmp_path, f"1,2,a,{written},1,Cattle").read_text("utf-8").splitlines()
    (document,) = read_movements(lines, reading(MovementsAs.STOCK))
    (event,) = json.loads(document)["epcisBody"]["eventList"]
    assert event["eventTime"] == f"{first}T00:00:00.000+08:00"
    assert event["suyuan:timePrecision"] == precision


def test_what_moved_in_some_month_may_have_moved_on_any_day_of_it(
    platform: Platform, tmp_path: Path
) -> None:
    """On the 20th it went on: it may have come before, or after, and both are told."""
    bring_in(
        platform,
        table(tmp_path, "1,2,a,2005-09,1,Cattle", "2,3,a,2005-09-20,1,Cattle"),
        MovementsAs.STOCK,
    )
    (found,) = contacts(
        platform,
        ["1"],
        windows("2005-09-01", "2005-09-30"),
        OPERATOR,
        issuer="register",
        minutes=480,
    )
    assert found.certain is not None
    assert found.possible is not None
    assert found.certain.outgoing_contact_chain == 1
    assert found.possible.outgoing_contact_chain == 2


@pytest.mark.parametrize("written", ["2005-13", "0000", "2005-9", "20059", "2005-09-"])
def test_what_is_no_month_or_year_says_how_to_write_one(tmp_path: Path, written: str) -> None:
    lines = table(tmp_path, f"1,2,a,{written},1,Cattle").read_text("utf-8").splitlines()
    with pytest.raises(SuyuanError) as caught:
        list(read_movements(lines, reading(MovementsAs.STOCK)))
    assert caught.value.place == "row 2, date"
    assert "2026-03 or 2026" in caught.value.text.en
    assert "2026-03 或 2026" in caught.value.text.zh


def test_all_bad_cells_are_told_together_and_nothing_of_the_table_is_in(
    platform: Platform, tmp_path: Path
) -> None:
    good = ["1,2,a,2005-09-02,1,Cattle"] * 2_500  # more than a document
    bad = [",,b,2005-02-30,-1,Cattle", "1,2,c,2005-09-03,much,Cattle", "1,2,d,2005-09-03,1,x,y"]
    with pytest.raises(SuyuanError) as caught:
        bring_in(platform, table(tmp_path, *good, *bad), MovementsAs.STOCK)
    for said in (caught.value.text.zh, caught.value.text.en):
        for word in ("2502", "2503", "2504", "source", "destination", "2005-02-30", "-1", "much"):
            assert word in said
    assert caught.value.place == "row 2502, source"
    assert list(numbers(platform, ["1"], windows("2005-09-01", "2005-09-30"))) == [
        ("1", "0", "0", "0", "0")
    ]


def test_of_very_many_bad_cells_the_first_are_told(tmp_path: Path) -> None:
    lines = table(tmp_path, *["1,2,a,never,1,Cattle"] * 50).read_text("utf-8").splitlines()
    with pytest.raises(SuyuanError) as caught:
        list(read_movements(lines, reading(MovementsAs.STOCK)))
    assert caught.value.text.en.count("Row ") == 20
    assert "first 20" in caught.value.text.en


def test_a_missing_column_is_named_with_those_that_are_there(
    platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("from,to,day\n1,2,2005-09-02\n", encoding="utf-8")
    with pytest.raises(SuyuanError, match="from, to, day"):
        bring_in(platform, file, MovementsAs.STOCK)


@pytest.mark.shared
def test_the_reference_degrees_and_chains_come_out_of_the_record(
    platform: Platform, tmp_path: Path, shared_data: Path
) -> None:
    """70,190 movements through capture, record and index; every even root in three windows."""
    folder = shared_data / "tracing" / "epicontacttrace"
    file = tmp_path / "transfers.csv"
    file.write_bytes(gzip.decompress((folder / "transfers.csv.gz").read_bytes()))
    totals = bring_in(platform, file, MovementsAs.STOCK)
    assert totals["rows"] == totals["accepted"]
    checked = 0
    for reference in sorted(folder.glob("network_summary_*_even_roots.csv.gz")):
        with gzip.open(reference, "rt", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        days = windows(rows[0]["inBegin"], rows[0]["inEnd"])
        names = ("root", "inDegree", "outDegree", "ingoingContactChain", "outgoingContactChain")
        expected = [tuple(row[name] for name in names) for row in rows]
        assert list(numbers(platform, [row["root"] for row in rows], days)) == expected
        checked += len(rows)
    assert checked >= 3


def test_a_table_as_chinese_spreadsheets_save_it_is_read(
    platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "gbk.csv"
    file.write_bytes((HEAD + "一号场,二号场,a,2005-09-02,1,牛\n").encode("gb18030"))
    assert bring_in(platform, file, MovementsAs.STOCK)["accepted"] == 1
    days = windows("2005-09-01", "2005-09-30")
    assert list(numbers(platform, ["一号场"], days)) == [("一号场", "0", "1", "0", "1")]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_parted_by_semicolons_or_tabs_says_the_same(sign: str) -> None:
    rows = ["1,2,a,2005-09-02,1.5,Cattle\n", "2,3,a,2005-09-03,20,Cattle\n"]
    plain = [HEAD, *rows]
    other = [line.replace(",", sign).replace("1.5", "1,5") for line in plain]

    def said(lines: list[str]) -> list[object]:
        (document,) = read_movements(lines, reading(MovementsAs.STOCK))
        events = json.loads(document)["epcisBody"]["eventList"]
        return [{key: each[key] for key in each if key != "eventID"} for each in events]

    assert said(other) == said(plain)
    for doubtful in ("1.000", "1,000"):
        row = "1,2,a,2005-09-02,@,Cattle\n".replace(",", sign).replace("@", doubtful)
        with pytest.raises(SuyuanError, match="write 1000 or 1"):
            list(read_movements([other[0], row], reading(MovementsAs.STOCK)))


def test_a_surplus_cell_is_named(platform: Platform, tmp_path: Path) -> None:
    file = table(tmp_path, "1,2,a,2005-09-02,1,Cattle,extra")
    with pytest.raises(SuyuanError) as caught:
        bring_in(platform, file, MovementsAs.STOCK)
    assert caught.value.place == "row 2, columns"


def test_a_refused_row_is_told_with_its_number_and_the_good_ones_stay(
    platform: Platform, tmp_path: Path
) -> None:
    file = table(tmp_path, "1,2,a,2005-09-02,1,Cattle", "1,2,b,2262-01-01,1,Cattle")
    capturer = local_capturer(platform, None)
    totals = import_movements(platform, file, reading(MovementsAs.STOCK), capturer)
    assert (totals.accepted, totals.refused) == (1, 1)
    assert [row for row, _ in totals.findings] == [3]


def test_a_column_under_its_own_name_needs_no_map(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("source,destination,date,quantity\n1,2,2005-09-02,-3\n", encoding="utf-8")
    plain = MovementReading(columns=MovementMap(), reading=MovementsAs.STOCK, issuer="register")
    with pytest.raises(SuyuanError) as caught:
        import_movements(platform, file, plain, local_capturer(platform, None))
    assert caught.value.place == "row 2, quantity"


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("141172500100001", "urn:suyuan:ear-tag:141172500100001"),
        ("276000312345678", "urn:suyuan:item:register:276000312345678"),  # a German tag
        ("A 17", "urn:suyuan:item:register:A%2017"),
    ],
)
def test_an_animal_with_a_chinese_ear_tag_has_the_name_that_everybody_gives_it(
    tmp_path: Path, code: str, named: str
) -> None:
    lines = table(tmp_path, f"1,2,{code},2005-09-02,1,Cattle").read_text("utf-8").splitlines()
    (document,) = read_movements(lines, reading(MovementsAs.INSTANCES))
    (event,) = json.loads(document)["epcisBody"]["eventList"]
    assert event["epcList"] == [named]


def sites(platform: Platform, kept: Path | None, viewer: Viewer = OPERATOR) -> SiteNetwork:
    with platform.store.read() as conn:
        return site_network(conn, viewer, secret=platform.recorder.secret, kept=kept)


def renewed(platform: Platform, kept: Path) -> bool:
    kept.parent.mkdir(exist_ok=True)
    with platform.store.read() as conn:
        found = renewal(conn, OPERATOR, secret=platform.recorder.secret, kept=kept)
    if found is not None:
        found.put(kept)
    return found is not None


def links(of: SiteNetwork) -> list[tuple[str, str, int, int]]:
    made = links_of(of.net)
    ends = ([of.names[n] for n in end.tolist()] for end in (made.source, made.target))
    return sorted(zip(*ends, made.departure.tolist(), made.entry.tolist(), strict=True))


def test_a_kept_base_with_what_came_since_is_what_the_index_has(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 1)
    kept = tmp_path / "network" / "1.links"
    bring_in(platform, table(tmp_path, "1,2,a,2005-09-02,1,Cattle"), MovementsAs.STOCK)
    assert links(sites(platform, kept)) == links(sites(platform, None))
    assert not kept.exists()
    assert renewed(platform, kept)
    base, _ = snapshot.read(kept)
    assert len(base) == 1
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 10)
    bring_in(platform, table(tmp_path, "2,3,a,2005-09-03,1,Cattle"), MovementsAs.STOCK)
    later = sites(platform, kept)
    assert len(later.net.ahead) == 2
    assert later.net.position > base.position
    assert links(later) == links(sites(platform, None))
    assert not renewed(platform, kept)
    assert snapshot.read(kept)[0].position == base.position
    kept.write_bytes(kept.read_bytes()[:-1])
    assert links(sites(platform, kept)) == links(later)


def test_who_does_not_see_everything_is_not_served_from_the_base(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 1)
    kept = tmp_path / "1.links"
    bring_in(platform, table(tmp_path, "1,2,a,2005-09-02,1,Cattle"), MovementsAs.STOCK)
    assert renewed(platform, kept)
    assert links(sites(platform, kept))
    assert links(sites(platform, kept, Viewer())) == []


def test_a_base_of_another_record_is_not_taken(platform: Platform, tmp_path: Path) -> None:
    kept = tmp_path / "1.links"
    bring_in(platform, table(tmp_path, "1,2,a,2005-09-02,1,Cattle"), MovementsAs.STOCK)
    truth = links(sites(platform, None))
    foreign = network(columns([0, 1], [1, 0], [1, 1], [1, 1], [1, 2]), position=10**9)
    snapshot.write(kept, foreign, about="another")
    assert links(sites(platform, kept)) == truth


def test_all_holders_and_their_distances_come_by_the_registers_numbers(
    platform: Platform, tmp_path: Path
) -> None:
    rows = ("1,2,a,2005-09-02,1,Cattle", "2,3,a,2005-09-02,1,Cattle")
    bring_in(platform, table(tmp_path, *rows), MovementsAs.STOCK)
    found = contacts(
        platform,
        None,
        windows("2005-09-01", "2005-09-30"),
        OPERATOR,
        issuer="register",
        minutes=480,
        distances=True,
    )
    assert {one.root: (one.ingoing, one.outgoing) for one in found} == {
        "1": ({}, {"2": 1, "3": 2}),
        "2": ({"1": 1}, {"3": 1}),
        "3": ({"2": 1, "1": 2}, {}),
    }
