#!/usr/bin/env python3
"""links.py must be quiet where all files are there and name each link that leads nowhere."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import links  # noqa: E402


class Links(unittest.TestCase):
    def found(self, text):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "docs").mkdir()
            (root / "docs/page.md").write_text("# A\n", encoding="utf-8")
            (root / "README.md").write_text(text, encoding="utf-8")
            return [line.partition("README.md")[2] for line in links.check(root)]

    def test_good_links(self):
        self.assertEqual(self.found("[a](docs/page.md), [b](docs/page.md#a), [docs](docs), [c](#a), ![d](https://a.b/c)\n"), [])

    def test_bad_links(self):
        self.assertEqual(self.found("Text\n[a](docs/page.md) and [b](docs/pag.md#a)\n![c](docs/d.svg)\n"),
                         [":2: error: there is no docs/pag.md", ":3: error: there is no docs/d.svg"])


if __name__ == "__main__":
    unittest.main()
