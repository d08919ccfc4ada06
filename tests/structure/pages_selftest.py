#!/usr/bin/env python3
"""docs/conf.py must make good pages, formulas among them, and object to bad ones.

Usage: pages_selftest.py SPHINX_BUILD DOXYGEN
"""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = []  # sphinx-build, doxygen
HEADER = """#pragma once
/// A namespace.
namespace lockin {
/// A choice.
struct Good {
  int value;  ///< documented
};
/// Of one.
int twice(const Good& good);
/// Of a number.
int twice(int number);
/// Anything.
template <class T>
concept Any = true;
}
"""
INDEX = "# Title\n\nInline $x^2$.\n\n$$\\frac{a_j}{b}$$\n\n```{toctree}\napi/choice\n```\n"
API = "choice\n======\n\n.. layer-api:: choice\n"
BAD = {  # file, its text, the warning
    "docs/no_target.md": ("# A\n\n[a page](nowhere.md)\n", "nowhere.md"),
    "docs/no_heading.md": ("# A\n\n[a heading](index.md#nothing)\n", "index.md#nothing"),
    "docs/no_picture.md": ("# A\n\n![a picture](nothing.svg)\n", "image file not readable"),
    "docs/in_no_list.md": ("# A\n", "in_no_list.md: WARNING: document isn't included in any toctree"),
    "docs/api/no_layer.rst": ("A\n=\n\n.. layer-api:: nothing\n", "no public header of a layer nothing"),
    "include/lockin/engine/hidden.hpp": ("#pragma once\nnamespace lockin {\n/// Hidden.\nint hidden();\n}\n",
                                         "no page docs/api/engine.rst"),
}


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        shutil.copytree(ROOT / "docs/sphinx", self.root / "docs/sphinx")
        for name in ("docs/conf.py", "Doxyfile", "CMakeLists.txt"):
            shutil.copy(ROOT / name, self.root / name)
        for name, text in {"include/lockin/choice/good.hpp": HEADER, "docs/index.md": INDEX, "docs/api/choice.rst": API}.items():
            self.write(name, text)

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def build(self):
        (self.root / "build/docs").mkdir(parents=True, exist_ok=True)
        subprocess.run([PROGRAMS[1], "Doxyfile"], cwd=self.root, check=True)
        return subprocess.run([PROGRAMS[0], "-q", "-W", "--keep-going", "-b", "html", "docs", "html"], cwd=self.root,
                              capture_output=True, text=True, check=False)

    def test_good_pages(self):
        done = self.build()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        page = (self.root / "html/index.html").read_text(encoding="utf-8")
        self.assertEqual(page.count("<math"), 2)
        self.assertIn("<mfrac>", page)
        self.assertNotRegex(page, r'(src|rel="stylesheet"[^>]* href)="(https?:)?//')  # read without a network
        api = (self.root / "html/api/choice.html").read_text(encoding="utf-8")
        for text in ("documented", "Of one.", "Of a number.", "Anything."):
            self.assertEqual(api.count(text), 1, text)

    def test_each_bad_page_is_named(self):
        for name, (text, _) in BAD.items():
            self.write(name, text)
        done = self.build()
        self.assertNotEqual(done.returncode, 0)
        for name, (_, warning) in BAD.items():
            with self.subTest(name=name):
                self.assertIn(warning, done.stderr)

    def test_a_formula_that_docutils_does_not_know(self):
        self.write("docs/index.md", INDEX.replace("frac", "nofrac"))
        done = self.build()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no formula for docutils", done.stderr)


if __name__ == "__main__":
    PROGRAMS = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
