"""What the record itself has to say of an event: repeats and documents taken back whole."""

from typing import Final

from suyuan.kit import Text
from suyuan.model import Finding, Severity

_CURE_CONFLICT: Final = Text(
    "若要更正，请按原 eventID 发送 errorDeclaration，再用新的 eventID 发送正确事件。",
    "To correct it, send an errorDeclaration with that eventID, then the right event with a "
    "new eventID.",
)
_SAME_ID: Final = Text(
    "贵单位已用 eventID “{event_id}” 上报过另一内容。",
    "Your organisation has reported other content with the eventID '{event_id}'.",
)
_EPCIS_ID: Final = "EPCIS 2.0 §7.4.1"
_EPCIS_ERRORS: Final = "EPCIS 2.0 §12.6.1"


def conflict(event_id: str, *, strict: bool) -> Finding:
    """Other content was recorded under this event id by this capturer."""
    return Finding(
        rule="record.event-id-conflict",
        severity=Severity.REFUSE if strict else Severity.HOLD,
        path="eventID",
        message=_SAME_ID.format(event_id=event_id),
        cure=_CURE_CONFLICT,
        law=_EPCIS_ID,
    )


ROLLED_BACK: Final = Finding(
    rule="record.rolled-back",
    severity=Severity.REFUSE,
    path="",
    message=Text(
        "同一文件中另有事件被拒收，整份文件都没有入库。",
        "Another event of this document was refused, so nothing of it was recorded.",
    ),
    cure=Text(
        "请改正被拒收的事件后重发，或用 captureErrorBehaviour=proceed 只收合格的事件。",
        "Mend the refused event and send again, or use captureErrorBehaviour=proceed to have "
        "the good ones recorded.",
    ),
    law=_EPCIS_ERRORS,
)
