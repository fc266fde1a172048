"""Fill the disk under a PostgreSQL server until it records no more; say what was acknowledged and what is there.

`full_disk.py FOLDER`, in a mount namespace of its own: a small file system is mounted on FOLDER, the server's data and
log lie in it. Prints {"acknowledged": n, "stopped": why, "there": n, "holds": true, "goes_on": true}.
"""

import json
import random
import subprocess
import sys
import warnings
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from opsonin.patient.event_line import event_from_line
from opsonin.record import NotRecorded, RecordUnavailable, create_record, open_record

SIZE, BALLAST = "72m", 8 << 20  # of the file system; what is deleted to make room again


def beside(name):
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def event(number, chance):
    """Words that cannot be packed."""
    line = {"kind": "note", "at": "2026-11-21T09:30+01:00", "who": "nurse", "source": "ward", "case": "load"}
    return event_from_line(line | {"says": chance.randbytes(30_000).hex(), "id": f"load-{number}"}, place="load")


def main():
    warnings.simplefilter("ignore")  # the head may lag
    folder = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=777", "tmpfs", folder], check=True)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    server = beside("postgresql").Server(folder, small=True)
    with server:
        address = server.new_database("load")
        create_record(address).close()
        acknowledged, stopped, chance = 0, "", random.Random(8)
        while not stopped:
            try:
                with open_record(address) as record:
                    while True:
                        record.append(event(acknowledged + 1, chance))
                        acknowledged += 1
            except (NotRecorded, RecordUnavailable) as error:
                stopped = str(error)
        left = subprocess.run(["df", "--output=avail", "-B1", folder], capture_output=True, text=True, check=True)
        ballast.unlink()  # there is room again
        server.restart()
        with open_record(address) as record:
            numbers = [int(one.id.removeprefix("load-")) for one in record.events()]
            holds = record.verify().holds
            record.append(event(len(numbers) + 1, chance))
            goes_on = record.verify().holds and len(record) == len(numbers) + 1
    in_order = numbers == list(range(1, len(numbers) + 1))
    said = {"acknowledged": acknowledged, "stopped": stopped, "left": int(left.stdout.split()[1]), "in_order": in_order}
    print(json.dumps({**said, "there": len(numbers), "holds": holds, "goes_on": goes_on}))


main()
