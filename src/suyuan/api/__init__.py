"""Takes HTTP requests of programs; gives calls to the use cases and their answers as JSON.

It holds no logic. Every error is problem details (RFC 9457), in both languages.
"""

from suyuan.api.application import application
from suyuan.api.heads import TimedHeads
from suyuan.api.logs import configure_logs
from suyuan.api.witnessing import witness_application

__all__ = ["TimedHeads", "application", "configure_logs", "witness_application"]
