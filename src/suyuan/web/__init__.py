"""Takes a browser's request; gives a page that works without script, in Chinese or English.

It holds no logic: what a page says comes from `suyuan.service`.
"""

from suyuan.web.dividing import division_pages
from suyuan.web.routes import problem_page, router

__all__ = ["division_pages", "problem_page", "router"]
