"""Takes HTTP requests of programs; gives calls to the use cases and their answers as JSON.

It holds no logic. Every error is problem details (RFC 9457), in both languages.
"""

from suyuan.api.application import application

__all__ = ["application"]
