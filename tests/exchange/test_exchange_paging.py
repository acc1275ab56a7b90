"""Pages neither skip nor repeat, whatever is captured meanwhile; a token opens its query only."""

import base64
import threading

import pytest
from exchange_given import FARM, SHOP, all_pages, capturer, corpus, names, page, reader, take
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.exchange import QueryError
from suyuan.model import Capturer, Role, Viewer
from suyuan.service import Platform

ORDERS = [
    {},
    {"orderBy": "eventTime", "orderDirection": "ASC"},
    {"orderBy": "eventTime", "orderDirection": "DESC"},
    {"orderBy": "recordTime", "orderDirection": "DESC"},
]


@pytest.mark.parametrize("asked", ORDERS, ids=["record", "eventTime", "eventTime down", "newest"])
def test_pages_read_while_others_capture_neither_skip_nor_repeat(
    platform: Platform, asked: dict[str, str]
) -> None:
    told = corpus(180)
    farm, shop = capturer(platform, FARM), capturer(platform, SHOP)
    take(platform, [event.sent for event in told[:60]], farm)
    admin = Viewer(role=Role.ADMIN)
    stop = threading.Event()
    failed: list[BaseException] = []

    def keep_capturing(first: int, last: int, by: Capturer) -> None:
        try:
            for at in range(first, last, 4):
                if stop.is_set():
                    return
                take(platform, [event.sent for event in told[at : at + 4]], by)
        except BaseException as error:
            failed.append(error)
            raise

    writers = [
        threading.Thread(target=keep_capturing, args=(60, 120, farm)),
        threading.Thread(target=keep_capturing, args=(120, 180, shop)),
    ]
    for writer in writers:
        writer.start()
    reads = []
    while any(writer.is_alive() for writer in writers) and len(reads) < 12:
        before = names(all_pages(platform, {**asked, "perPage": "1000"}, admin))
        paged = names(all_pages(platform, {**asked, "perPage": "7"}, admin))
        after = names(all_pages(platform, {**asked, "perPage": "1000"}, admin))
        reads.append((before, paged, after))
    stop.set()
    for writer in writers:
        writer.join()
    assert not failed
    assert len(reads) > 1
    for before, paged, after in reads:
        assert len(paged) == len(set(paged)), "repeated"
        assert set(before) <= set(paged) <= set(after), "skipped"
        assert paged == [name for name in after if name in set(paged)], "out of order"


def test_a_page_does_not_show_what_came_after_the_first(platform: Platform) -> None:
    told = corpus(20)
    by = capturer(platform)
    take(platform, [event.sent for event in told[:10]], by)
    found, token = page(platform, {"perPage": "6", "orderBy": "eventTime"}, reader())
    take(platform, [event.sent for event in told[10:]], by)
    assert token is not None
    asked = {"perPage": "100", "orderBy": "eventTime", "nextPageToken": token}
    rest, last = page(platform, asked, reader())
    assert sorted(names(found + rest)) == sorted(event.name for event in told[:10])
    assert last is None


def test_a_token_opens_only_the_query_and_the_viewer_it_was_given_for(platform: Platform) -> None:
    take(platform, [event.sent for event in corpus(10)], capturer(platform))
    _, token = page(platform, {"perPage": "2"}, reader())
    assert token is not None
    again = {"perPage": "3", "nextPageToken": token}
    assert len(page(platform, again, reader())[0]) == 3, "another page size is the same query"
    for asked, viewer in (
        ({**again, "EQ_action": "ADD"}, reader()),
        ({**again, "orderBy": "eventTime"}, reader()),
        (again, reader(SHOP)),
        (again, reader(None)),
        (again, reader(FARM, account=99)),
    ):
        with pytest.raises(QueryError) as caught:
            page(platform, asked, viewer)
        assert (caught.value.code, caught.value.place) == ("query.token", "nextPageToken")


def test_a_token_that_was_changed_or_made_up_opens_nothing(platform: Platform) -> None:
    take(platform, [event.sent for event in corpus(10)], capturer(platform))
    _, token = page(platform, {"perPage": "2"}, reader())
    assert token is not None
    bare = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    changed = st.tuples(st.integers(0, len(bare) - 1), st.integers(1, 255)).map(
        lambda where: base64.urlsafe_b64encode(
            bare[: where[0]] + bytes([bare[where[0]] ^ where[1]]) + bare[where[0] + 1 :]
        ).decode()
    )
    made_up = st.one_of(
        changed,
        st.text(max_size=80),
        st.binary(max_size=90).map(lambda data: base64.urlsafe_b64encode(data).decode()),
        st.just(base64.urlsafe_b64encode(b'{"upto":9,"after":1,"given":0}').decode()),
    )

    @settings(
        max_examples=100,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(made_up)
    def refused(token: str) -> None:
        with pytest.raises(QueryError) as caught:
            page(platform, {"perPage": "2", "nextPageToken": token}, reader())
        assert caught.value.code in {"query.token", "query.value"}

    refused()
