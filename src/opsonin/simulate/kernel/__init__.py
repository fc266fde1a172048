"""The integrators' own text: ordinary Python, put behind each model's generated functions and compiled with them.

Every file imports an example shape (a one-state model) so that it can be read, checked and tested as it stands;
what follows the line `# --- kernel ---` becomes part of a generated kernel.
"""
