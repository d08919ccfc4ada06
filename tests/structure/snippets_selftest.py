#!/usr/bin/env python3
"""snippets.py must be quiet on good pages and name each block that is not cut from its file."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import snippets  # noqa: E402

SOURCE = "int main() {\n  f();\n\n  return 0;\n}\n"
CUT = "<!-- from: examples/a.cpp -->\n"


def run(page, name="README.md"):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in {"examples/a.cpp": SOURCE, "src/b.cpp": SOURCE, name: page}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return snippets.check(root)


class Snippets(unittest.TestCase):
    def test_whole_files_parts_and_dedented_parts_are_accepted(self):
        for block in (SOURCE, "  f();\n\n  return 0;\n", "f();\n\nreturn 0;\n", "}\n"):
            with self.subTest(block=block):
                self.assertEqual(run(f"text\n\n{CUT}```cpp\n{block}```\n"), [])

    def test_other_languages_are_left_alone(self):
        self.assertEqual(run("```sh\n./dev run\n```\n\n```\n```cpp inside a plain block\n"), [])

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
            for language in ("cpp", "toml"):
                with self.subTest(above=above, block=block, language=language):
                    found = run(f"{above}```{language}\n{block}```\n", "docs/deep/page.md")
                    self.assertEqual(len(found), 1, found)
                    self.assertIn(message, found[0])
                    self.assertIn(f"docs/deep/page.md:{1 + above.count(chr(10))}:", found[0])

    def test_a_second_block_is_seen(self):
        self.assertEqual(len(run(f"{CUT}```cpp\n{SOURCE}```\n```toml\nx = 1\n```\n")), 1)


if __name__ == "__main__":
    unittest.main()
