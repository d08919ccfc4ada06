#!/usr/bin/env python3
"""Links of the pages at the root lead to files that are there; those of docs/ are Sphinx's to check.

Usage: links.py ROOT    prints file:line: error: ... and exits 1 for each that does not
"""

import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")


def check(root):
    """All links to files that are not there, as lines of text."""
    found = []
    for page in sorted(root.glob("*.md")):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            for target, _ in LINK.findall(line):
                if "://" not in target and not (root / target).exists():
                    found.append(f"{page}:{number}: error: there is no {target}")
    return found


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    found = check(Path(sys.argv[1]))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
