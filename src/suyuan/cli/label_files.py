"""Takes the files of a print run and where they are to lie; they are there all of them, or none."""

import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from suyuan.cli.writing import writing_to
from suyuan.kit import SuyuanError, Text
from suyuan.service import Printed

_EXISTS = Text("{path} 已存在；请换一个名字。", "{path} exists; choose another name.")

File = tuple[Path, bytes]


def require_free(out: Path) -> None:
    """See before anything is drawn that `out` is new, or an empty folder, and can be written.

    Raises:
        SuyuanError: it is there already, or the folder that it is to be in takes no file.
    """
    with writing_to(out, "--out"):
        if not out.is_dir() or any(out.iterdir()):
            _require_new(out)
        nearest = next(each for each in (out, *out.absolute().parents) if each.exists())
        if not nearest.is_dir():
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def write(printed: Printed, out: Path) -> list[Path]:
    """Write the files of a run, and give their names; a folder that is missing is made.

    `out` without an ending is a folder. One file else has its name; several have it with the
    places of the package in each, if it ends as they do. None is under its name before all are
    whole, and what cuts that off takes away those that are.

    Raises:
        SuyuanError: one is there already, or cannot be written; then none is there.
    """
    files = list(_files(printed, out))
    folder = files[0][0].parent
    with writing_to(out, "--out"):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".labels-") as beside:
            for path, content in files:
                (Path(beside) / path.name).write_bytes(content)
            return _moved(files, Path(beside))


def _files(printed: Printed, out: Path) -> Iterator[File]:
    named, ending = printed.named(), f".{printed.run.format}"
    if len(named) == 1 and not printed.apart and out.suffix and not out.is_dir():
        yield out, named[0][1]
        return
    is_file = out.suffix.lower() == ending and not out.is_dir()
    folder, stem = (out.parent, out.stem) if is_file else (out, "labels")
    for name, content in named:
        yield folder / name.replace("labels", stem, 1), content


def _moved(files: Sequence[File], beside: Path) -> list[Path]:
    moved: list[Path] = []
    try:
        for path, _ in files:
            _require_new(path)
            moved.append(path)
            (beside / path.name).rename(path)
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise
    return moved


def _require_new(path: Path) -> None:
    if path.exists():
        raise SuyuanError("cli.exists", _EXISTS.format(path=path), "--out")
