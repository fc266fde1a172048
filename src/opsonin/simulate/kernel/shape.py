"""The sizes of the example that the kernel's text is read, checked and tested with: one state, sixteen lanes."""

LANES = 16
STATES = 1
INPUTS = 1
CONSTANTS = 1
PARAMETERS = 1
STAGES = 8
FACTORS = 1
SCRATCH = 0
SWITCHES = 0
