"""What each kind of code says in its symbol; containers are handed out whole or not at all."""

import io
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image

from suyuan.kit import SuyuanError
from suyuan.labels import Format
from suyuan.labels.types import Kind
from suyuan.model import Capturer
from suyuan.registry.types import Licence
from suyuan.service import (
    Level,
    Order,
    Platform,
    PrintOrder,
    codes,
    documents,
    entitle,
    issue,
    local_capturer,
    pack,
    packages,
    print_labels,
    print_runs,
)

PARTY = "urn:suyuan:party:mill"
BASE = "https://t.example.cn"
STEMS = {
    "sgtin": "06901234567892",
    "lgtin": "06901234567892",
    "pesticide-unit": "10929272001",
    "seed-unit": "A701",
    "mv-trace": "3706000040001",
}
PROOFS = {
    "gs1_company_prefix": "6901234",
    "pesticide_registration": "PD20092927",
    "seed_licence": "B(京)农种许字(2020)第0001号",
    "mv_operator": "3706000040001",
}


@pytest.fixture
def mill(platform: Platform) -> Capturer:
    for kind, number in PROOFS.items():
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


def test_a_data_matrix_holds_the_element_string(platform: Platform, mill: Capturer) -> None:
    number = made(platform, mill, "sgtin")
    order = PrintOrder(format=Format.PNG, symbols=(Kind.DATA_MATRIX,))
    issued = [code.code for code in codes(platform, number, mill)]
    assert printed(platform, number, order, mill) == issued


@pytest.mark.parametrize(
    ("scheme", "order", "code"),
    [
        ("pesticide-unit", PrintOrder(), "label.base"),
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
    (document,) = documents(packing, at=at, ids=platform.ids, clock=platform.clock)
    events = json.loads(document)["epcisBody"]["eventList"]
    assert [(event["parentID"], tuple(event["childEPCs"])) for event in events] == [
        (each.container, each.contents) for each in packing.relation
    ]
    assert len({event["eventID"] for event in events}) == 5


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
