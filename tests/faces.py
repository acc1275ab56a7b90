"""Pages and API for tests that ask over HTTP: put together once, then on each test's platform.

The framework needs a sixth of a second to put its 350 handlers together, longer than most tests
take. All that the application knows of a platform is the platform itself, looked up at every
request, and the largest document, which it says on its answers.
"""

from litestar import Litestar

from suyuan.main import asgi
from suyuan.service import Platform

_made: dict[int, Litestar] = {}


def faces_of(platform: Platform) -> Litestar:
    """The application on this platform, until it is asked for another; never for two at once."""
    limit = platform.config.max_document
    if limit not in _made:
        _made[limit] = asgi(platform)
    _made[limit].state.platform = platform
    return _made[limit]
