#!/usr/bin/env python3
"""layers.py must be quiet on a good tree and name each breach of a bad one."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import layers  # noqa: E402

GOOD = {
    "include/lockin/lockin.hpp": '#include "lockin/random/philox.hpp"\n#include "lockin/report/tidy_csv.hpp"\n',
    "include/lockin/error.hpp": "#include <string>\n",
    "include/lockin/engine/engine.hpp": '#include "lockin/market/market.hpp"\n#include <lockin/error.hpp>\n',
    "include/lockin/engine/detail/block.hpp": '#include "lockin/engine/engine.hpp"\n',
    "src/engine/engine.cpp": '#include "lockin/engine/detail/block.hpp"\n#include "engine/detail/loop.hpp"\n',
    "src/version.cpp": '#include "lockin/version.hpp"\n',
    "src/cli/main.cpp": '#include "lockin/lockin.hpp"\n#include "run.hpp"\n',
    "src/cli/run.hpp": "#include <fmt/format.h>\n",
}

# file, what it includes, part of the message
BAD = [
    ("include/lockin/market/a.hpp", '"lockin/choice/logit.hpp"', "market stands above choice"),
    ("src/random/a.cpp", "<lockin/market/market.hpp>", "random stands above market"),
    ("src/engine/a.cpp", '# include "lockin/cli/run.hpp"', "engine stands above cli"),
    ("src/engine/a.cpp", '"scenario/detail/x.hpp"', "detail/ of scenario is private"),
    ("src/report/a.cpp", '"lockin/engine/detail/block.hpp"', "detail/ of engine is private"),
    ("src/market/a.cpp", '"lockin/lockin.hpp"', "lockin.hpp is for users"),
    ("include/lockin/error.hpp", '"lockin/market/market.hpp"', "a file for all layers includes market"),
    ("include/lockin/market/a.hpp", '"lockin/extra.hpp"', "extra.hpp is no header for all layers"),
    ("include/lockin/market/a.hpp", '"lockin/util/x.hpp"', "util is no layer"),
    ("include/lockin/utils/a.hpp", "<string>", "folder utils is no layer"),
]


def run(tree):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tree.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return layers.check(Path(folder))


class Layers(unittest.TestCase):
    def test_good_tree_is_accepted(self):
        self.assertEqual(run(GOOD), [])

    def test_each_breach_is_named_with_its_place(self):
        for file, included, message in BAD:
            with self.subTest(file=file, included=included):
                line = included if included.startswith("#") else f"#include {included}"
                if line.startswith("# include"):
                    line = line.replace("# include", "#  include")
                found = run(GOOD | {file: f"#pragma once\n{line}\n"})
                self.assertEqual(len(found), 1, found)
                self.assertIn(message, found[0])
                self.assertIn(file + ":", found[0])

    def test_relative_includes_are_followed(self):
        found = run(GOOD | {"src/market/a.cpp": '#include "../engine/x.hpp"\n', "src/engine/x.hpp": ""})
        self.assertEqual(len(found), 1, found)


if __name__ == "__main__":
    unittest.main()
