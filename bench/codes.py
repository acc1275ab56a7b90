"""Reading names and guessing codes, against looking the same text up in a dictionary.

And texts of every scheme one by one: the slowest of twenty in processor time, which what else
runs on the machine hardly touches, and how much longer the longest text takes than a short one.
"""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any

import zxingcpp
from PIL import Image

from bench.draws import case, cast, digits, item, lot
from bench.figures import Figure, at_least, at_most, figure, ratio, seconds
from bench.plan import Ground, Measure, database
from bench.taking import SENDER
from suyuan.codes import all_schemes, read_identifier, recognise
from suyuan.pictures import read_picture
from suyuan.registry.types import Licence
from suyuan.service import Config, Order, entitle, identify, issue, local_capturer, on_store

COUNT = 50_000
_P95 = 0.95
_LONGEST = 200
_REPEATED = (
    "1", "a", "(01)", "[01]", "1-", "*", "/01/1", "&01=1", "https://a.cn/1", "urn:epc:id:", ":",
    "种", "种1", "单元识别代码", "品种名称:1\n", "合格证", "(湘)", "检疫证明:", "身份证1", "９",
    "A_-", "?gtin=1", "\u200b", "<GS>", "11010519491231002", "^10A",
    "6901234567892 ", "0O", ")", "国药准字", "批号:1 ", "a.b/",
)  # fmt: skip

_CODES = (2, 3, 4, 6, 10)
_BETWEEN = ("\n", "，", "; ", "\t")
_BEFORE = ("条码：", "批号 ", "追溯码:", "生产许可证编号：", "SN: ", "", "", "")
_AMONG = ("保质期：12个月", "净含量 500g", "生产日期 2026-03-01", "电话：13812345678", "品名：番茄")

_TYPED = [
    "id.gs1.org/01/06901234567892/21/A1", "https://id.gs1.org/01/06901234567892/21/A 1",
    "69O1234567892", "GTIN: 06901234567892 批号: B7 SN: A1", "6901234567892，6922266443114",
    "品名：番茄 生产许可证：SC10633019702613 条码：6901234567892", "UN编号 1203",
    "本品国药准字H20123456适用", "订单 12345678 2026-01-01 张三 13812345678",
]  # fmt: skip


def measure(place: Ground) -> Iterator[Figure]:
    """Fresh names each time, so that no cache answers for the code."""
    count = place.plan.of(COUNT)
    yield from _against_a_dictionary(
        "read_identifier", partial(read_identifier, capturer=SENDER), _uris, place, count
    )
    yield from _against_a_dictionary("recognise", recognise, _texts, place, count // 5)
    yield from _every_scheme(place)
    yield from _pasted(place)
    yield from _identified(place)
    yield from _long_texts(place)
    yield from _pictures(place)


MEASURE = Measure(name="codes", about="names read and codes recognised", run=measure)


def _against_a_dictionary(
    name: str,
    read: Callable[[str], object],
    draw: Callable[[Random, int], list[str]],
    place: Ground,
    count: int,
) -> Iterator[Figure]:
    reads, looks = [], []
    for turn in range(place.plan.repeat):
        texts = draw(Random(turn), count)
        known = dict.fromkeys(texts, 1)
        reads.append(seconds(partial(_apply, read, texts)) / count * 1e6)
        looks.append(seconds(partial(_apply, known.get, texts)) / count * 1e6)
    yield figure(name, "µs", reads)
    yield ratio(f"{name} / dictionary look-up", reads, looks)


def _every_scheme(place: Ground) -> Iterator[Figure]:
    slowest, rates = _slowest(place, recognise, 20_000)
    yield figure("recognise, p95 of a text (CPU)", "µs", slowest, goal=at_most(1_000))
    yield figure("recognise, texts of every scheme", "/s", rates, goal=at_least(5_000))


def _pasted(place: Ground) -> Iterator[Figure]:
    """Codes of any scheme in one text, with words before them and between them, as from a page.

    Each is read by itself, so that so many codes may take as long as so many texts.
    """
    good = [text for scheme in all_schemes() for text in scheme.good if len(text) <= _LONGEST]
    for codes in _CODES:
        middle, slowest = [], []
        for turn in range(place.plan.repeat):
            draw = Random(turn)
            texts = [_page(draw, good, codes) for _ in range(place.plan.of(1_000, least=200))]
            took = sorted(_cpu(partial(recognise, text)) for text in texts)
            middle.append(took[len(took) // 2] * 1e6)
            slowest.append(took[int(len(took) * _P95)] * 1e6)
        name = f"of a text with {codes} codes (CPU)"
        yield figure(f"recognise, p50 {name}", "µs", middle)
        yield figure(f"recognise, p95 {name}", "µs", slowest, goal=at_most(1_000 * codes))


def _page(draw: Random, good: Sequence[str], codes: int) -> str:
    lines = [draw.choice(_BEFORE) + draw.choice(good) for _ in range(codes)]
    lines += [draw.choice(_AMONG) for _ in range(codes // 2)]
    draw.shuffle(lines)
    return draw.choice(_BETWEEN).join(lines)


def _identified(place: Ground) -> Iterator[Figure]:
    """The same as `identify` does it: what was issued, brought in and recorded looked up too."""
    with database(place, "bench_codes") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        entitle(platform, Licence(party=SENDER, kind="gs1_company_prefix", number="6901234"))
        order = Order(scheme="sgtin", stem="06901234567892", count=1_000)
        issue(platform, order, local_capturer(platform, SENDER))
        slowest, rates = _slowest(place, lambda text: identify(platform, [text]), 5_000)
    yield figure("identify, p95 of a text (CPU)", "µs", slowest, goal=at_most(1_000))
    yield figure("identify, texts of every scheme", "/s", rates)


def _slowest(
    place: Ground, read: Callable[[str], object], count: int
) -> tuple[list[float], list[float]]:
    """Samples good and bad of all schemes, in any order: what a search box meets at worst."""
    texts = [text for scheme in all_schemes() for text in scheme.good + scheme.bad]
    texts += _TYPED * 4
    slowest, rates = [], []
    for turn in range(place.plan.repeat):
        drawn = Random(turn).choices(texts, k=place.plan.of(count, least=1_000))
        took = sorted(_cpu(partial(read, text)) for text in drawn)
        slowest.append(took[int(len(took) * _P95)] * 1e6)
        rates.append(len(took) / sum(took))
    return slowest, rates


def _long_texts(place: Ground) -> Iterator[Figure]:
    """The worst repetitions: of 10 kB against 1 kB, linear is ten."""
    ratios = []
    for _ in range(place.plan.repeat):
        grown = []
        for piece in _REPEATED:
            short, long = (piece * (size // len(piece)) for size in (1_000, 10_000))
            quick = min(_cpu(partial(recognise, short)) for _ in range(3))
            grown.append(min(_cpu(partial(recognise, long)) for _ in range(3)) / max(quick, 2e-5))
        ratios.append(max(grown))
    yield figure("recognise, 10 kB / 1 kB at worst (CPU)", "×", ratios, goal=at_most(30))


def _pictures(place: Ground) -> Iterator[Figure]:
    """Photos of 1280 by 960 with one symbol, read as an upload is, without the child process."""
    for name, text in (("QRCode", "https://id.gs1.org/01/06901234567892/21/A1"),
                       ("EAN13", "6901234567892")):  # fmt: skip
        data = _photo(name, text)
        count = place.plan.of(20, least=5)
        rates = []
        for _ in range(place.plan.repeat):
            took = _cpu(lambda: [read_picture(data) for _ in range(count)])  # noqa: B023 -- now
            rates.append(count / took)
        yield figure(f"decode, {name} in a photo of 1.2 megapixels (CPU)", "/s", rates)


def _photo(name: str, text: str) -> bytes:
    made: Any = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    view: Any = memoryview(made.to_image(scale=4))
    high, wide = view.shape
    paper = Image.new("L", (1280, 960), 235)
    paper.paste(Image.frombytes("L", (wide, high), view.tobytes()), (300, 200))
    file = io.BytesIO()
    paper.save(file, "JPEG", quality=80)
    return file.getvalue()


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _apply(work: Callable[[str], object], texts: Sequence[str]) -> None:
    for text in texts:
        work(text)


def _uris(draw: Random, count: int) -> list[str]:
    """Instances, lots, cases and names of our own, as events carry them."""
    products = cast(draw).products
    kinds: list[Callable[[], str]] = [
        lambda: item(draw, draw.choice(products)),
        lambda: lot(draw, draw.choice(products)),
        lambda: case(draw),
        lambda: f"urn:suyuan:document:91330106:{digits(draw, 9)}",
    ]
    return [draw.choice(kinds)() for _ in range(count)]


def _texts(draw: Random, count: int) -> list[str]:
    """What people and scanners give: links, element strings, bare numbers, ear tags."""
    products = cast(draw).products
    kinds: list[Callable[[], str]] = [
        lambda: item(draw, draw.choice(products)),
        lambda: f"(01){draw.choice(products)}(21){digits(draw, 8)}",
        lambda: draw.choice(products)[1:],
        lambda: f"1411725{digits(draw, 8)}",
    ]
    return [draw.choice(kinds)() for _ in range(count)]
