#!/usr/bin/env python3
"""snippets.py must be quiet on good pages and name each block that is not what it has to be."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import snippets  # noqa: E402

SOURCE = "int main() {\n  f();\n\n  return 0;\n}\n"
CUT = "<!-- from: examples/a.cpp -->\n"
DEV = "do_run() {\n  :\n}\ncase ${1:-help} in run) ;; esac\n"
FILES = {"examples/a.cpp": SOURCE, "src/b.cpp": SOURCE, "include/c.hpp": SOURCE, "tests/page_test.py": "",
         "tests/page_test.cpp": 'expect_on_page("README.md", "a b", text);', "dev": DEV}


def run(page, name="README.md", exceptions=()):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in {**FILES, name: page}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return snippets.check(root, dict(exceptions))


def generated(test, block):
    return f"<!-- begin generated: a b ({test}) -->\n\n```text\n{block}\n```\n\n<!-- end generated -->\n"


class Snippets(unittest.TestCase):
    def test_whole_files_parts_and_dedented_parts_are_accepted(self):
        for block in (SOURCE, "  f();\n\n  return 0;\n", "f();\n\nreturn 0;\n", "}\n"):
            with self.subTest(block=block):
                self.assertEqual(run(f"text\n\n{CUT}```cpp\n{block}```\n"), [])
                self.assertEqual(run(f"text\n\n{CUT.replace('examples/a.cpp', 'include/c.hpp')}```\n{block}```\n"), [])

    def test_what_else_is_accepted(self):
        for page in (generated("tests/page_test.py", "anything"), generated("tests/page_test.cpp", "anything"),
                     "```sh\n./dev run   # words\n\n./dev\n```\n",
                     "```{toctree}\nmodel\n```\n", "- item\n  more of it\n\n| a |\n| - |\n"):
            with self.subTest(page=page):
                self.assertEqual(run(page), [])

    def test_each_breach_is_named_with_its_place(self):
        for above, block, message in (
            ("", SOURCE, "no line"),
            (CUT + "\n", SOURCE, "no line"),
            (CUT, "  g();\n", "do not stand like this in examples/a.cpp"),
            (CUT, "  f();\n  return 0;\n", "do not stand like this"),
            (CUT, "f();\n\n return 0;\n", "do not stand like this"),
            (CUT, "", "empty"),
            (CUT.replace("a.cpp", "c.cpp"), SOURCE, "there is no examples/c.cpp"),
            ("<!-- from: src/b.cpp -->\n", SOURCE, "no test runs it"),
            ("<!-- from: examples/../src/b.cpp -->\n", SOURCE, "no test runs it"),
        ):
            for language in ("cpp", "toml", "sh", "text", "python", ""):
                with self.subTest(above=above, block=block, language=language):
                    found = run(f"{above}```{language}\n{block}```\n", "docs/deep/page.md")
                    self.assertEqual(len(found), 1, found)
                    self.assertIn(message, found[0])
                    self.assertIn(f"docs/deep/page.md:{1 + above.count(chr(10))}:", found[0])

    def test_breaches_of_other_kinds(self):
        for page, message in (
            ("Text:\n\n    ./dev run\n", "README.md:3: error: a block by indentation"),
            ("```sh\n./dev walk\n```\n", "./dev has no walk"),
            ("```sh\n./dev run\nrm -r build\n```\n", "no line"),
            ("```sh\n./devil\n```\n", "no line"),
            (generated("tests/other_test.py", "a"), "there is no tests/other_test.py"),
            (generated("tests/page_test.cpp", "a").replace("a b", "c"), "tests/page_test.cpp knows no part c"),
            (generated("tests/page_test.py", "a") + "```text\na\n```\n", "README.md:8: error: no line"),
        ):
            with self.subTest(page=page):
                found = run(page)
                self.assertEqual(len(found), 1, found)
                self.assertIn(message, found[0])

    def test_a_second_block_is_seen(self):
        self.assertEqual(len(run(f"{CUT}```cpp\n{SOURCE}```\n```toml\nx = 1\n```\n")), 1)

    def test_exceptions_are_taken_and_must_be_needed(self):
        exceptions = {("CONTRIBUTING.md", "make coffee"): "no test has a kettle"}
        self.assertEqual(run("```sh\nmake coffee\n```\n", "CONTRIBUTING.md", exceptions), [])
        self.assertEqual(len(run("```sh\nmake coffee\n```\n", "README.md", exceptions)), 2)
        self.assertIn("no block for the exception", run("", "README.md", exceptions)[0])


if __name__ == "__main__":
    unittest.main()
