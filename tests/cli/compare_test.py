#!/usr/bin/env python3
"""lockin compare: what it prints, writes and refuses."""

import csv
import io
import json
import re
from xml.etree import ElementTree

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
        self.assertEqual(written, ["annual_ranks_cheaper.csv", "annual_ranks_duopoly.csv", "comparison.csv",
                                   "ranks_cheaper.csv", "ranks_duopoly.csv", "report.html", "run.json", "scenario_cheaper.toml", "scenario_duopoly.toml"])
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
        # The scenarios that it wrote give the same numbers again, under their new names.
        again = self.lockin("compare", "results/scenario_duopoly.toml", "results/scenario_cheaper.toml", "--replications", "12",
                            "--format", "csv")[0]
        self.same(again.replace("scenario_cheaper,", "cheaper,"),
                  (self.folder / "results/comparison.csv").read_text(encoding="utf-8"))

    def test_plots_each_chart_of_the_page_and_all_side_by_side(self):
        self.lockin(*self.pair, "--out", "results")
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        listed = [line.split()[0] for line in self.lockin("plot", "results")[0].splitlines()]
        self.assertEqual([name for name in listed if not name.startswith("side_by_side")],
                         re.findall(r'<figure id="([^"]+)"', page))
        self.refused("plot", "results", "--chart", "shares", says=["shares", "side_by_side-all-revenue_share"])
        for name in listed:
            picture = ElementTree.fromstring(self.lockin("plot", "results", "--chart", name)[0])
            numbers = [float(x) for element in picture.iter() for x in re.findall(r"-?[\d.]+", element.get("d", ""))]
            self.assertTrue(numbers and all(0 <= x <= 720 for x in numbers), name)  # nothing is drawn outside
            self.assertIn("challenger", "".join(picture.itertext()), name)
        # A difference ends where the file says: 0 and the largest of either end stand at known heights.
        picture = ElementTree.fromstring(self.lockin("plot", "results", "--chart", "difference")[0])
        rows = [row for row in csv.DictReader(io.StringIO((self.folder / "results/comparison.csv").read_text(encoding="utf-8")))
                if row["layer"] == row["segment"] == "all" and row["measure"] == "revenue_share" and row["provider"] != "all" and
                "Q" in row["period"]]
        reach = [float(row[column]) for row in rows for column in ("difference", "q05", "q95")] + [0]
        low, high = min(reach), max(reach)
        room = 0.05 * (high - low)
        low, high = low - room, high + room
        ends = sorted(float(re.findall(r"[\d.]+", line.get("d"))[-1]) for line in picture.iter("{http://www.w3.org/2000/svg}path")
                      if line.get("stroke-width") == "2")
        wanted = sorted(394 - (394 - 44) * (float(row["difference"]) - low) / (high - low) for row in rows if row["period"] == "2027Q4")
        self.assertEqual(len(ends), 2)
        for end, y in zip(ends, wanted):
            self.assertAlmostEqual(end, y, delta=0.006)  # written with two digits

    def test_a_provider_of_one_scenario_alone(self):
        self.write("entrant.toml", DUOPOLY.replace("share = 0.3", "share = 0.1") +
                   '[providers.entrant]\nname = "新云"\niaas = { share = 0.2, quality = 4 }\n')
        out, _ = self.lockin("compare", "duopoly.toml", "entrant.toml", "--replications", "4", "--out", "results")
        self.assertRegex(out, r"新云 +- +\d+\.\d +-\n")
        self.assertIn("新云 - -> 1.00", out)
        self.assertIn("incumbent 1.00 -> 0.00", out)
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        self.assertIn("新云 leads by revenue with probability 1.00 (before: not there), no longer incumbent (0.00, before 1.00).", page)
        rows = list(csv.DictReader(io.StringIO((self.folder / "results/comparison.csv").read_text(encoding="utf-8"))))
        alone = [r for r in rows if r["period"] == "2027" and r["provider"] == "entrant" and r["measure"] == "revenue_share"]
        self.assertEqual([(r["first"], r["difference"], r["probability_greater"]) for r in alone], [("", "", "")] * len(alone))
        self.assertGreater(float(alone[0]["value"]), 0.3)
        result = json.loads(self.lockin("compare", "duopoly.toml", "entrant.toml", "--replications", "4", "--format", "json")[0])
        entrant = next(p for p in result["comparisons"][0]["providers"] if p["provider"] == "entrant")
        self.assertEqual((entrant["first"], entrant["difference"], entrant["lead_first"], entrant["lead"]), (None, None, None, 1.0))
        # The other way round it is missing.
        out, _ = self.lockin("compare", "entrant.toml", "duopoly.toml", "--replications", "4", "--out", "back")
        self.assertIn("新云 1.00 -> -", out)
        self.assertIn("no longer 新云 (not there, before 1.00)", (self.folder / "back/report.html").read_text(encoding="utf-8"))
        self.lockin("report", "back")

    def test_rounding_errors_are_no_differences(self):
        """A share of all revenue that comes from one layer alone, while the other layer is divided otherwise: the total's last bit moves."""
        market = """
[horizon]
start = "2025Q3"
end = "2028Q2"
[market]
size = { 2025 = 10.0, 2028 = 16.0 }
[layers.iaas]
lock_in = { stages = 2, advance = 0.5 }
share = 0.6
[layers.maas]
share = "rest"
[providers.first]
iaas = { share = FIRST }
maas = { share = 0.4 }
[providers.leaver]
iaas = { share = 0.3, withdraw = "2027Q1" }
maas = { share = 0.6 }
[providers.enters]
iaas = { price = 0.5, quality = 1.5, launch = "2026Q2" }
THIRD
[segments.everyone]
customers = 1000
re_evaluate = 0.5
switching_cost = { iaas = { initial = 0.5, full = 1.5 }, maas = 0.8 }
[run]
replications = 30
seed = 3
"""
        self.write("one.toml", market.replace("FIRST", "0.5").replace("THIRD", "[providers.third]\niaas = { share = 0.2 }"))
        self.write("other.toml", market.replace("FIRST", "0.7").replace("THIRD", ""))
        rows = list(csv.DictReader(io.StringIO(self.lockin("compare", "one.toml", "other.toml", "--format", "csv")[0])))
        row = next(r for r in rows if r["period"] == "2027" and r["layer"] == r["segment"] == "all" and r["provider"] == "leaver" and
                   r["measure"] == "revenue_share")
        self.assertGreater(float(row["q95"]), 0)  # there are such errors, some above 0
        self.assertLess(abs(float(row["difference"])), 1e-15)
        self.assertEqual(float(row["probability_greater"]), 0)

    def test_a_horizon_without_a_whole_year(self):
        short = ["--set", 'horizon.end="2025Q3"', "--replications", "4"]
        self.write("it's.toml", DUOPOLY)
        self.lockin("compare", "duopoly.toml", "it's.toml", *short, "--out", "results")
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        self.assertIn("In 2025Q3, with it&#39;s instead of duopoly: incumbent stays the most probable leader", page)
        self.assertIn("lockin compare scenario_duopoly.toml &#39;scenario_it&#39;\\&#39;&#39;s.toml&#39; --replications", page)
        for end in ("2025Q1", "2025Q2"):
            self.lockin("compare", "duopoly.toml", "it's.toml", *short, "--set", f'horizon.end="{end}"', "--out", "results")
            for line in self.lockin("plot", "results")[0].splitlines():
                self.assertNotIn("nan", self.lockin("plot", "results", "--chart", line.split()[0])[0])

    def test_a_page_of_very_many_providers_shows_the_largest(self):
        if "charts in reports yes" not in self.lockin("--version")[0]:
            self.skipTest("without charts the page is small")
        text = DUOPOLY.replace('end   = "2027Q4"', 'end   = "2030Q4"\nperiod = "month"').replace("iaas = { share = 0.7 }", 'iaas = { share = "rest" }')
        text = text.replace('start = "2025Q1"', 'start = "2025-01"').replace('end   = "2030Q4"', 'end   = "2030-12"')
        text += "".join(f"[providers.p{j}]\niaas = {{ share = 0.0{5 if j == 37 else 1} }}\n" for j in range(60))
        text = text.replace("share = 0.3,", "share = 0.03,").replace('engine = "agent"', 'engine = "mean_field"')
        text = text.replace("2027 = 16.0", "2030 = 16.0")
        self.write("many.toml", text)
        others = [f"others_{k}.toml" for k in (3, 4, 5)]  # so many that the page is large without an engine in it, too
        for k, file in zip((3, 4, 5), others):
            self.write(file, text.replace("re_evaluate    = { iaas = 0.25 }", f"re_evaluate    = {{ iaas = 0.{k}5 }}"))
        self.lockin("compare", "many.toml", *others, "--replications", "2", "--out", "results")
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        self.assertLess(len(page.encode()), 2_000_000)
        self.assertRegex(page, r"the \d+ largest of 62 providers")
        self.assertIn('"name":"p37","shown":"p37","colour":"#693c78"', page)  # the 40th, by its place among all

    def test_what_is_refused(self):
        self.refused("compare", "duopoly.toml", says="usage: lockin compare")
        self.refused("compare", "duopoly.toml", "duopoly.toml", says="two scenarios are named duopoly")
        self.refused("compare", "duopoly.toml", "nothing.toml", says="nothing.toml")
        self.refused("compare", "duopoly.toml", "cheaper.toml", "--only", "1", says="--only")


if __name__ == "__main__":
    main()
