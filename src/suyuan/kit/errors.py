"""The root of every error that a person is told about."""

from suyuan.kit.text import Text


class SuyuanError(Exception):
    """Something is wrong that its author can put right: what, in both languages, and where.

    `code` is stable and made for programs (`json.duplicate-key`), `place` says where in the
    input (a path, line or field; empty when the whole is meant), and `status` is the HTTP
    status that problem details carry (RFC 9457). What will be right by itself says in how many
    seconds to try again (`retry_after`, RFC 9110 §10.2.3). `found_wrong` tells what was checked and
    is not as it should be from what could not be done: exit status 1, and 2.
    """

    found_wrong = False

    def __init__(
        self,
        code: str,
        text: Text,
        place: str = "",
        *,
        status: int = 400,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {text.en}" + (f" [{place}]" if place else ""))
        self.code = code
        self.text = text
        self.place = place
        self.status = status
        self.retry_after = retry_after


class BusyError(SuyuanError):
    """Others are at it just now, and nothing was done: come again (RFC 9110 §15.6.4)."""

    def __init__(self, code: str, text: Text, place: str = "", *, retry_after: int = 10) -> None:
        super().__init__(code, text, place, status=503, retry_after=retry_after)
