"""QU4RTET's repository: XML documents parsed into its tables, on the same PostgreSQL server.

What its interface asks by itself (a thing, an event id) is asked so; the rest through its models,
in a page of thirty that is read as its interface reads events.
"""

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "quartet_capture",
    "quartet_epcis",
]
PAGE = 30
Wanted = dict[str, Any]
WITH = (
    "transformationid_set", "errordeclaration_set", "quantityelement_set",
    "businesstransaction_set", "instancelotmasterdata_set", "sourceevent_set__source",
    "destinationevent_set__destination",
)  # fmt: skip


def _minute(row: Any) -> Wanted:
    return {"event_time__gte": row.event_time, "event_time__lt": row.event_time + timedelta(0, 60)}


def _paper(row: Any) -> Wanted:
    first = row.businesstransaction_set.first()
    return {
        "businesstransaction__type": first.type,
        "businesstransaction__biz_transaction": first.biz_transaction,
    }


def _party(row: Any) -> Wanted:
    source = next(each.source for each in row.sourceevent_set.all() if "party" in each.source.type)
    return {
        "sourceevent__source__type": source.type,
        "sourceevent__source__source": source.source,
        "biz_step": row.biz_step,
    }


FILTERS: dict[str, Callable[[Any], Wanted]] = {
    "a lot's events": lambda row: {
        "quantityelement__epc_class": row.quantityelement_set.first().epc_class
    },
    "of a delivery note": _paper,
    "of a minute": _minute,
    "of a place, newest first": lambda row: {"biz_location": row.biz_location},
    "of a step since a time": lambda row: {
        "biz_step": row.biz_step,
        "event_time__gte": row.event_time,
    },
    "received from a party": _party,
    "made by a type at a place": lambda row: {"type": row.type, "read_point": row.read_point},
    "above an amount in a minute": lambda row: (
        _minute(row) | {"quantityelement__quantity__gte": 0.1}
    ),
}
"""The queries of `bench.asking` by what this program keeps of an event that answers."""


def main() -> None:
    """The first line names the database; then each names a file to capture or a query to answer."""
    import django  # noqa: PLC0415 -- so are all its imports: settings first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        DATABASES={"default": json.loads(sys.stdin.readline())["database"]},
        INSTALLED_APPS=APPS,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=False,
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from quartet_epcis.models.events import Event  # noqa: PLC0415

    print(json.dumps({"events": Event.objects.count()}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        work = _parsing(asked["file"]) if "file" in asked else _asking(**asked)
        begun, worked = perf_counter(), process_time()
        found = work()
        spent = {"seconds": perf_counter() - begun, "cpu": process_time() - worked}
        told = {"events": Event.objects.count()} if "file" in asked else {"found": found}
        print(json.dumps(spent | told), flush=True)


def _parsing(file: str) -> Callable[[], Any]:
    from quartet_epcis.parsing.parser import QuartetParser  # noqa: PLC0415

    data = io.BytesIO(Path(file).read_bytes())
    return lambda: QuartetParser(data).parse()


def _asking(query: str, event: str) -> Callable[[], int]:
    """The work of a query that this event answers; what to ask for is looked up before."""
    from quartet_epcis.db_api.queries import EPCISDBProxy  # noqa: PLC0415
    from quartet_epcis.models.entries import EntryEvent  # noqa: PLC0415
    from quartet_epcis.models.events import Event  # noqa: PLC0415

    proxy, row = EPCISDBProxy(), Event.objects.get(event_id=event)
    if query == "a thing's events":
        thing = EntryEvent.objects.filter(event=row).first().identifier
        return lambda: len(proxy.get_events_by_epc(thing))
    if query == "an event by its id":
        return lambda: int(proxy.get_event_by_id(event) is not None)
    wanted = FILTERS[query](row)
    order = ["-event_time"] if "newest" in query else []

    def page() -> int:
        rows = Event.objects.filter(**wanted).order_by(*order).prefetch_related(*WITH)[:PAGE]
        return len([proxy.get_epcis_event(each) for each in rows])

    return page


main()
