"""The interlock over HTTP: for accounts, in JSON, yes or no with every reason."""

import pytest
from api_given import FARM, SHOP, Client, Json

Headers = dict[str, str]
ASKED: Json = {
    "step": "cylinder_filling",
    "things": ["https://id.gs1.org/8003/06901234567892LPG001"],
    "values": {"medium": "lpg", "fill_mass": 14.5},
}


def test_a_machine_is_answered_with_reasons_in_both_languages(
    client: Client, farm: Headers
) -> None:
    answer = client.post("/interlock", json=ASKED, headers=farm)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["allowed"], told["party"], told["family"]) == (False, FARM, "special-equipment")
    assert {"interlock.thing-unknown", "cylinder.filling.licence"} <= {
        one["rule"] for one in told["reasons"]
    }
    for one in told["reasons"]:
        assert one["message"]["zh"]
        assert one["message"]["en"]
        assert one["cure"]["zh"]


def test_the_public_and_who_asks_for_another_are_sent_away(client: Client, farm: Headers) -> None:
    assert client.post("/interlock", json=ASKED).status_code == 401
    assert client.post("/interlock", json=ASKED | {"party": SHOP}, headers=farm).status_code == 403


@pytest.mark.parametrize(
    "members",
    [
        {"step": 5}, {"things": "x"}, {"at": "soon"}, {"values": []}, {"extra": 1},
        {"at": "2026-03-01T08:00:00"}, {"step": "a" * 500}, {"things": ["x" * 5000]},
        {"place": "nowhere"}, {"kind": "balloon\u0000"},
    ],
)  # fmt: skip
def test_rubbish_is_a_question_that_cannot_be_answered_or_no(
    client: Client, farm: Headers, members: Json
) -> None:
    answer = client.post("/interlock", json=ASKED | members, headers=farm)
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or answer.json()["allowed"] is False
