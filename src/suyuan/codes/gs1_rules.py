"""What a piece of AI data must be besides its characters and length (General Specifications §3).

Each rule takes the piece as text of the right characters and says whether it holds. Not judged:
the content of North American coupons (8110, 8112), the list of package types (7041), and
whether a company prefix has been issued; those lists change faster than this table.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from typing import Final

from suyuan.codes.checks import gmn_check, is_gs1_checked

_LEAP_YEAR: Final = 2000
_MONTHS, _HOURS, _SIXTY = 12, 24, 60


def _cut(joined: str, size: int) -> frozenset[str]:
    return frozenset(joined[at : at + size] for at in range(0, len(joined), size))


# ISO 3166-1 numeric and alpha-2, ISO 4217 numeric, as of 2026.
_COUNTRIES: Final = _cut(
    "004008010012016020024028031032036040044048050051052056060064068070072074076084086090092096"
    "100104108112116120124132136140144148152156158162166170174175178180184188191192196203204208"
    "212214218222226231232233234238239242246248250254258260262266268270275276288292296300304308"
    "312316320324328332334336340344348352356360364368372376380384388392398400404408410414417418"
    "422426428430434438440442446450454458462466470474478480484492496498499500504508512516520524"
    "528531533534535540548554558562566570574578580581583584585586591598600604608612616620624626"
    "630634638642643646652654659660662663666670674678682686688690694702703704705706710716724728"
    "729732740744748752756760762764768772776780784788792795796798800804807818826831832833834840"
    "850854858860862876882887894",
    3,
)
_COUNTRY_LETTERS: Final = _cut(
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICK"
    "CLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGS"
    "GTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULV"
    "LYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM"
    "PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTR"
    "TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW",
    2,
)
_CURRENCIES: Final = _cut(
    "008012032036044048050051052060064068072084090096104108116124132136144152156170174188192203"
    "208214222230232238242262270292320324328332340344348352356360364368376388392396398400404408"
    "410414417418422426430434446454458462480484496498504512516524532533548554558566578586590598"
    "600604608634643646654682690702704706710728748752756760764776780784788800807818826834840858"
    "860882886901924925926927928929930932933934936938940941943944946947948949950951952953955956"
    "957958959960961962963964965967968969970971972973976977978979980981984985986990994997999",
    3,
)
_ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")


def is_day(year: int, month: int, day: int) -> bool:
    """Whether the calendar has this day."""
    return 1 <= month <= _MONTHS and 1 <= day <= monthrange(year, month)[1]


def _yymmdd(text: str) -> bool:
    return is_day(_LEAP_YEAR + int(text[:2]), int(text[2:4]), int(text[4:]))


def _yymmd0(text: str) -> bool:
    """Day 00 stands for the whole month."""
    return _yymmdd(text[:4] + "01" if text[4:] == "00" else text)


def _yyyymmdd(text: str) -> bool:
    return int(text[:4]) > 0 and is_day(int(text[:4]), int(text[4:6]), int(text[6:]))


def _piece_of_total(text: str) -> bool:
    half = len(text) // 2
    return 0 < int(text[:half]) <= int(text[half:])


def _iban(text: str) -> bool:
    """ISO 13616: moved behind, letters as 10-35, remainder 1 by 97."""
    turned = text[4:] + text[:4]
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[0-9A-Z]+", text):
        return False
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _gmn(text: str) -> bool:
    return text[-2:] == gmn_check(text[:-2])


def _in_sequence(text: str) -> bool:
    """Position, slash, total: `1/2`."""
    return text[1:2] == "/" and re.fullmatch("[1-9]/[1-9]", text) is not None and text[0] <= text[2]


DAYS: Final = frozenset(("yymmdd", "yymmd0", "yyyymmdd"))
"""The rules that a day must exist; the last four digits are month and day."""

RULES: Final[dict[str, Callable[[str], bool]]] = {
    "csum": is_gs1_checked,
    "csumalpha": _gmn,
    "yymmdd": _yymmdd,
    "yymmd0": _yymmd0,
    "yyyymmdd": _yyyymmdd,
    "hhmi": lambda text: int(text[:2]) < _HOURS and int(text[2:]) < _SIXTY,
    "hh": lambda text: int(text) < _HOURS,
    "mi": lambda text: int(text) < _SIXTY,
    "ss": lambda text: int(text) < _SIXTY,
    "iso3166": _COUNTRIES.__contains__,
    "iso3166999": lambda text: text == "999" or text in _COUNTRIES,
    "iso3166alpha2": _COUNTRY_LETTERS.__contains__,
    "iso4217": _CURRENCIES.__contains__,
    "iso5218": frozenset("0129").__contains__,
    "pcenc": lambda text: _ESCAPES.fullmatch(text) is not None,
    "latitude": lambda text: int(text) <= 1_800_000_000,  # noqa: PLR2004 -- ten-millionths of 180°
    "longitude": lambda text: int(text) <= 3_600_000_000,  # noqa: PLR2004 -- of 360°
    "yesno": frozenset("01").__contains__,
    "hyphen": "-".__eq__,
    "importeridx": lambda text: re.fullmatch(r"[\-0-9A-Z_a-z]", text) is not None,
    "mediatype": lambda text: 1 <= int(text) <= 10 or int(text) >= 80,  # noqa: PLR2004 -- §3.8.22
    "posinseqslash": _in_sequence,
    "nonzero": lambda text: int(text) > 0,
    "zero": lambda text: int(text) == 0,
    "nozeroprefix": lambda text: text == "0" or not text.startswith("0"),
    "winding": frozenset("019").__contains__,
    "pieceoftotal": _piece_of_total,
    "iban": _iban,
    "hasnondigit": lambda text: not text.isdigit(),
    "packagetype": lambda text: text.isalnum(),
    "couponcode": bool,
    "couponposoffer": bool,
}
