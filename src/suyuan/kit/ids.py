"""The one place that draws randomness; everyone else is given a source of ids."""

import secrets
from collections.abc import Callable
from uuid import UUID

Ids = Callable[[], str]
"""Gives a new identifier at each call, never the same twice."""
Draw = Callable[[int], bytes]
"""Gives so many unguessable bytes at each call."""


def random_uuid_urn() -> str:
    """A new random `urn:uuid:…` (RFC 9562 version 4, 122 unguessable bits); itself an `Ids`."""
    return UUID(bytes=secrets.token_bytes(16), version=4).urn


def random_key(size: int = 32) -> bytes:
    """`size` unguessable bytes, for secrets and salts."""
    return secrets.token_bytes(size)
