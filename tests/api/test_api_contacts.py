"""Contacts over HTTP: the chains by hand, and nothing to who may see nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from api_given import Client, Json

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key, import_movements, local_capturer, today
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs

Headers = dict[str, str]
MOVES = "source,destination,id,t,n,category\n" + "".join(
    f"{source},{target},a,{day},1,Cattle\n"
    for source, target, day in (
        ("1", "2", "2005-09-02"),
        ("2", "3", "2005-09-02"),
        ("3", "4", "2005-09-01"),
    )
)
DAYS: Json = {
    "in_begin": "2005-09-01",
    "in_end": "2005-09-30",
    "out_begin": "2005-09-01",
    "out_end": "2005-09-30",
}

NUMBERS = ("inDegree", "outDegree", "ingoingContactChain", "outgoingContactChain")
ALIKE: Json = {
    "inBegin": "2005-09-01", "inEnd": "2005-09-30", "outBegin": "2005-09-01",
    "outEnd": "2005-09-30",
    "position": 3,
    "completeness": {
        "summary": {"zh": "这些天有 3 份移动报告", "en": "3 reports of moves in these days"},
        "movements": 3, "spans": 0, "held": 0, "oneEnded": 0,
    },
}  # fmt: skip
"""What is said of the moves of the table, beside each root."""


@pytest.fixture
def boss(platform: Platform, tmp_path: Path) -> Headers:
    file = tmp_path / "movements.csv"
    file.write_text(MOVES, encoding="utf-8")
    columns = MovementMap(
        source="source", destination="destination", date="t", thing="id", quantity="n",
        kind="category",
    )  # fmt: skip
    how = MovementReading(columns=columns, reading=MovementsAs.STOCK, issuer="register")
    import_movements(platform, file, how, local_capturer(platform, None))
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def test_chains_follow_days_in_the_order_asked(client: Client, boss: Headers) -> None:
    asked = DAYS | {"root": ["3", "1"], "distances": "true"}
    answer = client.get("/contacts", params=asked, headers=boss)
    assert answer.status_code == 200, answer.text
    third, first = answer.json()
    assert third == ALIKE | {"cost": third["cost"]} | {
        "root": "3", "inDegree": 1, "outDegree": 1,
        "ingoingContactChain": 2, "outgoingContactChain": 1,
        "ingoingDistances": {"2": 1, "1": 2}, "outgoingDistances": {"4": 1},
        "certain": counts(third), "possible": counts(third),
    }  # fmt: skip
    assert third["cost"] == {"facts": 3, "links": 3, "rounds": 1}
    assert first["ingoingDistances"] == {}
    assert first["outgoingDistances"] == {"2": 1, "3": 2}


def test_days_that_nobody_gave_are_told(client: Client, platform: Platform, boss: Headers) -> None:
    (told,) = client.get("/contacts", params={"root": "1"}, headers=boss).json()
    last = today(platform.clock)
    first = last - timedelta(days=20)
    assert (told["inBegin"], told["inEnd"]) == (first.isoformat(), last.isoformat())
    assert (told["outBegin"], told["outEnd"]) == (first.isoformat(), last.isoformat())


def counts(told: Json) -> Json:
    """What the reference counts of a root."""
    return {name: told[name] for name in (*NUMBERS, "ingoingDistances", "outgoingDistances")}


def test_distances_come_only_if_asked_and_windows_are_apart(client: Client, boss: Headers) -> None:
    asked = DAYS | {"root": "3", "out_begin": "2005-09-02"}
    (found,) = client.get("/contacts", params=asked, headers=boss).json()
    assert (found["inDegree"], found["outDegree"]) == (1, 0)
    assert "ingoingDistances" not in found


def test_what_if_a_place_were_shut_is_told_beside_what_is(client: Client, boss: Headers) -> None:
    asked = DAYS | {"root": "1", "distances": "true", "without": ["2,2005-09-02"]}
    (found,) = client.get("/contacts", params=asked, headers=boss).json()
    assert found["outgoingContactChain"] == 2
    assert found["without"] == {
        "inDegree": 0, "outDegree": 0, "ingoingContactChain": 0, "outgoingContactChain": 0,
        "sparedIngoing": [], "sparedOutgoing": ["2", "3"],
    }  # fmt: skip
    for without, left in {
        "2,2005-09-03": 2,
        "2,,2005-09-01": 2,
        "2>3": 1,
        "3>2": 2,
        "*": 0,
        "*,2005-09-02,2005-09-02": 0,
        "1,2005-09-03,": 2,
    }.items():
        (found,) = client.get("/contacts", params=asked | {"without": without}, headers=boss).json()
        assert found["without"]["outgoingContactChain"] == left, without
    thing = "urn:suyuan:class:register:Cattle"
    (same,) = client.get("/contacts", params=asked | {"without": f"={thing}"}, headers=boss).json()
    assert same["without"]["outgoingContactChain"] == 0
    (later,) = client.get(
        "/contacts", params=asked | {"without": f"={thing},2005-09-03"}, headers=boss
    ).json()
    assert later["without"]["outgoingContactChain"] == 2
    (both,) = client.get(
        "/contacts", params=asked | {"root": "4", "without": ["2>3", "3>4"]}, headers=boss
    ).json()
    assert both["without"]["ingoingContactChain"] == 0


def test_chances_are_told_with_bounds_and_how_they_were_found(
    client: Client, boss: Headers
) -> None:
    asked = DAYS | {"root": "1", "risk": "0.5"}
    (found,) = client.get("/contacts", params=asked, headers=boss).json()
    assert found["risk"]["outgoing"] == {
        "draws": 0, "expected": 0.75,
        "contacts": {
            "2": {"least": 0.5, "chance": 0.5, "most": 0.5},
            "3": {"least": 0.25, "chance": 0.25, "most": 0.25},
        },
    }  # fmt: skip
    assert found["risk"]["ingoing"]["contacts"] == {}
    assert "without" not in found


def test_a_place_that_is_hidden_cannot_be_told_from_one_that_is_not(
    client: Client, boss: Headers, key_of: Callable[[str], Headers]
) -> None:
    stranger = key_of("urn:suyuan:party:stranger")
    answers = [
        client.get("/contacts", params=DAYS | {"root": "1", "without": name}, headers=stranger)
        for name in ("2", "9")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    said = [answer.json()["detail_en"].replace("'9'", "'2'") for answer in answers]
    assert said[0] == said[1]
    assert client.get("/contacts", params=DAYS | {"root": "1"}, headers=boss).status_code == 200


def test_who_may_see_no_move_has_no_contacts(
    client: Client, boss: Headers, key_of: Callable[[str], Headers]
) -> None:
    assert client.get("/contacts", params=DAYS | {"root": "3"}, headers=boss).json()[0]["inDegree"]
    stranger = key_of("urn:suyuan:party:stranger")
    (found,) = client.get("/contacts", params=DAYS | {"root": "3"}, headers=stranger).json()
    assert (found["ingoingContactChain"], found["outgoingContactChain"]) == (0, 0)
    assert client.get("/contacts", params=DAYS | {"root": "3"}).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"in_end": "soon"},
        {"in-end": "2005-09-01"},
        {"root": ["1"] * 101},
        {"distances": "perhaps"},
        {"in_end": "2005-08-31"},
        {"out_begin": "2005-10-01"},
        {"without": "nowhere"},
        {"without": "2,2005-09-05,2005-09-04"},
        {"without": ["2"] * 101},
        {"without": "2>"},
        {"without": "=urn:suyuan:item:register:z"},
        {"without": "=☃"},
        {"risk": "1.5"},
        {"risk": "nan"},
        {"risk": "0.5", "draws": "0"},
        {"risk": "0.5", "seed": "-1"},
    ],
)
def test_a_question_out_of_form_is_told_in_both_languages(
    client: Client, boss: Headers, wrong: Json
) -> None:
    refused = client.get("/contacts", params=DAYS | {"root": "1"} | wrong, headers=boss)
    assert refused.status_code == 400, refused.text
    assert refused.json()["detail_zh"]
    assert refused.json()["detail_en"]


def test_stays_are_assumed_by_whole_days_and_said_in_each_answer(
    client: Client, boss: Headers
) -> None:
    asked = DAYS | {"root": "1", "distances": "true"}
    (found,) = client.get("/contacts", params=asked | {"ties": "forbidden"}, headers=boss).json()
    assert found["outgoingDistances"] == {"2": 1}
    assert "at the very time" in found["assumptions"][0]["en"]
    (found,) = client.get("/contacts", params=asked | {"hold_for": "1d"}, headers=boss).json()
    assert found["outgoingDistances"] == {"2": 1}
    for wrong in ({"hold_for": "5"}, {"stay_at_most": "36h"}, {"ties": "some"},
                  {"hold_for": "2d", "stay_at_most": "1d"}):  # fmt: skip
        refused = client.get("/contacts", params=asked | wrong, headers=boss)
        assert refused.status_code == 400, wrong
        assert refused.json()["detail_zh"]


def test_no_root_is_no_question(client: Client, boss: Headers) -> None:
    assert client.get("/contacts", params=DAYS, headers=boss).status_code == 400
