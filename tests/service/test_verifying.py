"""Which code a text means, however it is written, and what of it is answered for."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec import structs

from suyuan.codes import making
from suyuan.codes.making import reading
from suyuan.codes.making.alphabets import SAFE
from suyuan.kit import SuyuanError
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry import issuing
from suyuan.registry.types import Licence
from suyuan.service import (
    Order,
    Outcome,
    Platform,
    bring_in,
    check_keys,
    codes,
    disentitle,
    entitle,
    identify,
    issue,
    local_capturer,
    verify,
)
from suyuan.store import ReadConnection, Store, WriteConnection

MILL = "urn:suyuan:party:mill"
GTIN = "06901234567892"
HEAD = "10929272001"
DRUG, TAG = "83857930000879766660", "137060200001234"
OWN = Viewer(tenant=1, account=1, role=Role.CAPTURER, party=MILL)

Issue = Callable[..., str]


@pytest.fixture
def issued(platform: Platform) -> Issue:
    """Issues one code; gives it as people read it."""
    for kind, number in (
        ("gs1_company_prefix", "6901234"),
        ("pesticide_registration", "PD20092927"),
        ("seed_licence", "B(京)农种许字(2020)第0001号"),
    ):
        entitle(platform, Licence(party=MILL, kind=kind, number=number))
    capturer = local_capturer(platform, MILL)

    def one(scheme: str = "sgtin", stem: str = GTIN, checks: int = 0) -> str:
        order = Order(scheme=scheme, stem=stem, count=1, checks=checks)
        made = issue(platform, order, capturer)
        (code,) = codes(platform, made.package.id, capturer)
        return code.code

    return one


@pytest.mark.parametrize(
    ("scheme", "code", "dress"),
    [
        ("drug-trace", DRUG, DRUG),
        ("drug-trace", DRUG, "8385 7930 0008 7976 6660"),
        ("drug-trace", DRUG, "８３８５７９３００００８７９７６６６６０"),
        ("drug-trace", DRUG, f"药品追溯码：{DRUG}"),
        ("drug-trace", DRUG, f"{DRUG}。"),
        ("ear-tag", TAG, "1-370602-00001234"),
        ("ear-tag", TAG, "耳标：1-370602-00001234"),
        ("ear-tag", TAG, "1 370602 00001234"),
    ],
)
def test_a_code_that_was_brought_in_is_known_in_every_dress_that_is_read(
    platform: Platform, scheme: str, code: str, dress: str
) -> None:
    assert verify(platform, dress, viewer=OWN).outcome is Outcome.UNKNOWN
    bring_in(platform, scheme, [code], local_capturer(platform, MILL))
    said = verify(platform, dress, viewer=OWN)
    assert (said.outcome, said.code) == (Outcome.BROUGHT_IN, code)
    assert verify(platform, dress).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "dress", ["{}", "{}。", "https://z.cn/q?c={}", "https://z.cn/q?c={}&x=1", "https://z.cn/{}#a"]
)
@pytest.mark.parametrize(
    ("scheme", "stem"), [("pesticide-unit", HEAD), ("seed-unit", "A701")]
)  # fmt: skip
def test_an_issued_code_is_known_in_every_link_around_it(
    platform: Platform, issued: Issue, scheme: str, stem: str, dress: str
) -> None:
    code = issued(scheme, stem)
    said = verify(platform, dress.format(code))
    assert (said.outcome, said.code) == (Outcome.ISSUED, code)


@pytest.mark.parametrize("between", [" ", "\n", "，", " 和 "])
def test_no_code_vouches_for_another_beside_it(
    platform: Platform, issued: Issue, between: str
) -> None:
    genuine, fake = issued(), f"(01){GTIN}(21)FAKE"
    for text in (f"{fake}{between}{genuine}", f"{genuine}{between}{fake}"):
        said = verify(platform, text)
        assert (said.outcome, said.code, said.issuer) == (Outcome.SEVERAL, None, None)
        assert genuine in said.message.zh
        assert fake in said.message.en
    twice = verify(platform, f"{genuine}{between}{genuine}")
    assert (twice.outcome, twice.code) == (Outcome.ISSUED, genuine)


def test_no_code_vouches_for_another_in_one_link(platform: Platform, issued: Issue) -> None:
    genuine, fake = issued("pesticide-unit", HEAD), HEAD + "1" * 21
    for first, second in ((genuine, fake), (fake, genuine)):
        said = verify(platform, f"https://z.cn/q?c={first}&d={second}")
        assert said.outcome is Outcome.SEVERAL


FAKES = {
    "sgtin": f"01/{GTIN}/21/FAKEFAKE",
    "lgtin": f"01/{GTIN}/10/FAKEFAKE",
    "sscc": "00/069012340000000016",
    "pesticide-unit": HEAD + "1" * 21,
    "seed-unit": "A701FAKEFAKEFAKE",
    "mv-trace": "37060000400019999999",
}


@pytest.mark.parametrize("scheme", making.STRUCTURES)
@pytest.mark.parametrize("link", ["{}/{}", "{1}/{0}", "{}?d={}", "{}#{}", "{};{}", "{}/{}/x"])
def test_no_false_code_of_any_scheme_borrows_the_answer_of_a_genuine_one_in_its_link(
    platform: Platform, issued: Issue, scheme: str, link: str
) -> None:
    genuine = issued("seed-unit", "A701")
    text = "https://evil.cn/" + link.format(FAKES[scheme], genuine)
    said = verify(platform, text, "ABCD")
    assert (said.outcome is Outcome.ISSUED, said.issuer) == (False, None)
    if scheme == "seed-unit":
        assert said.outcome is Outcome.SEVERAL
        assert verify(platform, f"https://z.cn/q/verify/{genuine}").outcome is Outcome.ISSUED


def test_a_link_is_one_guess_however_many_pieces_it_has(platform: Platform, issued: Issue) -> None:
    one, other = issued("seed-unit", "A701"), issued("seed-unit", "A701")
    guesses = [f"A701{SAFE[at] * 12}" for at in range(12)]
    for pieces in ([one, other], [*guesses[:7], one], [one, *guesses], [one, "A701FAKE"]):
        said = verify(platform, "https://evil.cn/" + "/".join(pieces))
        assert (said.outcome, said.issuer) == (Outcome.SEVERAL, None)
    twice = verify(platform, f"https://z.cn/{one}?c={one.lower()}")
    assert (twice.outcome, twice.code) == (Outcome.ISSUED, one)


def test_a_link_in_which_nothing_is_read_is_one_guess_for_the_search_box_too(
    platform: Platform, issued: Issue
) -> None:
    one, other = issued("seed-unit", "A701"), issued("seed-unit", "A701")
    links = [f"{host}/goods/{one}?page=12345678" for host in ("https://z.cn", "z.cn")]
    for found in identify(platform, links):
        assert [each.canonical.rpartition(":")[2] for each in found if each.issued] == [one]
    guesses = [f"A701{SAFE[at] * 12}" for at in range(12)]
    for host in ("https://evil.cn", "evil.cn"):
        for pieces in ([one, other], [*guesses[:3], one], [one, "A701FAKE"]):
            (found,) = identify(platform, ["/".join((host, *pieces))])
            assert not any(each.issued for each in found)


def test_the_lot_that_a_thing_says_to_be_of_is_no_second_code(
    platform: Platform, issued: Issue
) -> None:
    serial = issued().partition("(21)")[2]
    said = verify(platform, f"(01){GTIN}(10)L7 (21){serial}")
    assert (said.outcome, said.code) == (Outcome.ISSUED, f"(01){GTIN}(21){serial}")
    lot = issued("lgtin").partition("(10)")[2]
    assert verify(platform, f"(01){GTIN}(10){lot} (21)FAKE").outcome is Outcome.UNKNOWN


def test_each_of_several_codes_is_told_apart_where_all_are_listed(
    platform: Platform, issued: Issue
) -> None:
    one, fake, other = issued(), f"(01){GTIN}(21)FAKE", issued()
    (found,) = identify(platform, [f"{one} {fake} {other}"])
    told = {each.canonical.rpartition("/")[2]: bool(each.issued) for each in found if each.valid}
    assert told == {
        one.partition("(21)")[2]: True, "FAKE": False, other.partition("(21)")[2]: True,
    }  # fmt: skip


class _Counted:
    """A store that counts how often it is read from and written to."""

    def __init__(self, store: Store) -> None:
        self.store, self.reads, self.writes = store, 0, 0

    @contextmanager
    def read(self) -> Iterator[ReadConnection]:
        self.reads += 1
        with self.store.read() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[WriteConnection]:
        self.writes += 1
        with self.store.write() as conn:
            yield conn


@pytest.mark.parametrize("checks", [0, 2])
def test_inventions_at_a_known_stem_cost_no_database(
    platform: Platform, issued: Issue, checks: int
) -> None:
    genuine = issued(checks=checks)
    counted = _Counted(platform.store)
    watched = structs.replace(platform, store=counted)
    assert verify(watched, genuine).outcome is Outcome.ISSUED
    assert (counted.reads, counted.writes) == (1, 0)
    length = len(genuine.partition("(21)")[2])
    for at in range(200):
        guess = f"(01){GTIN}(21){SAFE[at % 25] * (length - 2)}{SAFE[at // 25]}C"
        assert verify(watched, guess, "ABCD").outcome is Outcome.UNKNOWN
    assert (counted.reads, counted.writes) == (1, 0)
    assert verify(watched, genuine, "ABCD").outcome is Outcome.ISSUED
    assert counted.writes == 0  # it has no layer


class _Heard:
    """A connection of which every statement is kept."""

    def __init__(self, conn: ReadConnection, said: list[str]) -> None:
        self._conn, self._said = conn, said

    def execute(self, query: str, *params: Any) -> Any:
        self._said.append(query)
        return self._conn.execute(query, *params)


class _Listened(_Counted):
    """A store whose reading statements are kept."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.said: list[str] = []

    @contextmanager
    def read(self) -> Iterator[ReadConnection]:
        with self.store.read() as conn:
            yield cast("ReadConnection", _Heard(conn, self.said))

    def of_codes(self) -> int:
        """How many asked the table of codes that were handed out."""
        return sum("registry.code_package" in each for each in self.said)


def test_wrong_check_characters_ask_no_table_of_codes_and_are_answered_as_what_nobody_issued(
    platform: Platform, issued: Issue
) -> None:
    """Also the first guess at a stem, and one on a page, in a link and in the search box.

    Characters that were changed on a genuine code are no guess: its package is asked for its key
    (decision 0015), and the answer is the same.
    """
    genuine = issued(checks=4)
    length = len(genuine.partition("(21)")[2])
    elsewhere = structs.replace(platform, supplies={})
    listened = _Listened(platform.store)
    watched = structs.replace(elsewhere, store=listened)
    guesses = [SAFE[at % 25] * (length - 3) + SAFE[at // 25] + "C7" for at in range(100)]
    answers = set()
    for serial in guesses:
        for text in (f"(01){GTIN}(21){serial}", f"https://id.gs1.org/01/{GTIN}/21/{serial}"):
            said = verify(watched, text, "ABCD-ABCD-ABCD")
            answers.add(structs.replace(said, code=None))
            (found,) = identify(watched, [text])
            assert not any(each.issued for each in found)
    assert listened.of_codes() == 0
    swapped = f"{genuine[:-4]}{''.join(SAFE[SAFE.index(each) - 1] for each in genuine[-4:])}"
    answers.add(structs.replace(verify(watched, swapped, "ABCD-ABCD-ABCD"), code=None))
    nobodys = verify(watched, "(01)06901234567908(21)ABCDEF", "ABCD-ABCD-ABCD")
    assert answers == {structs.replace(nobodys, code=None)}
    assert listened.writes == 0
    assert verify(watched, genuine).outcome is Outcome.ISSUED
    assert listened.of_codes() > 0


def test_a_supply_that_was_opened_later_is_found_by_who_asked_before(
    platform: Platform, issued: Issue
) -> None:
    """Another process may open it: that there was none is not kept."""
    first = issued()
    assert verify(platform, first).outcome is Outcome.ISSUED
    elsewhere = structs.replace(platform, supplies=dict(platform.supplies))
    capturer = local_capturer(platform, MILL)
    made = issue(platform, Order(scheme="sgtin", stem=GTIN, count=1, checks=3), capturer)
    (code,) = codes(platform, made.package.id, capturer)
    for each in (platform, elsewhere):
        assert verify(each, code.code).outcome is Outcome.ISSUED
        assert verify(each, first).outcome is Outcome.ISSUED


def test_who_is_looked_up_beside_more_stems_than_are_kept_is_found_all_the_same(
    platform: Platform, issued: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_MOST_KEPT", 0)
    made = [issued(), issued("lgtin"), issued("pesticide-unit", HEAD), issued("seed-unit", "A701")]
    for _ in range(2):
        assert [verify(platform, each).outcome for each in made] == [Outcome.ISSUED] * 4
        assert len(platform.supplies) == 1


def test_a_text_is_recognised_once(
    platform: Platform, issued: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = issued()

    def again(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(reading, "recognise", again)
    ((found, *_),) = identify(platform, [code], PUBLIC)
    assert found.issued is not None
    assert verify(platform, code).outcome is Outcome.ISSUED


def test_a_scanner_with_the_key_tells_check_characters_by_the_published_way_alone(
    platform: Platform, issued: Issue
) -> None:
    serial = issued(checks=2).partition("(21)")[2]
    (key,) = check_keys(platform, local_capturer(platform, MILL)).keys
    message = b""
    for text in ("suyuan check characters 2", "sgtin", GTIN, serial[:-2], "2"):
        message += len(text).to_bytes(4, "big") + text.encode()
    made = hmac.digest(key.value, message + bytes(4), "sha256")
    assert serial[-2:] == "".join(SAFE[each % 25] for each in made if each < 250)[:2]
    with pytest.raises(SuyuanError, match="no key") as caught:
        check_keys(platform, local_capturer(platform, f"{MILL}:other"))
    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("kind", "theirs", "mine", "met"),
    [
        ("gs1_company_prefix", "6901234", "6901234", True),
        ("gs1_company_prefix", "69012345", "6901234", True),
        ("gs1_company_prefix", "6901234", "69012345", True),
        ("gs1_company_prefix", "6901235", "6901234", False),
        ("mv_operator", "3706000040001", "3706000040001", True),
        ("pesticide_registration", "PD20092927", "PD20092928", False),
    ],
)
def test_who_else_holds_what_proves_the_same_codes_is_named_while_they_hold_it(
    platform: Platform, kind: str, theirs: str, mine: str, *, met: bool
) -> None:
    other = f"{MILL}:other"
    today = platform.clock().date()
    of_other = Licence(party=other, kind=kind, number=theirs, valid_to=today + timedelta(days=9))
    assert entitle(platform, of_other).others == ()
    assert entitle(platform, of_other).others == ()  # oneself is no other
    own = Licence(party=MILL, kind=kind, number=mine)
    assert entitle(platform, own).others == ((other,) if met else ())
    disentitle(platform, of_other, "given back")
    assert entitle(platform, own).others == ()
    past = structs.replace(of_other, valid_to=today - timedelta(days=9))
    assert entitle(platform, past).others == ((MILL,) if met else ())
    assert entitle(platform, own).others == ()
