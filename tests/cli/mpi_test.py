#!/usr/bin/env python3
"""mpirun lockin run: replications over processes. Skipped, and said so, where lockin was built without MPI or there is no mpirun."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from command_case import CommandTest, DUOPOLY, main

ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                   OMPI_MCA_plm="isolated",  # one machine: no ssh is looked for
                   ASAN_OPTIONS="detect_leaks=0")  # OpenMPI frees less than it takes
MANY = DUOPOLY.replace('engine = "agent"', 'engine = "agent"\nreplications = 300\ncustomers = 20000')


class Mpi(CommandTest):
    def setUp(self):
        super().setUp()
        version = subprocess.run([self.command, "--version"], capture_output=True, text=True, check=True).stdout
        if "MPI yes" not in version or shutil.which("mpirun") is None:
            self.skipTest("no MPI here")
        probe = self.start(2, "--version")
        _, err = probe.communicate(timeout=60)
        if probe.returncode != 0 and any(name in err for name in ("ORTE", "PMIX", "Open MPI", "MPI_Init")):
            self.skipTest("mpirun does not start processes here: " + " ".join(err.split())[:300])
        self.write("many.toml", MANY)

    def start(self, ranks, *arguments):
        return subprocess.Popen(["mpirun", "--oversubscribe", "-n", str(ranks), self.command, *arguments], cwd=self.folder,
                                env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def mpirun(self, ranks, *arguments, status=0):
        run = self.start(ranks, *arguments)
        out, err = run.communicate(timeout=120)
        self.assertEqual(run.returncode, status, f"{arguments}\n{out}\n{err}")
        return out, err

    def files(self, folder):
        texts = {path.name: path.read_bytes() for path in (self.folder / folder).iterdir()}
        record = json.loads(texts["run.json"])
        for key in ("wall_seconds", "threads"):
            del record[key]
        texts["run.json"] = json.dumps(record)
        return texts

    def test_same_bits_for_any_number_of_ranks_and_threads(self):
        options = ["run", "many.toml", "--replications", "30", "--customers", "1000", "--format", "csv", *self.keeping()]
        alone, _ = self.lockin(*options, "--out", "alone")
        for ranks, threads in [(1, 1), (2, 1), (3, 2), (5, 1)]:
            out, _ = self.mpirun(ranks, *options, "--threads", str(threads), "--out", f"ranks_{ranks}")
            self.same(out, alone)
            self.assertEqual(self.files(f"ranks_{ranks}"), self.files("alone"))
        self.assertEqual("ensemble.nc" in self.files("alone"), bool(self.keeping()))

    def test_table_without_colours(self):  # mpirun gives its processes a terminal
        out, _ = self.mpirun(2, "run", "duopoly.toml", "--replications", "4", "--customers", "500")
        self.assertIn("replications", out)
        self.assertNotIn("\x1b", out)

    def test_split(self):
        options = ["split", "many.toml", "--draws", "3", "--shocks", "2", "--histories", "2", "--customers", "500", "--format", "csv"]
        alone, _ = self.lockin(*options)
        out, _ = self.mpirun(3, *options)
        self.same(out, alone)

    def test_comparisons(self):
        options = ["compare", "many.toml", "duopoly.toml", "--replications", "10", "--customers", "500", "--format", "csv"]
        self.same(self.mpirun(3, *options)[0], self.lockin(*options)[0])

    def test_what_is_not_shared_is_done_once(self):
        out, _ = self.mpirun(3, "run", "duopoly.toml", "--format", "csv")
        self.same(out, self.lockin("run", "duopoly.toml", "--format", "csv")[0])
        out, _ = self.mpirun(3, "check", "duopoly.toml")
        self.same(out, self.lockin("check", "duopoly.toml")[0])

    def test_bad_input_ends_all(self):
        _, err = self.mpirun(3, "run", "nothing.toml", status=2)
        self.assertEqual(err.count("nothing.toml: "), 1, err)

    def test_a_rank_that_dies_leaves_a_checkpoint(self):
        options = ["run", "many.toml", "--replications", "3000", "--out", "results", "--checkpoint-every", "0",
                   "--threads", "1", *self.keeping()]
        self.lockin(*options)
        undisturbed = self.files("results")
        shutil.rmtree(self.folder / "results")
        checkpoint = self.folder / "results.checkpoint"
        run = self.start(3, *options)
        while not checkpoint.exists() and run.poll() is None:
            time.sleep(0.002)
        ranks = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and self.is_rank(p, run.pid)]
        self.assertEqual(len(ranks), 3)
        os.kill(ranks[-1], signal.SIGKILL)
        run.communicate(timeout=120)
        self.assertNotEqual(run.returncode, 0)
        self.assertFalse((self.folder / "results").exists())
        self.assertTrue(checkpoint.exists())
        self.mpirun(2, *options, "--resume")
        self.assertEqual(self.files("results"), undisturbed)
        self.assertFalse(checkpoint.exists())

    def is_rank(self, process, launcher):
        try:
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            return False
        return parent == launcher


if __name__ == "__main__":
    main()
