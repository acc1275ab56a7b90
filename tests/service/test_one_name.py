"""One thing has one name: a page's field, its address's parameter and a command's option.

What only one face has is listed here with its reason, and nothing else may differ.
"""

import re
from collections.abc import Iterator

import pytest
from click import Argument, Command
from litestar import Litestar
from litestar.testing import TestClient

from faces import faces_of
from suyuan.cli.commands import balance, contacts, coverage, dispersion, inspections, scope, source
from suyuan.cli.commands import trace as tracing
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Client = TestClient[Litestar]
COMMANDS: dict[str, Command] = {
    "trace": tracing.command, "scope": scope.command, "source": source.command,
    "balance": balance.command, "contacts": contacts.command, "dispersion": dispersion.command,
    "inspections": inspections.command, "coverage": coverage.command,
}  # fmt: skip
PAGES = {"page"}
"""A page alone has pages."""
WORDS = {
    "trace": {"thing"}, "scope": {"thing"}, "source": {"case"}, "balance": {"thing"},
    "contacts": {"root"}, "dispersion": {"thing"}, "inspections": {"test"}, "coverage": {"file"},
}  # fmt: skip
"""What a command takes as words without an option, one or many, or in a table."""
OVER_HTTP = {"scope": {"vessel"}, "source": {"candidate"}}
"""A command takes vessels as a file of rules and candidates as a table, `--priors FILE`."""
AT_A_TERMINAL = {
    "json", "out", "offset", "most_facts", "requests",  # files, clocks and room of who is there
    "vessels", "roots_file", "things_file", "reporting", "medians",  # tables in files
    "lots", "no_flows",  # what is asked of tables and not of the record
    "all", "no_distances", "help",
}  # fmt: skip


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        found.post("/sign-in", data={"name": "boss", "password": key})
        yield found


def fields(client: Client, name: str) -> set[str]:
    page = client.get(f"/{name}", headers={"Accept": "text/html"})
    assert page.status_code == 200, page.text
    (form,) = re.findall(rf'<form[^>]*action="/{name}".*?</form>', page.text, re.DOTALL)
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form))


def parameters(client: Client, name: str) -> set[str]:
    path = client.get("/openapi.json").json()["paths"][f"/{name}"]
    if "get" in path:
        return {each["name"] for each in path["get"]["parameters"] if each["in"] == "query"}
    (body,) = path["post"]["requestBody"]["content"].values()
    return set(body["schema"]["properties"])


def options(command: Command) -> set[str]:
    given = [each for each in command.params if not isinstance(each, Argument)]
    names = [name for each in given for name in (*each.opts, *each.secondary_opts)]
    return {name.lstrip("-").replace("-", "_") for name in names if name.startswith("--")}


@pytest.mark.parametrize("name", COMMANDS)
def test_page_address_and_command_call_a_thing_alike(client: Client, name: str) -> None:
    typed, asked, said = fields(client, name), parameters(client, name), options(COMMANDS[name])
    assert len(typed) > 2
    assert typed - PAGES <= asked
    assert asked - WORDS[name] - OVER_HTTP.get(name, set()) <= said
    assert said - AT_A_TERMINAL <= asked


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"coverage"}))
def test_a_form_is_sent_with_what_is_left_empty_and_an_address_of_a_program_opens_as_a_page(
    client: Client, name: str
) -> None:
    """Numbers, choices and days that nobody filled in are empty, and none of them is an error."""
    html = {"Accept": "text/html"}
    empty = dict.fromkeys(fields(client, name), "")
    assert client.get(f"/{name}", params=empty, headers=html).status_code == 200
    several = [("thing", "06901234000016"), ("thing", "06901234000023")]
    if "thing" in parameters(client, name):
        page = client.get(f"/{name}", params=several, headers=html)
        assert page.status_code == 200, page.text
        assert "06901234000016\n06901234000023</textarea>" in page.text
