"""Every refusal speaks the language that was asked for, and beside it both."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from api_given import Client

Headers = dict[str, str]
HAN: Final = re.compile(r"[\u3400-\u9fff]")
ENGLISH: Final = ["en", "en-US", "en;q=1, zh;q=0.2", "EN-gb , zh ; q=0.5", "zh; q=0.1, en; q=0.9"]
CHINESE: Final = ["zh", "zh-CN,en;q=0.9", "en; q=0.1, zh; q=0.9", "", "fr", "*"]
NOWHERE: Final = ["/entries/500?fields=event", "/nowhere", "/trace", "/entries/0", "/log/tile/x"]


@pytest.mark.parametrize(
    ("accepted", "lang"), [(each, "en") for each in ENGLISH] + [(each, "zh") for each in CHINESE]
)
def test_the_language_asked_for_is_spoken_however_it_is_written(
    client: Client, farm: Headers, accepted: str, lang: str
) -> None:
    for address in NOWHERE:
        answer = client.get(address, headers=farm | {"Accept-Language": accepted})
        assert answer.status_code >= 400, address
        assert_speaks(answer, lang)


def assert_speaks(answer: Any, lang: str) -> None:
    """Problem details whose sentences are in the language, and each in both beside that."""
    problem = answer.json()
    assert answer.headers["content-language"].startswith(lang), problem
    assert "Accept-Language" in answer.headers["vary"]
    for name in ("detail", "cure"):
        assert problem[name] == problem[f"{name}_{lang}"]
        assert HAN.search(problem[f"{name}_zh"]), problem
        assert problem[f"{name}_en"].strip(), problem
        assert not HAN.search(problem[f"{name}_en"]), problem
    assert bool(HAN.search(problem["title"])) == (lang == "zh")


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every operation of the interface, with something that nobody has in its path."""
    for path, item in description["paths"].items():
        for method in item.keys() & {"get", "post", "put", "delete", "patch"}:
            yield method, re.sub(r"\{[^}]*\}", "999999", path)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("asker", ["nobody", "farm"])
def test_of_every_operation_a_refusal_is_in_both_languages(
    client: Client, farm: Headers, lang: str, asker: str
) -> None:
    headers = (farm if asker == "farm" else {}) | {"Accept-Language": lang}
    refused = 0
    for method, path in operations(client.get("/openapi.json").json()):
        body: dict[str, Any] = {} if method in {"get", "delete"} else {"content": b'{"x": '}
        told = headers | ({"Content-Type": "application/json"} if body else {})
        for query in ("", "?nothing=1&perPage=x&thing=&on=x&fields=%00&limit=-1"):
            answer = client.request(method.upper(), path + query, headers=told, **body)
            if "problem+json" in answer.headers.get("content-type", ""):
                assert_speaks(answer, lang)
                refused += 1
            else:
                assert answer.status_code < 400, (method, path, answer.text[:200])
    assert refused > 100
