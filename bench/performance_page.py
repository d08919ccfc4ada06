#!/usr/bin/env python3
"""Writes what `./dev bench` has measured (build/bench/*.json) into docs/performance.md and docs/clusters.md: bench/performance_page.py"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
WORKLOADS = {
    "one_layer_busy": "one layer, busy (a quarter looks each quarter)",
    "one_layer_quiet": "one layer, quiet (a twentieth looks)",
    "two_layers": "two layers, affinity, network effect",
}


def measured(name):
    try:
        return json.loads((ROOT / "build" / "bench" / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"performance_page: error: {error}; run ./dev bench first")


def table(heading, rows):
    align = ["---" if i == 0 else "---:" for i in range(len(heading))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heading, align, *rows]) + "\n"


def ratios():
    report, numpy = measured("ratios"), measured("numpy")
    rows = []
    for of in report["workloads"]:
        ratio = {key: value["median"] for key, value in of["ratios"].items()}
        ns = of["ns_per_agent_step"]["ours"]["median"]
        name = of["workload"]
        rows.append([WORKLOADS[name], f"{of['customers']:.0e}".replace("e+0", "e"), f"{ratio['naive_over_ours']:.1f}",
                     f"{ratio['tuned_over_ours']:.2f}", f"{numpy[name] / ns:.0f}" if name in numpy else "",
                     f"{ratio['one_thread_over_two']:.2f}", f"{ratio['one_over_two_at_once']:.2f}", f"{ns:.2f}"])
    heading = ["workload", "customers", "times the naive loop", "times the tuned loop", "times numpy",
               "2 threads against 1", "2 histories at once against 1", "ns per agent-step"]
    return (f"{report['compiler']}, {report['processor']}, {report['processors']} processors; medians of {report['rounds']} "
            f"rounds; numpy {numpy['numpy']}.\n\n" + table(heading, rows))


def engines():
    report, huge = measured("ratios"), measured("huge")
    rows = [[name, f"{cost['median']:.1f}"] for name, cost in report["milliseconds"].items()]
    growth = ", ".join(f"{cost['cost_1e9_over_1e7']['median']:.2f} ({name.replace('_', ' ')})"
                       for name, cost in report["cohort"].items())
    china = ", ".join(f"{cost['median']:.2f} with {customers.replace('e+0', 'e').replace('e+', 'e')}"
                      for customers, cost in report["china_cohorts"].items())
    gradients = " and ".join(f"{of['runs']['median']:.1f} runs ({name.split('/')[1].replace('_', ' ')}, {of['numbers']} numbers)"
                             for name, of in report["gradients"].items())
    ensembles = "; ".join(f"by {name.replace('_', ' ')} {of['seconds_of_1000']:.1f} s, {of['times_bare_runs']['median']:.2f} times the "
                          f"same runs one by one (market built, simulated, nothing read), two threads {of['one_thread_over_two']['median']:.2f} times as fast as one "
                          f"(two ensembles at once, which share nothing: {of['one_over_two_at_once']['median']:.2f})"
                          for name, of in report["ensembles"].items())
    return (table(["24 periods on one thread", "ms"], rows) +
            f"\nA measure of the mean field with its derivatives by every number of the market costs as much as {gradients}.\n"
            f"\n1000 replications of `china_uncertain` (twelve uncertain numbers), on two threads: {ensembles}. (Agents: 100,000 customers.)\n"
            f"\nA history of 1e9 customers in cohorts costs so many times one of 1e7: {growth}; on the\n"
            f"Chinese market {china}. 1e8 agents on two layers, opening and 24 periods, take\n"
            f"{huge['seconds']:.1f} s and {huge['megabytes']:.0f} MB.\n")


def curves():
    rows = []
    for curve in measured("curves"):
        for engine, cost in curve["milliseconds"].items():
            points = ", ".join(f"{size:g}: {time:.3g}" for size, time in zip(curve["sizes"], cost))
            rows.append([curve["what"], engine, points, f"{curve['exponent'][engine]:.2f}"])
    return table(["number of", "engine", "size: ms", "exponent"], rows)


def merge():
    """Cost of what rank 0 does for a replication, m, against that of the replication itself on one processor, c."""
    report, ensembles = measured("merge"), measured("ratios")["ensembles"]
    rows = [[f"{of['ranks']}", f"{of['gathering'] * 1e3:.2f}", f"{of['adding'] * 1e3:.2f}"] for of in report["points"]]
    gathering, adding = report["gathering"], report["adding"]
    m = gathering["each"] + adding["each"]
    ends = []
    for engine, of in ensembles.items():
        c = of["seconds_of_1000"] * of["one_thread_over_two"]["median"] / 1000
        ends.append(f"{round(c / m)} by {engine.replace('_', ' ')} ({c * 1e3:.1f} ms a replication)")
    return (table(["ranks, one replication from each but the first", "gathering: ms", "adding: ms"], rows) +
            f"\nThe lines through these: gathering {gathering['start'] * 1e3:.2f} ms a block and {gathering['each'] * 1e3:.3f} ms a replication "
            f"(no point is further off than {gathering['worst']:.0%}), adding {adding['each'] * 1e3:.3f} ms a replication "
            f"({adding['worst']:.0%}); {report['numbers']} numbers each, on {report['processors']} processors.\n"
            f"\nThe number of processors at which that takes as long as the replications themselves, for `china_uncertain`: "
            f"{', '.join(ends)}.\n")


PARTS = {"performance.md": (ratios, engines, curves), "clusters.md": (merge,)}


def main():
    for page, parts in PARTS.items():
        text = (DOCS / page).read_text(encoding="utf-8")
        for write in parts:
            begin, end = f"<!-- begin measured: {write.__name__} -->\n", "<!-- end measured -->"
            if begin not in text:
                sys.exit(f"performance_page: error: docs/{page} has no part {write.__name__}")
            first = text.index(begin) + len(begin)
            text = text[:first] + "\n" + write() + "\n" + text[text.index(end, first):]
        (DOCS / page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
