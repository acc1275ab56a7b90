"""Takes a browser's request; gives a page that works without script, in Chinese or English.

It holds no logic: what a page says comes from `suyuan.service`.
"""

from collections.abc import Callable
from typing import Any

from suyuan.web.balancing import balance_pages
from suyuan.web.contacting import contact_pages
from suyuan.web.covering import coverage_pages
from suyuan.web.credit import credit_pages
from suyuan.web.dispersing import dispersion_pages
from suyuan.web.dividing import division_pages
from suyuan.web.due import due_pages
from suyuan.web.inspecting import inspection_pages
from suyuan.web.permitted import permit_pages
from suyuan.web.recalling import scope_pages
from suyuan.web.receipting import receipt_pages
from suyuan.web.request import AnyRequest
from suyuan.web.routes import home, problem_page, router
from suyuan.web.ruling import family_pages
from suyuan.web.sourcing import source_pages
from suyuan.web.tracing import trace_pages

drawn: dict[str, Callable[[AnyRequest], Any]] = {
    **division_pages,
    **family_pages,
    **balance_pages,
    **dispersion_pages,
    **permit_pages,
    **credit_pages,
    **due_pages,
    **receipt_pages,
    **trace_pages,
    **scope_pages,
    **source_pages,
    **inspection_pages,
    **contact_pages,
    **coverage_pages,
    "listResources": home,
}
"""By operation of the API: the page that a browser is given at the same address; of one that takes
a body, what awaits it."""

__all__ = ["drawn", "problem_page", "router"]
