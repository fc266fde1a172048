"""A load for the record, to be killed: appends numbered events and says which were acknowledged.

`crash_load.py kill ADDRESS KILLS SEED`: children append and are ended by SIGKILL at random moments; a child begins with
the event its predecessor could not get acknowledged, under the same id. Prints {"acknowledged": n, "kills": k}.
`crash_load.py append ADDRESS WRITER FIRST COUNT`: appends and prints each number once it is acknowledged.
`crash_load.py fill ADDRESS BYTES`: as append, with files limited to BYTES more than they have; prints what stopped it.
"""

import json
import os
import random
import select
import signal
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import psycopg  # noqa: F401 - imported once, before the children are made
import rfc8785  # noqa: F401
import sqlalchemy  # noqa: F401

from opsonin.patient.event_line import event_from_line
from opsonin.record import NotRecorded, RecordUnavailable, open_record
from opsonin.record.record import Record  # noqa: F401


def event(writer, number):
    line = {"kind": "rate", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": f"case-{writer}"}
    return event_from_line({**line, "rate": f"{number} mL/h", "id": f"{writer}-{number}"}, place="load")


def append(address, writer, first, count, say):
    with open_record(address) as record:
        for number in range(first, first + count):
            record.append(event(writer, number))
            say(number)


def kill(address, kills, seed):
    chance, acknowledged = random.Random(seed), 0
    open_record(address).close()  # what opening imports is there before the children are
    for _ in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w", buffering=1) as said:
                append(address, "load", acknowledged + 1, 10_000, partial(print, file=said))
            os._exit(0)
        os.close(writing)
        if chance.random() < 0.7:  # while it appends; else while it opens the record
            select.select([reading], [], [], 30)
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as said:
            for line in said:
                assert int(line) == acknowledged + 1
                acknowledged = int(line)
    print(json.dumps({"acknowledged": acknowledged, "kills": kills}))


def fill(address, more):
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = max(file.stat().st_size for file in Path(address).parent.iterdir())
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if more:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + more, hard))
    acknowledged = []
    try:
        append(address, "load", 1, 100_000, acknowledged.append)
    except NotRecorded as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(json.dumps({"acknowledged": len(acknowledged), "stopped": str(error)}))


def main():
    warnings.simplefilter("ignore")  # the head may lag when the disk is full
    what, address, *rest = sys.argv[1:]
    if what == "kill":
        kill(address, *map(int, rest))
    elif what == "fill":
        fill(address, int(rest[0]))
    else:
        try:
            append(address, rest[0], int(rest[1]), int(rest[2]), lambda number: print(number, flush=True))
        except (NotRecorded, RecordUnavailable) as error:
            sys.exit(f"stopped: {error}")


main()
