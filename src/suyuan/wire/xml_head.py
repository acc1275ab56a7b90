"""The XML around events: root, header with master data, and the way to the event list."""

from typing import Any, Final

from suyuan.model import Finding
from suyuan.wire.losses import loss
from suyuan.wire.types import Context, Kind
from suyuan.wire.xml_text import Writing

_SBDH: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_NUMBER: Final = {"2.0": "2", "1.2": "1"}
_KNOWN: Final = frozenset(
    ("@context", "type", "schemaVersion", "creationDate", "sender", "receiver",
     "instanceIdentifier", "epcisHeader", "epcisBody", "queryName", "subscriptionID", "id",
     "ignoreFields")
)  # fmt: skip


def xml_around(
    fields: dict[str, Any], context: Context, kind: Kind, *, edition: str, created: str
) -> tuple[str, str, tuple[Finding, ...]]:
    """What stands before and behind the events, and what of the head XML cannot say."""
    writing = Writing({}, context, edition=edition, web=False)
    for key in fields.keys() - _KNOWN | ({"id"} & fields.keys()):
        writing.losses.append(loss("convert.member", f"/{key}", key=key))
    is_query = kind is Kind.QUERY
    own = writing.use("epcis", f"urn:epcglobal:epcis:xsd:{_NUMBER[edition]}")
    root = f"{own}:EPCISDocument"
    if is_query:
        query = writing.use("epcisq", f"urn:epcglobal:epcis-query:xsd:{_NUMBER[edition]}")
        root = f"{query}:EPCISQueryDocument"
    header = _header(writing, fields, created)
    when = writing.attribute("creationDate", created, "/creationDate")
    first = f'<{root}{writing.declarations()} schemaVersion="{edition}"{when}>'
    before, behind = _body(writing, fields, is_query=is_query)
    start = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{first}{header}<EPCISBody>{before}<EventList>\n'
    )
    return start, f"</EventList>{behind}</EPCISBody></{root}>\n", tuple(writing.losses)


def _body(writing: Writing, fields: dict[str, Any], *, is_query: bool) -> tuple[str, str]:
    if not is_query:
        return "", ""
    results = fields.get("epcisBody", {}).get("queryResults", fields)
    said = [
        writing.leaf(name, str(results[name]), f"/{name}")
        for name in ("queryName", "subscriptionID")
        if results.get(name)
    ]
    if not results.get("queryName"):
        said.insert(0, "<queryName>SimpleEventQuery</queryName>")
    return (
        f"<epcisq:QueryResults>{''.join(said)}<resultsBody>",
        "</resultsBody></epcisq:QueryResults>",
    )


def _header(writing: Writing, fields: dict[str, Any], created: str) -> str:
    head = fields.get("epcisHeader")
    header: dict[str, Any] = head if isinstance(head, dict) else {}
    for key in header.keys() - {"epcisMasterData"}:
        writing.losses.append(loss("convert.member", f"/epcisHeader/{key}", key=key))
    message = _business_header(writing, fields, created)
    master = header.get("epcisMasterData") or {}
    listed = master.get("vocabularyList") if isinstance(master, dict) else None
    data = ""
    if listed:
        found = "".join(
            _vocabulary(writing, each, f"/epcisHeader/epcisMasterData/vocabularyList/{at}")
            for at, each in enumerate(listed)
            if isinstance(each, dict)
        )
        data = (
            "<extension><EPCISMasterData><VocabularyList>"
            f"{found}</VocabularyList></EPCISMasterData></extension>"
        )
    if data and not message and writing.edition == "1.2":  # whose header must say who sends
        message = _message(writing, {}, created)
    return f"<EPCISHeader>{message}{data}</EPCISHeader>\n" if message or data else ""


def _business_header(writing: Writing, fields: dict[str, Any], created: str) -> str:
    names = ("sender", "receiver", "instanceIdentifier")
    said = {name: str(fields[name]) for name in names if fields.get(name)}
    return _message(writing, said, created) if said else ""


def _message(writing: Writing, said: dict[str, str], created: str) -> str:
    """A StandardBusinessDocumentHeader with all that its schema wants."""

    def leaf(name: str, key: str) -> str:
        return writing.leaf(f"sbdh:{name}", said.get(key, ""), f"/{key}")

    return (
        f'<sbdh:StandardBusinessDocumentHeader xmlns:sbdh="{_SBDH}">'
        "<sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>"
        f"<sbdh:Sender>{leaf('Identifier', 'sender')}</sbdh:Sender>"
        f"<sbdh:Receiver>{leaf('Identifier', 'receiver')}</sbdh:Receiver>"
        "<sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard>"
        f"<sbdh:TypeVersion>1.0</sbdh:TypeVersion>"
        f"{leaf('InstanceIdentifier', 'instanceIdentifier')}<sbdh:Type>Events</sbdh:Type>"
        f"{writing.leaf('sbdh:CreationDateAndTime', created, '/creationDate')}"
        "</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader>"
    )


def _vocabulary(writing: Writing, one: dict[str, Any], path: str) -> str:
    kind = writing.attribute("type", str(one.get("type", "")), f"{path}/type")
    entries = one.get("vocabularyElementList") or []
    found = "".join(
        _entry(writing, each, f"{path}/vocabularyElementList/{at}")
        for at, each in enumerate(entries)
        if isinstance(each, dict)
    )
    inside = f"<VocabularyElementList>{found}</VocabularyElementList>" if found else ""
    return f"<Vocabulary{kind}>{inside}</Vocabulary>"


def _entry(writing: Writing, one: dict[str, Any], path: str) -> str:
    found = "".join(
        _attribute(writing, each, f"{path}/attributes/{at}")
        for at, each in enumerate(one.get("attributes") or [])
        if isinstance(each, dict)
    )
    children = one.get("children")
    if children is not None:
        ids = "".join(
            writing.leaf("id", str(each), f"{path}/children/{at}")
            for at, each in enumerate(children)
        )
        found += f"<children>{ids}</children>"
    name = writing.attribute("id", str(one.get("id", "")), f"{path}/id")
    return f"<VocabularyElement{name}>{found}</VocabularyElement>"


def _attribute(writing: Writing, one: dict[str, Any], path: str) -> str:
    name = writing.attribute("id", str(one.get("id", "")), f"{path}/id")
    return f"<attribute{name}>{_structure(writing, one.get('attribute'), path)}</attribute>"


def _structure(writing: Writing, value: Any, path: str) -> str:
    """Text, or what is inside an object, element by element."""
    if not isinstance(value, dict):
        return writing.text("" if value is None else str(value), path)
    out = []
    for key, item in value.items():
        tag = writing.inner_name(key, f"{path}/{key}")
        if tag is None:
            writing.lose("convert.name", path, key=key)
            continue
        out += [
            f"<{tag}>{_structure(writing, each, f'{path}/{key}')}</{tag}>"
            for each in (item if isinstance(item, list) else [item])
        ]
    return "".join(out)
