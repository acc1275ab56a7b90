"""QU4RTET's repository: XML documents parsed into its tables, on the same PostgreSQL server."""

import io
import json
import sys
from pathlib import Path
from time import perf_counter, process_time

APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "quartet_capture",
    "quartet_epcis",
]


def main() -> None:
    """The first line names the database; then each names a file to capture or a thing to find."""
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
    from quartet_epcis.db_api.queries import EPCISDBProxy  # noqa: PLC0415
    from quartet_epcis.models.events import Event  # noqa: PLC0415
    from quartet_epcis.parsing.parser import QuartetParser  # noqa: PLC0415

    print(json.dumps({"events": Event.objects.count()}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        data = io.BytesIO(Path(asked["file"]).read_bytes()) if "file" in asked else None
        found = []
        begun, worked = perf_counter(), process_time()
        if data:
            QuartetParser(data).parse()
        else:
            found = EPCISDBProxy().get_events_by_epc(asked["epc"])
        spent = {"seconds": perf_counter() - begun, "cpu": process_time() - worked}
        told = {"events": Event.objects.count()} if data else {"found": len(found)}
        print(json.dumps(spent | told), flush=True)


main()
