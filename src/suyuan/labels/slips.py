"""A paper that says a few facts, has a symbol to scan, and carries the file that proves them."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.labels.fonts import CODES, compiler
from suyuan.labels.letters import spaced
from suyuan.labels.symbols import modules, shape
from suyuan.labels.types import Kind, LabelError, Symbol

_LONGEST: Final = 4_000  # characters of one value: more is in the file
_PROOF: Final = ".tlog-proof"
_MORE: Final = Text("……（其余见所附文件）", "… (the rest is in the attached file)")


class Slip(Struct, frozen=True, kw_only=True):
    """What stands on it, and the file (text) that is attached.

    `facts` and `fields` are names with values; `lines` stand below the heading and `small` at the
    end. `address` is in the symbol, and below it.
    """

    heading: str
    lines: tuple[str, ...]
    facts: Sequence[tuple[str, str]]
    shown: str
    fields: Sequence[tuple[str, str]]
    small: tuple[str, ...]
    address: str
    file: bytes


def slip_pdf(slip: Slip, lang: Lang) -> bytes:
    """The paper as PDF; characters that no font here has are printed as boxes.

    Raises:
        LabelError: there is no font, or the address does not fit into a QR code.
    """
    typesetter, family = compiler()
    given = {
        "family": family,
        "codes": CODES,
        "lang": lang,
        "heading": slip.heading,
        "lines": slip.lines,
        "facts": _rows(slip.facts, lang),
        "shown": slip.shown,
        "fields": _rows(slip.fields, lang),
        "small": slip.small,
        "address": slip.address,
        "svg": _square(slip.address),
        "file": slip.file.decode(),
    }
    source = files(__package__).joinpath("slip.typ").read_bytes()
    made = typesetter.compile(source, format="pdf", sys_inputs={"slip": json.dumps(given)})
    if not isinstance(made, bytes):
        raise LabelError("label.pages", Text("不是一个文件。", "It is not one file."), status=500)
    return made


def slip_file(pdf: bytes) -> bytes | None:
    """The receipt that a paper carries; None if it carries none or several, or cannot be read.

    What a stream unpacks to pdfium itself holds to a gigabyte.
    """
    import pypdfium2  # noqa: PLC0415 -- only when a paper comes

    try:
        with pypdfium2.PdfDocument(pdf) as document:
            every = map(document.get_attachment, range(document.count_attachments()))
            carried = [each for each in every if each.get_name().endswith(_PROOF)]
            return bytes(carried[0].get_data()) if len(carried) == 1 else None
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return None


def _rows(facts: Sequence[tuple[str, str]], lang: Lang) -> list[dict[str, str]]:
    return [{"name": name, "value": _cut(spaced(value), lang)} for name, value in facts]


def _cut(value: str, lang: Lang) -> str:
    return value if len(value) <= _LONGEST else value[:_LONGEST] + _MORE.pick(lang)


def _square(address: str) -> str:
    """A QR code with its quiet zone, which is the paper's own white."""
    return shape(modules(Symbol(Kind.QR, address))).svg()
