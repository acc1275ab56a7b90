"""Every printed code is read back: in each form and design, at the printer's dots, and stained."""

import io
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

import pypdfium2
import pytest
from PIL import Image
from printed import (
    embedded,
    pictures,
    read,
    repainted,
    speckled,
    stained,
    stained_anywhere,
    where,
)

from suyuan.codes import making, recognise, resolvers
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.making.alphabets import SAFE
from suyuan.codes.making.types import Series
from suyuan.kit.text import Lang
from suyuan.labels import (
    DESIGNS,
    Format,
    Label,
    ProduceCertificate,
    Symbol,
    certificate_label,
    design,
    draw,
)
from suyuan.labels.draw import MOST, RESOLUTIONS
from suyuan.labels.fonts import chinese_font
from suyuan.labels.place import pieces
from suyuan.labels.symbols import Modules, modules
from suyuan.labels.types import Kind, LabelError

BASE = "https://trace.example.com"
GTIN = "06901234567892"
SERIES = Series(alphabet=SAFE, length=11, capacity=10**6, secret=bytes(32))
SQUARE = (Kind.QR, Kind.DATA_MATRIX)


def labels(count: int, kinds: tuple[Kind, ...] = (Kind.QR,)) -> list[Label]:
    of = making.structure("sgtin")
    made = []
    for serial in making.serials(SERIES, 0, count):
        code = making.code_of(of, GTIN, serial)
        name = making.name_of(of, GTIN, serial, party="")
        texts = {
            Kind.QR: making.link(name, code, BASE, resolvers.hosts([BASE])),
            Kind.DATA_MATRIX: code,
        }
        symbols = tuple(Symbol(kind, texts[kind]) for kind in kinds)
        made.append(Label(heading="玉米种子 郑单958", lines=("5 kg",), code=code, symbols=symbols))
    return made


def cases(count: int) -> list[Label]:
    made = []
    for at in range(count):
        body = f"0690123400{at:07}"
        code = f"(00){body}{gs1_check_digit(body)}"
        made.append(Label(heading="番茄", code=code, symbols=(Symbol(Kind.GS1_128, code),)))
    return made


def printed(kind: Kind) -> Iterator[tuple[Label, Image.Image]]:
    """A hundred labels and what a printer of 203 dpi makes of each."""
    is_bars = kind is Kind.GS1_128
    given = cases(100) if is_bars else labels(100, (kind,))
    files = draw(given, design("100x70" if is_bars else "50x30"), Format.PNG)
    yield from zip(given, pictures(Format.PNG, files, 203), strict=True)


def drawn(label: Label) -> Modules:
    """The modules of its symbol as they stand on a label of 50 x 30 mm."""
    return modules(label.symbols[0], dots=int(design("50x30").side / 25.4 * 203))


def is_whole(text: str) -> bool:
    """Whether a reader takes it for a code: a line of damaged bars says things without a check."""
    return any(each.valid and each.canonical.startswith("https") for each in recognise(text))


def texts(given: list[Label]) -> list[str]:
    return sorted(symbol.text for label in given for symbol in label.symbols)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("name", DESIGNS)
def test_every_code_of_a_print_is_read_back_at_the_printers_dots(name: str, form: Format) -> None:
    of = design(name)
    if form is Format.ZPL and of.across * of.down > 1:
        with pytest.raises(LabelError, match="not for a label printer"):
            draw(labels(1), of, form)
        return
    given = labels(26 if of.across > 1 else 5, SQUARE[: of.most])
    given += cases(3) if of.bars else []
    found = [text for page in pictures(form, draw(given, of, form), 203) for text in read(page)]
    assert sorted(found) == texts(given)


@pytest.mark.parametrize("name", DESIGNS)
def test_an_svg_holds_its_symbols_as_paths_and_no_picture(name: str) -> None:
    of = design(name)
    given = labels(26 if of.across > 1 else 2, SQUARE[: of.most]) + (cases(1) if of.bars else [])
    files = draw(given, of, Format.SVG)
    assert not any(b"<image" in file or b"data:" in file for file in files)
    of_typst = [text for file in files for text in read(embedded(file, 203))]
    assert sorted(of_typst) == texts(given)


@pytest.mark.parametrize("name", ["50x30", "100x70", "a6", "a5"])
@pytest.mark.parametrize("with_symbol", [True, False])
def test_two_millimetres_at_each_side_are_free(name: str, *, with_symbol: bool) -> None:
    code = f"(01){GTIN}(21)WWWWWWWWWWW"
    symbols = (Symbol(Kind.QR, f"{BASE}/01/{GTIN}/21/WWWWWWWWWWW"),) if with_symbol else ()
    label = Label(heading="玉米种子" * 8, lines=("5 kg " * 20,), code=code, symbols=symbols)
    files = draw([label], design(name), Format.PNG, dpi=600)
    (page,) = pictures(Format.PNG, files, 600)
    left, _, right, _ = page.point(lambda dark: 255 - dark).getbbox()
    assert min(left, page.width - right) * 25.4 / 600 >= 2


HOLDS = {Kind.QR: (85, 100), Kind.DATA_MATRIX: (96, 100), Kind.GS1_128: (100, 100)}
"""Of a hundred labels how many are read at least with a stain wherever, and with dots lost: what
the manual says of them."""


@pytest.mark.parametrize("kind", SQUARE)
def test_a_hundred_labels_are_read_back_one_by_one_and_stained(kind: Kind) -> None:
    random = Random(13)
    for label, page in printed(kind):
        assert read(page) == [label.symbols[0].text]
        assert read(stained(page, drawn(label), kind, random)) == [label.symbols[0].text]


ON_LABELS = {
    "link": Symbol(Kind.QR, f"{BASE}/01/{GTIN}/21/23456789CDF"),
    "elements": Symbol(Kind.QR, f"(01){GTIN}(21)23456789CDF"),
    "maker-url": Symbol(Kind.QR, f"{BASE}/gtin/{GTIN}/ser/23456789CDF"),
    "unit code": Symbol(Kind.QR, f"{BASE}/10929272001{'0123456789' * 2}1"),
    "seed": Symbol(Kind.QR, f"郑单958\n某种业有限公司\nA701CDFGHJKMNPQ\n{BASE}/A701CDFGHJKMNPQ"),
    "elements as matrix": Symbol(Kind.DATA_MATRIX, f"(01){GTIN}(21)23456789CDF"),
    "link as matrix": Symbol(Kind.DATA_MATRIX, f"{BASE}/01/{GTIN}/21/23456789CDF"),
    "bars": Symbol(Kind.GS1_128, cases(1)[0].code),
}


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("holds", ON_LABELS)
def test_every_design_with_each_symbol_is_read_when_a_twentieth_is_stained(
    name: str, holds: str
) -> None:
    of, symbol = design(name), ON_LABELS[holds]
    label = Label(heading="番茄", code=symbol.text if holds == "bars" else "", symbols=(symbol,))
    if symbol.kind is Kind.GS1_128 and not of.bars:
        with pytest.raises(LabelError, match="no room"):
            draw([label], of, Format.PNG)
        return
    (page,) = pictures(Format.PNG, draw([label], of, Format.PNG), 203)
    found = modules(symbol, dots=int(of.side / 25.4 * 203))
    assert read(page) == [symbol.text]
    random = Random(16)
    for _ in range(10):
        if symbol.kind is Kind.GS1_128:
            spoiled = stained_anywhere(page, random)
        else:
            spoiled = stained(page, found, symbol.kind, random)
        assert symbol.text in read(spoiled)


@pytest.mark.parametrize("kind", Kind)
def test_a_stain_over_a_finder_or_dots_lost_lose_few_labels_and_never_change_one(
    kind: Kind,
) -> None:
    random, found = Random(14), {"stained": 0, "speckled": 0}
    for label, page in printed(kind):
        pages = {"stained": stained_anywhere(page, random), "speckled": speckled(page, random)}
        for name, spoiled in pages.items():
            texts_read = [text for text in read(spoiled) if is_whole(text)]
            assert set(texts_read) <= {label.symbols[0].text}
            found[name] += bool(texts_read)
    least = HOLDS[kind]
    assert (found["stained"] >= least[0], found["speckled"] >= least[1]) == (True, True), found


@pytest.mark.parametrize(
    ("kind", "share", "least"),
    [(Kind.QR, 0.03, 100), (Kind.QR, 0.05, 98), (Kind.DATA_MATRIX, 0.03, 100),
     (Kind.DATA_MATRIX, 0.05, 100)],
)  # fmt: skip
def test_whole_modules_lost_beside_the_finder_are_made_good(
    kind: Kind, share: float, least: int
) -> None:
    random, found = Random(15), 0
    for label, page in printed(kind):
        texts_read = read(repainted(page, drawn(label), kind, random, share=share))
        assert set(texts_read) <= {label.symbols[0].text}
        found += bool(texts_read)
    assert found >= least


@pytest.mark.parametrize("text", ["1", f"(01){GTIN}(21)23456789CDF", "https://a.cn/" + "A" * 60])
def test_a_data_matrix_is_square_and_large_enough_to_be_stained(text: str) -> None:
    found = modules(Symbol(Kind.DATA_MATRIX, text))
    assert len(found.rows) == len(found.rows[0]) >= 20


def test_a_qr_code_is_made_stronger_where_that_makes_its_modules_no_smaller() -> None:
    text = Symbol(Kind.QR, f"{BASE}/01/{GTIN}/21/23456789CDF")
    usual, strong, tight = (modules(text, dots=dots) for dots in (None, 199, 188))
    assert len(usual.rows) < len(strong.rows)
    assert (199 // usual.across, 188 // usual.across) == (199 // strong.across, 188 // tight.across)
    assert len(tight.rows) == len(usual.rows)


def test_bars_stand_over_what_they_say_and_the_code_is_not_said_twice() -> None:
    (label,) = cases(1)
    for name in ("100x70", "a6", "a5"):
        document = pypdfium2.PdfDocument(draw([label], design(name), Format.PDF)[0])
        text = document[0].get_textpage().get_text_range()
        assert text.count(label.code) == 1
        document.close()


@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_bars_are_as_wide_and_high_as_logistic_labels_ask(dpi: int) -> None:
    (label,) = cases(1)
    (page,) = pictures(Format.PNG, draw([label], design("a6"), Format.PNG, dpi=dpi), dpi)
    left, top, right, bottom = where(page)
    module = (right - left) / 156
    assert module == round(module)
    assert 0.495 <= module / dpi * 25.4 <= 1.016
    assert (bottom - top) / dpi * 25.4 >= 31.75
    assert min(left, page.width - right) / module >= 10


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("50x30", "", "label.bars"),
        ("a4-24", "", "label.bars"),
        ("100x70", f"(01){GTIN}(21)23456789CDFGHJKMNPQR", "label.small"),
        ("a6", "10929272001" + "0" * 21, "label.symbol"),
        ("a6", "(00)123", "label.symbol"),
    ],
)
def test_bars_that_no_scanner_could_read_are_refused(name: str, text: str, code: str) -> None:
    symbol = Symbol(Kind.GS1_128, text or cases(1)[0].code)
    with pytest.raises(LabelError) as caught:
        draw([Label(heading="x", symbols=(symbol,))], design(name), Format.PDF)
    assert caught.value.code == code
    assert caught.value.text.zh != caught.value.text.en


@pytest.mark.parametrize("name", DESIGNS)
def test_no_line_ends_within_a_piece_of_a_code(name: str) -> None:
    codes = (f"(01){GTIN}(21)23456789CDF", "10929272001" + "0123456789" * 2 + "1", "A70123456789")
    for code in codes:
        label = Label(heading="番茄", lines=("x",), code=code, symbols=labels(1)[0].symbols)
        document = pypdfium2.PdfDocument(draw([label], design(name), Format.PDF)[0])
        lines = document[0].get_textpage().get_text_range().replace("\x02", "").split()
        for piece in pieces(code):
            assert any(piece in line for line in lines), (piece, lines)
        assert "".join(pieces(code)) == code
        document.close()


def test_nothing_is_printed_where_an_office_printer_cannot_reach() -> None:
    (page,) = pictures(Format.PNG, draw(labels(24), design("a4-24"), Format.PNG), 203)
    left, top, right, bottom = page.point(lambda shade: 255 * (shade < 128)).getbbox()
    edge = 4.9 / 25.4 * 203
    assert min(left, top, page.width - right, page.height - bottom) >= edge


@pytest.mark.parametrize("dpi", RESOLUTIONS)
@pytest.mark.parametrize("kind", SQUARE)
def test_modules_are_whole_dots_so_that_the_symbol_has_no_grey(kind: Kind, dpi: int) -> None:
    (label,) = labels(1, (kind,))
    bare = Label(heading="", symbols=label.symbols)
    (page,) = pictures(Format.PNG, draw([bare], design("50x30"), Format.PNG, dpi=dpi), dpi)
    assert set(page.tobytes()) == {0, 255}
    assert read(page) == [label.symbols[0].text]


def test_a_thermal_label_is_the_picture_dot_by_dot() -> None:
    given = labels(3, (Kind.QR, Kind.DATA_MATRIX))
    of = design("100x70")
    shown = list(pictures(Format.PNG, draw(given, of, Format.PNG), 203))
    printed = list(pictures(Format.ZPL, draw(given, of, Format.ZPL), 203))
    assert [page.point(lambda shade: 0 if shade < 128 else 255).tobytes() for page in shown] == [
        page.tobytes() for page in printed
    ]


def test_labels_drawn_at_the_same_time_do_not_mix() -> None:
    def drawn(at: int) -> list[str]:
        label = Label(heading=str(at), symbols=(Symbol(Kind.QR, f"{BASE}/{at}"),))
        files = draw([label] * 3, design("50x30"), Format.PNG)
        return [text for page in pictures(Format.PNG, files, 203) for text in read(page)]

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(drawn, range(24)))
    assert found == [[f"{BASE}/{at}"] * 3 for at in range(24)]


def test_the_text_of_a_pdf_can_be_found_and_is_what_was_given() -> None:
    (label,) = labels(1)
    document = pypdfium2.PdfDocument(draw([label], design("100x70"), Format.PDF)[0])
    text = document[0].get_textpage().get_text_range()
    plain = "".join(text.split()).replace("\u200b", "")
    for expected in (label.heading, *label.lines, label.code):
        assert "".join(expected.split()) in plain
    document.close()


@pytest.mark.parametrize(
    "hostile", ['#panic("x") $x$ *b* @a <l>', '"\\"]}', "&lt;<svg/>", "\t\n\r", "\u202e番"]
)
def test_what_looks_like_markup_is_printed_as_it_is(hostile: str) -> None:
    label = Label(
        heading=hostile, lines=(hostile,), code=hostile, symbols=(Symbol(Kind.QR, hostile),)
    )
    (page,) = pictures(Format.PDF, draw([label], design("100x70"), Format.PDF), 203)
    assert read(page) == [hostile]


CERTIFICATE = ProduceCertificate(
    product="番茄",
    quantity="25 kg",
    origin="山东省寿光市",
    subject="某蔬菜专业合作社",
    contact="0536-1234567",
    day=date(2026, 11, 27),
    basis=("control", "own-test"),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["50x30", "100x70", "a5"])
def test_a_produce_certificate_fits_its_three_sizes_in_both_languages(
    name: str, lang: Lang
) -> None:
    symbols = (Symbol(Kind.QR, f"{BASE}/01/{GTIN}/10/23CD"),)
    label = certificate_label(CERTIFICATE, symbols, code="23CD", lang=lang)
    (page,) = pictures(Format.PDF, draw([label], design(name), Format.PDF), 203)
    assert read(page) == [symbols[0].text]
    said = " ".join((label.heading, *label.lines))
    for value in (
        "番茄",
        "25 kg",
        "山东省寿光市",
        "某蔬菜专业合作社",
        "0536-1234567",
        "2026-11-27",
    ):
        assert value in said
    assert ("承诺达标合格证" in said) is (lang == "zh")
    assert ("签名或盖章" in said) is (lang == "zh")
    assert ("Signature or seal" in said) is (lang == "en")


@pytest.mark.parametrize("field", ["product", "quantity", "origin", "subject", "contact"])
def test_a_certificate_that_lacks_something_is_refused_by_its_name(field: str) -> None:
    fields = {name: getattr(CERTIFICATE, name) for name in CERTIFICATE.__struct_fields__}
    with pytest.raises(LabelError) as caught:
        certificate_label(ProduceCertificate(**fields | {field: " "}), ())
    assert caught.value.place == field
    assert f"({field})" in caught.value.text.en
    with pytest.raises(LabelError) as caught:
        certificate_label(ProduceCertificate(**dict.fromkeys(fields, "") | {"day": date.min}), ())
    for name in ("product", "quantity", "origin", "subject", "contact"):
        assert name in caught.value.text.zh
        assert name in caught.value.text.en
    for basis in ((), ("hearsay",)):
        with pytest.raises(LabelError):
            certificate_label(ProduceCertificate(**fields | {"basis": basis}), ())


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (Label(heading="x", lines=("长" * 40,) * 12, symbols=()), "label.text"),
        (Label(heading="x", symbols=(Symbol(Kind.QR, "a" * 600),)), "label.small"),
        (Label(heading="x", symbols=(Symbol(Kind.QR, "a" * 1001),)), "label.long"),
        (Label(heading="x", symbols=(Symbol(Kind.QR, "a"),) * 2), "label.symbols"),
        (Label(heading="x", symbols=(Symbol(Kind.DATA_MATRIX, "(01)123"),)), "label.symbol"),
        (Label(heading="x", symbols=(Symbol(Kind.QR, ""),)), "label.symbol"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_printed_smaller(label: Label, code: str) -> None:
    with pytest.raises(LabelError) as caught:
        draw([label], design("50x30"), Format.PDF)
    assert caught.value.code == code
    assert caught.value.text.zh != caught.value.text.en


@pytest.mark.parametrize(
    ("label", "place", "found"),
    [
        (Label(heading="Tomato 😀 ﷽ 龘𠮷", symbols=()), "heading", ["😀 (U+1F600)", "﷽ (U+FDFD)"]),
        (Label(heading="番茄", lines=("龘𠮷", "\x07 kg"), symbols=()), "lines", ["U+0007"]),
        (Label(heading="番茄", code="\ud7ff", symbols=()), "code", ["U+D7FF"]),
        (Label(heading="👨\u200d👩", symbols=()), "heading", ["👨 (U+1F468)", "👩 (U+1F469)"]),
    ],
)
@pytest.mark.parametrize("form", Format)
def test_what_no_font_has_is_refused_by_its_place_and_not_printed_as_a_box(
    label: Label, place: str, found: list[str], form: Format
) -> None:
    with pytest.raises(LabelError) as caught:
        draw([*labels(3), label], design("100x70"), form)
    assert (caught.value.code, caught.value.place) == ("label.letters", place)
    for text in (caught.value.text.zh, caught.value.text.en):
        assert " ".join(found) in text
        assert "龘" not in text


def test_what_a_font_has_is_printed_however_rare() -> None:
    for said in ("龘𠮷", "é ñ ß Ω Ж", "①②", "e\u0301", "番\U000e0100", "℃ ½ ±", "かな 한글", " "):
        label = Label(heading=said, lines=(said,), symbols=())
        assert draw([label], design("100x70"), Format.PDF)


def test_nothing_too_many_and_unknown_measures_are_refused() -> None:
    for given, dpi in (([], 203), (labels(1) * (MOST + 1), 203), (labels(1), 72)):
        with pytest.raises(LabelError):
            draw(given, design("50x30"), Format.PDF, dpi=dpi)
    with pytest.raises(LabelError, match="50x30, 100x70, a6, a5, a4-24"):
        design("10x10")


def test_a_machine_without_a_chinese_font_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "Latin.ttf").write_bytes(b"")
    with pytest.raises(LabelError, match="fonts-noto-cjk") as caught:
        chinese_font((tmp_path,))
    assert caught.value.status == 503


@pytest.mark.parametrize(
    ("heading", "lines", "place"),
    [
        ("x" * 20_000, (), "heading"),
        ("", ("x" * 300, "y" * 300), "lines"),
        ("", ("",) * 20_000, "lines"),
    ],
)
def test_more_text_than_any_label_holds_is_refused_by_its_place(
    heading: str, lines: tuple[str, ...], place: str
) -> None:
    label = Label(heading=heading, lines=lines, symbols=())
    with pytest.raises(LabelError) as caught:
        draw([label] * 20, design("a5"), Format.PDF)
    assert (caught.value.code, caught.value.place) == ("label.words", place)
    assert caught.value.text.zh != caught.value.text.en


@pytest.mark.parametrize("field", ["product", "quantity", "origin", "subject", "contact"])
def test_a_certificate_with_a_field_too_long_is_refused_by_its_name(field: str) -> None:
    fields = {name: getattr(CERTIFICATE, name) for name in CERTIFICATE.__struct_fields__}
    with pytest.raises(LabelError) as caught:
        certificate_label(ProduceCertificate(**fields | {field: "长" * 200}), ())
    assert (caught.value.code, caught.value.place) == ("label.words", field)


def test_labels_are_taken_one_by_one_until_one_is_wrong() -> None:
    def endless() -> Iterator[Label]:
        yield from labels(3)
        yield Label(heading="x" * 501, symbols=())
        pytest.fail("one more was made")

    with pytest.raises(LabelError, match="501"):
        draw(endless(), design("50x30"), Format.PDF)


def test_more_labels_than_are_laid_out_together_stand_on_whole_sheets() -> None:
    given = labels(130)
    files = draw(given, design("a4-24"), Format.PNG)
    assert len(files) == 6
    found = [text for page in pictures(Format.PNG, files, 203) for text in read(page)]
    assert sorted(found) == texts(given)


def test_text_is_as_large_as_fits_whoever_else_is_on_the_sheet() -> None:
    short, long = (Label(heading="番茄", lines=("x " * n,), symbols=()) for n in (3, 60))
    of = design("50x30")
    alone = [draw([each], of, Format.PNG)[0] for each in (short, long)]
    assert draw([short, long, short], of, Format.PNG) == [alone[0], alone[1], alone[0]]
    assert alone[0] != alone[1]


MEMORY = """
import resource
from suyuan.labels import Format, Label, Symbol, design, draw
from suyuan.labels.types import Kind

def run(number):
    codes = [f"A{number}{at:05}" for at in range(1_000)]
    draw([Label(heading="x", code=each, symbols=(Symbol(Kind.QR, each),)) for each in codes],
         design("50x30"), Format.PDF)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

first = run(0)
print(max(run(number) for number in range(1, 8)) / first)
"""


@pytest.mark.deep
def test_many_runs_take_little_more_memory_than_one() -> None:
    """Without forgetting, eight runs take three times as much as the first."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 1.6


@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_a_picture_says_its_resolution_so_that_it_is_printed_at_its_size(dpi: int) -> None:
    of = design("50x30")
    (png,) = draw([labels(1)[0]], of, Format.PNG, dpi=dpi)
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        across, down = (round(one) for one in image.info["dpi"])
        width = image.width / dpi * 25.4
    assert (across, down) == (dpi, dpi)
    assert abs(width - 50) < 1
