#!/usr/bin/env python3
"""Is a new build slower than an old one? bench/gate.py OLD NEW, two lockin_bench programs.

Each round runs every case once with both, one right after the other, in turns of order. A case is suspect while the median of
its ratios new / old is above 1.05 and its median difference above 0.3 ms. After three rounds for all only suspects are
measured again, up to --rounds in all. What is suspect then fails the gate (exit status 1). Cases that only one of the two
knows are named and left out.
"""

import argparse
import statistics
import subprocess
import sys

RATIO, MILLISECONDS = 1.05, 0.3
FIRST_ROUNDS = 3


def output(program, *arguments):
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def cases_of(program):
    try:
        return output(program, "--list").split()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"gate: error: {program} lists no cases: {error}")


class Case:
    def __init__(self, name):
        self.name, self.old, self.new = name, [], []

    def measure(self, old, new):
        pair = [(old, self.old), (new, self.new)]
        for program, times in pair if len(self.old) % 2 == 0 else reversed(pair):
            times.append(float(output(program, "--once", self.name)))

    def ratio(self):
        return statistics.median(new / old for old, new in zip(self.old, self.new))

    def suspect(self):
        difference = statistics.median(new - old for old, new in zip(self.old, self.new))
        return self.ratio() > RATIO and difference > MILLISECONDS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=9, help="at most, for suspects (9)")
    options = parser.parse_args()
    known = cases_of(options.old), cases_of(options.new)
    for name in sorted(set(known[0]) ^ set(known[1])):
        print(f"{name}: not in both, left out")
    cases = [Case(name) for name in known[1] if name in known[0]]
    if not cases:
        sys.exit("gate: error: no case to compare")
    measured = cases
    for turn in range(max(options.rounds, FIRST_ROUNDS)):
        if turn >= FIRST_ROUNDS:
            measured = [case for case in measured if case.suspect()]
        for case in measured:
            case.measure(options.old, options.new)
    slower = [case for case in cases if case.suspect()]
    for case in cases:
        print(f"{case.name:26} old {statistics.median(case.old):9.2f} ms, new {statistics.median(case.new):9.2f} ms, "
              f"new / old {case.ratio():5.2f}, {len(case.old)} rounds{'  SLOWER' if case in slower else ''}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
