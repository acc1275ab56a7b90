"""Takes a document that waits; captures it as if it had been waited for when it was handed over.

It is judged by who handed it over and by the time at which it came, against the record as it stands
now. The code is that of documents that are captured at once; only where the bytes are differs.
"""

from contextlib import ExitStack, suppress
from typing import Final
from uuid import UUID

from msgspec import structs

from suyuan.capture import JobResult, waiting
from suyuan.capture.types import AlteredError, Waiting
from suyuan.kit import BusyError, Text
from suyuan.ledger.types import AheadError
from suyuan.model import Finding, Severity
from suyuan.record.decode import Decoded, Portion, decode
from suyuan.record.intake import attempt, finished, number
from suyuan.record.types import Recorder
from suyuan.store import Store, WriteConnection
from suyuan.wire import Limits

_PORTION: Final = Portion()
_AGAIN: Final = Text("请原样重发；并告诉管理员。", "Send it again; and tell the administrator.")
_ALTERED: Final = Finding(
    rule="capture.altered",
    severity=Severity.REFUSE,
    path="",
    message=Text(
        "服务器所存的报文不是当初收下的那一份：被改动或损坏；什么也没有入库。",
        "What the server kept of this document is not what was handed over: it was changed or "
        "damaged. Nothing was recorded.",
    ),
    cure=_AGAIN,
)
_FAILED: Final = Finding(
    rule="capture.failed",
    severity=Severity.REFUSE,
    path="",
    message=Text(
        "服务器多次采集这份报文都出错，已放弃；什么也没有入库。",
        "The server failed at this document again and again and gave it up. Nothing was recorded.",
    ),
    cure=_AGAIN,
)


def take_waiting(
    store: Store,
    recorder: Recorder,
    job: UUID,
    *,
    limits: Limits,
    most_tries: int,
    portion: Portion = _PORTION,
) -> JobResult | None:
    """Capture a document that waits; None where it waits no more, or another server is at it.

    It is gone from those that wait in the transaction that records it. One that was tried more
    often than that is given up, which its job tells. It may be as large as when it was handed over.

    Raises:
        BusyError: `record.busy`, a document on the same things takes long; it waits on.
    """
    with ExitStack() as files:
        decoded: Decoded | None = None  # read at the first try; its file stays open for the next

        def work(conn: WriteConnection) -> JobResult | None:
            nonlocal decoded
            held = waiting.hold(conn, job, secret=recorder.secret)
            if held is None:
                return None
            if decoded is None:
                decoded = (
                    Decoded(body=held.body, problem=_FAILED)
                    if held.tries > most_tries
                    else _decoded(conn, held, recorder, files, limits=limits, portion=portion)
                )
            waiting.settle(conn, job, now=recorder.clock())
            return finished(conn, decoded, held.batch, recorder, portion=portion)

        result = attempt(store, work)
    if result is not None:
        with suppress(BusyError, AheadError):  # its job tells positions as soon as there are any
            number(store, recorder, result)
    return result


def _decoded(
    conn: WriteConnection,
    held: Waiting,
    recorder: Recorder,
    files: ExitStack,
    *,
    limits: Limits,
    portion: Portion,
) -> Decoded:
    try:
        source = files.enter_context(waiting.opened(conn, held))
    except AlteredError:
        return Decoded(body=held.body, problem=_ALTERED)
    return decode(
        source,
        held.batch.capturer,
        options=held.batch.options,
        resolvers=recorder.resolvers,
        limits=structs.replace(limits, document_bytes=max(limits.document_bytes, held.size)),
        portion=portion,
    )
