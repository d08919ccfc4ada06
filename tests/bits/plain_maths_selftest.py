#!/usr/bin/env python3
"""The setting of the entry bits.plain_maths does hide AVX2 and FMA: with it, the C library's exp and log give other bits."""

import os
import subprocess
import sys

DIGEST = """
import hashlib, math, struct
digest, x = hashlib.sha256(), 0.1
for _ in range(100_000):
    x = (1.0000371 * x + 0.00007) % 700
    digest.update(struct.pack("dd", math.exp(x - 350), math.log(x + 0.001)))
print(digest.hexdigest())
"""


def digest(environment):
    return subprocess.run([sys.executable, "-c", DIGEST], env={**os.environ, **environment}, check=True,
                          capture_output=True, text=True).stdout


def has_fma():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return any(line.startswith("flags") and " fma " in line for line in file)
    except OSError:
        return False


if not has_fma() or os.confstr("CS_GNU_LIBC_VERSION") is None:
    print("nothing to hide here: no FMA, or not the GNU C library")
    sys.exit(77)
name, value = sys.argv[1].split("=", 1)
if digest({}) == digest({name: value}):
    sys.exit(f"{sys.argv[1]} changes no bit of exp and log")
