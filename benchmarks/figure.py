"""Draws docs/explanation/engine-work-precision.svg from results.json."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
TARGET = HERE.parent / "docs" / "explanation" / "engine-work-precision.svg"


def main() -> None:
    """One point per measured line of model B1 that has an error, one thread."""
    lines = json.loads((HERE / "results.json").read_text(encoding="utf-8"))["lines"]
    chosen = [x for x in lines if x["case"].startswith("B1") and x["max_rel_error"] and x["threads"] == 1]
    chosen = [x for x in chosen if x["engine"] != "opsonin" or x["n"] == 10_000]
    matplotlib.rcParams["svg.hashsalt"] = "opsonin"
    figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
    for engine in dict.fromkeys(x["engine"] for x in chosen):
        own = sorted((x for x in chosen if x["engine"] == engine), key=lambda x: x["max_rel_error"])
        errors, costs = [x["max_rel_error"] for x in own], [x["cpu_us_per_individual"] for x in own]
        axes.loglog(errors, costs, marker="o", linestyle="-", label=engine)
    axes.set_xlabel("largest relative error of platelets")
    axes.set_ylabel("µs per individual, one thread (CPU time)")
    axes.legend(frameon=False)
    axes.grid(True, which="major", alpha=0.3)
    figure.savefig(TARGET, metadata={"Date": None})


if __name__ == "__main__":
    main()
