#!/usr/bin/env python3
"""Asks for a line in CHANGELOG.md where include/ or src/ changed since the branch left main, uncommitted changes included.

The way out is a line `No changelog: REASON` in the message of a commit of the branch. Where there is nothing to compare with
(no git, no main, a shallow clone without the common commit), nothing is asked.

Usage: changelog.py ROOT    exits 1 if the line is missing
"""

import re
import subprocess
import sys

MAINS = ["origin/main", "main", "origin/master", "master"]
WAY_OUT = re.compile(r"^No changelog: *\S", re.MULTILINE)


def git(root, *arguments):
    """What git prints, or None if it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def base_of(root):
    """The commit at which the branch left main, or None."""
    for main in MAINS:
        if git(root, "rev-parse", "--verify", "--quiet", f"{main}^{{commit}}"):
            base = git(root, "merge-base", "HEAD", main)
            return base.strip() if base else None
    return None


def added_lines(root, base, *paths):
    """{file: number of lines added or taken away since `base`} below `paths`; of CHANGELOG.md only those added count."""
    numbers = {}
    for line in (git(root, "diff", "--numstat", "--no-renames", base, "--", *paths) or "").splitlines():
        added, removed, file = line.split("\t")
        numbers[file] = int(added.replace("-", "1")) + (0 if file == "CHANGELOG.md" else int(removed.replace("-", "1")))
    return numbers


def check(root):
    """(what is missing or None, what to say otherwise)"""
    base = base_of(root)
    if base is None:
        return None, "changelog: no commit in common with main here, so nothing is asked"
    changed = [file for file, lines in added_lines(root, base, "include", "src").items() if lines]
    if not changed or added_lines(root, base, "CHANGELOG.md").get("CHANGELOG.md"):
        return None, ""
    if WAY_OUT.search(git(root, "log", "--format=%B", f"{base}..HEAD") or ""):
        return None, ""
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    return (f"CHANGELOG.md:1: error: {changed[0]}{more} changed since {base[:10]}, and no line was added here; where a user notices "
            "nothing, say `No changelog: REASON` on a line of a commit message"), ""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    missing, note = check(sys.argv[1])
    if missing or note:
        print(missing or note, file=sys.stderr)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
