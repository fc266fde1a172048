"""Where does everything about a group of lanes stand in its one block of memory, `m`?

One block, so that the compiler sees at once that no two rows overlap. A row is LANES numbers side by side; what
exists per state is a block of STATES rows, state by state.
"""

from __future__ import annotations

from opsonin.simulate.kernel.shape import CONSTANTS, FACTORS, INPUTS, LANES, SCRATCH, STAGES, STATES

# --- kernel ---
ROW = STATES * LANES
Y = 0  # states at the step's beginning
PEAK = Y + ROW  # their largest size so far
STAGE = PEAK + ROW  # states of the stage being computed; at last those at the step's end
F = STAGE + ROW  # slopes of that stage
H = F + ROW  # the step being tried, once per state; then whether it is good
ATOL = H + ROW  # absolute tolerances
SIZED = ATOL + ROW  # estimated errors in units of the tolerance
K = SIZED + ROW  # what the method keeps of every stage
U = K + STAGES * ROW  # infusion rates
C = U + INPUTS * LANES  # constants
WORK = C + CONSTANTS * LANES  # factors of the implicit method's matrix
TERM = WORK + FACTORS * LANES  # logarithms and exponentials of the equations
TIME = TERM + SCRATCH * LANES  # where the lane's individual is
USED = TIME + LANES  # the step being tried
STEP = USED + LANES  # the step it would like to take
TO = STEP + LANES  # where the step being tried ends
STOP = TO + LANES  # the next event
END = STOP + LANES  # the last observation
DUE = END + LANES  # the next observation
ERROR = DUE + LANES  # estimated error, in units of the tolerance
MEMORY = ERROR + LANES  # logarithm of the error of the step before
GOOD = MEMORY + LANES  # 1 if the step is accepted
REFUSED = GOOD + LANES  # 1 if the step before was not
LEAST = REFUSED + LANES  # a step that is too short to matter
CROSS = LEAST + LANES  # where an equation changes its branch, as a fraction of the step; 2 if nowhere
APPROACH = CROSS + LANES  # the ordinary step while a crossing is being approached, else 0
WHO = APPROACH + LANES  # number of the individual; -1 if the lane is empty
SEEN = WHO + LANES  # observations written
ACTION = SEEN + LANES  # next row of the plan
TRIES = ACTION + LANES  # steps tried
FRESH = TRIES + LANES  # 1 after an event, when slopes and step must be found anew
STIFFNESS = FRESH + LANES  # steps that stability limited
COURSE = STIFFNESS + LANES  # of one lane: each state inside the step, as five coefficients
POINT = COURSE + 5 * STATES  # of one lane: each state at one time
MEMORY_SIZE = POINT + STATES
