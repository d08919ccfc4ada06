"""What the tests of the command share: a folder with a small scenario, and ways to run the command in it.

Each *_test.py is a program: NAME_test.py COMMAND [TEST...].
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DUOPOLY = """\
title    = "Duopoly with a switching cost"
currency = "CNY bn"

[horizon]
start = "2025Q1"
end   = "2027Q4"

[market]
size = { 2025 = 10.0, 2027 = 16.0 }

[layers.iaas]
share = 1.0

[providers.incumbent]
iaas = { share = 0.7 }
[providers.challenger]
iaas = { share = 0.3, price = 0.8, quality = 1.1 }

[segments.all_customers]
customers      = 1000
re_evaluate    = { iaas = 0.25 }
switching_cost = { iaas = 1.0 }

[run]
engine = "agent"
"""
BASELINE = "china_ai_cloud"
FILES = ["annual.csv", "annual_ranks.csv", "crossings.csv", "growth.csv", "opening.csv", "ranks.csv", "report.html", "run.json",
         "scenario.toml", "shares.csv", "switching.csv"]
HEADER = "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95"


class CommandTest(unittest.TestCase):
    """Each test has a folder of its own, with duopoly.toml in it, where the command runs."""

    command = ""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.write("duopoly.toml", DUOPOLY)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def lockin(self, *arguments, status=0, **options):
        """Runs the command, checks its exit status, and returns what it printed: (standard output, standard error)."""
        done = subprocess.run([self.command, *arguments], cwd=options.pop("cwd", self.folder), capture_output=True, text=True, encoding="utf-8",
                              timeout=120, check=False, **options)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout, done.stderr

    def keeping(self):
        """The option that keeps every number, where the command has it."""
        return ["--keep-replications"] if "NetCDF yes" in self.lockin("--version")[0] else []

    def refused(self, *arguments, says=()):
        """The command refuses with status 2, prints nothing on standard output, and names what is wrong."""
        out, err = self.lockin(*arguments, status=2)
        self.assertEqual(out, "")
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, err)
        return err

    def same(self, one, other):
        """Equal texts, without printing megabytes if they are not."""
        if one != other:
            pairs = zip(one.splitlines(), other.splitlines())
            self.fail("texts differ: " + next((f"{a!r} and {b!r}" for a, b in pairs if a != b), "one is longer"))

    def left_behind(self):
        return sorted(path.name for path in self.folder.iterdir())


def main():
    """Runs the tests of the program that calls it, against the command that its first argument names."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} COMMAND [TEST...]")
    CommandTest.command = str(Path(sys.argv[1]).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
