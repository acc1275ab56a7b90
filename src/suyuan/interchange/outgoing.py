"""Takes an answer and a form; gives the bytes to hand on, their media type and file name."""

from collections.abc import Mapping
from itertools import chain
from typing import Final, assert_never

from suyuan.interchange import fcl_json, graphml, tables
from suyuan.interchange.chains import chain_of, deliveries_of
from suyuan.interchange.types import Form, Handed, Names
from suyuan.trace.types import Answer, Confirmed, Link, Pool

MEDIA: Final[Mapping[Form, tuple[str, str]]] = {
    Form.EPCIS: ("application/ld+json", ".jsonld"),
    Form.FCL: ("application/json", ".fcl.json"),
    Form.GRAPHML: ("application/graphml+xml", ".graphml"),
    Form.CSV: ("text/csv", ".csv"),
    Form.FSMA204: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    Form.PDF: ("application/pdf", ".pdf"),
}
"""Media type, and how a file's name ends."""


def write(handed: Handed, form: Form) -> bytes:
    """The answer in that form.

    Raises:
        LabelError: PDF, where the machine has no font with Chinese letters (503).
    """
    answer, names, about = handed.answer, handed.names, handed.about
    match form:
        case Form.EPCIS:
            return handed.document
        case Form.FCL:
            return fcl_json.write(chain_of(answer, names, handed.begun), about.as_json())
        case Form.GRAPHML:
            return graphml.write(answer, names, about)
        case Form.CSV:
            return _csv(handed)
        case Form.FSMA204:
            from suyuan.interchange import fsma204  # noqa: PLC0415 -- openpyxl is slow to load

            return fsma204.write(answer, names, about, handed.made)
        case Form.PDF:
            from suyuan.interchange import paper  # noqa: PLC0415 -- drawn rarely

            return paper.write(handed)
        case _:
            assert_never(form)


def requests_of(answer: Answer, names: Names) -> dict[str, bytes]:
    """Workbooks that ask those at whom an answer stops for more, by file name.

    Who does not say what others say that he sent or received is asked about that too.
    """
    from suyuan.interchange import requests  # noqa: PLC0415 -- openpyxl is slow to load

    chain = chain_of(answer, names)
    moves = zip(deliveries_of(answer), chain.deliveries, strict=True)
    unsaid = [
        (link.confirmed is Confirmed.RECEIVED, each)
        for link, each in moves
        if link.confirmed is not Confirmed.BOTH and not _who_is_silent(link).unknown
    ]
    return requests.write(chain, answer.question.direction, unsaid)


def _who_is_silent(link: Link) -> Pool:
    """The end of a movement of which the other end alone says something."""
    return link.source if link.confirmed is Confirmed.RECEIVED else link.target


def _csv(handed: Handed) -> bytes:
    if handed.scope is None:
        rows = tables.links(handed.answer, handed.names)
        return tables.written_csv(tables.LINKS, rows, handed.about)
    contacts = {each.party: each.contact for each in handed.told}
    found = tables.holders(handed.scope, handed.names, contacts)
    found = chain(found, tables.bought(handed.buyers, handed.names))
    return tables.written_csv(tables.SCOPE, found, handed.about)
