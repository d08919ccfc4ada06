#!/usr/bin/env python3
"""changelog.py must ask where a line is missing, take the way out, and ask nothing where there is nothing to compare with."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import changelog  # noqa: E402


@unittest.skipUnless(shutil.which("git"), "no git here")
class Changelog(unittest.TestCase):
    """Each test has a repository with one commit on main, and works on a branch of it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.root = self.folder / "tree"
        self.root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("src/a.cpp", "int a;\n")
        self.write("CHANGELOG.md", "# Changelog\n\n- Old.\n")
        self.commit("First")
        self.git("checkout", "--quiet", "-b", "work")

    def git(self, *arguments, root=None):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], cwd=root or self.root,
                       check=True, capture_output=True)

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def missing(self, root=None):
        return changelog.check(str(root or self.root))[0]

    def test_a_change_without_a_line_is_asked_about(self):
        for name in ("src/a.cpp", "include/lockin/b.hpp"):
            with self.subTest(name=name):
                self.write(name, "int b;\n")
                self.git("add", "--all")
                self.assertIn(name, self.missing())  # not committed yet
                self.commit("A change")
                self.assertIn(name, self.missing())
                self.git("reset", "--quiet", "--hard", "main")

    def test_a_file_that_went_is_a_change(self):
        (self.root / "src/a.cpp").unlink()
        self.commit("Gone")
        self.assertIn("src/a.cpp", self.missing())

    def test_a_line_answers(self):
        self.write("src/a.cpp", "int b;\n")
        self.commit("A change")
        self.write("CHANGELOG.md", "# Changelog\n\n- New.\n- Old.\n")
        self.assertIsNone(self.missing())
        self.commit("Its line")
        self.assertIsNone(self.missing())

    def test_a_line_taken_away_is_none(self):
        self.write("src/a.cpp", "int b;\n")
        self.write("CHANGELOG.md", "# Changelog\n")
        self.assertIn("src/a.cpp", self.missing())

    def test_other_folders_need_none(self):
        self.write("docs/page.md", "Words\n")
        self.commit("A page")
        self.assertIsNone(self.missing())

    def test_the_way_out_needs_a_reason(self):
        self.write("src/a.cpp", "int b;\n")
        self.commit("A change\n\nNo changelog:\n")
        self.assertIn("src/a.cpp", self.missing())
        self.git("commit", "--quiet", "--allow-empty", "--message", "More\n\nNo changelog: names of tests only\n")
        self.assertIsNone(self.missing())

    def test_what_others_added_to_main_is_not_asked_of_the_branch(self):
        self.git("checkout", "--quiet", "main")
        self.write("src/c.cpp", "int c;\n")
        self.commit("Another's")
        self.git("checkout", "--quiet", "work")
        self.assertIsNone(self.missing())

    def test_clones(self):
        self.write("src/a.cpp", "int b;\n")
        self.commit("A change")
        for kind, options, asked in (("plain", [], True), ("shallow", ["--depth=1", "--branch=work"], False)):
            clone = self.folder / kind
            self.git("clone", "--quiet", *options, self.root.as_uri(), str(clone), root=self.folder)
            with self.subTest(kind=kind):
                self.assertEqual(self.missing(clone) is not None, asked)

    def test_no_repository_and_no_main(self):
        shutil.rmtree(self.root / ".git")
        self.assertIsNone(self.missing())
        self.git("init", "--quiet", "--initial-branch=other")
        self.commit("All anew")
        self.assertIsNone(self.missing())


if __name__ == "__main__":
    unittest.main()
