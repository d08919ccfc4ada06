#!/usr/bin/env python3
"""lockin split: where a market's uncertainty comes from."""

import csv
import io
import json
from xml.etree import ElementTree

from command_case import CommandTest, DUOPOLY, main

UNCERTAIN = DUOPOLY.replace("price = 0.8", 'appeal = { dist = "normal", mean = 0, sd = 0.3 }, price = 0.8')
SMALL = ["split", "uncertain.toml", "--draws", "5", "--shocks", "2", "--histories", "3"]


class Split(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("uncertain.toml", UNCERTAIN)

    def test_on_a_screen(self):
        out, err = self.lockin(*SMALL)
        self.assertEqual(err, "")
        lines = out.splitlines()
        self.assertEqual(lines[0], "Duopoly with a switching cost: where the uncertainty of 2027 comes from")
        self.assertIn("5 draws of 1 uncertain number, 2 histories of shocks for each, 3 of customers", " ".join(lines[1:3]))
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertRegex(out, r"Challenger|challenger +\d+\.\d\d +-?\d+\.\d \+- \d+\.\d")
        out, _ = self.lockin(*SMALL[:-2], "--engine", "mean-field")
        self.assertIn("1 of customers", " ".join(out.splitlines()[1:3]))
        self.assertIn("no noise of customers", " ".join(out.splitlines()))

    def test_in_files_and_as_json(self):
        self.lockin(*SMALL, "--out", "results")
        rows = list(csv.DictReader(io.StringIO((self.folder / "results/variance.csv").read_text())))
        self.assertGreater(len(rows), 100)
        for row in rows:
            parts = sum(float(row[part]) for part in ("parameters", "shocks", "customers"))
            self.assertAlmostEqual(parts, float(row["variance"]), delta=1e-12 * abs(parts) + 1e-300)
        record = json.loads((self.folder / "results/run.json").read_text())
        self.assertEqual((record["replications"], record["design"], record["files"]),
                         (30, "nested", ["scenario.toml", "variance.csv", "report.html"]))
        out, _ = self.lockin(*SMALL, "--format", "csv")
        self.same(out, (self.folder / "results/variance.csv").read_text())
        out, _ = self.lockin(*SMALL, "--format", "json", "--threads", "3")
        split = json.loads(out)["splits"][0]
        self.assertEqual((split["moment"], split["layer"], split["measure"]), ("2027", "all", "revenue_share"))
        same = [r for r in rows if r["period"] == "2027" and r["layer"] == "all" and r["segment"] == "all" and
                r["provider"] == split["provider"] and r["measure"] == "revenue_share"][0]
        self.assertEqual(float(same["parameters_se"]), split["parameters_se"])

    def test_page_and_plots(self):
        self.lockin(*SMALL, "--out", "results")
        page = (self.folder / "results/report.html").read_text(encoding="utf-8")
        rows = [r for r in csv.DictReader(io.StringIO((self.folder / "results/variance.csv").read_text()))
                if r["period"] == "2027" and r["layer"] == r["segment"] == "all" and r["measure"] == "revenue_share"]
        row = next(r for r in rows if r["provider"] == "challenger")
        cells = [f"{100 * float(row['variance']) ** 0.5:.2f}"]
        cells += ["{:.1f} +- {:.1f}".format(*(100 * float(row[part + end]) / float(row["variance"]) for end in ("", "_se")))
                  for part in ("parameters", "shocks", "customers")]
        self.assertIn('<th scope="row">challenger</th>' + "".join(f"<td>{cell}</td>" for cell in cells), page)
        self.assertIn("is the least sure (sd ", page.split('<p class="answer">')[1].split("</p>")[0])
        self.assertIn("lockin split scenario.toml --draws 5 --shocks 2 --histories 3 --out again", page)
        self.lockin("report", "results")
        self.same((self.folder / "results/report.html").read_text(encoding="utf-8"), page)
        names = [line.split()[0] for line in self.lockin("plot", "results")[0].splitlines()]
        self.assertEqual(names, ["variance-all-revenue_share"])
        picture = ElementTree.fromstring(self.lockin("plot", "results", "--chart", "variance")[0])
        bars = [float(r.get("width")) for r in picture.iter("{http://www.w3.org/2000/svg}rect")][:-3]  # the last are the key
        self.assertEqual(len(bars), sum(float(r[part]) != 0 for r in rows if r["provider"] != "all"
                                        for part in ("parameters", "shocks", "customers")))
        # What it names runs it again, by the mean field too, which has one history of customers.
        again = self.lockin("split", "results/scenario.toml", *SMALL[2:], "--format", "csv")[0]
        self.same(again, (self.folder / "results/variance.csv").read_text())
        self.lockin(*SMALL[:-2], "--engine", "mean-field", "--out", "results")
        self.assertIn("lockin split scenario.toml --draws 5 --shocks 2 --out again",
                      (self.folder / "results/report.html").read_text(encoding="utf-8"))

    def test_a_damaged_file_is_named(self):
        self.lockin(*SMALL, "--out", "results")
        file = self.folder / "results/variance.csv"
        lines = file.read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if ",all,all," in line)
        fields = lines[at].split(",")
        lines[at] = ",".join([*fields[:5], "x", *fields[6:]])
        file.write_text("\n".join(lines))
        column = len(",".join(fields[:5])) + 2
        self.refused("report", "results", says=f"variance.csv:{at + 1}:{column}: error: variance: x")
        file.write_text("\n".join(lines[:3]).replace("shocks_se", "shocks_error"))
        self.refused("plot", "results", says="variance.csv:1:1: error: columns: no column shocks_se")

    def test_refuses_what_does_not_fit(self):
        self.refused(*SMALL, "--replications", "3", says="--replications: a split has --draws")
        self.refused(*SMALL, "--allow-failures", says="--allow-failures: a split needs all")
        self.refused("split", "uncertain.toml", "--draws", "2", says="--draws: 2 is not a whole number (3..")
        self.refused("split", "uncertain.toml", "--shocks", "1", says="--shocks: 1 is not a whole number (2..")


if __name__ == "__main__":
    main()
