"""Takes randomness and ranges that others drew and reserved; gives codes, secrets and packings.

Which structure an enterprise may fill in itself (`structures`), serials that nobody can guess
(`series`), check characters that only their maker can add (`checks`), secrets under a scratch
layer (`scratch`), what a symbol says (`carriers`), what is packed in what (`packing`), and the way
back from a code in hand (`reading`). Used as `from suyuan.codes import making`.
"""

from suyuan.codes.making.carriers import link, maker_address, require_product, seed_lines
from suyuan.codes.making.checks import derived
from suyuan.codes.making.packing import containers_needed, packed, relation_rows
from suyuan.codes.making.reading import apart, beside, fault_of, given_out, slots
from suyuan.codes.making.scratch import digest, secrets
from suyuan.codes.making.series import index_of, length_for, odds, serials
from suyuan.codes.making.structures import (
    PROOFS,
    STATE_ISSUED,
    STRUCTURES,
    code_of,
    in_one_series,
    is_sound,
    meet,
    name_of,
    proof_called,
    proof_number,
    proves,
    serial_room,
    stem_of,
    stem_wanted,
    structure,
)

__all__ = [
    "PROOFS",
    "STATE_ISSUED",
    "STRUCTURES",
    "apart",
    "beside",
    "code_of",
    "containers_needed",
    "derived",
    "digest",
    "fault_of",
    "given_out",
    "in_one_series",
    "index_of",
    "is_sound",
    "length_for",
    "link",
    "maker_address",
    "meet",
    "name_of",
    "odds",
    "packed",
    "proof_called",
    "proof_number",
    "proves",
    "relation_rows",
    "require_product",
    "secrets",
    "seed_lines",
    "serial_room",
    "serials",
    "slots",
    "stem_of",
    "stem_wanted",
    "structure",
]
