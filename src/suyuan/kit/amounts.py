"""Amounts in words, in either language."""

from decimal import Context, Decimal
from typing import Final

from suyuan.kit.text import Text
from suyuan.kit.unit_names import unit_name

_UNCLEAR: Final = Text("数量不明", "amount unknown")
_COUNT: Final = Text("{much} 件", "{much:pc|pcs}")
_BETWEEN: Final = Text("{least} 至 {most}", "{least} to {most}")
_WRITTEN: Final = 20
"""Nobody states so many digits: they come of a division."""
_FINEST: Final = Decimal("0.000001")
_NO_LIMIT: Final = Text("没有上限", "no limit")


def amount(touched: Decimal | None, unit: str | None) -> Text:
    """An amount in words; no unit counts pieces."""
    if touched is None:
        return _UNCLEAR
    much = plain(touched)
    if unit is None:
        return _COUNT.format(much=much)
    name = unit_name(unit)
    return Text(f"{much} {name.zh}", f"{much} {name.en}")


def plain(value: Decimal) -> str:
    """A number as people write it; of a third not all digits that were computed."""
    _, digits, exponent = value.as_tuple()
    if len(digits) > _WRITTEN and isinstance(exponent, int) and exponent < _FINEST.adjusted():
        value = value.quantize(_FINEST, context=Context(prec=len(digits)))
    return f"{value.normalize():f}"


def stock_words(least: Decimal, most: Decimal | None, unit: str | None) -> Text:
    """An amount between its bounds, in words."""
    low = amount(least, unit)
    if most == least:
        return low
    high = _NO_LIMIT if most is None else amount(most, unit)
    return Text(
        _BETWEEN.zh.format(least=low.zh, most=high.zh),
        _BETWEEN.en.format(least=low.en, most=high.en),
    )
