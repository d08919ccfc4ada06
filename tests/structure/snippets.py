#!/usr/bin/env python3
"""C++ and TOML in the documentation is cut from files that tests run, so that it cannot rot.

Each ```cpp or ```toml block of README.md and docs/ stands below a line `<!-- from: PATH -->` (PATH from the root) and is
a run of consecutive lines of that file, common indentation aside.

Usage: snippets.py ROOT    prints file:line: error: ... and exits 1 for each block that is not
"""

import re
import sys
import textwrap
from pathlib import Path

FENCE = re.compile(r"^(`{3,}|~{3,})\s*([\w+-]*)")
FROM = re.compile(r"^<!-- from: (\S+) -->$")
CHECKED = {"cpp", "c++", "cc", "toml"}
RUN_BY_TESTS = ("examples/", "tests/")  # what a block may be cut from


def blocks(lines):
    """(line number of the fence, language, the line above it, the lines inside) of each fenced block."""
    found, i = [], 0
    while i < len(lines):
        fence = FENCE.match(lines[i])
        if fence:
            start = i
            i += 1
            while i < len(lines) and lines[i].strip() != fence[1]:
                i += 1
            found.append((start + 1, fence[2].lower(), lines[start - 1] if start else "", lines[start + 1 : i]))
        i += 1
    return found


def is_cut_from(block, text):
    """Whether the lines of `block` stand in `text` one after another, both without common indentation."""
    wanted, lines = textwrap.dedent("\n".join(block)), text.splitlines()
    return any(textwrap.dedent("\n".join(lines[i : i + len(block)])) == wanted
               for i in range(len(lines) - len(block) + 1))


def check(root):
    """All blocks that are not cut from a file, as lines of text."""
    found = []
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        if not page.is_file():
            continue
        for number, language, above, block in blocks(page.read_text(encoding="utf-8").splitlines()):
            if language not in CHECKED:
                continue
            source, reason = FROM.match(above), None
            if not source:
                reason = f"no line `<!-- from: PATH -->` above this {language} block"
            elif not source[1].startswith(RUN_BY_TESTS) or ".." in source[1]:
                reason = f"{source[1]} is not below {' or '.join(RUN_BY_TESTS)}: no test runs it"
            elif not (root / source[1]).is_file():
                reason = f"there is no {source[1]}"
            elif not any(line.strip() for line in block):
                reason = "the block is empty"
            elif not is_cut_from(block, (root / source[1]).read_text(encoding="utf-8")):
                reason = f"these lines do not stand like this in {source[1]}"
            if reason:
                found.append(f"{page}:{number}: error: {reason}")
    return found


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    found = check(Path(sys.argv[1]))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
