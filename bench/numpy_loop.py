"""One-layer workloads in vectorised numpy, the way a user would write them: bench/numpy_loop.py [--customers N]

Prints nanoseconds per agent-step (24 periods, without the opening draw) and the shares of the last period, which must be
those of the hand-written loops (within 0.003).
"""

import argparse
import json
import time

import numpy as np

PERIODS, STAGES = 24, 8
Q0 = np.array([1.00, 1.05, 0.90, 0.85, 0.80, 0.70])
GQ = np.array([0.010, 0.020, 0.012, 0.010, 0.008, 0.005])
LP0 = np.array([0.00, -0.10, -0.05, 0.00, 0.05, -0.15])
GP = np.array([0.02, 0.03, 0.02, 0.02, 0.015, 0.02])
START = np.array([0.40, 0.10, 0.15, 0.10, 0.10, 0.15])
Z = np.array([-1.5, -0.9, -0.5, -0.15, 0.15, 0.5, 0.9, 1.5])
ALPHA = np.outer([1.2, 1.0, 0.6, 0.4, 1.5], np.exp(0.4 * Z)).ravel()
BETA = np.outer([2.0, 1.6, 1.2, 1.0, 1.4], np.exp(0.3 * Z[::-1])).ravel()
KAPPA = 0.5 + 2.0 * np.expm1(-np.arange(STAGES + 1) / 3) / np.expm1(-STAGES / 3)


def run(customers, re_evaluate, seed, advance=0.25):
    rng = np.random.default_rng(seed)
    kind = (np.arange(customers) * 5 // customers * 8 + rng.integers(0, 8, customers)).astype(np.uint8)
    incumbent = rng.choice(6, customers, p=START).astype(np.uint8)
    stage = np.zeros(customers, np.uint8)
    start = time.perf_counter()
    for t in range(PERIODS):
        utility = np.outer(BETA, Q0 + GQ * t) - np.outer(ALPHA, LP0 - GP * t)
        # table[type, incumbent, stage, j]: cumulative probability of j
        cost = KAPPA[None, :, None] * (1 - np.eye(6))[:, None, :]
        table = np.exp(utility[:, None, None, :] - cost[None]).cumsum(axis=-1)
        table = (table / table[..., -1:]).reshape(-1, 6)[:, :5]
        act = np.flatnonzero(rng.random(customers) < re_evaluate)
        held = incumbent[act]
        row = (kind[act].astype(np.int32) * 6 + held) * (STAGES + 1) + stage[act]
        choice = (rng.random(act.size)[:, None] >= table[row]).sum(axis=1).astype(np.uint8)
        moved = choice != held
        incumbent[act] = choice
        rise = (rng.random(customers) < advance) & (stage < STAGES)
        rise[act[moved]] = False
        stage += rise
        stage[act[moved]] = 0
        shares = np.bincount(incumbent, minlength=6) / customers
    return (time.perf_counter() - start) / (customers * PERIODS) * 1e9, shares


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    print("numpy", np.__version__)
    medians = {"numpy": np.__version__}
    for name, re_evaluate in (("one_layer_busy", 0.25), ("one_layer_quiet", 0.05)):
        results = [run(arguments.customers, re_evaluate, seed) for seed in range(arguments.rounds)]
        times = sorted(ns for ns, _ in results)
        medians[name] = times[len(times) // 2]
        print(f"{name}: {times[len(times) // 2]:.1f} ns per agent-step ({times[0]:.1f} .. {times[-1]:.1f}),",
              "last period", " ".join(f"{s:.3f}" for s in results[-1][1]))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(medians, file, indent=2)


if __name__ == "__main__":
    main()
