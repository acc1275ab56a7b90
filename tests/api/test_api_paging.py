"""Pages over HTTP while others capture: nothing that was there is skipped, nothing comes twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from api_given import AT, SHOP, Client, document, event, pages

from suyuan.service import Platform, follow

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]
THERE, WRITERS = 40, 3


@pytest.mark.parametrize(
    "query",
    [
        "perPage=3",
        "perPage=7&orderBy=recordTime",
        "perPage=3&orderBy=eventTime",
        "perPage=5&orderBy=eventTime&orderDirection=ASC",
    ],
)
def test_pages_read_while_others_capture_hold_each_event_once(
    client: Client, platform: Platform, key_of: Callable[[str], Headers], query: str
) -> None:
    """The writers' events fall before, among and after those that are there, in every order."""
    shop = key_of(SHOP)
    first = document(*(event(number) for number in range(THERE)))
    client.post("/capture", content=first, headers=shop | JSON)
    follow(platform)
    stop = threading.Event()

    def write(writer: int) -> None:
        number = 1_000 * (writer + 1)
        while not stop.is_set():
            at = AT + timedelta(minutes=number % 9 - 1)
            more = document(event(number, eventTime=at.isoformat()))
            assert client.post("/capture", content=more, headers=shop | JSON).status_code == 202
            follow(platform)
            number += 1

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        found = [each["eventID"] for page in pages(client, query, shop) for each in page]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    there = {str(event(number)["eventID"]) for number in range(THERE)}
    assert len(found) == len(set(found))
    assert there <= set(found)
