"""Takes what a face was asked, by whom; gives the answer of a use case, in one transaction.

Every face calls these and nothing below them, so page, API and terminal behave alike.
"""

from suyuan.service.access import (
    OPERATOR,
    AccessError,
    Who,
    capturer_of,
    form_seal,
    fresh_key,
    keys_of,
    local_capturer,
    revoke_key,
    sign_in,
    viewer_for,
    who,
    who_of_session,
)
from suyuan.service.asking import (
    Identified,
    answer,
    examples,
    identify,
    labelled,
    progress,
    subject,
    trace,
)
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
from suyuan.service.entitling import (
    PROOFS,
    disentitle,
    entitle,
    entitlements,
    require_operator,
)
from suyuan.service.following import keep_following
from suyuan.service.issuing import (
    Code,
    Issue,
    Order,
    PackageInfo,
    codes,
    issue,
    package_named,
    packages,
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
from suyuan.service.tables import For, table
from suyuan.service.verifying import IssuedHere, Outcome, Verification, verify
from suyuan.service.withdrawing import place_of, withdraw_codes, withdrawn

__all__ = [
    "OPERATOR",
    "PROOFS",
    "AccessError",
    "Brought",
    "Code",
    "Config",
    "Divided",
    "For",
    "Identified",
    "ImportTotals",
    "Issue",
    "IssuedHere",
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
    "answer",
    "bring_in",
    "capture",
    "capturer_of",
    "codes",
    "contacts",
    "day_of",
    "disentitle",
    "divided",
    "divisions_named",
    "doctor",
    "documents",
    "entitle",
    "entitlements",
    "event",
    "events",
    "examples",
    "follow",
    "form_seal",
    "fresh_key",
    "identify",
    "import_movements",
    "imports",
    "issue",
    "job",
    "keep_following",
    "keys_of",
    "labelled",
    "local_capturer",
    "on_store",
    "open_platform",
    "pack",
    "package_named",
    "packages",
    "packed_before",
    "place_of",
    "print_labels",
    "print_runs",
    "progress",
    "provinces",
    "read",
    "register",
    "reindex",
    "require_operator",
    "revoke_key",
    "sign_in",
    "subject",
    "table",
    "trace",
    "verify",
    "viewer_for",
    "who",
    "who_of_session",
    "withdraw",
    "withdraw_codes",
    "withdrawn",
]
