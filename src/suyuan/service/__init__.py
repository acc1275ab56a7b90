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
from suyuan.service.asking import Identified, answer, examples, identify, progress, subject, trace
from suyuan.service.attesting import (
    add_sm2,
    checkpoint,
    keep_publishing,
    log_file,
    log_keys,
    log_of,
    mirror_to,
    publish,
    receipt,
)
from suyuan.service.auditing import Wrong, audit
from suyuan.service.bringing import Brought, bring_in, imports, withdraw
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
from suyuan.service.issuing import (
    Code,
    Issue,
    Order,
    Outcome,
    PackageInfo,
    Verification,
    codes,
    entitle,
    issue,
    packages,
    verify,
)
from suyuan.service.packing import Level, Packing, documents, pack, packed_before
from suyuan.service.platform import Platform, on_store, open_platform
from suyuan.service.printing import Printed, PrintOrder, print_labels, print_runs
from suyuan.service.querying import event, events
from suyuan.service.reading import ReadCode, read
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
    "Brought",
    "Code",
    "Config",
    "Divided",
    "Identified",
    "ImportTotals",
    "Issue",
    "Level",
    "NamedDivision",
    "Order",
    "Outcome",
    "PackageInfo",
    "Packing",
    "Platform",
    "PrintOrder",
    "Printed",
    "ReadCode",
    "Verification",
    "Who",
    "Windows",
    "Wrong",
    "add_sm2",
    "answer",
    "audit",
    "bring_in",
    "capture",
    "capturer_of",
    "checkpoint",
    "codes",
    "contacts",
    "day_of",
    "divided",
    "divisions_named",
    "doctor",
    "documents",
    "entitle",
    "event",
    "events",
    "examples",
    "follow",
    "fresh_key",
    "identify",
    "import_movements",
    "imports",
    "issue",
    "job",
    "keep_following",
    "keep_publishing",
    "keys_of",
    "local_capturer",
    "log_file",
    "log_keys",
    "log_of",
    "mirror_to",
    "on_store",
    "open_platform",
    "pack",
    "packages",
    "packed_before",
    "print_labels",
    "print_runs",
    "progress",
    "provinces",
    "publish",
    "read",
    "receipt",
    "register",
    "reindex",
    "revoke_key",
    "sign_in",
    "subject",
    "trace",
    "verify",
    "viewer_for",
    "who",
    "who_of_session",
    "withdraw",
]
