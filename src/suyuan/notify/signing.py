"""Takes a message and its secrets; gives the headers by which a receiver knows whose it is.

`GS1-Signature` (EPCIS 2.0 §12.7) is HMAC-SHA-256 over the body in lower-case hexadecimal, one for
each secret that holds; its key is the secret's text as it was shown, in UTF-8. Beside it stand the
headers of Standard Webhooks 1.0, whose key is what follows `whsec_`, decoded, as that says. Their
signature covers the message's number and time too, so that an old message cannot be played again.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

_OF_STANDARD_WEBHOOKS: Final = "whsec_"
_SECRET_BYTES: Final = 32


def fresh_secret(drawn: bytes) -> str:
    """A secret of random bytes, written as Standard Webhooks has it."""
    return _OF_STANDARD_WEBHOOKS + base64.b64encode(drawn[:_SECRET_BYTES]).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign as Standard Webhooks has it: of `whsec_` the base64, else the text."""
    if secret.startswith(_OF_STANDARD_WEBHOOKS):
        try:
            return base64.b64decode(secret.removeprefix(_OF_STANDARD_WEBHOOKS), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()


def signed(
    body: bytes, message: UUID, secrets: Sequence[str], *, now: datetime
) -> list[tuple[str, str]]:
    """The headers that sign a message at a moment; several secrets sign side by side."""
    name, at = f"msg_{message.hex}", str(int(now.timestamp()))
    said = f"{name}.{at}.".encode() + body
    plain = (hmac.digest(each.encode(), body, "sha256").hex() for each in secrets)
    timed = (
        base64.b64encode(hmac.digest(key_of(each), said, "sha256")).decode() for each in secrets
    )
    return [
        ("GS1-Signature", ", ".join(plain)),
        ("webhook-id", name),
        ("webhook-timestamp", at),
        ("webhook-signature", " ".join(f"v1,{each}" for each in timed)),
    ]
