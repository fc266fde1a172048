"""Opsonin: open planning, simulation and explanation for pooled and animal-derived therapeutic antibodies."""

__version__ = "0.1.0"
