#!/usr/bin/env python3
"""lockin run: what it prints."""

import csv
import io
import json
import os
import pty
import subprocess

from command_case import BASELINE, DUOPOLY, HEADER, CommandTest, main


class Run(CommandTest):
    def test_the_answer_on_a_screen(self):
        out, err = self.lockin("run", "duopoly.toml", "--seed", "7")
        lines = out.splitlines()
        self.assertEqual(lines[0], "Duopoly with a switching cost (2025Q1 to 2027Q4)")
        self.assertEqual("agent engine (scenario), 1,000 simulated customers, seed 7", lines[1])
        self.assertRegex(lines[-1], r"^In 2027 \w+ leads by revenue \(\d+\.\d %\)\.$")
        self.assertIn("no forecast", out)
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertLessEqual(len(lines), 40)
        self.assertNotIn("\x1b", out)
        self.assertEqual(err, "")

    def test_the_baseline_without_a_name(self):
        options = ["--engine", "agent", "--replications", "1", "--seed", "3"]
        out, _ = self.lockin("run", *options, "--customers", "2000")
        named, _ = self.lockin("run", BASELINE, *options, "--customers", "2_000")
        self.assertEqual(out, named)
        self.assertRegex(out.splitlines()[-1], r"^In 2030 .* by revenue .* by tokens .*\.$")
        self.assertLessEqual(len(out.splitlines()), 44)

    def test_seeds_and_threads(self):
        csvs = [self.lockin("run", "duopoly.toml", "--format", "csv", *options)[0]
                for options in [["--seed", "1"], ["--seed", "1", "--threads", "3"], ["--seed", "2"]]]
        self.same(csvs[0], csvs[1])
        self.assertFalse(csvs[0] == csvs[2], "the seed has no effect")

    def test_csv_is_tidy(self):
        out, err = self.lockin("run", "duopoly.toml", "--format", "csv")
        self.assertEqual(out.splitlines()[0], HEADER)
        self.assertEqual(err, "")
        rows = list(csv.DictReader(io.StringIO(out)))
        shares = {}
        for row in rows:
            if row["measure"] == "revenue_share" and row["layer"] == "all" and row["segment"] == "all":
                shares[row["period"]] = shares.get(row["period"], 0) + float(row["value"])
        self.assertEqual(len(shares), 12)
        for total in shares.values():
            self.assertAlmostEqual(total, 1, places=12)
        totals = sum(float(r["value"]) for r in rows if r["period"].startswith("2025") and r["layer"] == "all" and
                     r["segment"] == "all" and r["provider"] == "all" and r["measure"] == "revenue")
        self.assertAlmostEqual(totals, 10.0, places=9)

    def test_json_is_json(self):
        out, _ = self.lockin("run", "duopoly.toml", "--format", "json", "--seed", "9223372036854775807", "--set",
                             "portability=0.5")
        result = json.loads(out)
        self.assertEqual(result["record"]["seed"], 9223372036854775807)
        self.assertEqual(result["record"]["overrides"], ["portability=0.5"])
        last = [r for r in result["rankings"] if r["moment"] == "2027" and r["layer"] == "all"][0]
        self.assertEqual([p["rank"] for p in last["providers"]], [1, 2])
        self.assertAlmostEqual(sum(p["value"] for p in last["providers"]), 1, places=12)

    def test_engines(self):
        agent, _ = self.lockin("run", "duopoly.toml", "--engine", "agent")
        for word in ["mean-field", "mean_field"]:
            out, _ = self.lockin("run", "duopoly.toml", "--engine", word)
            self.assertIn("mean_field engine", out)
            self.assertNotIn("simulated customers", out)
            self.assertNotIn("One history", out)
        self.assertIn("One history", agent)

    def test_an_ensemble_on_a_screen(self):
        self.write("many.toml", DUOPOLY.replace('engine = "agent"', 'engine = "agent"\nreplications = 20'))
        out, err = self.lockin("run", "many.toml")
        self.assertEqual(err, "")
        lines = out.splitlines()
        self.assertEqual("20 replications, agent engine (scenario), 1,000 simulated customers, seed 1", lines[1])
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertIn("standard error", out)
        self.assertRegex(" ".join(lines[-2:]), r"leads by revenue with probability [01]\.\d\d \(\d+\.\d %, \d+\.\d to \d+\.\d\)\.$")
        self.same(out, self.lockin("run", "duopoly.toml", "--replications", "20")[0])
        self.same(out, self.lockin("run", "many.toml", "--threads", "3")[0])

    def test_an_ensemble_in_files(self):
        self.lockin("run", "duopoly.toml", "--replications", "10", "--out", "results", "--set",
                    'portability={ dist = "uniform", min = 0.5, max = 1.5 }')
        rows = list(csv.DictReader(io.StringIO((self.folder / "results/annual.csv").read_text())))
        for row in rows:
            for low, high in zip(["q05", "q25", "q50", "q75"], ["q25", "q50", "q75", "q95"]):
                self.assertLessEqual(float(row[low]), float(row[high]))
            self.assertAlmostEqual(float(row["se"]), float(row["sd"]) / 10 ** 0.5, places=9)
        draws = list(csv.DictReader(io.StringIO((self.folder / "results/draws.csv").read_text())))
        self.assertEqual([row["replication"] for row in draws], [str(r) for r in range(10)])
        self.assertTrue(all(0.5 < float(row["portability"]) < 1.5 and row["failed"] == "0" for row in draws))
        record = json.loads((self.folder / "results/run.json").read_text())
        self.assertEqual((record["replications"], record["design"], record["uncertain_drawn"]), (10, "sobol", True))
        self.assertIn("draws.csv", record["files"])
        ranks = list(csv.DictReader(io.StringIO((self.folder / "results/ranks.csv").read_text())))
        by_rank = {}
        for row in ranks:
            key = (row["period"], row["layer"], row["measure"], row["rank"])
            by_rank[key] = by_rank.get(key, 0) + float(row["probability"])
        self.assertTrue(by_rank)
        for total in by_rank.values():
            self.assertAlmostEqual(total, 1, places=12)
        out, _ = self.lockin("run", "duopoly.toml", "--replications", "10", "--format", "json")
        last = [r for r in json.loads(out)["rankings"] if r["moment"] == "2027" and r["layer"] == "all"][0]
        self.assertAlmostEqual(sum(p["probability_of_lead"] for p in last["providers"]), 1, places=12)

    def test_one_replication_alone(self):
        command = ["run", "duopoly.toml", "--replications", "6", "--format", "csv"]
        alone = [list(csv.DictReader(io.StringIO(self.lockin(*command, "--only", str(r))[0]))) for r in range(6)]
        together = list(csv.DictReader(io.StringIO(self.lockin(*command)[0])))
        for rows in zip(together, *alone):
            mean = sum(float(row["value"]) for row in rows[1:]) / 6
            self.assertAlmostEqual(float(rows[0]["value"]), mean, delta=1e-12 * abs(mean))
        self.refused(*command, "--only", "6", says="0..5")

    def test_failed_replications_are_told(self):
        self.write("fragile.toml", DUOPOLY + """[[events]]
name = "too far"
at = "2026Q1"
add = { "segments.all_customers.re_evaluate.iaas" = { dist = "uniform", min = 0.1, max = 1.0 } }
""")
        out, err = self.lockin("run", "fragile.toml", "--replications", "30", "--out", "results", status=1)
        self.assertEqual(out, "")
        self.assertRegex(err, r"\d+ of 30 replications failed, the first is \d+: ")
        self.assertIn('events.too far.add."segments.all_customers.re_evaluate.iaas" = ', err)
        self.assertEqual(self.left_behind(), ["duopoly.toml", "fragile.toml"])
        out, _ = self.lockin("run", "fragile.toml", "--replications", "30", "--allow-failures", "--out", "results")
        self.assertRegex(" ".join(out.split()), r"\d+ replications failed and are left out")
        draws = list(csv.DictReader(io.StringIO((self.folder / "results/draws.csv").read_text())))
        failed = [row["failed"] for row in draws].count("1")
        self.assertTrue(0 < failed < 30)
        self.assertEqual(json.loads((self.folder / "results/run.json").read_text())["failed_replications"], failed)

    def test_which_engine_and_why(self):
        self.write("silent.toml", DUOPOLY.replace('engine = "agent"', ""))
        self.assertIn("cohort engine (default), ", self.lockin("run", "silent.toml")[0])
        self.assertIn("agent engine (scenario), ", self.lockin("run", "duopoly.toml")[0])
        self.assertIn("cohort engine (--engine), ", self.lockin("run", "duopoly.toml", "--engine", "cohort")[0])

    def test_set_changes_the_market(self):
        plain, _ = self.lockin("run", "duopoly.toml", "--engine", "mean-field", "--format", "csv")
        easier, _ = self.lockin("run", "duopoly.toml", "--engine", "mean-field", "--format", "csv", "--set", "portability=0",
                                "--set", "segments.all_customers.re_evaluate.iaas=0.9")
        self.assertFalse(plain == easier, "--set has no effect")
        err = self.refused("run", "duopoly.toml", "--set", "portabilty=0.6", says="portabilty")
        self.assertIn("portability", err.replace("portabilty", ""))

    def test_closed_pipe_and_full_disk(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([self.command, "run", "duopoly.toml", "--format", "csv", "--out", "results"], cwd=self.folder, stdout=writer,
                              stderr=subprocess.PIPE, check=False, timeout=120)
        os.close(writer)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "results/run.json").exists())
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([self.command, "run", "duopoly.toml"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output: cannot be written: No space left", done.stderr)

    def test_colour_only_on_a_terminal(self):
        def on_terminal(**environment):
            try:
                master, slave = pty.openpty()
            except OSError as error:
                self.skipTest(f"no pseudo-terminal here: {error}")
            done = subprocess.Popen([self.command, "run", "duopoly.toml"], cwd=self.folder, stdout=slave, stderr=subprocess.DEVNULL,
                                    env={**os.environ, "TERM": "xterm", **environment})
            os.close(slave)
            text = b""
            try:
                while chunk := os.read(master, 65536):
                    text += chunk
            except OSError:  # the other end is closed
                pass
            os.close(master)
            self.assertEqual(done.wait(120), 0)
            return text
        environment = os.environ.pop("NO_COLOR", None)
        try:
            self.assertIn(b"\x1b[1m", on_terminal())
            self.assertNotIn(b"\x1b", on_terminal(NO_COLOR="1"))
            self.assertNotIn(b"\x1b", on_terminal(TERM="dumb"))
        finally:
            if environment is not None:
                os.environ["NO_COLOR"] = environment

    def test_a_run_that_leaves_its_range_fails(self):
        self.write("broken.toml", DUOPOLY + '[[events]]\nname = "too far"\nat = "2026Q1"\nadd = { "segments.all_customers.re_evaluate.iaas" = 0.9 }\n')
        out, err = self.lockin("run", "broken.toml", "--out", "results", status=1)
        self.assertEqual(out, "")
        self.assertIn("too far", err)
        self.assertIn("2026Q1", err)
        self.assertEqual(self.left_behind(), ["broken.toml", "duopoly.toml"])


if __name__ == "__main__":
    main()
