"""Small files of FoodChain-Lab, and how they come in."""

import json
from typing import Any

from suyuan.interchange import Words
from suyuan.service import Platform, follow, import_interchange, local_capturer

WORDS = Words(issuer="fcl")
Json = dict[str, Any]


def bring_in(platform: Platform, data: bytes) -> dict[str, int]:
    taken = import_interchange(platform, data, WORDS, local_capturer(platform, None))
    assert taken.recorded, taken.findings
    follow(platform)
    return {name: count for name, count in taken.counts.items() if count}


def table(rows: list[Json]) -> Json:
    return {
        "columnProperties": [],
        "data": [[{"id": k, "value": row[k]} for k in row] for row in rows],
    }


def fcl(deliveries: list[Json], relations: list[tuple[str, str]]) -> bytes:
    names = sorted({end for each in deliveries for end in (each["from"], each["to"])})
    tables = {
        "stations": table([{"ID": name, "Name": name.upper()} for name in names]),
        "deliveries": table(deliveries),
        "deliveryRelations": table([{"from": a, "to": b} for a, b in relations]),
    }
    return json.dumps({"version": "1.0.0", "data": tables}).encode()


def delivery(name: str, source: str, target: str, **members: Any) -> Json:
    return {"ID": name, "from": source, "to": target} | members
