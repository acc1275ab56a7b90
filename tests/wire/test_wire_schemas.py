"""XML is held against the schemas that EPCIS publishes for it, by libxml2, which is not ours.

What we write is valid; what is valid is read, whatever edition it is of; and what we read of what
is not valid is written valid.
"""

import copy
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import xml_samples as xml
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_samples import SAMPLES, Json, answer, document, events, taken

from suyuan.model import Severity
from suyuan.wire import DocumentError, Form, Mode, Wanted, convert, normal_bytes, read_document
from suyuan.wire.types import Kind

DATA = Path(__file__).resolve().parents[3] / "shared/data/epcis"
SCHEMAS = DATA / "gs1-EPCIS/standard"
CREATED = "2026-03-02T00:00:00Z"
AS_XML = (Form.XML, Form.XML_1_2)
EDITIONS = (xml.document(xml.OBJECT_2_0), xml.document(xml.OBJECT_1_2, edition="1"))
# What 2.0 took away from a document of 1.2, or never had: what edition each schema is for.
OLDER = [b'schemaVersion="1.0"', b'schemaVersion="1.1"', b'schemaVersion="1.2"']
# What the schemas of XML leave open, and strict mode does not; each with its reason.
BEYOND_SCHEMA = {
    "wire.document.doctype",  # a schema sees none
    "wire.document.event-list",  # a document without a list, or a query, has no events to take
    "wire.name",  # an extension point takes any name: those of the standard stand in their places
    "wire.name.prefix",  # an undeclared prefix names nothing
    "wire.null",  # xsi:nil says that there is no value
    "wire.empty",
    "wire.offset",  # text by the schema
    "wire.repeated",  # a thing is in a list once
    "wire.required",
    "wire.sensor.twice",  # TCR-53, step 29
    "wire.type",
    "wire.unit",
    "wire.uri",  # xsd:anyURI is any text
    "wire.uri.name",
    "wire.word",  # words of the CBV, which are xsd:anyURI
    "wire.word.kept",
}
# Parts of a list may be empty in JSON, and in ours; an element's own type is somebody's own.
CONTENT = ("Missing child element", "is not a valid value of the atomic type 'xs:")
ORDER = "This element is not expected"

pytestmark = pytest.mark.shared


def schema(data: bytes) -> Path:
    """The schema of its edition for a document: of queries where it answers one."""
    root = data.partition(b"schemaVersion")[0]
    edition = "2_0" if b"xsd:2" in root else "1_2"
    query = "-query" if b"EPCISQueryDocument" in root else ""
    name = f"EPCglobal-epcis{query}-{edition}.xsd"
    return SCHEMAS / f"xsd-{edition.replace('_', '.')}" / name


def complaints(folder: Path, documents: Sequence[bytes]) -> list[str]:
    """What the schema says first of each document; nothing where it is valid."""
    if shutil.which("xmllint") is None:
        pytest.skip("no xmllint")
    if not SCHEMAS.is_dir():
        pytest.skip(f"{SCHEMAS} is not there")
    groups: dict[Path, list[str]] = {}
    for at, data in enumerate(documents):
        path = folder / f"{at}.xml"
        path.write_bytes(data)
        groups.setdefault(schema(data), []).append(str(path))
    said: dict[str, str] = {}
    for by, paths in groups.items():
        command = ["xmllint", "--nonet", "--noout", "--schema", str(by), *paths]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in done.stderr.splitlines():
            match = re.match(r"(\S+/\d+\.xml)(?::\d+: (.*)| (validates|fails to validate))$", line)
            if match is not None:
                said.setdefault(match[1], "" if match[3] == "validates" else match[2] or "broken")
    return [said[str(folder / f"{at}.xml")] for at in range(len(documents))]


def refused(data: bytes, mode: Mode) -> set[str]:
    """The rules by which a document, or an event of it, is refused."""
    try:
        _, read = taken(data, mode)
    except DocumentError as error:
        return {error.finding.rule}
    found = [finding for one in read for finding in one.findings]
    return {finding.rule for finding in found if finding.severity is Severity.REFUSE}


def said(data: bytes) -> list[bytes]:
    return [normal_bytes(one.event) for one in taken(data)[1] if one.event is not None]


def written(data: bytes, form: Form) -> tuple[bytes, set[str]]:
    pieces = list(convert(data, Wanted(form=form, created=CREATED)).pieces)
    return b"".join(piece.data for piece in pieces), {
        loss.rule for piece in pieces for loss in piece.losses
    }


def corpora(*suffixes: str) -> Iterator[bytes]:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    for file in sorted(DATA.rglob("*")):
        if file.suffix in suffixes and file.is_file():
            yield file.read_bytes()


def test_samples_of_every_type_are_written_valid(tmp_path: Path) -> None:
    sent = [document(sample) for sample in SAMPLES] + [answer(*SAMPLES), *EDITIONS]
    made = [written(data, form)[0] for data in sent for form in AS_XML]
    assert set(complaints(tmp_path, made)) == {""}


@given(some=st.lists(events(), min_size=1, max_size=4))
@settings(max_examples=25)
def test_any_events_are_written_valid(
    tmp_path_factory: pytest.TempPathFactory, some: list[Json]
) -> None:
    folder = tmp_path_factory.mktemp("written")
    made = [written(document(*some), form)[0] for form in AS_XML]
    assert complaints(folder, made) == ["", ""]


def test_documents_of_others_are_written_valid_or_it_is_told(tmp_path: Path) -> None:
    made, told = [], []
    for data in corpora(".json", ".jsonld", ".xml"):
        try:
            if read_document(data).kind is Kind.EVENT:
                continue  # the schemas have no event that stands alone
        except DocumentError:
            continue
        for form in AS_XML:
            one, losses = written(data, form)
            made.append(one)
            told.append(losses)
    wrong = [
        (found, losses)
        for found, losses in zip(complaints(tmp_path, made), told, strict=True)
        if found
    ]
    assert all(losses & {"convert.local", "convert.structure"} for _, losses in wrong), wrong
    assert len(wrong) <= 3
    assert len(made) >= 380


def test_what_a_schema_takes_is_read_and_strict_mode_says_what_it_asks_more(tmp_path: Path) -> None:
    documents = [data for data in corpora(".xml") if b"<EventList" in data]
    older, valid = 0, 0
    for data, found in zip(documents, complaints(tmp_path, documents), strict=True):
        if found:
            continue
        assert refused(data, Mode.LENIENT) == set()
        assert refused(data, Mode.STRICT) <= BEYOND_SCHEMA
        assert all(one.event is not None for one in taken(data)[1])
        valid += 1
        older += any(version in data for version in OLDER)
    assert valid >= 60
    assert older >= 18


@pytest.mark.parametrize("version", OLDER)
def test_event_data_of_an_earlier_edition_is_the_event_of_1_2(version: bytes) -> None:
    data = EDITIONS[1].replace(OLDER[-1], version)
    assert refused(data, Mode.STRICT) == set()
    assert said(data) == said(EDITIONS[1])


def changed(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The document with one change at every element: left out, twice, moved, other, empty …."""
    for prefix, iri in re.findall(rb'xmlns:(\w+)="([^"]+)"', data):
        ET.register_namespace(prefix.decode(), iri.decode())
    root = ET.fromstring(data)  # noqa: S314 -- as above
    for at in range(sum(len(element) for element in root.iter())):
        for name in ("drop", "twice", "swap", "junk", "empty", "own", "unknown"):
            other = copy.deepcopy(root)
            parent, place = [(element, n) for element in other.iter() for n in range(len(element))][
                at
            ]
            if change(parent, place, name):
                yield name, declared(ET.tostring(other))


def change(parent: ET.Element, place: int, name: str) -> bool:
    """Change the child at that place; whether there was something to change."""
    child = parent[place]
    if name == "drop":
        parent.remove(child)
    elif name == "twice":
        parent.insert(place, copy.deepcopy(child))
    elif name == "swap":
        if place + 1 == len(parent):
            return False
        parent[place], parent[place + 1] = parent[place + 1], child
    elif name == "junk":
        if len(child):
            return False
        child.text = "~~ no ~~"
    elif name == "empty":
        child[:] = []
        child.text = None
    else:
        parent.insert(place, ET.Element("{urn:x:}own" if name == "own" else "madeUp"))
    return True


def declared(data: bytes) -> bytes:
    """With the prefix that stands in values alone, which the library forgets."""
    name = b'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    return data if name in data else data.replace(b"schemaVersion", name + b" schemaVersion", 1)


@pytest.mark.parametrize("sent", EDITIONS, ids=["2.0", "1.2"])
def test_one_change_anywhere_is_judged_as_the_schema_judges_it_or_by_a_reason(
    tmp_path: Path, sent: bytes
) -> None:
    changes = list(changed(sent))
    found = complaints(tmp_path, [data for _, data in changes])
    agreed, read = 0, []
    for (name, data), complaint in zip(changes, found, strict=True):
        rules = refused(data, Mode.STRICT)
        if not complaint:
            assert rules <= BEYOND_SCHEMA, (name, rules)
        elif not rules:  # order is not asked for, and nothing is lost by that
            assert ORDER in complaint or any(each in complaint for each in CONTENT), complaint
            read.append(data)
        agreed += bool(complaint) == bool(rules)
    assert agreed >= 150
    again = [written(data, form) for data in read for form in AS_XML]
    assert [said(data) for data in read for _ in AS_XML] == [said(data) for data, _ in again]
    told = complaints(tmp_path, [data for data, _ in again])
    invalid = [losses for found, (_, losses) in zip(told, again, strict=True) if found]
    assert all("convert.structure" in losses for losses in invalid)
    assert len(invalid) <= 1


@pytest.mark.parametrize("sent", EDITIONS, ids=["2.0", "1.2"])
@pytest.mark.parametrize("mode", Mode)
def test_a_second_list_of_events_is_refused_and_not_passed_over(sent: bytes, mode: Mode) -> None:
    """A document has one; the events of another would be acknowledged and never recorded."""
    body = re.search(rb"<EPCISBody>.*</EPCISBody>", sent, re.DOTALL)
    listed = re.search(rb"<EventList>.*</EventList>", sent, re.DOTALL)
    assert body is not None
    assert listed is not None
    for part in (body[0], listed[0]):
        data = sent.replace(part, part + b"\n" + part, 1)
        with pytest.raises(DocumentError) as caught:
            read_document(data, mode=mode)
        told = caught.value.finding
        again = data.rindex(b"<EventList>")
        line = data[:again].count(b"\n") + 1
        assert (told.rule, told.path.partition(",")[0]) == ("wire.xml", f"line {line}")
        assert "EventList" in told.message.zh
        assert "EventList" in told.message.en
