"""FoodChain-Lab's files in their three forms, made of one plain network."""

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from suyuan.interchange import Words, read

Json = dict[str, Any]
WORDS = Words(issuer="fcl")
NETWORKS = ("aio_yogurt", "babytea1", "babytea2", "bbk", "example", "small", "split")


def network(shared: Path, name: str) -> Json:
    """One of the plain networks, each delivery once."""
    found: Json = json.loads((shared / f"tracing/fcl/networks/{name}.json").read_bytes())
    return found


def events_of(data: bytes) -> list[Json]:
    parts = read(data, WORDS)
    return [
        event for part in parts for event in json.loads(part.document)["epcisBody"]["eventList"]
    ]


def old(net: Json) -> bytes:
    """The network as version 0 has it: plain objects."""
    return json.dumps(
        {
            "stations": [{"id": each["id"], "name": each["name"]} for each in net["stations"]],
            "deliveries": [
                {
                    "id": each["id"],
                    "source": each["source"],
                    "target": each["target"],
                    "name": each["name"],
                    "lot": each.get("lot"),
                    "datedelivery": each.get("dateIn"),
                }
                for each in net["deliveries"]
            ],
            "deliveriesRelations": [
                {"id": str(number), "source": pair[0], "target": pair[1]}
                for number, pair in enumerate(net["relations"])
            ],
        }
    ).encode()


def new(net: Json) -> bytes:
    """The network as version 1 has it: tables of cells."""

    def table(rows: Sequence[Mapping[str, Any]]) -> Json:
        names = {name for row in rows for name in row}
        return {
            "columnProperties": [{"id": name, "type": "string"} for name in sorted(names)],
            "data": [[{"id": name, "value": row[name]} for name in row] for row in rows],
        }

    return json.dumps(
        {
            "version": "1.0.0",
            "data": {
                "stations": table([{"ID": s["id"], "Name": s["name"]} for s in net["stations"]]),
                "deliveries": table(
                    [
                        {
                            "ID": d["id"],
                            "from": d["source"],
                            "to": d["target"],
                            "Name": d["name"],
                            "Lot Number": d.get("lot"),
                            "Date Delivery Arrival": d.get("dateIn"),
                        }
                        for d in net["deliveries"]
                    ]
                ),
                "deliveryRelations": table([{"from": a, "to": b} for a, b in net["relations"]]),
            },
        }
    ).encode()


def filled(form: bytes, sheet: str, cells: Mapping[str, Any]) -> bytes:
    """A workbook with some cells of a sheet filled in."""
    with warnings.catch_warnings():  # the form's page footer is none that the library can read
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(form))
    for place, value in cells.items():
        book[sheet][place] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
