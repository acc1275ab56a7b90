"""The sizes of labels: those that produce certificates are printed in, and a sheet of stickers."""

from typing import Final

from suyuan.kit import Text
from suyuan.labels.types import Design, LabelError

DESIGNS: Final[dict[str, Design]] = {
    each.name: each
    for each in (
        Design(name="50x30", width=50, height=30, side=25, size=8, least=4),
        Design(name="100x70", width=100, height=70, side=33, most=2, size=11, least=6),
        Design(name="a5", width=210, height=148, side=70, most=2, size=20, least=9),
        Design(
            name="a4-24", width=70, height=37, side=31, size=9, least=5,
            across=3, down=8, page=(210, 297), margin=(0, 0.5),
        ),
    )
}  # fmt: skip
"""50 x 30, 100 x 70 and A5 are the sizes in which platforms print 承诺达标合格证; a4-24 is the
usual sheet of 24 stickers of 70 x 37 mm."""

_NONE = Text(
    "没有标签样式 “{name}”；可用：{known}。",
    "There is no label design '{name}'; use one of: {known}.",
)


def design(name: str) -> Design:
    """The design of that name.

    Raises:
        LabelError: there is none.
    """
    found = DESIGNS.get(name.strip().lower())
    if found is None:
        text = _NONE.format(name=name[:40], known=", ".join(DESIGNS))
        raise LabelError("label.design", text, "design")
    return found
