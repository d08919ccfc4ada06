#!/usr/bin/env python3
"""The commands of the guide, cut from examples/cookbook and examples/slurm: each ends well and prints what the pages say.

A script is run paragraph by paragraph. A part `<!-- begin generated: own_market.sh 2 (tests/cli/cookbook_test.py) -->` of a
page is what the second paragraph of that script prints; with LOCKIN_UPDATE_GOLDEN=1 in the environment it is written there.
"""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from command_case import CommandTest, main

ROOT = Path(__file__).resolve().parents[2]
COOKBOOK = ROOT / "examples" / "cookbook"
PART = re.compile(r"(<!-- begin generated: (\S+) (\d+) \(tests/cli/cookbook_test\.py\) -->\n)(.*?)(<!-- end generated -->)",
                  re.DOTALL)
NEEDS_MPI = {"cluster.sh", "lockin.sbatch"}

# In place of lockin where a script asks for more histories than a test has time for.
FEWER_HISTORIES = '#!/usr/bin/env bash\nexec "{command}" "${{@/#100000/20}}"\n'


def paragraphs(script):
    """The parts of a script between blank lines, comments aside; a here-document may hold blank lines of its own."""
    parts, here = [[]], False
    for line in script.read_text(encoding="utf-8").splitlines():
        if not here and not line.strip():
            parts.append([])
        elif here or not line.startswith("#"):
            parts[-1].append(line)
        here = line != "END" if here else "<<'END'" in line
    return ["\n".join(part) + "\n" for part in parts if part]


class Cookbook(CommandTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(COOKBOOK, self.folder, dirs_exist_ok=True)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        (self.bin / "lockin").write_text(FEWER_HISTORIES.format(command=self.command), encoding="utf-8")
        (self.bin / "lockin").chmod(0o755)
        self.environment = dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}", SLURM_CPUS_PER_TASK="1",
                                SLURM_ARRAY_TASK_ID="0")

    def needs_mpi(self):
        if "LOCKIN_TEST_WITHOUT_MPI" in os.environ or "MPI yes" not in self.lockin("--version")[0] or not shutil.which("mpirun"):
            self.skipTest("no MPI here")
        self.environment.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                                OMPI_MCA_plm="isolated",  # one machine: no ssh is looked for
                                OMPI_MCA_rmaps_base_oversubscribe="1",
                                ASAN_OPTIONS="detect_leaks=0")  # OpenMPI frees less than it takes
        probe = subprocess.run(["mpirun", "-n", "2", self.command, "--version"], env=self.environment, capture_output=True,
                               timeout=60, check=False)
        if probe.returncode != 0:
            self.skipTest("mpirun does not start processes here")

    def shell(self, text):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, encoding="utf-8", timeout=250, check=False)
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def run_script(self, name):
        """Runs a script of the cookbook and compares what it prints with the pages."""
        if name in NEEDS_MPI:
            self.needs_mpi()
        printed = [self.shell(part) for part in paragraphs(COOKBOOK / name)]
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
            text = page.read_text(encoding="utf-8")
            new = PART.sub(lambda part: self.part(page, name, printed, part), text)
            if new != text:
                page.write_text(new, encoding="utf-8")

    def part(self, page, name, printed, part):
        """A part of a page as it has to be; the part itself if that is another script's."""
        if part[2] != name:
            self.assertTrue((COOKBOOK / part[2]).is_file(), f"{page} has what {part[2]} prints, which is not there")
            return part[0]
        wanted = f"\n```text\n{printed[int(part[3]) - 1]}```\n\n"
        if os.environ.get("LOCKIN_UPDATE_GOLDEN") != "1":
            self.assertEqual(part[4], wanted, f"{page} is out of date: run this test with LOCKIN_UPDATE_GOLDEN=1")
        return part[1] + wanted + part[5]

    def test_job_of_slurm(self):
        self.needs_mpi()
        shutil.copy(self.folder / "own_market.toml", self.folder / "market.toml")
        self.shell((ROOT / "examples/slurm/lockin.sbatch").read_text(encoding="utf-8"))
        self.assertIn('"replications": 20,', (self.folder / "results/run.json").read_text(encoding="utf-8"))

    def test_array_of_slurm(self):
        shutil.copy(self.folder / "own_market.toml", self.folder / "scenario_0.toml")
        self.shell((ROOT / "examples/slurm/array.sbatch").read_text(encoding="utf-8"))
        self.assertTrue((self.folder / "results_0/shares.csv").is_file())

    def test_every_file_is_run_or_read(self):
        scripts = "".join(path.read_text(encoding="utf-8") for path in COOKBOOK.glob("*.sh"))
        for path in COOKBOOK.iterdir():
            self.assertTrue(path.suffix == ".sh" or path.name in scripts, f"no script uses {path}")

    def needs(self, *probe):
        """Skips where a program or its library is not installed, or the command is built without NetCDF."""
        if not shutil.which(probe[0]) or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            self.skipTest(f"{' '.join(probe)} does not work here")

    def needs_netcdf(self):
        if "NetCDF no" in self.lockin("--version")[0]:
            self.skipTest("no NetCDF here")

    def test_read_results_in_r(self):
        self.needs("Rscript", "--version")
        self.run_script("read_results_in_r.sh")

    def test_netcdf(self):
        self.needs_netcdf()
        self.run_script("netcdf.sh")

    def test_read_netcdf_in_python(self):
        self.needs_netcdf()
        self.needs("python3", "-c", "import xarray, netCDF4")
        self.run_script("read_netcdf_in_python.sh")

    def test_read_netcdf_in_r(self):
        self.needs_netcdf()
        self.needs("Rscript", "-e", "library(ncdf4)")
        self.run_script("read_netcdf_in_r.sh")


def test_of(name):
    return lambda self: self.run_script(name)


for path in sorted(COOKBOOK.glob("*.sh")):
    if not hasattr(Cookbook, f"test_{path.stem}"):
        setattr(Cookbook, f"test_{path.stem}", test_of(path.name))

if __name__ == "__main__":
    main()
