"""What would happen to these individuals? The one call that runs the engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from opsonin.simulate.cache import fingerprint, load_kernel
from opsonin.simulate.courses import Courses, Failure
from opsonin.simulate.events import EventTable, Floats, Integers
from opsonin.simulate.model import Model
from opsonin.simulate.piece import Piece
from opsonin.simulate.reductions import Reduction
from opsonin.simulate.request import Request, checked

CHUNK = 512  # individuals prepared and solved together, few enough for the cache; results do not depend on it
PATIENCE = 150  # explicit steps before an individual may be called stiff
STIFF = 4  # the kernel's word for an individual to be solved again by the implicit method
REASONS = {
    1: "step limit reached",
    2: "step size fell to nothing",
    3: "a value is not finite",
}


def solve(
    model: Model,
    *,
    parameters: Mapping[str, ArrayLike],
    times: ArrayLike,
    n: int | None = None,
    events: EventTable | None = None,
    outputs: Sequence[str] | None = None,
    reductions: Sequence[Reduction] = (),
    initial: Mapping[str, ArrayLike] | None = None,
    typical: Mapping[str, ArrayLike] | None = None,
    start: float | None = None,
    rtol: float = 1e-6,
    atol: float | Mapping[str, float] | None = None,
    method: str = "auto",
    threads: int | None = None,
    max_steps: int = 100_000,
    progress: Callable[[int, int], None] | None = None,
) -> Courses:
    """What would happen to n individuals with these parameters, given these events?

    parameters: every parameter of the model, a number or an array (n,). times: observation times, sorted, (times,)
    or (n, times) with NaN padding; an observation at the instant of an event sees the state after it. outputs: names
    of states or derived outputs (default: all, or none when reductions are asked for). initial: values that replace
    the model's initial state. start: when the initial state holds (default: 0, or the first event if earlier).
    rtol: error per step relative to each state's size; atol: absolute, one number or per state, or None: a thousandth
    of each state's largest size so far counts as its size (`typical`: sizes known beforehand, by state). method:
    "tsit5", "rodas5p" (stiff), or "auto": explicit, and implicit for those individuals that turn out stiff.
    progress: called with (done, n).

    Results are bitwise the same for any threads, chunks and company. Individuals that fail are NaN and listed in
    `courses.failed`. Raises InputRefused with every problem found.

    >>> from opsonin.simulate.examples import DECAY
    >>> events = EventTable.infusions(DECAY, 2, [(0.0, 0.0, 100.0)], state="A")
    >>> courses = solve(DECAY, parameters={"k": [0.1, 0.2], "V": 10.0}, n=2, events=events, times=[0.0, 10.0])
    >>> courses["concentration"].round(4).tolist()
    [[10.0, 3.6788], [10.0, 1.3534]]
    """
    request = checked(
        model, parameters=parameters, times=times, n=n, events=events, outputs=outputs, reductions=reductions,
        initial=initial, typical=typical, start=start, rtol=rtol, atol=atol, method=method, max_steps=max_steps,
        solver=solve,
    )  # fmt: skip
    return _run(request, threads, progress)


@dataclass
class _Store:
    """Where the results of all chunks go."""

    courses: Floats
    reduced: dict[str, Floats]
    final: Floats
    status: Integers
    failed_at: Floats
    steps: Integers
    implicit: np.ndarray


def _run(request: Request, threads: int | None, progress: Callable[[int, int], None] | None) -> Courses:
    n, width = request.n, request.times.shape[-1]
    store = _Store(
        courses=np.empty((len(request.outputs), n, width)),
        reduced={reduction.name: np.empty(n) for reduction in request.reductions},
        final=np.empty((n, len(request.model.states))),
        status=np.zeros(n, np.int64),
        failed_at=np.zeros(n),
        steps=np.zeros(n, np.int64),
        implicit=np.zeros(n, bool),
    )
    workers = max(1, threads if threads is not None else _cores())
    size = min(CHUNK, max(64, -(-n // workers)))
    pieces = [slice(lower, min(lower + size, n)) for lower in range(0, n, size)]
    kernel = cache(partial(_kernel, request))  # found once, not for every chunk
    done = 0
    for finished in _all(pieces, lambda piece: _solve_piece(request, kernel, piece, store), workers):
        done += finished.stop - finished.start
        if progress is not None:
            progress(done, n)
    return _courses(request, store)


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _all(pieces: list[slice], work: Callable[[slice], None], workers: int) -> Iterator[slice]:
    """Do the work on every piece, in threads if there are several; yield pieces as they finish."""
    if workers == 1 or len(pieces) == 1:
        for piece in pieces:
            work(piece)
            yield piece
        return
    executor = ThreadPoolExecutor(max_workers=workers)
    try:
        futures = {executor.submit(work, piece): piece for piece in pieces}
        for future in as_completed(futures):
            future.result()
            yield futures[future]
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _kernel(request: Request, method: str) -> Any:
    """The compiled kernel of this model and method."""

    def source() -> str:
        from opsonin.simulate.kernel_source import kernel_source
        from opsonin.simulate.symbols import trace

        return kernel_source(trace(request.model), method)

    return load_kernel(fingerprint(request.model, method), source)


def _solve_piece(request: Request, kernel: Callable[[str], Any], rows: slice, store: _Store) -> None:
    """Solve the individuals of one chunk, kernel: by method, and put what was asked for into the store."""
    piece = Piece(request, rows)
    stored = not request.reductions
    results = store.courses if stored else np.empty((len(request.kept), piece.n, request.times.shape[-1]))
    base = rows.start if stored else 0
    implicit = request.method == "rodas5p"
    patience = PATIENCE if request.method == "auto" else 0
    ledger, final = piece.integrate(kernel("rodas5p" if implicit else "tsit5"), results, base, patience)
    store.implicit[rows] = implicit
    stiff = np.flatnonzero(ledger[:, 0] == STIFF)
    if stiff.size:
        some = piece.of(stiff)
        again = np.empty((len(request.kept), stiff.size, request.times.shape[-1]))
        ledger[stiff], final[stiff] = some.integrate(kernel("rodas5p"), again, 0, 0)
        results[:, base + stiff] = again
        store.implicit[rows.start + stiff] = True
    store.status[rows], store.steps[rows] = ledger[:, 0], ledger[:, 1]
    store.final[rows], store.failed_at[rows] = final[:, :-1], final[:, -1]
    if stored:
        return
    store.courses[:, rows] = results[: len(request.outputs)]
    times = request.times if request.times.ndim == 1 else request.times[rows]
    for reduction in request.reductions:
        series = results[request.kept.index(reduction.output)]
        store.reduced[reduction.name][rows] = reduction.reduce(times, series)


def _courses(request: Request, store: _Store) -> Courses:
    lost = np.flatnonzero(store.status)
    for value in store.reduced.values():
        value[lost] = np.nan
    values = dict(zip(request.outputs, store.courses, strict=True)) | store.reduced
    implicit = int(store.implicit.sum())
    counts = {"tsit5": request.n - implicit, "rodas5p": implicit}
    return Courses(
        model=request.model.name,
        times=request.times,
        values=values,
        final=store.final,
        failed=tuple(
            Failure(int(i), float(store.failed_at[i]), REASONS.get(int(store.status[i]), "unknown")) for i in lost
        ),
        method={name: count for name, count in counts.items() if count},
        steps=store.steps,
        rtol=request.rtol,
        atol=request.given_atol,
        units={**request.model.states, **request.model.output_units},
    )
