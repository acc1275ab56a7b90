"""A slow twin of the state rules: reports as they were sent, gone through in a list for each thing.

It knows no bundle, row or index: of a thing it keeps every event that named it, and reads all of
them again for each report, in the order of their times.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Found = tuple[str, str]
"""The rule of a finding, and where in its event."""
Later = tuple[Json, str, str, str]
"""A later report, the thing of which it breaks which rule, and where the judged event names it."""

ENDING = {"decommissioning", "destroying", "retail_selling", "dispensing"}
BY_RULE = {
    "made-first": {"chain.not-made", "chain.before-made"},
    "ended-is-over": {"chain.after-end"},
    "packed-once": {"chain.in-other-container"},
    "unpacked-from-inside": {"chain.not-inside", "chain.not-in-container"},
    "not-inside-itself": {"chain.inside-itself"},
}
LATE = {
    "ended-is-over": "chain.later-use",
    "packed-once": "chain.later-packing",
    "unpacked-from-inside": "chain.later-unpacking",
}
"""What is said of a report by which a later one, judged now, would break a rule."""
DEEP = 8


class Twin:
    """What was reported, by thing, and which events were declared wrong."""

    def __init__(self) -> None:
        self.told: dict[str, list[tuple[Json, bool]]] = {}
        self.wrong: set[str] = set()

    def found(self, event: Json, rules: set[str]) -> set[Found]:
        """What the rules find in a report, going by all that was told before."""
        return {
            (rule, path)
            for thing, path in places(event)
            for rule in self._of(thing, path, event)
            if any(rule in BY_RULE[name] for name in rules)
        }

    def late(self, event: Json, rules: set[str]) -> list[Later]:
        """Which reports that happened later, and stand, break a rule with this one, not without.

        Each later report is judged again as if it came only now, by all on record but itself. What
        is declared wrong says nothing.
        """
        if event["eventID"] in self.wrong:
            return []
        places_of: dict[str, list[str]] = {}
        for thing, path in places(event):
            places_of.setdefault(thing, []).append(path)
        return [
            (later, thing, rule, path)
            for later in self._standing_after(when(event))
            for thing, rule in self._broken_by(later, event)
            if rule in rules
            for path in places_of.get(thing, ["/parentID"])
        ]

    def still(self, event: Json, found: list[Later]) -> set[Found]:
        """What of this is so still, once all that came with the report was told too."""
        return {
            (LATE[rule], path)
            for later, thing, rule, path in found
            if (thing, rule) in self._without(later, event, and_told=True)._breaks(later)
        }

    def _standing_after(self, at: datetime) -> list[Json]:
        told = {
            event["eventID"]: event
            for past in self.told.values()
            for event, held in past
            if not held and event["eventID"] not in self.wrong
        }
        return [event for event in told.values() if when(event) > at]

    def _broken_by(self, later: Json, event: Json) -> set[tuple[str, str]]:
        """The things of a later report of which it breaks a rule only with the event on record."""
        before = self._without(later, event, and_told=False)._breaks(later)
        return self._without(later, event, and_told=True)._breaks(later) - before

    def _without(self, later: Json, event: Json, *, and_told: bool) -> "Twin":
        """The same, had a later report not come, and this one not, or come and not been held."""
        again = Twin()
        for thing, past in self.told.items():
            again.told[thing] = [each for each in past if each[0] not in (later, event)]
        again.wrong = self.wrong
        if and_told:
            again.tell(event, held=False)
        return again

    def _breaks(self, event: Json) -> set[tuple[str, str]]:
        return {
            (thing, name)
            for thing, path in places(event)
            if thing != event.get("parentID") or path == "/parentID"  # in itself it is nowhere
            for found in self._of(thing, path, event)
            for name in LATE
            if found in BY_RULE[name]
        }

    def tell(self, event: Json, *, held: bool) -> None:
        """One more event, held or not."""
        for thing in {thing for thing, _ in places(event)}:
            self.told.setdefault(thing, []).append((event, held))

    def _of(self, thing: str, path: str, event: Json) -> Iterator[str]:
        at, action, kind = when(event), event.get("action"), event["type"]
        makes = (kind, action) == ("ObjectEvent", "ADD") or path.startswith("/output")
        made = min(self._times(thing, self._made), default=None)
        if not makes:
            if made is None and path != "/parentID" and not any(self._times(thing, self._holds)):
                yield "chain.not-made"
            if made is not None and at < made:
                yield "chain.before-made"
        if any(end < at for end in self._times(thing, self._ended, held=False)):
            yield "chain.after-end"
        if kind == "AggregationEvent" and path.startswith("/child"):
            yield from self._packing(self._lies_in(thing, at), event)
            if action == "ADD" and thing in [event["parentID"], *self._around(event)]:
                yield "chain.inside-itself"

    def _around(self, event: Json) -> Iterator[str]:
        """What the container of an event lies in at its time, so deep as is looked."""
        inside = event["parentID"]
        for _ in range(DEEP):
            inside = self._lies_in(inside, when(event))
            if not inside:
                return
            yield inside

    def _packing(self, inside: str, event: Json) -> Iterator[str]:
        if event["action"] == "ADD" and inside not in ("", event["parentID"]):
            yield "chain.in-other-container"
        if event["action"] == "DELETE" and not inside:
            yield "chain.not-inside"
        elif event["action"] == "DELETE" and inside != event["parentID"]:
            yield "chain.not-in-container"

    def _past(self, thing: str) -> list[tuple[Json, bool]]:
        known = self.told.get(thing, [])
        return [(event, held) for event, held in known if event["eventID"] not in self.wrong]

    def _times(self, thing: str, which: Any, *, held: bool = True) -> list[datetime]:
        past = self._past(thing)
        return [when(event) for event, is_held in past if which(thing, event) and held >= is_held]

    def _made(self, thing: str, event: Json) -> bool:
        is_new = (event["type"], event.get("action")) == ("ObjectEvent", "ADD")
        return is_new or thing in event.get("outputEPCList", ())

    def _holds(self, thing: str, event: Json) -> bool:
        is_packed = event["type"] == "AggregationEvent" and event["action"] != "OBSERVE"
        return is_packed and thing == event["parentID"]

    def _ended(self, thing: str, event: Json) -> bool:
        kind, action = event["type"], event.get("action")
        if kind == "TransformationEvent":
            return thing in event["inputEPCList"] and thing not in event["outputEPCList"]
        if (kind, action) == ("ObjectEvent", "ADD"):
            return False
        is_named = kind in ("ObjectEvent", "TransactionEvent") and thing in event["epcList"]
        return is_named and ((kind, action) == ("ObjectEvent", "DELETE") or _ends(event))

    def _lies_in(self, thing: str, until: datetime) -> str:
        """Where the last packing by then put it, unless it was taken out of that then or since."""
        moves = [
            (when(event), event["action"], event["parentID"])
            for event, held in self._past(thing)
            if event["type"] == "AggregationEvent" and thing in event["childEPCs"]
            and thing != event["parentID"]
            and when(event) <= until and event["action"] != "OBSERVE"
            and not held
        ]  # fmt: skip
        since = max((at for at, _, _ in moves), default=until)
        put = {box for at, action, box in moves if at == since and action == "ADD"}
        put -= {box for at, action, box in moves if at == since and action == "DELETE"}
        inside = max(put, default="")
        return "" if inside and self._is_emptied(inside, since, until) else inside

    def _is_emptied(self, container: str, since: datetime, until: datetime) -> bool:
        return any(
            event["type"] == "AggregationEvent" and event["action"] == "DELETE"
            and event["parentID"] == container and not event["childEPCs"]
            and since < when(event) <= until and not held
            for event, held in self._past(container)
        )  # fmt: skip


def _ends(event: Json) -> bool:
    return event.get("bizStep") in ENDING


def when(event: Json) -> datetime:
    """The time at which it happened."""
    return datetime.fromisoformat(event["eventTime"])


def places(event: Json) -> Iterator[tuple[str, str]]:
    """The instances that an event names, and where."""
    if "parentID" in event:
        yield event["parentID"], "/parentID"
    for member in ("epcList", "childEPCs", "inputEPCList", "outputEPCList"):
        for at, thing in enumerate(event.get(member, ())):
            yield thing, f"/{member}/{at}"
