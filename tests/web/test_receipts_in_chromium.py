"""A receipt's page in a real browser, which verifies it itself; and what it makes of forgeries."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from suyuan.demo import scenes
from suyuan.tlog import standalone
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import (
    commit,
    disclose,
    disclosure_bytes,
    entry_of,
    parse_disclosure,
)
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import Note, note_bytes, vkey_text
from suyuan.tlog.receipt import Receipt, parse_receipt, receipt_bytes
from suyuan.tlog.signing import sign
from suyuan.tlog.tree import leaf_hash

pytestmark = pytest.mark.browser
PACK = next(iter(scenes())).path


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def verdict(page: Page) -> str:
    """What the script says of the receipt, once it says anything."""
    page.wait_for_selector("#check[data-verdict]")
    return page.get_attribute("#check", "data-verdict") or ""


def again(page: Page, *, file: bytes | None = None, key: str | None = None) -> str:
    """What it says after its form is filled in anew."""
    page.evaluate("delete document.getElementById('check').dataset.verdict")
    if file is not None:
        sent = {"name": "x.tlog-proof", "mimeType": "text/plain", "buffer": file}
        page.set_input_files("#file", sent)
    if key is not None:
        page.fill("#key", key)
    page.click("#check button")
    return verdict(page)


def receipt_of(page: Page) -> bytes:
    return (page.text_content("#receipt") or "").encode()


def test_a_receipt_is_reduced_on_its_page_to_what_is_chosen_and_holds(
    page: Page, site: str, entry: str
) -> None:
    page.goto(site + entry)
    page.locator("details:has(input[name=fields]) > summary").click()
    boxes = page.locator("input[type=checkbox][name=fields]")
    names = [boxes.nth(at).get_attribute("value") for at in range(boxes.count())]
    assert names
    boxes.first.uncheck()
    page.locator("details:has(input[name=fields]) button").click()
    page.wait_for_url("**fields=**")
    assert verdict(page) == "holds"
    found = parse_disclosure(parse_receipt(receipt_of(page)).extra or b"")
    assert [each.name for each in found.fields] == names[1:]


def test_the_browser_verifies_a_receipt_that_the_public_page_leads_to(
    page: Page, site: str, tmp_path: Path
) -> None:
    page.goto(site + PACK)
    page.locator("a[href^='/entries/']").first.click()
    assert verdict(page) == "holds"
    assert page.locator("[data-said=holds]").is_visible()
    assert page.locator("[data-said=trust]").is_visible(), "the key came from the same server"
    assert page.locator("[data-said=fails]").is_hidden()
    with page.expect_download() as download:
        page.get_by_text("Download the receipt").click()
    file = tmp_path / "one.tlog-proof"
    download.value.save_as(file)
    assert file.read_bytes() == receipt_of(page)
    program = [sys.executable, standalone.__file__, str(file), page.input_value("#key")]
    assert subprocess.run(program, check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_the_public_is_shown_of_an_event_how_it_was_judged_and_no_id(
    page: Page, site: str, entry: str
) -> None:
    page.goto(site + entry)
    said = page.inner_text("main")
    assert "judgement" in said
    assert "more fields are not shown" in said
    assert "eventId" not in page.content()


def test_no_script_no_check_and_the_page_says_what_to_do(
    chromium: Browser, site: str, entry: str
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(site + entry)
    assert page.locator("#check").is_hidden()
    assert "suyuan verify" in page.inner_text("main")
    context.close()


def test_a_browser_without_the_means_says_so_and_proves_nothing(
    page: Page, site: str, entry: str
) -> None:
    page.add_init_script("delete Crypto.prototype.subtle")
    page.goto(site + entry)
    assert verdict(page) == "insecure"
    assert page.locator("[data-said=insecure]").is_visible()


def test_a_browser_without_ed25519_says_that_the_signature_was_not_verified(
    page: Page, site: str, entry: str
) -> None:
    page.add_init_script(
        "SubtleCrypto.prototype.importKey = async () =>"
        " { throw new DOMException('', 'NotSupportedError') }"
    )
    page.goto(site + entry)
    assert verdict(page) == "unable"
    assert page.locator("[data-said=holds]").is_hidden()


def test_the_browser_refuses_what_the_verifier_of_one_file_refuses(
    page: Page, site: str, entry: str, tmp_path: Path
) -> None:
    """Every line of a receipt changed in turn, by a character, by being left out, by another."""
    page.goto(site + entry)
    assert verdict(page) == "holds"
    whole, key = receipt_of(page).decode(), page.input_value("#key")
    for forged in forgeries(whole):
        file = tmp_path / "forged"
        file.write_bytes(forged.encode())
        program = [sys.executable, standalone.__file__, str(file), key]
        alone = subprocess.run(program, check=False, stdout=subprocess.DEVNULL).returncode
        found = again(page, file=forged.encode())
        assert (found == "holds") == (alone == 0), forged


def forgeries(whole: str) -> Iterator[str]:
    lines = whole.split("\n")
    for at, line in enumerate(lines):
        yield "\n".join([*lines[:at], *lines[at + 1 :]])
        if line:
            middle = len(line) // 2
            other = "A" if line[middle] != "A" else "B"
            yield "\n".join(
                [*lines[:at], line[:middle] + other + line[middle + 1 :], *lines[at + 1 :]]
            )


def test_anothers_key_verifies_nothing(page: Page, site: str, entry: str) -> None:
    page.goto(site + entry)
    origin = page.input_value("#key").partition("+")[0]
    assert again(page, key=vkey_text(ed25519_key(origin, b"\1" * 32).vkey)) == "fails"
    assert page.locator("[data-said=trust]").is_hidden()
    assert (
        again(page, key=vkey_text(ed25519_key("another.example/log", b"\1" * 32).vkey)) == "fails"
    )
    assert again(page, key="no key at all") == "unread"
    assert again(page, key="") == "unread"


def of_shard(origin: str, name: str | None = None) -> bytes:
    """A receipt of the only entry of a log, signed with one key under a name."""
    fields, secret = {"a": b"1"}, bytes(16)
    entry = entry_of(commit(fields, secret), 1)
    text = checkpoint_text(Checkpoint(origin, 1, leaf_hash(entry)))
    note = note_bytes(Note(text, (sign(text, ed25519_key(name or origin, b"\1" * 32)),)))
    shown = disclosure_bytes(disclose(fields, secret, ["a"], time=1))
    return receipt_bytes(Receipt(0, (), note, shown))


def test_the_key_of_a_log_verifies_its_yearly_shards_and_nothing_beside(
    page: Page, site: str, entry: str, tmp_path: Path
) -> None:
    page.goto(site + entry)
    verdict(page)
    log = "log.example/x"
    key = vkey_text(ed25519_key(log, b"\1" * 32).vkey)
    cases = {
        of_shard(log): "holds",
        of_shard(f"{log}/2027"): "holds",
        of_shard(f"{log}/2027", log): "fails",
        of_shard(f"{log}/0027"): "fails",
        of_shard(f"{log}/20270"): "fails",
        of_shard(f"{log}/2027/2028"): "fails",
        of_shard("log.example/2027"): "fails",
        of_shard(f"{log}x/2027"): "fails",
    }
    for file, wanted in cases.items():
        assert again(page, file=file, key=key) == wanted, file
        path = tmp_path / "one"
        path.write_bytes(file)
        program = [sys.executable, standalone.__file__, str(path), key]
        alone = subprocess.run(program, check=False, stdout=subprocess.DEVNULL).returncode
        assert (alone == 0) == (wanted == "holds"), file
