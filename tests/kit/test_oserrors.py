"""What the system says of a file is told in both languages, with what mends it."""

import errno
import os
import re
from pathlib import Path

import pytest

from suyuan.kit import oserrors

CHINESE = re.compile("[\u3400-\u9fff]")


def _fault(path: Path) -> OSError:
    with pytest.raises(OSError, match="Errno") as caught:
        path.write_bytes(b"1")
    return caught.value


def test_what_really_goes_wrong_with_a_file_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    wanted = {
        tmp_path / "none" / "x.csv": ("先建", "make the folder first"),
        tmp_path / "file" / "x.csv": ("不是文件夹", "no folder"),
        tmp_path: ("请写文件名", "name a file"),
        tmp_path / ("x" * 5_000): ("名字太长", "too long"),
    }
    for path, (zh, en) in wanted.items():
        said = oserrors.with_cure(_fault(path))
        assert zh in said.zh
        assert en in said.en


@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.ENOSPC, errno.EROFS, errno.ENOENT, errno.ENOTEMPTY]
)
def test_no_words_of_the_system_stand_in_the_chinese(number: int) -> None:
    said = oserrors.with_cure(OSError(number, os.strerror(number)))
    assert not re.search("[A-Za-z]", said.zh)
    assert not CHINESE.search(said.en)


def test_a_fault_that_is_not_known_is_told_as_the_system_has_it() -> None:
    error = OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    assert oserrors.why(error).en == os.strerror(errno.ELOOP)
    assert "请核对" in oserrors.with_cure(error).zh
    assert oserrors.why(OSError()).en == "OSError"
