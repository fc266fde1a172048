"""How long does a record take to grow and to be verified? 100,000 events, one JSON line for each measurement.

`python benchmarks/keep_record.py [EVENTS] [POSTGRESQL_URL]` prints and writes benchmarks/keep-record-results.json.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from opsonin.patient.event import Event
from opsonin.patient.event_line import event_from_line
from opsonin.record import create_record, transfer

ONE_BY_ONE = 300  # each made durable before the next
AT_ONCE = 1000  # in one transaction


def event(number: int) -> Event:
    line = {"kind": "rate", "at": "2026-11-21T09:30+01:00", "who": "ward nurse", "source": "ward", "case": "adult-1"}
    return event_from_line({**line, "rate": f"{number % 900 + 1} mL/h", "reason": "no symptoms"}, place="")


def measure(where: str, count: int) -> dict[str, object]:
    times: list[float] = []
    with create_record(where) as record, tempfile.TemporaryDirectory() as folder:
        for number in range(ONE_BY_ONE):
            begun = time.perf_counter()
            record.append(event(number))
            times.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for first in range(ONE_BY_ONE, count, AT_ONCE):
            record.append_all([event(number) for number in range(first, min(first + AT_ONCE, count))])
        batched = time.perf_counter() - begun
        begun = time.perf_counter()
        found = record.verify()
        verified = time.perf_counter() - begun
        assert found.holds and found.head.length == count
        begun = time.perf_counter()
        assert record.verify_case("nobody").holds
        of_a_case = time.perf_counter() - begun
        late = []
        for number in range(100):
            begun = time.perf_counter()
            record.append(event(number))
            late.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        transfer.write_export(record, Path(folder) / "out.jsonl")
        exported = time.perf_counter() - begun
    times.sort()
    late.sort()
    return {
        "store": "postgresql" if "://" in where else "sqlite",
        "events": count,
        "append_one_durably_ms_median": round(times[len(times) // 2] * 1e3, 2),
        "append_one_durably_ms_p95": round(times[int(len(times) * 0.95)] * 1e3, 2),
        "append_one_to_the_full_record_ms_median": round(late[len(late) // 2] * 1e3, 2),
        f"append_in_batches_of_{AT_ONCE}_us_per_event": round(batched / (count - ONE_BY_ONE) * 1e6, 1),
        "verify_s": round(verified, 2),
        "verify_a_case_after_that_s": round(of_a_case, 2),
        "verify_and_export_s": round(exported, 2),
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for where in (f"{folder}/bench.record", *sys.argv[2:3]):
            results.append(measure(where, count))
            print(json.dumps(results[-1]))
    made = {"date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}", "results": results}  # fmt: skip
    Path(__file__).with_name("keep-record-results.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
