"""Takes what a face was asked, by whom; gives the answer of a use case, in one transaction.

Every face calls these and nothing below them, so page, API and terminal behave alike.
"""

from suyuan.service.access import (
    OPERATOR,
    AccessError,
    Who,
    capturer_of,
    fresh_key,
    keys_of,
    local_capturer,
    revoke_key,
    sign_in,
    viewer_for,
    who,
    who_of_session,
)
from suyuan.service.asking import Identified, answer, examples, identify, progress, trace
from suyuan.service.config import Config
from suyuan.service.contacting import Windows, contacts
from suyuan.service.dividing import (
    Divided,
    NamedDivision,
    day_of,
    divided,
    divisions_named,
    provinces,
)
from suyuan.service.doctoring import doctor
from suyuan.service.following import keep_following
from suyuan.service.platform import Platform, on_store, open_platform
from suyuan.service.querying import event, events
from suyuan.service.reporting import (
    ImportTotals,
    capture,
    follow,
    import_movements,
    job,
    register,
    reindex,
)

__all__ = [
    "OPERATOR",
    "AccessError",
    "Config",
    "Divided",
    "Identified",
    "ImportTotals",
    "NamedDivision",
    "Platform",
    "Who",
    "Windows",
    "answer",
    "capture",
    "capturer_of",
    "contacts",
    "day_of",
    "divided",
    "divisions_named",
    "doctor",
    "event",
    "events",
    "examples",
    "follow",
    "fresh_key",
    "identify",
    "import_movements",
    "job",
    "keep_following",
    "keys_of",
    "local_capturer",
    "on_store",
    "open_platform",
    "progress",
    "provinces",
    "register",
    "reindex",
    "revoke_key",
    "sign_in",
    "trace",
    "viewer_for",
    "who",
    "who_of_session",
]
