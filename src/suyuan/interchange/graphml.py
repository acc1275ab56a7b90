"""Takes an answer; gives it as GraphML: things at holders as nodes, links as edges."""

import json
from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from suyuan.interchange.chains import is_making, written
from suyuan.interchange.types import About, Names
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.text import legal_in_xml
from suyuan.trace.types import Answer, Link, Node, Pool

_NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_TYPES: Final = {bool: "boolean", int: "int"}
_NODE: Final = (
    ("label", "string"), ("thing", "string"), ("product", "string"), ("lot", "string"),
    ("party", "string"), ("site", "string"), ("holder", "string"), ("container", "string"),
    ("making", "string"), ("certain", "boolean"), ("hops", "int"), ("reached", "string"),
)  # fmt: skip
_EDGE: Final = (
    ("kind", "string"), ("certain", "boolean"), ("confirmed", "string"), ("departed", "string"),
    ("arrived", "string"), ("quantity", "double"), ("received", "double"), ("unit", "string"),
    ("received_unit", "string"), ("entries", "string"),
)  # fmt: skip


def write(answer: Answer, names: Names, about: About) -> bytes:
    """A directed graph; what the export says of itself are data of the graph."""
    root = Element("graphml", xmlns=_NAMESPACE)
    said = {name: value for name, value in about.as_json().items() if value is not None}
    kinds = [(name, _TYPES.get(type(value), "string")) for name, value in said.items()]
    for scope, keys in (("graph", kinds), ("node", _NODE), ("edge", _EDGE)):
        for name, kind in keys:
            given = {"id": f"{scope}.{name}", "for": scope}
            SubElement(root, "key", given | {"attr.name": name, "attr.type": kind})
    graph = SubElement(root, "graph", id="answer", edgedefault="directed")
    _data(graph, "graph", said)
    ids = _nodes(graph, answer, names)
    for number, link in enumerate(answer.links):
        ends = {"source": ids[link.source], "target": ids[link.target]}
        _data(SubElement(graph, "edge", {"id": f"e{number}"} | ends), "edge", _edge(link))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(root, encoding="utf-8"))


def _nodes(graph: Element, answer: Answer, names: Names) -> dict[Pool, str]:
    known = {node.pool: node for node in answer.nodes}
    pools = dict.fromkeys(known)
    for link in answer.links:
        pools.update(((link.source, None), (link.target, None)))
    ids = {pool: f"n{number}" for number, pool in enumerate(pools)}
    for pool, name in ids.items():
        _data(SubElement(graph, "node", id=name), "node", _node(pool, known.get(pool), names))
    return ids


def _node(pool: Pool, node: Node | None, names: Names) -> dict[str, Any]:
    made = is_making(pool)
    return {
        "label": pool.container if made else f"{names.product(pool.thing)} @ {names.holder(pool)}",
        "thing": pool.thing,
        "product": names.product(pool.thing) if pool.thing else "",
        "lot": names.lot(pool.thing),
        "party": pool.party,
        "site": pool.site,
        "holder": "" if made else names.holder(pool),
        "container": "" if made else pool.container,
        "making": pool.container if made else "",
        "certain": None if node is None else node.certain,
        "hops": None if node is None else node.hops,
        "reached": None if node is None else written(node.reached),
    }


def _edge(link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind.value,
        "certain": link.certain,
        "confirmed": link.confirmed.value,
        "departed": written(link.departure),
        "arrived": written(link.arrival),
        "quantity": None if link.quantity is None else plain_decimal(link.quantity),
        "received": None if link.received is None else plain_decimal(link.received),
        "unit": link.unit,
        "received_unit": link.received_unit,
        "entries": " ".join(map(str, link.entries)),
    }


def _data(parent: Element, scope: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is not None and value != "":
            SubElement(parent, "data", key=f"{scope}.{name}").text = legal_in_xml(_text(value))


def _text(value: Any) -> str:
    """A value as its type is written; what has parts, as JSON."""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
