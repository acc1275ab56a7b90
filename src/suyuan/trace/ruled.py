"""What is so under rules of rotation, told beside the bounds of a recall's line."""

from msgspec.structs import replace

from suyuan.trace.types import Extent, Part, ScopeLine


def under_rules(line: ScopeLine, ruled: ScopeLine) -> ScopeLine:
    """A line with what is so under rules beside its own bounds."""
    parts = {
        name: _with_stated(getattr(line, name), getattr(ruled, name).material)
        for name in ("came", "sent", "ended", "stock")
    }
    return replace(line, rules=ruled.rules, **parts)


def _with_stated(part: Part, ruled: Extent) -> Part:
    """With the narrower bounds; records that contradict them leave those of the record."""
    bound = part.material
    tops = [each for each in (bound.most, ruled.most) if each is not None]
    stated = Extent(max(bound.least, ruled.least), min(tops, default=None))
    if stated == bound or (stated.most is not None and stated.least > stated.most):
        return part
    return replace(part, stated=stated)
