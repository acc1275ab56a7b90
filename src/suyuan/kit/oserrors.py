"""Takes what an operating system says of a file; gives it in both languages, and what mends it."""

import errno
from typing import Final

from suyuan.kit.text import Text

_BOTH: Final = Text("{why}；{cure}", "{why}; {cure}")
_AWAY: Final = Text("没有这个文件或文件夹", "there is no such file or folder")
_FORBIDDEN: Final = Text("没有权限", "that is not permitted")
_CLOSED: Final = Text("请换一个地方，或请其主人给予权限", "name another, or ask its owner")
_FULL: Final = Text("磁盘已满", "the disk is full")
_ROOM: Final = Text("请腾出空间后再试", "make room and try again")
_ANOTHER: Final = Text("请换一个名字", "give another name")

_SAID: Final = {
    errno.ENOENT: (
        _AWAY, Text("请核对路径，缺文件夹就先建", "check the path, or make the folder first"),
    ),
    errno.ENOTDIR: (
        Text("路径中间有一个是文件，不是文件夹", "a part of the path is a file and no folder"),
        Text("请核对路径", "check the path"),
    ),
    errno.EISDIR: (Text("这是一个文件夹", "that is a folder"), Text("请写文件名", "name a file")),
    errno.EEXIST: (Text("已经存在", "it exists"), _ANOTHER),
    errno.ENOTEMPTY: (Text("那个文件夹不是空的", "that folder is not empty"), _ANOTHER),
    errno.EACCES: (_FORBIDDEN, _CLOSED),
    errno.EPERM: (_FORBIDDEN, _CLOSED),
    errno.EROFS: (
        Text("那里只能读，不能写", "nothing can be written there"),
        Text("请换一个地方", "name another place"),
    ),
    errno.ENAMETOOLONG: (Text("名字太长", "the name is too long"), _ANOTHER),
    errno.ENOSPC: (_FULL, _ROOM),
    errno.EDQUOT: (_FULL, _ROOM),
    errno.EPIPE: (
        Text("读取的一方已经离开", "whoever was to read it has left"),
        Text("请让它读完，或写到文件", "let it read to the end, or write to a file"),
    ),
    errno.EFBIG: (
        Text("文件超过了允许的大小", "the file is larger than may be"),
        Text("请放宽限额后再试", "have the limit raised and try again"),
    ),
}  # fmt: skip
_CHECK: Final = Text("请核对路径和权限", "check the path and your rights")


def why(error: OSError) -> Text:
    """What is wrong; what is not among the usual, in the words of the system."""
    if error.errno in _SAID:
        return _SAID[error.errno][0]
    said = error.strerror or type(error).__name__
    return Text(said, said)


def cure(error: OSError) -> Text:
    """What mends it."""
    return _SAID[error.errno][1] if error.errno in _SAID else _CHECK


def with_cure(error: OSError) -> Text:
    """What is wrong, and what mends it."""
    return _BOTH.format(why=why(error), cure=cure(error))
