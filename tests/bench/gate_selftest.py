#!/usr/bin/env python3
"""bench/gate.py fails on what is slower, and on nothing else. Programs that only say how long they took stand in for builds."""

import os
import pathlib
import subprocess
import sys
import tempfile

GATE = pathlib.Path(__file__).resolve().parents[2] / "bench" / "gate.py"


def program(folder, name, cases):
    """cases: name -> times that it says, one call after the other, the last for ever."""
    path = folder / name
    path.write_text(f"""#!{sys.executable}
import pathlib, sys
cases = {cases!r}
if sys.argv[1] == "--list":
    print("\\n".join(cases))
else:
    count = pathlib.Path({str(folder)!r}) / ({name!r} + "." + sys.argv[2].replace("/", "_"))
    calls = int(count.read_text()) if count.exists() else 0
    count.write_text(str(calls + 1))
    times = cases[sys.argv[2]]
    print(times[min(calls, len(times) - 1)])
""", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def gate(old, new):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run = subprocess.run([sys.executable, "-B", GATE, program(folder, "old", old), program(folder, "new", new)],
                             stdout=subprocess.PIPE, text=True, env={**os.environ})
        calls = {file.name: int(file.read_text()) for file in folder.glob("new.*")}
        return run.returncode, run.stdout, calls


def expect(holds, what, seen):
    if not holds:
        sys.exit(f"{what}: {seen}")


seen = gate({"a": [10], "b": [20]}, {"a": [10.2], "b": [20]})
expect(seen[0] == 0 and seen[2] == {"new.a": 3, "new.b": 3}, "2 % more is within the bound, three rounds", seen)
seen = gate({"a": [10], "b": [20]}, {"a": [12], "b": [20]})
expect(seen[0] == 1 and "SLOWER" in seen[1].split("\n")[0], "a fifth slower fails", seen)
expect(seen[2] == {"new.a": 9, "new.b": 3}, "only the suspect is measured again", seen)
seen = gate({"a": [10]}, {"a": [14, 14, 10, 10]})
expect(seen[0] == 0 and seen[2]["new.a"] > 3, "a suspect of the first rounds is cleared by more", seen)
seen = gate({"a": [0.1]}, {"a": [0.2]})
expect(seen[0] == 0, "a tenth of a millisecond is nothing", seen)
seen = gate({"a": [10], "gone": [1]}, {"a": [5], "new": [1]})
expect(seen[0] == 0 and "gone: not in both" in seen[1] and "new: not in both" in seen[1], "cases of one side", seen)
seen = gate({"gone": [1]}, {"new": [1]})
expect(seen[0] != 0, "nothing to compare is no pass", seen)
