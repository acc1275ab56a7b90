"""Labels drawn by typst: one PDF, or a picture for each page."""

import itertools
import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Final

from suyuan.kit import Text
from suyuan.labels.fonts import CODES, compiler
from suyuan.labels.lengths import require_short
from suyuan.labels.letters import require_letters
from suyuan.labels.place import placed, sizes_of
from suyuan.labels.plain_pages import drawable, with_symbols
from suyuan.labels.types import Design, Format, Label, LabelError
from suyuan.labels.zpl import zpl

MOST: Final = 5_000
"""Labels in one file: a PDF of so many takes twenty seconds of a core."""

_BATCH: Final = 120
"""Labels that are laid out together where each page is a file: whole sheets of every design."""

_HEAVY: Final = 500
"""Labels of which it is worth forgetting what was remembered of them: some 100 kB each."""

_FORGETS_AFTER: Final = 12
"""Typst keeps what it computed for ten compilations more, to be quick when a text is edited."""

RESOLUTIONS: Final = (203, 300, 600)

_TOO_MUCH = Text(
    "标签 {name} 上的文字太多，最小字号也放不下；请删减文字或换更大的标签。",
    "There is too much text for the label {name} even in its smallest size; shorten it or take a "
    "larger label.",
)
_MANY = Text("一次最多印 {most} 张；请分批。", "At most {most} labels at a time; take several.")
_NONE = Text("没有要印的标签。", "There is no label to print.")
_SHEET = Text(
    "整张的 {name} 不能发给标签打印机；请选单张的样式。",
    "The sheet {name} is not for a label printer; choose a single label.",
)
_METRES_AN_INCH: Final = 0.0254
_AFTER_HEAD: Final = 33
"""Where the second chunk of a PNG begins: behind signature and IHDR."""
_DPI = Text("打印机分辨率应为 {known}。", "The printer's resolution is one of {known}.")


def draw(labels: Iterable[Label], of: Design, form: Format, *, dpi: int = 203) -> list[bytes]:
    """The files: one for PDF and ZPL, one for each page for PNG and SVG.

    `dpi` is the printer's resolution: dots of PNG and ZPL, and the grid on which modules stand
    in all forms. Labels are taken one by one, so the first that is wrong is the last that is made.

    Raises:
        LabelError: nothing to print or too much, no font, a letter that no font has, or what does
            not fit on the label.
    """
    _require(of, form, dpi=dpi)
    given = _taken(labels)
    if form is Format.PDF:
        return _compiled(given, of, form, dpi)
    batches = (given[at : at + _BATCH] for at in range(0, len(given), _BATCH))
    if form is Format.ZPL:
        pages = (page for batch in batches for page in _compiled(batch, of, Format.PNG, dpi))
        return ["".join(map(zpl, pages)).encode("ascii")]
    return [page for batch in batches for page in _compiled(batch, of, form, dpi)]


def _require(of: Design, form: Format, *, dpi: int) -> None:
    if form is Format.ZPL and of.across * of.down > 1:
        raise LabelError("label.sheet", _SHEET.format(name=of.name), "design")
    if dpi not in RESOLUTIONS:
        raise LabelError("label.dpi", _DPI.format(known=", ".join(map(str, RESOLUTIONS))), "dpi")


def _taken(labels: Iterable[Label]) -> list[Label]:
    given = [require_short(label) for label in itertools.islice(labels, MOST + 1)]
    if not given:
        raise LabelError("label.none", _NONE, "count")
    if len(given) > MOST:
        raise LabelError("label.many", _MANY.format(most=MOST), "count", status=413)
    return given


def _compiled(labels: Sequence[Label], of: Design, form: Format, dpi: int) -> list[bytes]:
    import typst  # noqa: PLC0415 -- only when a label is drawn

    typesetter, family = compiler()
    require_letters(labels, typesetter, family)
    set_out = placed(labels, of, dpi=dpi)
    given = {
        "family": family,
        "codes": CODES,
        "page": of.paper,
        "sizes": sizes_of(of),
        "labels": drawable(set_out, form),
    }
    source = files(__package__).joinpath("label.typ").read_bytes()
    try:
        made = typesetter.compile(
            source,
            format=form.value,
            ppi=dpi,
            sys_inputs={"labels": json.dumps(given)},
            pdf_tags=False,
        )
    except typst.TypstError as error:
        if "too-much-text" not in f"{error}{error.diagnostic}":
            raise
        raise LabelError("label.text", _TOO_MUCH.format(name=of.name), "lines") from error
    finally:
        if len(labels) >= _HEAVY:
            _forget(typesetter)
    pages = made if isinstance(made, list) else [made]
    if form is Format.PNG:
        return [_with_resolution(page, dpi) for page in pages]
    return with_symbols(pages, set_out) if form is Format.SVG else pages


def _with_resolution(png: bytes, dpi: int) -> bytes:
    """The picture with its dots a metre (PNG §11.3.5.3), so that it is printed at its size."""
    body = b"pHYs" + struct.pack(
        ">IIB", round(dpi / _METRES_AN_INCH), round(dpi / _METRES_AN_INCH), 1
    )
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_AFTER_HEAD] + chunk + png[_AFTER_HEAD:]


def _forget(typesetter: Any) -> None:
    """Have nothing of the last labels kept in memory, where the next are others anyway."""
    for _ in range(_FORGETS_AFTER):
        typesetter.compile(b"", format="pdf")
