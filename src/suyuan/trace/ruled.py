"""What is so under rules of rotation, told beside the bounds of a recall's line."""

from msgspec.structs import replace

from suyuan.trace.types import Extent, Part, ScopeLine


def under_rules(line: ScopeLine, ruled: ScopeLine) -> ScopeLine:
    """A line with what is so under rules beside its own bounds."""
    was_emptied = any(rule.emptied for rule in ruled.rules)
    parts = {
        name: _with_stated(
            getattr(line, name),
            getattr(ruled, name).material,
            may_have_less=was_emptied and name == "stock",
        )
        for name in ("came", "sent", "ended", "stock")
    }
    return replace(line, rules=ruled.rules, **parts)


def _with_stated(part: Part, ruled: Extent, *, may_have_less: bool) -> Part:
    """With the narrower bounds; records that contradict them leave those of the record.

    What was emptied out no record took: so what is left `may_have_less` than the record says.
    """
    bound = part.material
    tops = [each for each in (bound.most, ruled.most) if each is not None]
    least = ruled.least if may_have_less else max(bound.least, ruled.least)
    stated = Extent(least, min(tops, default=None))
    if stated == bound or (stated.most is not None and stated.least > stated.most):
        return part
    return replace(part, stated=stated)
