#!/usr/bin/env python3
"""Ctrl-C: status 130 and nothing half-written."""

import signal
import subprocess
import time

from command_case import FILES, CommandTest, main


class Interruption(CommandTest):
    def start(self):
        # Long enough to be caught at it on any machine; it stops as soon as the test has seen what it wants.
        return subprocess.Popen([self.command, "run", "duopoly.toml", "--set", "segments.all_customers.customers=200000000", "--threads",
                                 "1", "--out", "results"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_control_c_ends_with_130_and_leaves_nothing(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            run = self.start()
            time.sleep(0.5)
            self.assertIsNone(run.poll(), "the run is too short for this test")
            run.send_signal(number)
            out, err = run.communicate(timeout=20)
            self.assertEqual(run.returncode, 130)
            self.assertEqual(out, "")
            self.assertIn("interrupted", err)
            self.assertEqual(self.left_behind(), ["duopoly.toml"])

    def test_interrupted_at_any_time_results_are_whole_or_absent(self):
        for delay in [0.0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06]:
            run = subprocess.Popen([self.command, "run", "duopoly.toml", "--out", "results"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            run.send_signal(signal.SIGINT)
            self.assertIn(run.wait(20), [0, 130, -signal.SIGINT])
            self.assertIn(self.left_behind(), [["duopoly.toml"], ["duopoly.toml", "results"]])
            if (self.folder / "results").exists():
                self.assertEqual(sorted(p.name for p in (self.folder / "results").iterdir()), FILES)


if __name__ == "__main__":
    main()
