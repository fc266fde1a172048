"""Random dose tables against a slow integrator that is obviously right: matrix exponentials from event to event."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from opsonin.simulate import EventTable, Model, solve

KA, CL, V, Q, V2 = 0.8, 3.0, 15.0, 2.0, 25.0
MODEL = Model(
    name="depot and two compartments, doses that depend on the person",
    time_unit="h",
    states={"depot": "mg", "central": "mg", "outer": "mg"},
    parameters=dict.fromkeys(("KA", "CL", "V", "Q", "V2", "F", "LAG", "D", "R"), "1"),
    inputs={"depot": "mg/h", "central": "mg/h"},
    equations=lambda y, p, u: {
        "depot": u.depot - p.KA * y.depot,
        "central": u.central + p.KA * y.depot - (p.CL + p.Q) / p.V * y.central + p.Q / p.V2 * y.outer,
        "outer": p.Q / p.V * y.central - p.Q / p.V2 * y.outer,
    },
    bioavailability={"central": "F"},
    lag={"depot": "LAG", "central": "LAG"},
    duration={"central": "D"},
    rate={"central": "R"},
)
SYSTEM = np.array([[-KA, 0, 0], [KA, -(CL + Q) / V, Q / V2], [0, Q / V, -Q / V2]])
TIMES = np.arange(0.25, 40.0, 0.5)


def reference(rows, f, lag, d, r):
    """Courses (times, 3) by exact propagation of the linear system between all instants that matter."""
    doses, resets = [], []
    for order, row in enumerate(rows):
        if row["EVID"] in (3, 4):
            resets.append((row["TIME"], order))
        if row["EVID"] == 3:
            continue
        share = f if row["CMT"] == 2 else 1.0
        for k in range(row["ADDL"] + 1):
            begin = row["TIME"] + k * row["II"] + lag
            amount = share * row["AMT"]
            if row["RATE"] > 0:
                length = amount / row["RATE"]
            elif row["RATE"] == -1:
                length = amount / r
            elif row["RATE"] == -2:
                length = d
            else:
                length = row["DUR"]
            doses.append([begin, length, amount, row["CMT"] - 1, order])
    flows = []
    for begin, length, amount, state, order in doses:
        if length > 0:
            ends = [t for t, rank in resets if (t > begin or (t == begin and rank > order)) and t < begin + length]
            flows.append((begin, min([begin + length, *ends]), amount / length, state))
    instants = sorted(
        {0.0, *TIMES} | {t for t, _ in resets} | {d[0] for d in doses} | {e for fl in flows for e in fl[:2]}
    )
    y, now, result = np.zeros(3), 0.0, {}
    for then in [t for t in instants if t <= TIMES[-1]]:
        if then > now:
            middle = 0.5 * (now + then)
            push = np.zeros(3)
            for begin, end, rate, state in flows:
                if begin <= middle < end:
                    push[state] += rate
            step = np.zeros((4, 4))
            step[:3, :3], step[:3, 3] = SYSTEM, push
            y = (expm(step * (then - now)) @ np.append(y, 1.0))[:3]
            now = then
        happenings = [(order, 1, dose) for dose in doses if dose[0] == then and dose[1] == 0 for order in [dose[4]]]
        happenings += [(order, 0, None) for t, order in resets if t == then]
        for _, is_dose, dose in sorted(happenings, key=lambda h: h[:2]):
            if is_dose:
                y[dose[3]] += dose[2]
            else:
                y = np.zeros(3)
        if then in TIMES:
            result[then] = y.copy()
    return np.array([result[t] for t in TIMES])


@st.composite
def tables(draw):
    rows, time = [], 0.0
    for _ in range(draw(st.integers(1, 6))):
        time += draw(st.integers(0, 12))
        evid = draw(st.sampled_from([1, 1, 1, 1, 3, 4]))
        cmt = draw(st.sampled_from([1, 2]))
        kind = draw(st.sampled_from(["bolus", "duration", "rate", "modelled"]))
        row = {
            "ID": 1,
            "TIME": time,
            "EVID": evid,
            "CMT": cmt,
            "AMT": 0.0,
            "RATE": 0.0,
            "DUR": 0.0,
            "ADDL": 0,
            "II": 0.0,
        }
        if evid != 3:
            row["AMT"] = float(draw(st.integers(1, 100)))
            if kind == "duration":
                row["DUR"] = float(draw(st.integers(1, 30))) / 2
            elif kind == "rate":
                row["RATE"] = float(draw(st.integers(1, 40)))
            elif kind == "modelled" and cmt == 2:
                row["RATE"] = draw(st.sampled_from([-1.0, -2.0]))
            if draw(st.booleans()):
                row["ADDL"], row["II"] = draw(st.integers(1, 4)), float(draw(st.integers(1, 10)))
        rows.append(row)
    share = draw(st.sampled_from([1.0, 0.5, 0.81]))
    lag = draw(st.sampled_from([0.0, 1.5]))
    return rows, share, lag, draw(st.sampled_from([2.0, 7.5])), draw(st.sampled_from([4.0, 25.0]))


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_any_table_agrees_with_exact_propagation_and_never_goes_negative(case):
    rows, share, lag, d, r = case
    parameters = {"KA": KA, "CL": CL, "V": V, "Q": Q, "V2": V2, "F": share, "LAG": lag, "D": d, "R": r}
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    events = EventTable.from_records(MODEL, columns)
    courses = solve(MODEL, parameters=parameters, n=1, events=events, times=TIMES, rtol=1e-8, threads=1).require()
    expected = reference(rows, share, lag, d, r)
    scale = max(1e-3, np.abs(expected).max())
    for index, name in enumerate(MODEL.states):
        assert np.max(np.abs(courses[name][0] - expected[:, index])) <= 1e-6 * scale
        assert courses[name].min() >= -1e-9 * scale


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(tables(), min_size=2, max_size=20))
def test_company_does_not_change_a_single_bit(cases):
    """Everyone together, in one call, gives exactly what each alone gives."""
    columns = {name: [] for name in ("ID", "TIME", "EVID", "CMT", "AMT", "RATE", "DUR", "ADDL", "II")}
    for number, (rows, *_) in enumerate(cases):
        for row in rows:
            for name in columns:
                columns[name].append(number if name == "ID" else row[name])
    own = {
        "F": [c[1] for c in cases],
        "LAG": [c[2] for c in cases],
        "D": [c[3] for c in cases],
        "R": [c[4] for c in cases],
    }
    parameters = {"KA": KA, "CL": CL, "V": V, "Q": Q, "V2": V2} | {name: np.array(value) for name, value in own.items()}
    together = solve(MODEL, parameters=parameters, events=EventTable.from_records(MODEL, columns), times=TIMES)
    for number, (rows, *_) in enumerate(cases):
        events = EventTable.from_records(MODEL, {name: [row[name] for row in rows] for name in rows[0]})
        mine = {k: v if np.isscalar(v) else v[number] for k, v in parameters.items()}
        alone = solve(MODEL, parameters=mine, n=1, events=events, times=TIMES, threads=1)
        assert np.array_equal(alone["central"][0], together["central"][number], equal_nan=True)
