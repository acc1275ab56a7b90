"""A font with Chinese letters, found on the machine; none is shipped."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from suyuan.kit import Text
from suyuan.labels.types import LabelError

_FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/System/Library/Fonts"),
    Path("/System/Library/AssetsV2"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
)
_FILES: Final = {
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK SC",
    "NotoSansCJKsc-Regular.otf": "Noto Sans CJK SC",
    "NotoSansSC-Regular.otf": "Noto Sans SC",
    "NotoSansSC-Regular.ttf": "Noto Sans SC",
    "SourceHanSansSC-Regular.otf": "Source Han Sans SC",
    "SourceHanSansCN-Regular.otf": "Source Han Sans CN",
    "PingFang.ttc": "PingFang SC",
    "Hiragino Sans GB.ttc": "Hiragino Sans GB",
    "STHeiti Medium.ttc": "Heiti SC",
    "wqy-microhei.ttc": "WenQuanYi Micro Hei",
    "wqy-zenhei.ttc": "WenQuanYi Zen Hei",
    "DroidSansFallbackFull.ttf": "Droid Sans Fallback",
}
"""Best first: the file, and the family in it with the letters as they are written in China."""

_MISSING = Text(
    "这台机器没有中文字体，不能印中文标签；请安装，例如 apt-get install fonts-noto-cjk，"
    "或把 NotoSansSC-Regular.otf 放进 ~/.local/share/fonts。",
    "This machine has no font with Chinese letters, so the label cannot be printed; install one, "
    "for instance apt-get install fonts-noto-cjk, or put NotoSansSC-Regular.otf into "
    "~/.local/share/fonts.",
)


@lru_cache(maxsize=4)
def chinese_font(folders: tuple[Path, ...] = _FOLDERS) -> tuple[str, Path]:
    """The family and the folder of the best font there is.

    Raises:
        LabelError: there is none.
    """
    present = {
        path.name: path
        for folder in folders
        for path in folder.expanduser().rglob("*.[ot]t[cf]")
        if path.name in _FILES
    }
    for name, family in _FILES.items():
        if name in present:
            return family, present[name].parent
    raise LabelError("label.font", _MISSING, "font", status=503)


CODES: Final = "DejaVu Sans Mono"
"""What codes are set in: typst brings it; its letters are all of one width, and 0 is no O."""


def compiler() -> tuple[Any, str]:
    """A typst compiler that knows that font and its own, and the font's family; for one thread."""
    import typst  # noqa: PLC0415 -- 34 MB, only when a label is drawn

    family, folder = chinese_font()
    return typst.Compiler(font_paths=_fonts(folder)), family


@lru_cache(maxsize=1)
def _fonts(folder: Path) -> Any:
    import typst  # noqa: PLC0415

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)]
    )
