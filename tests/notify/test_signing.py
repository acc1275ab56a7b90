"""Messages are signed as Standard Webhooks and GS1 have it; the numbers are others' own."""

import base64
import hmac
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from suyuan.notify.signing import fresh_secret, key_of, signed

KNOWN = UUID("00000000-0000-4000-8000-000000000001")


def test_a_secret_of_standard_webhooks_is_its_bytes_and_any_other_its_letters() -> None:
    assert key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == base64.b64decode(
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    )
    assert key_of("13df38d8275b13f0") == b"13df38d8275b13f0"
    assert key_of("whsec_%%%") == b"whsec_%%%"


@given(st.binary(min_size=32, max_size=32))
def test_a_fresh_secret_has_all_the_bytes_that_were_drawn(drawn: bytes) -> None:
    assert key_of(fresh_secret(drawn)) == drawn


def test_gs1_signs_by_the_text_that_is_shown_and_standard_webhooks_by_what_it_has_in_base64() -> (
    None
):
    token = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 -- of the standard's own example
    at = datetime(2026, 1, 1, tzinfo=UTC)
    headers = dict(signed(b"{}", KNOWN, [token], now=at))
    assert headers["GS1-Signature"] == hmac.digest(token.encode(), b"{}", "sha256").hex()
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{{}}".encode()
    made = hmac.digest(base64.b64decode(token.removeprefix("whsec_")), said, "sha256")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()


def test_signatures_are_those_that_openssl_computes() -> None:
    """`openssl dgst -sha256 -hmac secret-of-sixteen`, over `{}` and over id, time and `{}`."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    headers = dict(signed(b"{}", KNOWN, ["secret-of-sixteen"], now=at))
    assert headers["webhook-id"] == "msg_00000000000040008000000000000001"
    assert headers["webhook-timestamp"] == "1767225600"
    assert (
        headers["GS1-Signature"]
        == "dc40f592997b7087b95be5a3d077c219ec326ad7c933786cf8b02aaa4e754f68"
    )
    assert headers["webhook-signature"] == "v1,qTLOmP21fC+e38Y6Pl3m0szqw2FkV6jqiPc8h3mUr6w="
