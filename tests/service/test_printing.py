"""What each kind of code says in its symbol; containers are handed out whole or not at all."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
import zxingcpp
from msgspec import structs
from PIL import Image

from suyuan.capture import Options
from suyuan.cli.label_files import write
from suyuan.codes import making, resolvers
from suyuan.kit import SuyuanError, Text
from suyuan.labels import Format, ProduceCertificate
from suyuan.labels.types import Kind
from suyuan.model import Capturer
from suyuan.registry import issuing
from suyuan.registry.types import Licence
from suyuan.service import (
    OPERATOR,
    Config,
    Content,
    Level,
    Order,
    Outcome,
    Platform,
    Printed,
    PrintOrder,
    bring_in,
    capture,
    codes,
    documents,
    entitle,
    events,
    follow,
    identify,
    imports,
    issue,
    local_capturer,
    on_store,
    pack,
    packages,
    packed_before,
    print_labels,
    print_runs,
    printed_before,
    subject,
    verify,
    viewer_for,
    withdraw,
    withdraw_codes,
)
from suyuan.service.gate import Gate
from suyuan.store import Store

PARTY = "urn:suyuan:party:mill"
BASE = "https://t.example.cn"
STEMS = {
    "sgtin": "06901234567892",
    "lgtin": "06901234567892",
    "pesticide-unit": "10929272001",
    "seed-unit": "A701",
    "mv-trace": "3706000040001",
}


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """One whose own address is on its labels."""
    return on_store(database, Config(data_dir=tmp_path, resolvers=resolvers.hosts([BASE])))


@pytest.fixture
def mill(platform: Platform, papers: dict[str, str]) -> Capturer:
    for kind, number in papers.items():
        entitle(platform, Licence(party=PARTY, kind=kind, number=number))
    return local_capturer(platform, PARTY)


def made(platform: Platform, mill: Capturer, scheme: str, count: int = 2) -> UUID:
    return issue(platform, Order(scheme=scheme, stem=STEMS[scheme], count=count), mill).package.id


def printed(platform: Platform, number: UUID, order: PrintOrder, mill: Capturer) -> list[str]:
    files = print_labels(platform, number, order, mill).named()
    texts = []
    for name, content in files:
        assert name.endswith(".png")
        with Image.open(io.BytesIO(content)) as image:
            texts += [code.text for code in zxingcpp.read_barcodes(image)]
    return texts


@pytest.mark.parametrize("scheme", STEMS)
def test_each_scheme_says_in_its_symbol_what_its_rule_asks_for(
    platform: Platform, mill: Capturer, scheme: str
) -> None:
    number = made(platform, mill, scheme)
    order = PrintOrder(
        format=Format.PNG, design="100x70", base=BASE, variety="郑单958", maker="某种业"
    )
    issued = list(codes(platform, number, mill))
    expected = {
        "sgtin": [f"{BASE}/01/{STEMS['sgtin']}/21/{code.name[-11:]}" for code in issued],
        "lgtin": [f"{BASE}/01/{STEMS['lgtin']}/10/{code.name[-11:]}" for code in issued],
        "pesticide-unit": [f"{BASE}/{code.code}" for code in issued],
        "mv-trace": [f"{BASE}/{code.code}" for code in issued],
        "seed-unit": [f"郑单958\n某种业\n{code.code}\n{BASE}/{code.code}" for code in issued],
    }
    assert printed(platform, number, order, mill) == expected[scheme]
    assert len(print_runs(platform, number, mill)) == 1


def reported(platform: Platform, mill: Capturer, scheme: str, address: str) -> None:
    """Somebody scans a label, and reports what the symbol says."""
    things = (
        {"quantityList": [{"epcClass": address, "quantity": 1, "uom": "KGM"}]}
        if scheme in {"lgtin", "mv-trace"}
        else {"epcList": [address]}
    )
    event = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-03-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
    }
    document = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-10T00:00:00Z",
        "epcisBody": {"eventList": [event | things]},
    }
    result = capture(platform, json.dumps(document).encode(), mill, Options())
    assert [each.entry for each in result.events] != [None], result
    follow(platform)


def events_of(platform: Platform, scheme: str, name: str) -> int:
    asked = "MATCH_anyEPCClass" if scheme in {"lgtin", "mv-trace"} else "MATCH_anyEPC"
    found = json.loads(events(platform, {asked: [name]}, OPERATOR).document)
    return len(found["epcisBody"]["queryResults"]["resultsBody"]["eventList"])


@pytest.mark.parametrize("base", [BASE, "HTTPS://T.example.cn:443/q"])
@pytest.mark.parametrize("scheme", ["sgtin", "lgtin", "pesticide-unit", "mv-trace"])
def test_what_a_symbol_says_names_the_same_thing_wherever_it_is_read(
    platform: Platform, mill: Capturer, scheme: str, base: str
) -> None:
    number = made(platform, mill, scheme)
    order = PrintOrder(format=Format.PNG, design="100x70", base=BASE)
    code, other = codes(platform, number, mill)
    said = next(
        each for each in printed(platform, number, order, mill) if each.endswith(code.name[-11:])
    )
    address = said.replace(BASE, base)
    reported(platform, mill, scheme, address)
    for text in (code.name, code.code, said, address):
        found = identify(platform, [text], OPERATOR)[0][0]
        assert (found.canonical, found.known and found.known.events) == (code.name, 1)
    for name in (code.name, said, address):
        assert events_of(platform, scheme, name) == 1
    assert events_of(platform, scheme, other.name) == 0


def test_a_seed_label_is_the_code_that_its_maker_was_given_whatever_it_says_of_the_maker(
    platform: Platform, mill: Capturer
) -> None:
    number = made(platform, mill, "seed-unit")
    order = PrintOrder(format=Format.PNG, base=BASE, design="100x70", variety="郑单958", maker="甲")
    issued = list(codes(platform, number, mill))
    said = printed(platform, number, order, mill)
    labelled = [f"单元识别代码：{code.code}" for code in issued]
    forged = said[0].replace(issued[0].code, "A7" + issued[0].code[:1:-1])
    found = [each[0] for each in identify(platform, [*said, *labelled, forged], OPERATOR)]
    assert [each.canonical for each in found[:-1]] == [code.name for code in issued] * 2
    assert found[-1].canonical.startswith("urn:suyuan:seed-unit:%E7%94%B2:A7")


def test_a_code_as_printed_is_read_as_what_was_issued_whatever_else_it_looks_like(
    platform: Platform, mill: Capturer
) -> None:
    for scheme in STEMS:
        for code in codes(platform, made(platform, mill, scheme), mill):
            found = identify(platform, [code.code], OPERATOR)[0]
            assert found[0].canonical == code.name
            assert found[0].issued is not None
            named = subject(platform, code.code, OPERATOR)
            assert named is not None
            assert named.canonical == code.name


def test_a_host_that_is_registered_later_changes_no_event_that_came_before(
    database: Store, platform: Platform, mill: Capturer, tmp_path: Path
) -> None:
    number = made(platform, mill, "sgtin")
    first, second = codes(platform, number, mill)
    addresses = [code.name.replace("https://id.gs1.org", BASE) for code in (first, second)]
    before = on_store(database, Config(data_dir=tmp_path))
    reported(before, mill, "sgtin", addresses[0])
    reported(platform, mill, "sgtin", addresses[1])
    for at in (before, platform):
        names = [named.canonical for text in addresses if (named := subject(at, text, OPERATOR))]
        assert names == [addresses[0], second.name]
    assert events_of(platform, "sgtin", first.name) == 0


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize(("scheme", "ai", "word"), [("sgtin", "21", "ser"), ("lgtin", "10", "bat")])
def test_a_product_qr_code_names_its_thing_in_each_of_its_structures(
    platform: Platform, mill: Capturer, scheme: str, ai: str, word: str, content: Content
) -> None:
    number = made(platform, mill, scheme, 1)
    order = PrintOrder(format=Format.PNG, design="100x70", base=BASE, content=content)
    (code,) = codes(platform, number, mill)
    (said,) = printed(platform, number, order, mill)
    gtin, serial = STEMS[scheme], code.name[-11:]
    assert (
        said
        == {
            Content.LINK: f"{BASE}/01/{gtin}/{ai}/{serial}",
            Content.ELEMENTS: f"(01){gtin}({ai}){serial}",
            Content.MAKER_URL: f"{BASE}/gtin/{gtin}/{word}/{serial}",
        }[content]
    )
    found = identify(platform, [said], OPERATOR)[0][0]
    assert (found.canonical, found.issued is not None) == (code.name, True)
    if content is not Content.ELEMENTS:
        reported(platform, mill, scheme, said)
        assert events_of(platform, scheme, code.name) == 1
    (run,) = print_runs(platform, number, mill)
    assert (content.value in run.design) == (content is not Content.LINK)


def test_an_element_string_is_marked_in_its_qr_code_as_a_scanner_expects(
    platform: Platform, mill: Capturer
) -> None:
    number = made(platform, mill, "sgtin", 1)
    order = PrintOrder(format=Format.PNG, content=Content.ELEMENTS)
    made_run = print_labels(platform, number, order, mill)
    with Image.open(io.BytesIO(made_run.files[0])) as image:
        (symbol,) = zxingcpp.read_barcodes(image)
    assert symbol.symbology_identifier == "]Q3"  # ISO/IEC 15424: a QR code with FNC1 first
    assert (made_run.opens, made_run.warning) == ("", None)  # a phone shows it as text


def test_a_data_matrix_holds_the_element_string(platform: Platform, mill: Capturer) -> None:
    number = made(platform, mill, "sgtin")
    order = PrintOrder(format=Format.PNG, symbols=(Kind.DATA_MATRIX,))
    issued = [code.code for code in codes(platform, number, mill)]
    assert printed(platform, number, order, mill) == issued


@pytest.mark.parametrize(
    ("scheme", "order", "code"),
    [
        ("pesticide-unit", PrintOrder(), "label.base"),
        ("sgtin", PrintOrder(base="https://other.example"), "making.resolver"),
        ("pesticide-unit", PrintOrder(base="http://t.example.cn:443"), "making.resolver"),
        ("sgtin", PrintOrder(content=Content.MAKER_URL), "label.base"),
        ("mv-trace", PrintOrder(base=BASE, content=Content.ELEMENTS), "making.product"),
        ("pesticide-unit", PrintOrder(base=BASE, content=Content.MAKER_URL), "making.product"),
        ("seed-unit", PrintOrder(base=BASE), "label.seed"),
        ("seed-unit", PrintOrder(base=BASE, variety="a\nb", maker="c"), "making.line"),
    ],
)
def test_a_symbol_that_would_lack_what_the_rule_asks_for_is_not_printed(
    platform: Platform, mill: Capturer, scheme: str, order: PrintOrder, code: str
) -> None:
    number = made(platform, mill, scheme)
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, order, mill)
    assert caught.value.code == code
    assert print_runs(platform, number, mill) == []


PERSON = "11010519491231002X"


@pytest.mark.parametrize(
    ("order", "place"),
    [
        (PrintOrder(base=f"{BASE}/{PERSON}"), "base"),
        (PrintOrder(base=f"{BASE}/q{PERSON}/"), "base"),
        (PrintOrder(base=BASE, lines=(PERSON[:9], PERSON[9:])), "lines"),
        (PrintOrder(base=BASE, lines=("110105", " 19491231 ", "002X")), "lines"),
        (PrintOrder(base=BASE, heading=PERSON[:6], lines=(PERSON[6:],)), "lines"),
    ],
)
def test_nobodys_number_is_printed_in_an_address_nor_parted_over_lines(
    platform: Platform, mill: Capturer, order: PrintOrder, place: str
) -> None:
    number = made(platform, mill, "sgtin")
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, order, mill)
    assert (caught.value.code, caught.value.place) == ("label.person", place)
    assert print_runs(platform, number, mill) == []
    whole = PrintOrder(base=BASE, heading="6 kg", lines=("净含量 5 kg", "2026-11-29", "400-800"))
    assert print_labels(platform, number, whole, mill).files


def test_all_withdrawn_places_in_the_way_of_a_print_are_named_upwards(
    platform: Platform, mill: Capturer
) -> None:
    number = made(platform, mill, "sgtin", 60)
    for begin, end in ((17, 20), (2, 2)):
        withdraw_codes(platform, number, "smeared", mill, begin=begin, end=end)
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, PrintOrder(), mill)
    assert "Codes 2, 17–20 were withdrawn" in caught.value.text.en
    assert "第 2、17–20 个码" in caught.value.text.zh
    for place in range(22, 61, 2):
        withdraw_codes(platform, number, "smeared", mill, begin=place, end=place)
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, PrintOrder(), mill)
    assert "and more, 25 in all, were withdrawn" in caught.value.text.en
    assert "等共 25 个码" in caught.value.text.zh
    assert len(caught.value.text.en) < 250
    assert print_runs(platform, number, mill) == []
    assert print_labels(platform, number, PrintOrder(begin=3, end=16), mill).files


def test_codes_that_are_withdrawn_while_they_are_drawn_are_not_handed_over(
    platform: Platform, mill: Capturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = made(platform, mill, "sgtin", 3)

    def drawn(*_: object, **__: object) -> list[bytes]:
        withdraw_codes(platform, number, "lost", mill, begin=2, end=2)
        return [b"drawn"]

    monkeypatch.setattr("suyuan.service.printing.draw", drawn)
    with pytest.raises(SuyuanError, match="Codes 2 were withdrawn"):
        print_labels(platform, number, PrintOrder(base=BASE), mill)
    assert print_runs(platform, number, mill) == []


def test_containers_of_all_levels_are_handed_out_or_none(
    platform: Platform, mill: Capturer
) -> None:
    number = made(platform, mill, "sgtin", 25)
    case = Level(fit=10, scheme="sgtin", stem="16901234567899")
    pallet = Level(fit=2, stem="06901234")
    before = packages(platform, mill)
    for wrong in (Level(fit=2, stem="06901235"), Level(fit=1, stem="06901234")):
        with pytest.raises(SuyuanError):
            pack(platform, number, [case, wrong], mill)
        assert packages(platform, mill) == before
    packing = pack(platform, number, [case, pallet], mill)
    assert [each.count for each in packing.containers] == [3, 2]
    assert [(each.level, len(each.contents)) for each in packing.relation] == [
        (1, 10), (1, 10), (1, 5), (2, 2), (2, 1),
    ]  # fmt: skip
    at = datetime(2026, 11, 27, 8, tzinfo=UTC)
    (document,) = documents(packing, at=at)
    events = json.loads(document)["epcisBody"]["eventList"]
    assert [(event["parentID"], tuple(event["childEPCs"])) for event in events] == [
        (each.container, each.contents) for each in packing.relation
    ]
    assert len({event["eventID"] for event in events}) == 5
    made_before = [(fit, each.id) for fit, each in zip((10, 2), packing.containers, strict=True)]
    again = packed_before(platform, number, made_before, mill)
    assert again == structs.replace(packing, repeated=True)
    assert list(documents(again, at=at)) == [document]
    for unlike in (made_before[:1] * 2, [(8, packing.containers[0].id)]):
        with pytest.raises(SuyuanError, match=r"packing\.packed"):
            packed_before(platform, number, unlike, mill)


def test_of_two_who_print_at_once_the_second_is_told_of_the_first(
    platform: Platform, mill: Capturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = Gate("label", Text("忙", "Busy"), at_once=4, waiting=4)
    monkeypatch.setattr("suyuan.service.printing._GATE", roomy)
    number = made(platform, mill, "sgtin", 4)
    order = PrintOrder(format=Format.SVG, end=2)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: print_labels(platform, number, order, mill), range(8)))
    assert sorted(len(each.before) for each in runs) == list(range(8))


def test_packing_in_opposite_orders_at_once_gets_every_container(
    platform: Platform, mill: Capturer
) -> None:
    stems = ["06901234", "16901234", "26901234"]
    items = [made(platform, mill, "sgtin", 40) for _ in range(24)]

    def packed(at: int) -> int:
        turned = stems if at % 2 else stems[::-1]
        levels = [Level(fit=2, stem=stem) for stem in turned]
        packing = pack(platform, items[at], levels, mill)
        return sum(each.count for each in packing.containers)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(packed, range(24))) == {20 + 10 + 5}


def test_what_waits_in_a_circle_is_told_to_come_again(platform: Platform, mill: Capturer) -> None:
    orders = [
        issuing.Wanted(structure=making.structure("sscc"), stem=stem, count=1)
        for stem in ("06901234", "16901234")
    ]
    both = Barrier(2)

    def crossing(at: int) -> str:
        try:
            with platform.store.write() as conn:
                issuing.wait_for(conn, orders[at : at + 1], mill)
                both.wait()
                issuing.wait_for(conn, orders[1 - at : 2 - at], mill)
        except SuyuanError as error:
            return f"{error.code} {error.status}"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(crossing, range(2))) == ["done", "issuing.busy 503"]


def test_a_serial_typed_in_small_letters_is_the_one_that_was_issued(
    platform: Platform, mill: Capturer
) -> None:
    (code, _) = codes(platform, made(platform, mill, "sgtin"), mill)
    assert verify(platform, code.code).outcome is Outcome.ISSUED
    assert verify(platform, code.code.lower()).outcome is Outcome.ISSUED
    assert verify(platform, code.code[:-1].lower()).outcome is Outcome.UNKNOWN


def test_the_operator_is_told_who_brought_a_code_in_and_that_it_cannot_be_both(
    platform: Platform, mill: Capturer
) -> None:
    tag, other = "137060200001000", local_capturer(platform, "urn:suyuan:party:other")
    bring_in(platform, "ear-tag", [tag], mill)
    for text in (tag, "1-370602-00001000"):
        assert PARTY in verify(platform, text, None, OPERATOR).message.en
    batch = bring_in(platform, "ear-tag", [tag], other).batch
    said = verify(platform, tag, None, OPERATOR).message
    assert f"{PARTY}, urn:suyuan:party:other" in said.en
    assert "至多一家" in said.zh
    alone = verify(platform, tag, None, viewer_for(platform, PARTY))
    assert "other" not in alone.message.en
    with pytest.raises(SuyuanError, match="Say why"):
        withdraw(platform, batch, " ")
    withdraw(platform, batch, "not theirs")
    with pytest.raises(SuyuanError, match="no such batch"):
        withdraw(platform, batch, "twice")
    assert [each.party for each in imports(platform)] == [PARTY]


@pytest.mark.parametrize("form", [Format.PNG, Format.ZPL])
def test_dots_of_a_request_are_counted_before_one_is_drawn(
    platform: Platform, mill: Capturer, form: Format
) -> None:
    number = made(platform, mill, "sgtin", 29)
    order = PrintOrder(format=form, design="a5", dpi=600)
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, order, mill)
    assert (caught.value.code, caught.value.status) == ("label.dots", 413)
    assert "503" in caught.value.text.en
    assert "500" in caught.value.text.zh
    assert print_runs(platform, number, mill) == []
    one = PrintOrder(format=form, design="50x30", end=1)
    with pytest.raises(SuyuanError):
        print_labels(platform, number, one, mill, most_dots=90_000)
    assert print_labels(platform, number, one, mill, most_dots=None).files


def test_what_is_too_long_for_a_label_is_refused_at_the_first_label(
    platform: Platform, mill: Capturer
) -> None:
    number = made(platform, mill, "sgtin", 5_000)
    host = "https://t.example.cn/" + "a" * 1_000_000
    with pytest.raises(SuyuanError) as caught:
        print_labels(platform, number, PrintOrder(base=host), mill)
    assert caught.value.code == "label.long"


def test_what_was_printed_before_is_told_with_its_codes_before_it_is_printed_again(
    platform: Platform, mill: Capturer
) -> None:
    number = issue(platform, Order(scheme="sgtin", stem=STEMS["sgtin"], count=12), mill).package.id
    made = [each.code for each in codes(platform, number, mill)]
    printed: set[int] = set()
    for begin, end in ((2, 3), (9, 9), (3, 5), (11, 12), (10, 10)):
        order = PrintOrder(begin=begin, end=end, format=Format.PNG)
        print_labels(platform, number, order, mill)
        printed |= set(range(begin, end + 1))
        for first in range(1, 13):
            for last in range(first, 13):
                told = printed_before(platform, number, first, last, mill)
                places = [place for each in told for place in range(each.begin, each.end + 1)]
                assert places == sorted(printed & set(range(first, last + 1)))
                for each in told:
                    assert (each.first, each.last) == (made[each.begin - 1], made[each.end - 1])
    assert [each.runs for each in printed_before(platform, number, 1, 5, mill)] == [2]


def test_labels_that_could_not_be_kept_were_not_printed(platform: Platform, mill: Capturer) -> None:
    number = made(platform, mill, "sgtin", 4)
    order = PrintOrder(format=Format.SVG, end=2)
    disk = OSError("no room")

    def full(_: object) -> None:
        raise disk

    with pytest.raises(OSError, match="no room"):
        print_labels(platform, number, order, mill, keep=full)
    assert print_runs(platform, number, mill) == []
    kept: list[Printed] = []
    printed = print_labels(platform, number, order, mill, keep=kept.append)
    assert kept == [printed]
    assert printed.before == ()
    with pytest.raises(SuyuanError):  # what is refused is not given out to be kept
        print_labels(platform, number, structs.replace(order, base="ftp://x"), mill, keep=full)
    assert [run.id for run in print_runs(platform, number, mill)] == [printed.run.id]


PERSON = "张三 11010519491231002X"


def test_nobodys_identity_number_is_on_a_label_or_names_a_package(
    platform: Platform, mill: Capturer
) -> None:
    order = Order(scheme="sgtin", stem=STEMS["sgtin"], count=2, note=PERSON)
    with pytest.raises(SuyuanError, match=r"issuing\.person.*\[note\]"):
        issue(platform, order, mill)
    assert packages(platform, mill) == []
    number = made(platform, mill, "sgtin")
    whole = ProduceCertificate(
        product="番茄", quantity="5 kg", origin="寿光", subject="合作社", contact="0536-1234567",
        day=date(2026, 11, 27), basis=("own-test",),
    )  # fmt: skip
    for place, wrong in (
        ("heading", PrintOrder(heading=PERSON)),
        ("lines", PrintOrder(lines=("5 kg", PERSON))),
        ("variety", PrintOrder(variety=PERSON)),
        ("maker", PrintOrder(maker=PERSON)),
        (
            "certificate",
            PrintOrder(design="a5", certificate=structs.replace(whole, subject=PERSON)),
        ),
    ):
        with pytest.raises(SuyuanError, match=rf"label\.person.*\[{place}\]"):
            print_labels(platform, number, wrong, mill)
    assert print_runs(platform, number, mill) == []
    assert print_labels(platform, number, PrintOrder(design="a5", certificate=whole), mill).files


def test_files_of_a_run_are_there_all_of_them_or_none(
    platform: Platform, mill: Capturer, tmp_path: Path
) -> None:
    number = made(platform, mill, "sgtin", 3)
    order = PrintOrder(format=Format.SVG)
    taken = tmp_path / "new" / "l-0000003.svg"
    taken.parent.mkdir()
    taken.write_text("mine")
    with pytest.raises(SuyuanError, match=r"cli\.exists"):
        print_labels(
            platform, number, order, mill, keep=lambda run: write(run, taken.with_name("l.svg"))
        )
    assert [path.name for path in taken.parent.iterdir()] == [taken.name]
    assert taken.read_text() == "mine"
    assert print_runs(platform, number, mill) == []
