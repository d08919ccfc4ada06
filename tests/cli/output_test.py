#!/usr/bin/env python3
"""lockin run --out: results are written whole or not at all."""

import json
import resource

from command_case import DUOPOLY, FILES, CommandTest, main


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


if __name__ == "__main__":
    main()
