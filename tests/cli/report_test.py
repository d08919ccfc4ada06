#!/usr/bin/env python3
"""lockin report: the page is written again from a finished folder, the same bytes, or the folder is left as it is."""

import csv
import io
import json
import re
from xml.etree import ElementTree

from command_case import DUOPOLY, CommandTest, main


class Report(CommandTest):
    def setUp(self):
        super().setUp()
        self.lockin("run", "duopoly.toml", "--out", "results")
        self.page = self.folder / "results/report.html"
        self.first = self.page.read_text(encoding="utf-8")

    def test_writes_the_same_page_again(self):
        self.page.unlink()
        out, err = self.lockin("report", "results")
        self.assertEqual((out, err), ("", "lockin: the report is in results/report.html\n"))
        self.same(self.page.read_text(encoding="utf-8"), self.first)
        self.lockin("report", "results/")
        self.lockin("run", "duopoly.toml", "--out", "results")  # the page is one of the run's files

    def test_page_holds_the_answer_and_no_place_of_this_machine(self):
        answer = self.lockin("run", "duopoly.toml")[0].splitlines()[-1]
        self.assertIn(answer, self.first)
        self.assertNotIn(str(self.folder), self.first)
        self.assertNotIn("http:", self.first.replace("http://www.w3.org/", ""))

    def test_plots_each_chart_that_it_lists(self):
        listed = [line.split()[0] for line in self.lockin("plot", "results")[0].splitlines()]
        self.assertIn("shares-all-revenue_share", listed)
        self.assertIn("growth-iaas-revenue", listed)
        for name in listed:
            picture = ElementTree.fromstring(self.lockin("plot", "results", "--chart", name)[0])
            self.assertEqual(picture.tag, "{http://www.w3.org/2000/svg}svg")
            texts = "".join(picture.itertext())
            self.assertIn("incumbent", texts, name)
            numbers = [float(x) for element in picture.iter() for x in re.findall(r"-?[\d.]+", element.get("d", ""))]
            self.assertTrue(all(0 <= x <= 720 for x in numbers), name)  # nothing is drawn outside

    def test_plots_the_numbers_of_the_files(self):
        """The line of a provider ends at its last share: from 0 at the bottom (394) to the top (44) of the frame."""
        picture = ElementTree.fromstring(self.lockin("plot", "results", "--chart", "shares")[0])
        rows = [row for name in ("opening.csv", "shares.csv")
                for row in csv.DictReader(io.StringIO((self.folder / "results" / name).read_text(encoding="utf-8")))]
        shares = {j: {r["period"]: float(r["value"]) for r in rows if r["layer"] == r["segment"] == "all" and r["provider"] == j and
                      r["measure"] == "revenue_share"} for j in ("incumbent", "challenger")}
        top = 1.05 * max(max(of.values()) for of in shares.values())
        ends = [float(re.findall(r"[\d.]+", line.get("d"))[-1]) for line in picture.iter("{http://www.w3.org/2000/svg}path")
                if line.get("stroke-width") == "2"]
        wanted = [394 - (394 - 44) * of["2027Q4"] / top for of in sorted(shares.values(), key=lambda of: -of["2027Q4"])]
        for end, y in zip(ends, wanted, strict=True):
            self.assertAlmostEqual(end, y, delta=0.006)  # written with two digits

    def test_without_a_currency_tokens_are_relative_too(self):
        tokens = DUOPOLY.replace("share = 1.0", 'share = 1.0\nunit = "tokens"').replace("price = 0.8", "price_per_million_tokens = 0.8")
        tokens = tokens.replace("iaas = { share = 0.7 }", "iaas = { share = 0.7, price_per_million_tokens = 1.0 }")
        for currency, unit in (('currency = "CNY bn"', "trillions"), ("", "relative units")):
            self.write("tokens.toml", tokens.replace('currency = "CNY bn"', currency))
            self.lockin("run", "tokens.toml", "--out", "tokens")
            self.assertIn(f"Where tokens grew, {unit}", self.lockin("plot", "tokens", "--chart", "growth-iaas-tokens")[0])

    def test_plot_writes_a_new_file_or_refuses(self):
        self.lockin("plot", "results", "--chart", "ranks", "--out", "ranks.svg", "--width", "400", "--height", "200")
        self.assertIn('width="400" height="200"', (self.folder / "ranks.svg").read_text(encoding="utf-8"))
        self.refused("plot", "results", "--chart", "ranks", "--out", "ranks.svg", says="exists already")
        self.refused("plot", "results", "--chart", "pie", says=["pie", "shares-all-revenue_share"])
        self.refused("plot", "results", "--chart", "ranks", "--width", "10", says="--width")
        self.refused("plot", says="which folder")

    def test_a_level_market_has_no_leader(self):
        self.write("level.toml", DUOPOLY.replace("share = 0.7", "share = 0.5").replace(
            "share = 0.3, price = 0.8, quality = 1.1", "share = 0.5"))
        for replications in ("1", "3"):
            out, _ = self.lockin("run", "level.toml", "--engine", "mean-field", "--replications", replications, "--out", "level")
            self.assertIn("In 2027 incumbent and challenger are level by revenue (50.0 % each).", out)
            self.assertIn("In 2027 incumbent and challenger are level by revenue (50.0 % each).",
                          (self.folder / "level/report.html").read_text(encoding="utf-8"))

    def test_one_replication_of_many_says_how_to_run_it_again(self):
        self.lockin("run", "duopoly.toml", "--replications", "5", "--only", "3", "--out", "one")
        page = (self.folder / "one/report.html").read_text(encoding="utf-8")
        self.assertIn("History 3 (from 0) of 5, alone", page)
        command = re.search(r'<pre class="command">(lockin run scenario.toml --only 3) --out again</pre>', page)[1]
        again = self.lockin(*command.split()[1:], "--format", "csv", cwd=self.folder / "one")[0]
        self.same(again, (self.folder / "one/shares.csv").read_text(encoding="utf-8"))

    def test_failed_replications_are_no_histories(self):
        self.write("fails.toml", DUOPOLY.replace("quality = 1.1", 'quality = { dist = "uniform", min = 0.5, max = 1.5 }') +
                   '[[events]]\nname = "e"\nat = "2026Q1"\nadd = { "segments.all_customers.re_evaluate.iaas" = 0.2 }\n')
        self.write("fails.toml", (self.folder / "fails.toml").read_text().replace(
            "re_evaluate    = { iaas = 0.25 }", 're_evaluate    = { iaas = { dist = "uniform", min = 0.7, max = 0.9 } }'))
        self.lockin("run", "fails.toml", "--replications", "8", "--allow-failures", "--out", "fails")
        failed = json.loads((self.folder / "fails/run.json").read_text(encoding="utf-8"))["failed_replications"]
        self.assertTrue(0 < failed < 8)
        page = (self.folder / "fails/report.html").read_text(encoding="utf-8")
        self.assertIn(f"Means over {8 - failed} histories (of 8 that were run {failed} failed and are left out)", page)
        self.assertIn("lockin run scenario.toml --allow-failures --out again", page)
        drawn = ElementTree.fromstring(self.lockin("plot", "fails", "--chart", "draws")[0])
        self.assertIn("providers.challenger.iaas.quality", "".join(drawn.itertext()))

    def test_refuses_what_is_no_run(self):
        self.refused("report", says="which folder")
        self.refused("report", "nowhere", says=["nowhere", "no folder"])
        self.refused("report", ".", says="no run.json")
        self.refused("report", "results", "more", says="one argument too many")
        self.write("results/run.json", "{}")
        self.refused("report", "results", says=["run.json", "no record"])

    def test_a_damaged_file_is_named_and_the_page_stays(self):
        shares = self.folder / "results/shares.csv"
        lines = shares.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[7] = lines[7].replace(",", ",x", 5)
        shares.write_text("".join(lines), encoding="utf-8")
        self.refused("report", "results", says="shares.csv:8:")
        self.same(self.page.read_text(encoding="utf-8"), self.first)
        shares.unlink()
        self.refused("report", "results", says=["shares.csv", "is no file"])
        self.assertEqual(sorted(p.name for p in (self.folder / "results").glob("report*")), ["report.html"])

    def test_a_folder_may_be_named_as_a_subcommand(self):
        self.lockin("run", "duopoly.toml", "--out", "split")
        self.assertEqual(self.lockin("report", "split")[1], "lockin: the report is in split/report.html\n")
        self.assertIn("shares-all-revenue_share", self.lockin("plot", "split")[0])

    def test_files_of_the_record_stay_in_the_folder(self):
        record = json.loads((self.folder / "results/run.json").read_text(encoding="utf-8"))
        record["files"].append("../duopoly.toml")
        self.write("results/run.json", json.dumps(record))
        self.refused("report", "results", says="is no name")


if __name__ == "__main__":
    main()
