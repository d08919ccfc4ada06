#!/usr/bin/env python3
"""clang-tidy on the sources of src/, again only where a source, what it includes, its flags or .clang-tidy changed.

Usage: tidy.py ROOT BUILD [CLANG_TIDY]    BUILD holds compile_commands.json; passed files leave a stamp in BUILD/tidy
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

LIMIT = 240  # seconds a file; the slowest takes 20, and some checks do not end on some sources
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def project_files(source, root):
    """`source` and all that it includes, directly or not, of this project."""
    seen, todo = set(), [source]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            for folder in (path.parent, root / "include", root / "src"):
                if (folder / name).is_file():
                    todo.append((folder / name).resolve())
                    break
    return sorted(seen)


def key_of(command, source, root, version):
    """Changes with whatever can change clang-tidy's answer on `source`."""
    digest = hashlib.sha256()
    for part in (version, command, (root / ".clang-tidy").read_text(encoding="utf-8")):
        digest.update(part.encode() + b"\0")
    for path in project_files(source, root):
        digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    root, build = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    tidy = sys.argv[3] if len(sys.argv) == 4 else "clang-tidy-16"
    version = subprocess.run([tidy, "--version"], check=True, capture_output=True, text=True).stdout
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)

    todo = []
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        source = Path(entry["file"]).resolve()
        # Units of several sources stand in the build folder; what they include of src/ is looked at with them.
        if source.is_relative_to(root / "src") or (source.parent.name == "Unity" and not source.is_relative_to(build / "tests")):
            key = key_of(entry["command"], source, root, version)
            name = source.relative_to(root if source.is_relative_to(root / "src") else build).as_posix()
            stamp = stamps / (name.replace("/", ".") + ".passed")
            if not stamp.is_file() or stamp.read_text() != key:
                todo.append((source, stamp, key))

    def run(source):
        command = [tidy, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build), str(source)]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 1, f"{source}: clang-tidy did not end within {LIMIT} s\n", "")

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for (source, stamp, key), result in zip(todo, pool.map(run, [source for source, _, _ in todo])):
            if result.returncode == 0:
                stamp.write_text(key)
            else:
                failed += 1
                print(result.stdout + result.stderr, end="")
    print(f"clang-tidy: {len(todo)} files looked at, {failed} with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
