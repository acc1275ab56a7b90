"""A document's new events, judged and recorded portion by portion, in one transaction.

What is recorded of one portion is on record for the next: it makes no difference where a document
is cut. Where one refused event undoes the whole, what was recorded is undone behind the last.
"""

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from operator import attrgetter

import psycopg
from msgspec import structs

from suyuan import state
from suyuan.capture import Batch, EventResult, OnRefusal
from suyuan.model import Verdict
from suyuan.record.append import append, draw_entries
from suyuan.record.decide import Decided, decide
from suyuan.record.decode import Outline, Reader
from suyuan.record.findings import ROLLED_BACK
from suyuan.record.repeats import Sorted, fresh_of
from suyuan.record.types import Recorder
from suyuan.state import plain
from suyuan.store import WriteConnection


class Judging:
    """What became of a document's new and unread events: `results` by index, and those refused."""

    def __init__(
        self,
        conn: WriteConnection,
        recorder: Recorder,
        reader: Reader,
        batch: Batch,
        found: Sorted,
        portions: Sequence[Sequence[Outline]],
    ) -> None:
        self.results: dict[int, EventResult] = {}
        self._conn = conn
        self._recorder = recorder
        self._reader = reader
        self._batch = batch
        self._portions = portions
        self._numbered: list[int] = []
        self._entries: list[int] = []
        self._undoes = batch.options.on_refusal is OnRefusal.ROLLBACK
        for outline in found.unread:
            item = reader.item(outline.index)
            self.results[item.index] = EventResult(
                index=item.index,
                event_id=item.sent_id,
                verdict=Verdict.REFUSED,
                findings=item.findings,
            )
        self._is_refused = bool(found.unread)

    @property
    def refused(self) -> list[EventResult]:
        """Those that are not on record, in the order of their document."""
        refused = (one for one in self.results.values() if one.verdict is Verdict.REFUSED)
        return sorted(refused, key=attrgetter("index"))

    def run(self, now: datetime) -> None:
        """Judge and record all, or all of which none is refused."""
        is_cut = len(self._portions) > 1  # else nothing is written before all is judged
        with self._conn.transaction() if is_cut else nullcontext():
            if is_cut:
                self._begin()
            for place, portion in enumerate(self._portions, start=1):
                self._take(portion, now, last=place == len(self._portions))
            if self._undoes and self._is_refused:
                self._take_back()
                if is_cut:
                    raise psycopg.Rollback

    def _begin(self) -> None:
        """Lock everything, and number the events in the order of their document."""
        plain.keeping(self._conn, self._batch.capturer.tenant)  # which comes before locks
        state.lock_everything(self._conn)
        self._numbered = sorted(one.index for portion in self._portions for one in portion)
        self._entries = draw_entries(self._conn, len(self._numbered))

    def _take(self, portion: Sequence[Outline], now: datetime, *, last: bool) -> None:
        strict = self._batch.options.strict
        fresh = [fresh_of(one, self._reader, strict=strict) for one in portion]
        capturer = self._batch.capturer
        decided = decide(self._conn, fresh, self._recorder, capturer=capturer, now=now)
        good = [one for one in decided if one.verdict is not Verdict.REFUSED]
        self._is_refused |= len(good) < len(decided)
        entries: list[int] = []
        if not (last and self._undoes and self._is_refused):
            entries = self._append(good)
        numbers = dict(zip(map(_index, good), entries, strict=False))
        for one in decided:
            self.results[_index(one)] = _result(one, numbers.get(_index(one)))

    def _append(self, good: Sequence[Decided]) -> list[int]:
        entries = (
            [self._entries[bisect_left(self._numbered, _index(one))] for one in good]
            if self._numbered
            else draw_entries(self._conn, len(good))
        )
        document = self._reader.document
        append(
            self._conn, good, self._recorder, batch=self._batch, document=document, entries=entries
        )
        return entries

    def _take_back(self) -> None:
        """Say of what could have been recorded that its document was not."""
        for index, one in self.results.items():
            if one.verdict is not Verdict.REFUSED:
                found = (*one.findings, ROLLED_BACK)
                self.results[index] = structs.replace(
                    one, verdict=Verdict.REFUSED, findings=found, entry=None
                )


def _index(decided: Decided) -> int:
    return decided.fresh.item.index


def _result(decided: Decided, entry: int | None) -> EventResult:
    return EventResult(
        index=_index(decided),
        event_id=decided.fresh.event.event_id,
        verdict=decided.verdict,
        findings=decided.findings,
        entry=entry,
    )
