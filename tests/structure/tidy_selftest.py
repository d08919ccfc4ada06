#!/usr/bin/env python3
"""tidy.py must look at a source again when it, or what it includes, changed or did not pass; and only then."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

# A clang-tidy that notes which sources it was asked about, and objects to those that say "bad".
FAKE_TIDY = """#!/bin/sh
if [ "$1" = --version ]; then echo fake 1; exit 0; fi
for source; do :; done
echo "${source##*/}" >> "$(dirname "$0")/asked"
if grep -q bad "$source"; then echo "$source:1: error: bad"; exit 1; fi
"""


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.write("include/lockin/market/a.hpp", '#include "lockin/market/b.hpp"\n')
        self.write("include/lockin/market/b.hpp", "\n")
        self.write("src/market/a.cpp", '#include "lockin/market/a.hpp"\n')
        self.write("src/market/c.cpp", "\n")
        self.write("tests/market/a_test.cpp", "bad but no business of clang-tidy\n")
        self.write(".clang-tidy", "Checks: x\n")
        self.write("fake-tidy", FAKE_TIDY)
        os.chmod(self.root / "fake-tidy", 0o755)
        commands = [{"directory": str(self.root), "command": f"c++ -c {name}", "file": str(self.root / name)}
                    for name in ("src/market/a.cpp", "src/market/c.cpp", "tests/market/a_test.cpp")]
        self.write("build/compile_commands.json", json.dumps(commands))

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_tidy(self):
        """The exit status, and the sources that the fake clang-tidy was asked about."""
        asked = self.root / "asked"
        asked.write_text("")
        script = Path(__file__).parent / "tidy.py"
        result = subprocess.run([sys.executable, script, self.root, self.root / "build", self.root / "fake-tidy"],
                                capture_output=True, text=True, check=False)
        return result.returncode, sorted(asked.read_text().split())

    def test_only_what_changed_is_looked_at_again(self):
        self.assertEqual(self.run_tidy(), (0, ["a.cpp", "c.cpp"]))
        self.assertEqual(self.run_tidy(), (0, []))
        self.write("include/lockin/market/b.hpp", "int b;\n")
        self.assertEqual(self.run_tidy(), (0, ["a.cpp"]))
        self.write(".clang-tidy", "Checks: y\n")
        self.assertEqual(self.run_tidy(), (0, ["a.cpp", "c.cpp"]))

    def test_a_finding_fails_and_is_looked_at_again(self):
        self.write("src/market/c.cpp", "bad\n")
        self.assertEqual(self.run_tidy(), (1, ["a.cpp", "c.cpp"]))
        self.assertEqual(self.run_tidy(), (1, ["c.cpp"]))
        self.write("src/market/c.cpp", "good\n")
        self.assertEqual(self.run_tidy(), (0, ["c.cpp"]))


if __name__ == "__main__":
    unittest.main()
