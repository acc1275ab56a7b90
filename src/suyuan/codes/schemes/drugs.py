"""The trace code printed on drug packages."""

import re
from typing import Final

from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Grain, Part, Scheme
from suyuan.kit import Text

_FORM = re.compile(r"[0-9]{20}")
_NAME = Text("药品追溯码", "drug trace code")
_USUAL_FIRST_DIGIT = "8"


def _recognise(cleaned: Cleaned) -> Candidate | None:
    code = cleaned.bare
    if not _FORM.fullmatch(code):
        return None
    return Candidate(
        scheme="drug-trace",
        name=_NAME,
        canonical=named("drug-trace", code),
        valid=True,
        grain=Grain.INSTANCE,
        parts=(
            Part("product", "药品标识码", "product and pack level", code[:7]),
            Part("serial", "生产标识码（含 4 位不公开校验）", "serial, ends in 4 secret", code[7:]),
        ),
        notes=cleaned.notes + cleaned.bare_notes,
        score=80 if code[0] == _USUAL_FIRST_DIGIT else 30,
    )


SCHEMES: Final = (
    Scheme(
        id="drug-trace",
        name=_NAME,
        grain=Grain.INSTANCE,
        issuer=Text("药品追溯码发码机构", "drug trace code issuers"),
        source="NMPAB/T 1002-2019 药品追溯码编码要求",
        structure=Text(
            "20 位：药品标识码 7 + 生产标识码 13；校验算法不公开",
            "20 digits: product 7, serial 13; the check algorithm is not public",
        ),
        good=("83857930000879766660",),
        bad=("8385793000087976666", "83857930000879766660A"),
        recognise=_recognise,
        verified=False,
        urn=True,
    ),
)
