#!/usr/bin/env python3
"""What stands in README.md, CONTRIBUTING.md and docs/ as code, commands or output cannot rot.

Each fenced block is one of these:
  cut        below a line `<!-- from: PATH -->` (PATH from the root): a run of consecutive lines of a file that tests run
             or compile, common indentation aside
  generated  between `<!-- begin generated: NAME (TEST) -->` and `<!-- end generated -->`: TEST writes and compares it
  ./dev      lines that call subcommands that `dev` has
  directive  of Sphinx: ```{toctree} and its like
  excepted   in EXCEPTIONS below, with the reason
Blocks by indentation have no place for such a line and are refused.

Usage: snippets.py ROOT    prints file:line: error: ... and exits 1 for each block that is none of these
"""

import re
import sys
import textwrap
from pathlib import Path

FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)")
FROM = re.compile(r"^<!-- from: (\S+) -->$")
GENERATED = re.compile(r"^<!-- begin generated: (.*) \((tests/\S+)\) -->$")
END = "<!-- end generated -->"
RUN_BY_TESTS = ("examples/", "tests/", "include/")  # what a block may be cut from
SUBCOMMAND = re.compile(r"^\./dev(?: (\w+))?\b")

# (page, first line of the block): why no test runs it
EXCEPTIONS = {}


def blocks(lines):
    """(line number, language, the line above, the lines inside, (name, test) of the generated part or None) of each block.

    The language of a block by indentation is None.
    """
    found, i, part = [], 0, None
    while i < len(lines):
        fence, generated = FENCE.match(lines[i]), GENERATED.match(lines[i])
        if generated:
            part = (generated[1], generated[2])
        elif lines[i] == END:
            part = None
        elif fence:
            start = i
            i += 1
            while i < len(lines) and lines[i].strip() != fence[1]:
                i += 1
            found.append((start + 1, fence[2].lower(), lines[start - 1] if start else "", lines[start + 1 : i], part))
        elif lines[i].startswith("    ") and (i == 0 or not lines[i - 1].strip()):
            found.append((i + 1, None, "", [lines[i]], part))
        i += 1
    return found


def is_cut_from(block, text):
    """Whether the lines of `block` stand in `text` one after another, both without common indentation."""
    wanted, lines = textwrap.dedent("\n".join(block)), text.splitlines()
    return any(textwrap.dedent("\n".join(lines[i : i + len(block)])) == wanted
               for i in range(len(lines) - len(block) + 1))


def subcommands(root):
    """The subcommands of ./dev: those that have a function."""
    dev = root / "dev"
    return {"help", *re.findall(r"^do_(\w+)\(\)", dev.read_text(encoding="utf-8"), re.MULTILINE)} if dev.is_file() else set()


def fault_of_cut(root, path, block):
    """Why `block` is not cut from `path`, or None."""
    if not path.startswith(RUN_BY_TESTS) or ".." in path:
        return f"{path} is not below {' or '.join(RUN_BY_TESTS)}: no test runs it"
    if not (root / path).is_file():
        return f"there is no {path}"
    if not any(line.strip() for line in block):
        return "the block is empty"
    if not is_cut_from(block, (root / path).read_text(encoding="utf-8")):
        return f"these lines do not stand like this in {path}"
    return None


def fault_of_generated(root, name, test):
    """Why no test compares a generated part, or None."""
    if not (root / test).is_file():
        return f"there is no {test} to generate it"
    if test.endswith(".cpp") and f'"{name}"' not in (root / test).read_text(encoding="utf-8"):
        return f"{test} knows no part {name}"
    return None


def fault(root, language, above, block, part):
    """What is wrong with a block, or None."""
    if language is None:
        return "a block by indentation; fence it and say with `<!-- from: PATH -->` what it is cut from"
    if language.startswith("{"):
        return None
    if part:
        return fault_of_generated(root, *part)
    source = FROM.match(above)
    if source:
        return fault_of_cut(root, source[1], block)
    calls = [SUBCOMMAND.match(line) for line in block if line.strip()]
    if calls and all(calls):
        unknown = [call[1] for call in calls if call[1] and call[1] not in subcommands(root)]
        return f"./dev has no {unknown[0]}" if unknown else None
    return f"no line `<!-- from: PATH -->` above this {language or 'fenced'} block"


def check(root, exceptions):
    """All blocks with a fault, as lines of text."""
    found, unused = [], dict(exceptions)
    for page in [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]:
        if not page.is_file():
            continue
        for number, language, above, block, part in blocks(page.read_text(encoding="utf-8").splitlines()):
            key = (page.relative_to(root).as_posix(), block[0] if block else "")
            if key in exceptions:
                unused.pop(key, None)
                continue
            reason = fault(root, language, above, block, part)
            if reason:
                found.append(f"{page}:{number}: error: {reason}")
    found += [f"{Path(__file__).name}: error: no block for the exception {key}" for key in unused]
    return found


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    found = check(Path(sys.argv[1]), EXCEPTIONS)
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
