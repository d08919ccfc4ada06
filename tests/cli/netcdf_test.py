#!/usr/bin/env python3
"""ensemble.nc of lockin run, and --keep-replications. What is in the file is tested in tests/netcdf."""

import json
import resource
import subprocess

from command_case import CommandTest, DUOPOLY, main

HDF5 = b"\x89HDF\r\n\x1a\n"
MANY = DUOPOLY.replace('engine = "agent"', 'engine = "agent"\nreplications = 40')
KEEP = ["run", "many.toml", "--out", "results", "--keep-replications"]


class Netcdf(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("many.toml", MANY)
        self.has_netcdf = "NetCDF yes" in self.lockin("--version")[0]

    def needs_netcdf(self):
        if not self.has_netcdf:
            self.skipTest("no NetCDF here")

    def listed(self, folder):
        return "ensemble.nc" in json.loads((self.folder / folder / "run.json").read_text())["files"]

    def test_without_netcdf_the_rest_is_written(self):
        self.lockin("run", "many.toml", "--out", "results")
        self.assertEqual((self.folder / "results/ensemble.nc").exists(), self.has_netcdf)
        self.assertEqual(self.listed("results"), self.has_netcdf)
        if not self.has_netcdf:
            self.refused(*KEEP, says=["--keep-replications", "without NetCDF"])

    def test_one_history_has_none(self):
        self.lockin("run", "duopoly.toml", "--out", "results")
        self.assertFalse((self.folder / "results/ensemble.nc").exists())
        self.assertFalse(self.listed("results"))

    def test_same_bytes_for_any_number_of_threads(self):
        self.needs_netcdf()
        files = set()
        for threads in ["1", "3"]:
            self.lockin(*KEEP, "--threads", threads)
            files.add((self.folder / "results/ensemble.nc").read_bytes())
        self.assertEqual(len(files), 1)
        kept = files.pop()
        self.assertTrue(kept.startswith(HDF5))
        self.lockin("run", "many.toml", "--out", "results")
        self.assertLess(len((self.folder / "results/ensemble.nc").read_bytes()), len(kept))
        self.assertEqual(self.left_behind(), ["duopoly.toml", "many.toml", "results"])

    def test_where_replications_are_kept(self):
        self.needs_netcdf()
        self.refused("run", "many.toml", "--keep-replications", says="--keep-replications: needs --out DIR")
        self.refused("run", "duopoly.toml", "--keep-replications", "--out", "results", says="needs --replications R")
        self.refused(*KEEP, "--only", "3", says="needs --replications R")
        self.refused("compare", "many.toml", "duopoly.toml", "--keep-replications", says="no such option")
        self.refused(*KEEP, "--replications", "1e9", says=["results.replications: ", "GB of disk"])
        self.write("results.replications", "notes")
        self.refused(*KEEP, says=["results.replications: ", "not touched"])
        self.assertEqual((self.folder / "results.replications").read_text(), "notes")
        self.assertEqual(self.left_behind(), ["duopoly.toml", "many.toml", "results.replications"])

    def test_a_full_disk_leaves_nothing(self):
        self.needs_netcdf()
        self.lockin(*KEEP)
        whole = (self.folder / "results/ensemble.nc").read_bytes()
        largest = 0
        for limit in range(0, len(whole) + 4_000_000, 250_000):
            done = subprocess.run([self.command, *KEEP[:3], "other", "--keep-replications"], cwd=self.folder, capture_output=True,
                                  text=True, timeout=60, check=False,
                                  preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            if done.returncode == 0:
                break
            self.assertEqual(done.returncode, 1, f"{limit}: {done.stderr}")  # HDF5 would crash
            self.assertIn("cannot be written: File too large", done.stderr)
            largest = limit if "other/ensemble.nc: " in done.stderr else largest
            self.assertEqual(self.left_behind(), ["duopoly.toml", "many.toml", "results"])
        self.assertGreater(largest, 0, "it failed while ensemble.nc was written")
        self.assertEqual((self.folder / "other/ensemble.nc").read_bytes(), whole)


if __name__ == "__main__":
    main()
