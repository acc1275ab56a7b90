"""Receipts: that an entry is in a log, to be verified offline (c2sp.org/tlog-proof).

A receipt has a checkpoint, the entry's index and path, and, unauthenticated, what its issuer
adds. We add the entry and what is disclosed of it: `suyuan.tlog.commitment`.
"""

from collections.abc import Iterable
from typing import Final, NoReturn

from msgspec import Struct, structs

from suyuan.kit import Text
from suyuan.tlog.commitment import disclosure_bytes, parse_disclosure
from suyuan.tlog.encoding import encode, read_bytes, read_hash, read_number
from suyuan.tlog.errors import FormatError
from suyuan.tlog.policy import Policy, Witnessed, witnessed
from suyuan.tlog.proof import verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH: Final = 63
_LARGEST: Final = 4_000_000  # bytes
_SHAPE: Final = Text(
    "这不是存证回执（tlog-proof）：{why}；请使用原始文件，勿手工修改。",
    "This is not a receipt (tlog-proof): {why}; use the file as it was issued.",
)
_NO_FIELD: Final = Text(
    "回执没有公开名为 “{name}” 的字段；它公开的有：{names}。",
    "The receipt shows no field '{name}'; it shows: {names}.",
)
_NO_FIELDS: Final = Text(
    "这张回执不带字段，无从选取。", "This receipt carries no fields to choose from."
)
_UNNAMED: Final = Text(
    "没有写出要出示的字段；请写字段名，以逗号分开：{names}；要全部出示，就不要限定字段。",
    "No field is named; name those to be shown, parted by commas: {names}; to show all, do not "
    "limit the fields.",
)
_WHY: Final = {
    "header": Text(f"首行应为 {HEADER}", f"its first line is not {HEADER}"),
    "extra": Text("extra 行为空", "its extra line is empty"),
    "index": Text("缺少 index 行", "it has no index line"),
    "long": Text("路径超过 63 个哈希，或文件超过 4 MB", "it has more than 63 hashes or 4 MB"),
    "blank": Text("路径之后没有空行和检查点", "no empty line and checkpoint follow its path"),
    "encoding": Text("不是 UTF-8", "it is not UTF-8"),
}


class Receipt(Struct, frozen=True):
    """An entry's place in a log: index from 0, path, and the signed checkpoint as it came.

    `extra` is whatever the issuer added, None for nothing; nobody has signed it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def parse_receipt(data: bytes) -> Receipt:
    """A receipt from its file; the checkpoint is not looked into yet.

    Raises:
        FormatError: `receipt.shape`, `tlog.base64`, `tlog.hash-length`, `tlog.number`.
    """
    head, blank, checkpoint = data.partition(b"\n\n")
    if len(data) > _LARGEST:
        _refuse("long")
    if not (blank and checkpoint):
        _refuse("blank")
    lines = _lines(head)
    extra = _extra(lines)
    at = 1 if extra is None else 2
    index = lines[at] if len(lines) > at else ""
    if not index.startswith("index "):
        _refuse("index", f"line {at + 1}")
    path = lines[at + 1 :]
    if len(path) > _LONGEST_PATH:
        _refuse("long")
    return Receipt(
        read_number(index.removeprefix("index "), f"line {at + 1}"),
        tuple(read_hash(line, f"line {at + 2 + n}") for n, line in enumerate(path)),
        checkpoint,
        extra,
    )


def receipt_bytes(receipt: Receipt) -> bytes:
    """The file of a receipt: the inverse of `parse_receipt`."""
    extra = [] if receipt.extra is None else [f"extra {encode(receipt.extra)}"]
    lines = [HEADER, *extra, f"index {receipt.index}", *map(encode, receipt.path), "", ""]
    return "\n".join(lines).encode() + receipt.checkpoint


def reduced(data: bytes, names: Iterable[str]) -> bytes:
    """The same receipt that shows these of its fields alone; it proves them as before.

    What is left out is told no more, not even its name; without any it proves that there is an
    entry, and its time.

    Raises:
        FormatError: `receipt.field`, it shows no field of such a name, or none at all; and what
            `parse_receipt` and `parse_disclosure` raise.
    """
    receipt, wanted = parse_receipt(data), set(names)
    if receipt.extra is None or not receipt.extra.startswith(b'{"entry":'):
        raise FormatError("receipt.field", _NO_FIELDS)
    whole = parse_disclosure(receipt.extra)
    there = [each.name for each in whole.fields]
    if unknown := sorted(wanted - set(there)):
        text = _NO_FIELD.format(name=unknown[0], names="; ".join(there) or "—")
        raise FormatError("receipt.field", text, "fields")
    kept = tuple(each for each in whole.fields if each.name in wanted)
    extra = disclosure_bytes(structs.replace(whole, fields=kept))
    return receipt_bytes(structs.replace(receipt, extra=extra))


def chosen(data: bytes, given: Iterable[str]) -> bytes:
    """A receipt reduced to fields as people name them: each by itself, or several with commas.

    Nothing given is no field; what is given and names none is a slip of the pen.

    Raises:
        FormatError: those of `reduced`; `receipt.field` where none is named.
    """
    extra = parse_receipt(data).extra or b""
    shown = parse_disclosure(extra).fields if extra.startswith(b'{"entry":') else ()
    there, names = {each.name for each in shown}, set[str]()
    for each in given:  # a name may have a comma itself
        names |= {each} if each in there else {part.strip() for part in each.split(",")}
    named = names - {""}
    if names and not named:
        text = _UNNAMED.format(names="; ".join(each.name for each in shown) or "—")
        raise FormatError("receipt.field", text, "fields")
    return reduced(data, named)


def verify_receipt(
    receipt: Receipt, leaf: bytes, policy: Policy, *, latest: int | None = None
) -> Witnessed:
    """See that the entry with this leaf hash is in a log that the policy trusts.

    `latest` is the time (seconds since 1970) beyond which a cosignature is from the future.

    Raises:
        FormatError, ProofError, SuiteError: those of `witnessed` and `verify_inclusion`.
    """
    head = witnessed(receipt.checkpoint, policy, latest=latest)
    size, root = head.checkpoint.size, head.checkpoint.root
    verify_inclusion(receipt.index, size, leaf=leaf, path=receipt.path, root=root)
    return head


def _lines(head: bytes) -> list[str]:
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        _refuse("encoding")
    if lines[0] != HEADER:
        _refuse("header", "line 1")
    return lines


def _extra(lines: list[str]) -> bytes | None:
    if len(lines) < 2 or not lines[1].startswith("extra "):  # noqa: PLR2004 -- the second line
        return None
    return read_bytes(lines[1].removeprefix("extra "), "line 2") or _refuse("extra", "line 2")


def _refuse(why: str, place: str = "") -> NoReturn:
    raise FormatError("receipt.shape", _SHAPE.format(why=_WHY[why]), place)
