"""Takes facts and what is asked; gives stock accounts, and where they contradict themselves.

The meaning of every word is docs/concepts/balance.md.
"""

from suyuan.trace.accounts.audit import audit

__all__ = ["audit"]
