#!/usr/bin/env python3
"""The lockin command as a user runs it: outputs, messages, exit status, interrupted writes.

Usage: command_test.py COMMAND [CLASS...]    runs the tests of those classes, or all
       command_test.py --classes CLASS...    fails unless these are all classes there are
"""

import csv
import io
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

COMMAND = ""

DUOPOLY = """\
title    = "Duopoly with a switching cost"
currency = "CNY bn"

[horizon]
start = "2025Q1"
end   = "2027Q4"

[market]
size = { 2025 = 10.0, 2027 = 16.0 }

[layers.iaas]
share = 1.0

[providers.incumbent]
iaas = { share = 0.7 }
[providers.challenger]
iaas = { share = 0.3, price = 0.8, quality = 1.1 }

[segments.all_customers]
customers      = 1000
re_evaluate    = { iaas = 0.25 }
switching_cost = { iaas = 1.0 }

[run]
engine = "agent"
"""
BASELINE = "china_ai_cloud"
FILES = ["annual.csv", "crossings.csv", "ranks.csv", "run.json", "scenario.toml", "shares.csv", "switching.csv"]
HEADER = "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95"


class CommandTest(unittest.TestCase):
    """Each test has a folder of its own, with duopoly.toml in it, where the command runs."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.write("duopoly.toml", DUOPOLY)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def lockin(self, *arguments, status=0, **options):
        """Runs the command, checks its exit status, and returns what it printed: (standard output, standard error)."""
        done = subprocess.run([COMMAND, *arguments], cwd=self.folder, capture_output=True, text=True, encoding="utf-8",
                              timeout=120, check=False, **options)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout, done.stderr

    def refused(self, *arguments, says=()):
        """The command refuses with status 2, prints nothing on standard output, and names what is wrong."""
        out, err = self.lockin(*arguments, status=2)
        self.assertEqual(out, "")
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, err)
        return err

    def same(self, one, other):
        """Equal texts, without printing megabytes if they are not."""
        if one != other:
            pairs = zip(one.splitlines(), other.splitlines())
            self.fail("texts differ: " + next((f"{a!r} and {b!r}" for a, b in pairs if a != b), "one is longer"))

    def left_behind(self):
        return sorted(path.name for path in self.folder.iterdir())


class Usage(CommandTest):
    def test_version_says_what_was_built(self):
        out, err = self.lockin("--version")
        self.assertRegex(out, r"^lockin \d+\.\d+\.\d+\n")
        self.assertIn("compiler: ", out)
        self.assertIn("optional parts: ", out)
        self.assertEqual(err, "")

    def test_help_everywhere_with_an_example(self):
        for arguments in [["--help"], ["-h"], ["run", "--help"], ["check", "--help"], ["scenarios", "-h"]]:
            out, _ = self.lockin(*arguments)
            self.assertIn("Example: lockin ", out, arguments)
            for line in out.splitlines():
                self.assertLessEqual(len(line), 80, line)
        out, _ = self.lockin("run", "--help")
        for option in ["--engine", "--replications", "--seed", "--threads", "--customers", "--set", "--out", "--format"]:
            self.assertIn(option, out)

    def test_nothing_is_no_command(self):
        self.refused(says=["no subcommand", "lockin run"])

    def test_unknown_words_get_a_suggestion(self):
        self.refused("rnu", says=["rnu", "did you mean run?"])
        self.refused("scenario", says="did you mean scenarios?")
        self.refused("run", "--sed", "5", says=["--sed: no such option", "did you mean --seed?"])
        self.refused("run", "--enginee=agent", says="did you mean --engine?")
        self.refused("check", "duopoly.toml", "--resolve", "-", says="did you mean --resolved?")
        self.refused("run", BASELINE[:-1], says=["no such file", f"did you mean {BASELINE}?"])
        self.assertNotIn("did you mean", self.refused("xyzzy"))

    def test_bad_values_are_named(self):
        self.refused("run", "--engine", "agnet", says=["agnet", "mean-field", "did you mean agent?"])
        self.refused("run", "--format", "xml", says=["--format: xml", "table, json, csv"])
        for seed in ["-1", "1.5", "x", "9223372036854775808", "", "nan", "1e400"]:
            self.refused("run", f"--seed={seed}", says="--seed")
        for option in ["--customers", "--threads", "--replications"]:
            self.refused("run", option, "0", says=option)
        self.refused("run", "--seed", says="--seed")
        self.refused("run", "duopoly.toml", "duopoly.toml", says="one argument too many")
        self.refused("run", "duopoly.toml", "--set", "portability", says=["--set", "KEY=VALUE"])

    def test_what_comes_later_is_refused(self):
        self.refused("run", "duopoly.toml", "--replications", "2", says="next")
        self.refused("run", "duopoly.toml", "--engine", "cohort", says=["cohort", "agent"])


class Run(CommandTest):
    def test_the_answer_on_a_screen(self):
        out, err = self.lockin("run", "duopoly.toml", "--seed", "7")
        lines = out.splitlines()
        self.assertEqual(lines[0], "Duopoly with a switching cost")
        self.assertIn("agent engine, 1,000 simulated customers, 2025Q1 to 2027Q4, seed 7", lines[1])
        self.assertRegex(lines[-1], r"^In 2027 \w+ leads by revenue \(\d+\.\d %\)\.$")
        self.assertIn("Not a forecast", out)
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertLessEqual(len(lines), 40)
        self.assertNotIn("\x1b", out)
        self.assertEqual(err, "")

    def test_the_baseline_without_a_name(self):
        out, _ = self.lockin("run", "--customers", "2000", "--seed", "3")
        named, _ = self.lockin("run", BASELINE, "--customers", "2_000", "--seed", "3")
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

    def test_what_the_scenario_asks_in_vain_is_said(self):
        self.write("later.toml", DUOPOLY.replace('engine = "agent"', 'engine = "cohort"\nreplications = 100'))
        out, err = self.lockin("run", "later.toml")
        self.assertIn("agent engine", out)
        self.assertEqual(len(err.splitlines()), 2, err)
        self.assertIn("cohort", err)
        self.assertIn("100 replications", err)

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
        done = subprocess.run([COMMAND, "run", "duopoly.toml", "--format", "csv", "--out", "results"], cwd=self.folder, stdout=writer,
                              stderr=subprocess.PIPE, check=False, timeout=120)
        os.close(writer)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "results/run.json").exists())
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([COMMAND, "run", "duopoly.toml"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output: cannot be written: No space left", done.stderr)

    def test_colour_only_on_a_terminal(self):
        def on_terminal(**environment):
            master, slave = pty.openpty()
            done = subprocess.Popen([COMMAND, "run", "duopoly.toml"], cwd=self.folder, stdout=slave, stderr=subprocess.DEVNULL,
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


class Output(CommandTest):
    def results(self):
        return sorted(path.name for path in (self.folder / "results").iterdir())

    def test_all_files_and_a_note(self):
        out, err = self.lockin("run", "duopoly.toml", "--out", "results")
        self.assertEqual(self.results(), FILES)
        self.assertEqual(err, "lockin: results are in results\n")
        self.assertEqual(out, self.lockin("run", "duopoly.toml")[0])
        shares = (self.folder / "results/shares.csv").read_text(encoding="utf-8")
        self.same(shares, self.lockin("run", "duopoly.toml", "--format", "csv")[0])
        record = json.loads((self.folder / "results/run.json").read_text(encoding="utf-8"))
        self.assertEqual(record["written_by"], "lockin")
        self.assertEqual(record["resolved_scenario"], (self.folder / "results/scenario.toml").read_text(encoding="utf-8"))
        self.assertRegex(record["scenario_hash"], r"^fnv1a64:[0-9a-f]{16}$")
        self.assertNotIn(str(self.folder), json.dumps(record))

    def test_results_repeat_themselves(self):
        """The resolved scenario beside the results, run alone, gives the same bits: options are in it."""
        self.lockin("run", "duopoly.toml", "--seed", "42", "--customers", "500", "--set", "portability=0.7", "--out", "results")
        again, _ = self.lockin("run", "results/scenario.toml", "--format", "csv")
        self.same(again, (self.folder / "results/shares.csv").read_text(encoding="utf-8"))

    def test_replaces_an_earlier_run_only(self):
        self.lockin("run", "duopoly.toml", "--out", "results", "--seed", "1")
        self.lockin("run", "duopoly.toml", "--out", "results/", "--seed", "2")
        record = json.loads((self.folder / "results/run.json").read_text(encoding="utf-8"))
        self.assertEqual(record["seed"], 2)
        self.assertEqual(self.left_behind(), ["duopoly.toml", "results"])
        self.write("results/notes.txt", "mine")
        self.refused("run", "duopoly.toml", "--out", "results", says=["notes.txt", "not touched"])
        self.assertEqual(json.loads((self.folder / "results/run.json").read_text(encoding="utf-8"))["seed"], 2)

    def test_refuses_foreign_folders_and_files(self):
        (self.folder / "thesis").mkdir()
        self.write("thesis/chapter.tex", "years of work")
        self.refused("run", "duopoly.toml", "--out", "thesis", says=["thesis", "did not write"])
        self.refused("run", "duopoly.toml", "--out", ".", says="not touched")
        self.refused("run", "duopoly.toml", "--out", "duopoly.toml", says="not a folder")
        self.refused("run", "duopoly.toml", "--out", "duopoly.toml/x", says="duopoly.toml")
        self.refused("run", "duopoly.toml", "--out", "/proc/results", says="/proc/results")
        self.refused("run", "duopoly.toml", "--out", "", says="--out")
        self.assertEqual((self.folder / "thesis/chapter.tex").read_text(encoding="utf-8"), "years of work")

    def test_bad_input_leaves_no_folder(self):
        self.write("bad.toml", DUOPOLY.replace("0.25", "1.25"))
        self.refused("run", "bad.toml", "--out", "deep/results", says="bad.toml:")
        self.assertEqual(self.left_behind(), ["bad.toml", "duopoly.toml"])

    def test_makes_parents(self):
        self.lockin("run", "duopoly.toml", "--out", "a/b/results")
        self.assertEqual(sorted(p.name for p in (self.folder / "a/b").iterdir()), ["results"])

    def test_a_full_disk_keeps_the_earlier_results(self):
        self.lockin("run", "duopoly.toml", "--out", "results", "--seed", "1")
        before = {name: (self.folder / "results" / name).read_bytes() for name in FILES}

        def small_disk():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        out, err = self.lockin("run", "duopoly.toml", "--out", "results", "--seed", "2", status=1, preexec_fn=small_disk)
        self.assertEqual(out, "")
        self.assertIn("cannot be written", err)
        after = {name: (self.folder / "results" / name).read_bytes() for name in FILES}
        self.assertTrue(after == before, "the earlier results have changed")
        self.assertEqual(self.left_behind(), ["duopoly.toml", "results"])


class Check(CommandTest):
    def test_describes_a_good_scenario(self):
        out, err = self.lockin("check", "duopoly.toml")
        self.assertIn("incumbent", out)
        self.assertTrue(out.endswith("\n"))
        self.assertEqual(err, "")
        self.assertTrue(self.lockin("check", BASELINE)[0])

    def test_reports_every_error_in_the_compilers_form(self):
        self.write("bad.toml", DUOPOLY.replace("re_evaluate    = { iaas = 0.25 }", "re_evaluate    = { iaas = 1.25 }")
                   .replace("quality = 1.1", "qualty = 1.1"))
        err = self.refused("check", "bad.toml", says=["bad.toml:21:", "re_evaluate", "qualty"])
        self.assertGreaterEqual(err.count(": error: "), 2)
        self.assertIn("^", err)
        self.assertIn("did you mean", err)

    def test_missing_files(self):
        self.refused("check", says="which scenario")
        self.refused("check", "nowhere.toml", says="nowhere.toml: no such file")
        self.refused("check", ".", says=".")

    def test_resolved(self):
        resolved, err = self.lockin("check", "duopoly.toml", "--set", "portability=0.75", "--resolved", "-")
        self.assertIn("0.75", resolved)
        self.assertEqual(err, "")
        self.write("resolved.toml", resolved)
        self.assertEqual(self.lockin("check", "resolved.toml", "--resolved", "-")[0], resolved)
        out, err = self.lockin("check", "duopoly.toml", "--set", "portability=0.75", "--resolved", "fresh.toml")
        self.assertIn("incumbent", out)
        self.assertIn("wrote fresh.toml", err)
        self.assertEqual((self.folder / "fresh.toml").read_text(encoding="utf-8"), resolved)

    def test_resolved_never_overwrites(self):
        self.refused("check", "duopoly.toml", "--resolved", "duopoly.toml", says="exists already")
        self.assertEqual((self.folder / "duopoly.toml").read_text(encoding="utf-8"), DUOPOLY)
        self.refused("check", "duopoly.toml", "--resolved", "no/such/folder.toml", says="no/such/folder.toml")


class Scenarios(CommandTest):
    def test_lists_names_titles_and_a_sentence(self):
        out, _ = self.lockin("scenarios")
        lines = out.splitlines()
        self.assertIn(BASELINE, lines)
        at = lines.index(BASELINE)
        self.assertRegex(lines[at + 1], r"^    \S.*")
        self.assertRegex(lines[at + 2], r"^    \S.*[.?!]$")

    def test_every_scenario_is_good(self):
        out, _ = self.lockin("scenarios")
        for name in [line for line in out.splitlines() if not line.startswith(" ")]:
            self.lockin("check", name)

    def test_copies_one_to_edit(self):
        out, _ = self.lockin("scenarios", "--copy", BASELINE)
        self.assertIn(f"{BASELINE}.toml", out)
        self.lockin("check", f"{BASELINE}.toml")
        text, _ = self.lockin("scenarios", "--copy", BASELINE, "--to", "-")
        self.same(text, (self.folder / f"{BASELINE}.toml").read_text(encoding="utf-8"))
        self.lockin("scenarios", "--copy", BASELINE, "--to", "mine.toml")
        self.same(text, (self.folder / "mine.toml").read_text(encoding="utf-8"))

    def test_copy_never_overwrites(self):
        self.refused("scenarios", "--copy", BASELINE, "--to", "duopoly.toml", says=["duopoly.toml", "exists already"])
        self.assertEqual((self.folder / "duopoly.toml").read_text(encoding="utf-8"), DUOPOLY)
        self.refused("scenarios", "--copy", BASELINE[:-1], says=f"did you mean {BASELINE}?")
        self.refused("scenarios", "--to", "x.toml", says="--copy")


class Interruption(CommandTest):
    def start(self):
        # Long enough to be caught at it on any machine; it stops as soon as the test has seen what it wants.
        return subprocess.Popen([COMMAND, "run", "duopoly.toml", "--set", "segments.all_customers.customers=200000000", "--threads",
                                 "1", "--out", "results"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_control_c_ends_with_130_and_leaves_nothing(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            run = self.start()
            time.sleep(0.5)
            self.assertIsNone(run.poll(), "the run is too short for this test")
            run.send_signal(number)
            out, err = run.communicate(timeout=20)
            self.assertEqual(run.returncode, 130)
            self.assertEqual(out, "")
            self.assertIn("interrupted", err)
            self.assertEqual(self.left_behind(), ["duopoly.toml"])

    def test_interrupted_at_any_time_results_are_whole_or_absent(self):
        for delay in [0.0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06]:
            run = subprocess.Popen([COMMAND, "run", "duopoly.toml", "--out", "results"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            run.send_signal(signal.SIGINT)
            self.assertIn(run.wait(20), [0, 130, -signal.SIGINT])
            self.assertIn(self.left_behind(), [["duopoly.toml"], ["duopoly.toml", "results"]])
            if (self.folder / "results").exists():
                self.assertEqual(sorted(p.name for p in (self.folder / "results").iterdir()), FILES)


def main():
    classes = [name for name, found in globals().items()
               if isinstance(found, type) and issubclass(found, CommandTest) and found is not CommandTest]
    if len(sys.argv) > 1 and sys.argv[1] == "--classes":
        sys.exit(0 if sorted(sys.argv[2:]) == sorted(classes) else f"the classes are {classes}")
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    global COMMAND
    COMMAND = str(Path(sys.argv[1]).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])


if __name__ == "__main__":
    main()
