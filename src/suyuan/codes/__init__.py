"""Takes any text that a person, scanner or event gives; gives the identifiers it can be.

Each with its scheme, parts, outcome of the checks, grain and one canonical URI.
"""

from suyuan.codes.checks import is_gs1_checked
from suyuan.codes.identifier import read_identifier
from suyuan.codes.recognise import recognise
from suyuan.codes.registry import all_schemes
from suyuan.codes.translate import to_digital_link, to_epc_urn
from suyuan.codes.types import Candidate, Grain

__all__ = [
    "Candidate",
    "Grain",
    "all_schemes",
    "is_gs1_checked",
    "read_identifier",
    "recognise",
    "to_digital_link",
    "to_epc_urn",
]
