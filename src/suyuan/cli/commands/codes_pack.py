"""`suyuan codes pack`: what goes into what, as files that are all there or not at all."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from stat import S_IMODE
from tempfile import TemporaryDirectory
from uuid import UUID

import click

from suyuan.cli.commands.codes_make import package_argument, party_option, tell
from suyuan.cli.output import plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.cli.writing import writing_to
from suyuan.codes import making
from suyuan.kit import SuyuanError, Text, durable, oserrors
from suyuan.kit.clock import CHINA, there
from suyuan.model import Capturer
from suyuan.service import (
    Level,
    Packing,
    Platform,
    documents,
    local_capturer,
    open_platform,
    package_named,
    packed_before,
)
from suyuan.service import (
    pack as put_together,
)

_INSIDE = "packing"
_CHINA = timezone(timedelta(hours=8))
_MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_LEVEL = Text(
    "“{given}” 不是 个数:编码体系:前段，例如 20:sscc:06901234；"
    "重写文件时各层都写成 个数:码包编号。",
    "'{given}' is not FIT:SCHEME:STEM, for instance 20:sscc:06901234; to write the files again "
    "give every level as FIT:PACKAGE.",
)
_FULL = Text(
    "{path} 已存在而且不空；请换一个文件夹。", "{path} exists and is not empty; choose another."
)
_IN_PLACE = Text(
    "{path} 是挂载点或当前文件夹，不能整个换掉；请写它里面的一个新文件夹，如 {inside}。",
    "{path} is a mount or the folder that you are in, and cannot be replaced as a whole; name a "
    "new folder in it, such as {inside}.",
)
_UNWRITTEN = Text(
    "文件没有写成（{why}），一个也没有留下，但容器码已经发出。{cure}，然后重写同样的文件：{again}",
    "The files were not written ({why}), not one of them, but the containers' codes are handed "
    "out. Mend that ({cure}) and write the same files with: {again}",
)
_REPEATED = Text(
    "这个码包以前这样装过；容器码是那时发的，文件照原样重写。",
    "This package was packed so before: its containers are those of then, and the files the same.",
)
_PACKING = Text("装箱", "Packing")
_PACKED = Text(
    "装成 {count} 个容器；关系表和事件文件在 {path}。记入：suyuan capture {path}；"
    "印容器标签：suyuan codes print 上面的码包编号。",
    "Packed; containers: {count}; the relation and the events are in {path}. Record them with "
    "suyuan capture {path}, and print the containers' labels with suyuan codes print, by the "
    "package numbers above.",
)


@click.command("pack", help="生成包装层级和关系文件 · Pack a package's codes, with relation file.")
@package_argument
@party_option
@click.option(
    "--level", "levels", multiple=True, required=True, metavar="FIT:SCHEME:STEM",
    help="由内到外，每层一个，如 20:sscc:06901234；重写文件用 个数:码包 · From the inside, one for "
    "each level; FIT:PACKAGE writes the files of a packing again.",
)  # fmt: skip
@click.option("--at", type=_MOMENT, help="装箱时间（北京时间）· When, on China's clock.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.pass_obj
def pack(
    shared: Shared, /, package: str, *, party: str, levels: tuple[str, ...], at: datetime | None,
    out: Path,
) -> None:  # fmt: skip
    """Write relation.csv and events-N.json into a folder that is new or empty."""
    with (
        plain_errors(),
        progress_bar(_PACKING, None, shared.lang),
        open_platform(shared.config()) as platform,
        _becoming(out) as (folder, become),
    ):
        capturer = local_capturer(platform, party)
        number = package_named(platform, package, capturer)
        packing = _packing(platform, number, levels, capturer)
        if packing.repeated:
            say(_REPEATED, shared)
        for container in packing.containers:
            tell(container, shared)
        made = packing.containers
        again = [f"--level {_fit(each)}:{one.id}" for each, one in zip(levels, made, strict=True)]
        if at:
            again.append(f"--at {at.isoformat()}")
        repeat = f"suyuan codes pack {number} --party {party} {' '.join(again)} --out …"
        with _repeatable(repeat):
            _write(packing, at and at.replace(tzinfo=_CHINA), folder)
            become()
    say(_PACKED.format(count=sum(each.count for each in packing.containers), path=out), shared)


def _packing(platform: Platform, items: UUID, levels: Sequence[str], capturer: Capturer) -> Packing:
    """Of levels named by scheme and stem a new packing, of levels named by package one made."""
    known = [_known(given) for given in levels]
    if all(known):
        return packed_before(platform, items, [each for each in known if each], capturer)
    return put_together(platform, items, [_level(given) for given in levels], capturer)


def _write(packing: Packing, at: datetime | None, folder: Path) -> None:
    """Without a time of packing it is when the containers' codes were made: the same ever after."""
    with (folder / "relation.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(making.relation_rows(packing.relation))
    when = at or there(packing.containers[-1].made_at, CHINA)
    for number, document in enumerate(documents(packing, at=when), start=1):
        (folder / f"events-{number}.json").write_bytes(document)


@contextmanager
def _becoming(out: Path) -> Iterator[tuple[Path, Callable[[], object]]]:
    """A folder beside `out`, there before codes are made, and what makes it `out` at one stroke.

    What was not made to become it leaves nothing, nor the folders around it that were missing.
    """
    place = out.resolve()
    made = [each for each in place.parents if not each.exists()]
    try:
        with writing_to(out, "--out"):
            _require_free(out, place)
            _make(place.parent)
            beside = TemporaryDirectory(dir=place.parent, prefix=f".{place.name}-")
    except SuyuanError:
        _removed(made)
        raise
    try:
        with beside as name:
            folder = Path(name, place.name)
            folder.mkdir()
            yield folder, partial(_become, folder, place)
    finally:
        _removed(made)


def _become(folder: Path, place: Path) -> None:
    """Have all that is in a folder on the disk, then give it its name, and the mode it had there.

    That the name is on the disk too is tried alone: the files are there, and can be made again.
    """
    for each in (*folder.iterdir(), folder):
        durable.sync(each)
    if place.exists():
        folder.chmod(S_IMODE(place.stat().st_mode))
    folder.rename(place)
    with suppress(OSError):
        durable.sync(place.parent)


def _make(folder: Path) -> None:
    """Make a folder and those around it; one that "exists" is a file in the midst of the path."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error


def _require_free(out: Path, place: Path) -> None:
    """See that `out` is new, or an empty folder that another can take the place of."""
    if not place.exists():
        return
    if any(place.iterdir()):
        raise SuyuanError("cli.exists", _FULL.format(path=out), "--out")
    if place.is_mount() or place == Path.cwd():
        text = _IN_PLACE.format(path=out, inside=out / _INSIDE)
        raise SuyuanError("cli.in-place", text, "--out")


def _removed(folders: Sequence[Path]) -> None:
    """Take folders away, the innermost first, unless there is something in them."""
    with suppress(OSError):
        for each in folders:
            each.rmdir()


@contextmanager
def _repeatable(again: str) -> Iterator[None]:
    """Of files that cannot be written, say how to write the same ones later."""
    try:
        yield
    except OSError as error:
        why, cure = oserrors.why(error), oserrors.cure(error)
        text = _UNWRITTEN.format(why=why, cure=cure, again=again)
        raise SuyuanError("packing.unwritten", text, "--out") from error


def _level(given: str) -> Level:
    fit, scheme, stem = (*given.split(":"), "", "")[:3]
    if not (fit.isdecimal() and scheme and stem):
        raise SuyuanError("packing.level", _LEVEL.format(given=given), "--level")
    return Level(fit=int(fit), scheme=scheme, stem=stem)


def _known(given: str) -> tuple[int, UUID] | None:
    fit, _, package = given.partition(":")
    try:
        return int(fit), UUID(package)
    except ValueError:
        return None


def _fit(given: str) -> str:
    return given.partition(":")[0]
