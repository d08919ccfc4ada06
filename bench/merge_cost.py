"""Cost of gathering and adding the replications of other ranks, against how many ranks there are: bench/merge_cost.py PROGRAM SCENARIO

Starts PROGRAM (lockin_merge_cost) under mpirun on 2 to 64 ranks of this machine, more than it has processors, and fits
seconds = start + each * replications of a block, one from each helper.
"""

import argparse
import json
import os
import subprocess

import numpy as np

RANKS = [2, 3, 5, 9, 17, 33, 64]


def measure(program, scenario, ranks):
    root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    mpirun = ["mpirun", *root, "--oversubscribe", "-n", str(ranks)]
    run = subprocess.run([*mpirun, program, scenario], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout)


def line(x, y):
    """Least squares of y = start + each * x in relative terms, since the large values are the noisiest; worst relative error."""
    x, y = np.array(x, float), np.array(y)
    start, each = np.linalg.lstsq(np.stack([1 / y, x / y], axis=1), np.ones(len(y)), rcond=None)[0]
    return {"start": start, "each": each, "worst": float(np.max(np.abs((start + each * x) / y - 1)))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("scenario")
    parser.add_argument("--json")
    options = parser.parse_args()
    points = []
    for ranks in RANKS:
        points.append(measure(options.program, options.scenario, ranks))
        of = points[-1]
        print(f"{ranks:3} ranks: gathering {of['gathering'] * 1e3:8.3f} ms, adding {of['adding'] * 1e3:8.3f} ms", flush=True)
    replications = [of["replications"] for of in points]
    report = {"points": points, "numbers": points[0]["numbers"], "processors": os.cpu_count()}
    for what in ("gathering", "adding"):
        report[what] = line(replications, [of[what] for of in points])
        of = report[what]
        print(f"{what}: {of['start'] * 1e3:.3f} ms a block and {of['each'] * 1e3:.3f} ms a replication, within {of['worst']:.0%}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)


main()
