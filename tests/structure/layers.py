#!/usr/bin/env python3
"""A layer includes only itself and what stands above it; detail/ is included by its own layer alone.

Usage: layers.py ROOT    reads ROOT/include/lockin and ROOT/src, prints file:line: error: ... and exits 1 for each breach
"""

import re
import sys
from pathlib import Path

LAYERS = ["random", "market", "choice", "policy", "engine", "simulation", "scenario", "ensemble", "mpi",
          "estimate", "analysis", "report", "netcdf", "cli", "wasm"]
FOR_ALL = {"error.hpp", "fwd.hpp", "version.hpp"}
UMBRELLA = "lockin.hpp"
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<(lockin/[^>]+)>)')


def layer_of(parts):
    """The layer that a path below include/lockin or src lies in; None for the files at the root."""
    return parts[0] if len(parts) > 1 else None


def breach(owner, including, target):
    """What is wrong when a file of layer `owner` (None: root) includes `target` (parts below lockin/), or None."""
    layer = layer_of(target)
    if layer is None:
        if target[0] == UMBRELLA and owner != "cli":
            return f"{UMBRELLA} is for users and for cli, not for the library itself"
        if target[0] in FOR_ALL or target[0] == UMBRELLA or owner is None:
            return None
        return f"{target[0]} is no header for all layers ({', '.join(sorted(FOR_ALL))})"
    if layer not in LAYERS:
        return f"{layer} is no layer ({', '.join(LAYERS)})"
    if "detail" in target[:-1] and layer != owner:
        return f"detail/ of {layer} is private to {layer}"
    if owner is None:
        return None if including == UMBRELLA else f"a file for all layers includes {layer}"
    if LAYERS.index(layer) > LAYERS.index(owner):
        return f"{owner} stands above {layer} and may not know it"
    return None


def check(root):
    """All breaches below `root`, as lines of text."""
    found = []
    for base in (root / "include" / "lockin", root / "src"):
        for path in sorted(p for p in base.rglob("*") if p.suffix in {".hpp", ".cpp"}):
            parts = path.relative_to(base).parts
            owner = layer_of(parts)
            if owner is not None and owner not in LAYERS:
                found.append(f"{path}:1: error: folder {owner} is no layer ({', '.join(LAYERS)})")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                name = match[1] or match[2]
                if name.startswith("lockin/"):
                    target = tuple(name.split("/")[1:])
                elif name.split("/")[0] in LAYERS:  # private header in src, from src: "engine/detail/x.hpp"
                    target = tuple(name.split("/"))
                elif (path.parent / name).is_file():  # beside the file, or above it by ../
                    resolved = (path.parent / name).resolve()
                    target = resolved.relative_to(base.resolve()).parts
                else:
                    continue
                reason = breach(owner, path.name, target)
                if reason:
                    found.append(f"{path}:{number}: error: {reason}")
    return found


def main():
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "include" / "lockin").is_dir():
        sys.exit(__doc__)
    found = check(Path(sys.argv[1]))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
