#!/usr/bin/env python3
"""lockin compare: what it prints, writes and refuses."""

import csv
import io
import json

from command_case import DUOPOLY, CommandTest, main


class Compare(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("cheaper.toml", DUOPOLY + '[[events]]\nname = "cut"\nat = "2026Q1"\nscale = { "portability" = 0.3 }\n')
        self.pair = ["compare", "duopoly.toml", "cheaper.toml", "--replications", "12"]

    def test_on_a_screen(self):
        out, err = self.lockin(*self.pair)
        self.assertEqual(err, "")
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)
        self.assertIn("cheaper, 2027, less duopoly", out)
        self.assertIn("Probability of the lead by revenue", out)
        self.same(out, self.lockin(*self.pair, "--threads", "3")[0])

    def test_csv_and_json_agree(self):
        rows = list(csv.DictReader(io.StringIO(self.lockin(*self.pair, "--format", "csv")[0])))
        result = json.loads(self.lockin(*self.pair, "--format", "json")[0])
        self.assertEqual(result["scenarios"], ["duopoly", "cheaper"])
        last = result["comparisons"][0]
        for provider in last["providers"]:
            row = [r for r in rows if r["period"] == "2027" and r["layer"] == "all" and r["segment"] == "all" and
                   r["measure"] == "revenue_share" and r["provider"] == provider["provider"]][0]
            self.assertEqual(float(row["difference"]), provider["difference"])
            self.assertAlmostEqual(float(row["value"]) - float(row["first"]), provider["difference"], places=12)
            self.assertEqual(float(row["probability_greater"]), provider["probability_greater"])
        self.assertAlmostEqual(sum(p["difference"] for p in last["providers"]), 0, places=12)

    def test_files(self):
        self.lockin(*self.pair, "--out", "results")
        written = sorted(path.name for path in (self.folder / "results").iterdir())
        self.assertEqual(written, ["annual_ranks_cheaper.csv", "annual_ranks_duopoly.csv", "comparison.csv", "report.html",
                                   "run.json", "scenario_cheaper.toml", "scenario_duopoly.toml"])
        self.lockin(*self.pair, "--out", "results")  # replaces its own

    def test_page(self):
        self.lockin(*self.pair, "--out", "results")
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        row = next(line for line in (self.folder / "results/comparison.csv").read_text(encoding="utf-8").splitlines()
                   if line.startswith("cheaper,2027,all,all,incumbent,revenue_share,")).split(",")
        self.assertIn("<td>{:.1f}</td><td>{:.1f}</td><td>{:+.2f}</td>".format(*(100 * float(x) for x in row[6:9])), page)
        leads = next(line for line in (self.folder / "results/annual_ranks_cheaper.csv").read_text(encoding="utf-8").splitlines()
                     if line.startswith("2027,all,revenue_share,incumbent,1,")).split(",")
        self.assertIn(f"{float(leads[-1]):.2f}", page.split('<p class="answer">')[1].split("</p>")[0])
        self.assertIn("+ [[events]]\n+ name = &quot;cut&quot;", page)
        self.lockin("report", "results")
        self.same((self.folder / "results/report.html").read_text(encoding="utf-8"), page)
        self.refused("plot", "results", "--chart", "shares", says="comparison")
        # The scenarios that it wrote give the same numbers again, under their new names.
        again = self.lockin("compare", "results/scenario_duopoly.toml", "results/scenario_cheaper.toml", "--replications", "12",
                            "--format", "csv")[0]
        self.same(again.replace("scenario_cheaper,", "cheaper,"),
                  (self.folder / "results/comparison.csv").read_text(encoding="utf-8"))

    def test_what_is_refused(self):
        self.refused("compare", "duopoly.toml", says="usage: lockin compare")
        self.refused("compare", "duopoly.toml", "duopoly.toml", says="two scenarios are named duopoly")
        self.refused("compare", "duopoly.toml", "nothing.toml", says="nothing.toml")
        self.refused("compare", "duopoly.toml", "cheaper.toml", "--only", "1", says="--only")


if __name__ == "__main__":
    main()
