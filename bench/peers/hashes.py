"""The reference generator of CBV hash ids, over a file of events."""

import json
import logging
import sys
from time import process_time

from epcis_event_hash_generator.events_from_file_reader import event_list_from_file
from epcis_event_hash_generator.hash_generator import epcis_hashes_from_events


def main() -> None:
    """Hash what is asked for, in the time of this process."""
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        file = json.loads(line)["file"]
        begun = process_time()
        ids = epcis_hashes_from_events(event_list_from_file(file))
        print(json.dumps({"seconds": process_time() - begun, "ids": ids}), flush=True)


main()
