"""A resident identity number is asked for at every face, and none of them says it."""

import io
from urllib.parse import quote, unquote

import pytest
from api_given import Client, document, event

from suyuan.labels import Format, Label, Symbol, design, draw
from suyuan.labels.types import Kind
from suyuan.service import Platform, follow

JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]
NUMBER = "11010519491231002X"
DAY = "19491231"
ESCAPED = "".join(f"%{ord(each):02x}" for each in NUMBER)


def escaped(text: str, times: int) -> str:
    """Every character escaped, and every one of the escapes, so many times."""
    for _ in range(times):
        text = "".join(f"%{ord(each):02x}" for each in text)
    return text


SIGNED = "behind a sign of per cent"
DRESSES = {
    "bare": NUMBER,
    "parted": "110105,19491231,002X",
    "escaped": f"https://id.gs1.org/8004/{ESCAPED}",
    "escaped in parts, often": "".join(
        (each, escaped(each, 5))[at % 6 == 3] for at, each in enumerate(NUMBER)
    ),
    "company prefix": "urn:epc:id:giai:1101051.9491231002X",
    "glued": f"010690123456789221{NUMBER}",
    SIGNED: f"原料100%{NUMBER}",
    "in words": f"no such code {NUMBER}",
    "serial": f"https://id.gs1.org/01/06901234567892/21/{NUMBER}",
    "at the cut of pages": f"{'ä ' * 993}{NUMBER}",
    "across the cut of forms": f"{'ä ' * 243}{NUMBER}",
    "across the cut of sentences": f"{'ä ' * 33}{NUMBER}",
}
DAYS = "&".join(f"{end}=2026-03-01" for end in ("in_begin", "in_end", "out_begin", "out_end"))
ADDRESSES = (
    "/search?q={}", "/search?q={}&lang=en&x={}", "/codes?text={}", "/codes?{}=1",
    "/verify?code={}", "/thing?id={}", "/thing?id=urn:uuid:x&read={}", "/8004/{}",
    "/01/06901234567892/21/{}", "/divisions?name={}", "/divisions?on={}",
    "/divisions?name=x&on={}", "/divisions/{}", "/{}", "/identify?text={}",
    "/identify?text={}&text={}", "/trace?thing={}", "/scope?thing={}",
    "/balance?thing={}", "/answer?id={}", f"/contacts?root={{}}&{DAYS}", "/source?case={}",
    "/contacts?root={}", "/contacts?root=1&in_begin={}", "/inspections?test={},9,2",
    "/inspections?test={},9,2", "/inspections?test={},9,2,x",
    "/trace?thing=1&{}=1", "/families?on={}", "/families/{}", "/families/food?on={}",
    "/families/food?kind={}", "/standard/1/food/{}/event.schema.json",
    "/standard/1/food/food_intake/template.xlsx?kind={}",
    "/events?{}=1", "/events?EQ_bizStep={}", "/events?GE_eventTime={}", "/events?perPage={}",
    "/trace?thing=1&as_of={}", "/8004/{}?linkType=linkset",
    "/01/06901234567892/21/{}?linkType=gs1:epcis",
    "/01/06901234567892?linkType=gs1:epcis&x={}", "/links?key={}",
)  # fmt: skip


def is_told(text: str) -> bool:
    """Whether digits of the day of birth are there in their order, whatever parts them."""
    while (plain := unquote(text)) != text:
        text = plain
    return "491231" in "".join(each for each in text if each.isalnum())


@pytest.mark.parametrize("dress", DRESSES)
def test_no_page_or_answer_says_it(client: Client, farm: dict[str, str], dress: str) -> None:
    asked = [each for each in ADDRESSES if dress != "glued" or "={}" in each]
    for address in asked:
        text = DRESSES[dress]
        if dress == SIGNED and "={}" not in address:
            text = text.replace("%", "%25")  # the client unescapes paths once more than a server
        url = address.replace("{}", quote(text, safe=""))
        for headers in ({"Accept": "text/html"}, {"Accept": "application/json"}, farm):
            answer = client.get(url, headers=headers, follow_redirects=False)
            said = f"{answer.text} {answer.headers}"
            assert not is_told(said), url
    for path in ("/verify", "/codes/verify"):
        form = {"data": {"code": DRESSES[dress]}}
        sent = form if path == "/verify" else {"json": form["data"]}
        assert not is_told(client.post(path, **sent).text)  # type: ignore[arg-type]


def test_a_code_read_from_a_picture_is_masked(client: Client) -> None:
    drawn = io.BytesIO()
    symbol = Symbol(Kind.QR, f"https://id.gs1.org/8004/{NUMBER}")
    (picture,) = draw([Label(heading="", symbols=(symbol,))], design("50x30"), Format.PNG)
    drawn.write(picture)
    answer = client.post("/pictures", content=drawn.getvalue())
    assert answer.json()[0]["readings"][0]["scheme"] == "resident-id"
    page = client.post("/read", files={"picture": ("p.png", drawn.getvalue(), "image/png")})
    assert "110105************" in page.text
    assert not is_told(answer.text + page.text)


@pytest.mark.parametrize(
    "name",
    [
        f"https://id.gs1.org/8004/{NUMBER}", f"https://id.gs1.org/01/06901234567892/21/{NUMBER}",
        f"https://example.cn/{NUMBER}", f"https://id.gs1.org/8004/{ESCAPED}",
        f"urn:suyuan:item:farm:{NUMBER}", "urn:epc:id:giai:1101051.9491231002X",
    ],
)  # fmt: skip
def test_no_index_names_a_thing_by_it_and_the_thing_is_found_again(
    client: Client, platform: Platform, farm: Headers, name: str
) -> None:
    sent = event(1, epcList=[name])
    told = client.post("/capture", content=document(sent), headers=farm | JSON)
    assert told.json()["counts"] == {"flagged": 1}
    assert not is_told(told.text)
    follow(platform)
    with platform.store.read() as conn:
        rows = [str(row) for row in conn.execute("select a::text from index.act as a")]
        ((uri,),) = conn.execute("select distinct head from index.act").fetchall()
    assert rows
    assert not is_told("".join(rows))
    assert uri.startswith("urn:suyuan:raw:")
    ((found, *_),) = [client.get(f"/identify?text={quote(uri, safe='')}", headers=farm).json()]
    assert found["known"]["events"] == 1


def test_of_a_number_masked_on_the_way_no_check_holds_and_nobody_is_to_register_it(
    client: Client,
) -> None:
    hidden, wrong = "370783************", "370783198804123517"  # its last digit should be 6
    for lang, person, held in (("zh", "个人", "校验相符"), ("en", "A person", "Check passed")):
        assert person in client.get(f"/search?q={hidden}&lang={lang}").text
        page = "".join(client.get(f"/search?q={each}&lang={lang}").text for each in (hidden, wrong))
        assert held not in page
        assert "/registry" not in page
        assert wrong not in page


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("110105199003077219", "校验相符"),
        ("110105199003077218", "校验位不符"),
        ("110105199002307211", "不存在"),
    ],
)
def test_a_page_says_of_a_number_what_was_found_before_it_was_masked(
    client: Client, number: str, held: str
) -> None:
    answer = client.get(f"/search?q={number}")
    assert held in answer.text
    assert number not in answer.text + str(answer.url)
    assert "校验位无从核对" not in answer.text or held == "不存在"
