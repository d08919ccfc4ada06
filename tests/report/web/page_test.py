#!/usr/bin/env python3
"""report.html in a real Chromium: it is drawn, it answers to mouse and keys, it is wide and narrow, dark and printed.

Usage: page_test.py COMMAND
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from browser import Page, find_chromium, pixels  # noqa: E402

SKIPPED = 77
LIMIT = 2_000_000  # bytes of a page
MARKET = """\
title = "两家云 </script><script>boom()</script> & <b>two</b> \u2028firms"
currency = "CNY bn"
[horizon]
start = "2025Q1"
end = "2027Q4"
[market]
size = { 2025 = 10.0, 2027 = 16.0 }
source = "an analyst's <i>guess</i>"
[layers.iaas]
share = { dist = "uniform", min = 0.5, max = 0.7 }
lock_in = { stages = 2, advance = 0.5 }
[layers.maas]
share = "rest"
unit = "tokens"
[providers.first]
name = "阿里云 <img src=x onerror=boom()>"
iaas = { share = 0.7 }
maas = { share = 0.4, price_per_million_tokens = 2.0 }
[providers.second]
name = "火山引擎 \\"&amp;\\""
iaas = { share = 0.3, price = 0.8 }
maas = { share = 0.6, price_per_million_tokens = 1.5, quality = { start = 1.0, process = "releases", per_year = 2, jump = 0.3 } }
[segments.everyone]
customers = 1000
re_evaluate = 0.5
switching_cost = { iaas = { initial = 0.5, full = 1.5 }, maas = 0.8 }
[run]
engine = "mean_field"
replications = 40
seed = 3
"""


def shown_colours(png):
    """How many pixels have each colour."""
    counts = {}
    for row in pixels(png):
        for colour in row:
            counts[colour] = counts.get(colour, 0) + 1
    return counts


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / "market.toml").write_text(MARKET, encoding="utf-8")
        subprocess.run([cls.command, "run", "market.toml", "--out", "results"], cwd=cls.folder, check=True, capture_output=True)
        cls.path = cls.folder / "results/report.html"
        cls.page = Page(find_chromium())
        cls.addClassCleanup(cls.page.close)

    def setUp(self):
        self.page.open(self.path)
        self.page.media(prefers_color_scheme="light")
        self.page.size(1200, 900)

    def tearDown(self):
        self.assertEqual(self.page.complaints(), [])

    def text(self, selector):
        return self.page.run(f"document.querySelector({json.dumps(selector)}).textContent")

    def count(self, selector):
        return self.page.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def colours_of(self, selector):
        return shown_colours(self.page.screenshot(self.page.box(selector)))

    def test_page_is_small_and_asks_for_nothing(self):
        self.assertLess(self.path.stat().st_size, LIMIT)
        self.assertIn("default-src 'none'", self.path.read_text(encoding="utf-8"))
        self.assertEqual(self.page.run("performance.getEntriesByType('resource').length"), 0)

    def test_text_of_the_scenario_is_text(self):
        self.assertEqual(self.text("h1"), "两家云 </script><script>boom()</script> & <b>two</b> \u2028firms")
        self.assertIn("an analyst's <i>guess</i>", self.text("#assumptions"))
        self.assertIn('火山引擎 "&amp;"', self.text(".legend"))
        self.assertEqual(self.count("img, h1 b, main script"), 0)
        self.assertEqual(self.page.run("typeof boom"), "undefined")

    def test_answer_is_that_of_the_terminal(self):
        out = subprocess.run([self.command, "run", "market.toml"], cwd=self.folder, check=True, capture_output=True, text=True)
        self.assertIn(self.text(".answer").replace("\u2028", "?"), " ".join(out.stdout.split()))

    def test_numbers_are_those_of_the_files(self):
        data = self.page.run("JSON.parse(document.getElementById('data').textContent)")
        rows, compared = {}, 0
        for name in ("opening.csv", "shares.csv"):
            with open(self.path.parent / name, encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    rows["|".join(row[c] for c in ("layer", "segment", "provider", "measure")), row["period"]] = row
        for key, columns in data["series"].items():
            for column, numbers in columns.items():
                for moment, number in zip(data["moments"], numbers):
                    wanted = rows.get((key, moment), {}).get(column, "")
                    self.assertEqual(number, float(wanted) if wanted else None, (key, moment, column))
                    compared += number is not None
        self.assertGreater(compared, 1000)

    def test_table_shows_what_is_drawn(self):
        data = self.page.run("JSON.parse(document.getElementById('data').textContent)")
        last = data["series"]["all|all|first|revenue_share"]
        wanted = "{:.1f} ({:.1f}..{:.1f})".format(*(100 * last[c][-1] for c in ("value", "q05", "q95")))
        self.assertEqual(self.text("#shares-all-revenue_share tbody tr:last-child td"), wanted)

    def test_each_chart_has_the_colours_of_its_providers(self):
        for figure in self.page.run("[...document.querySelectorAll('figure[data-kind]')].map(f => f.id)"):
            with self.subTest(figure=figure):
                seen = self.colours_of(f"#{figure} .chart")
                self.assertGreater(sum(seen.values()) - max(seen.values()), 400, "hardly anything is drawn")
        seen = self.colours_of("#shares-all-revenue_share .chart")
        for colour in ((0x3c, 0x3c, 0xe1), (0xff, 0x96, 0x1e)):
            self.assertGreater(seen.get(colour, 0), 100, "a line is missing")

    def test_legend_hides_and_shows_a_provider(self):
        chart, button, blue = "#shares-all-revenue_share .chart", "#shares-all-revenue_share .legend button", (0x3c, 0x3c, 0xe1)
        first = self.page.run(f"[...document.querySelectorAll('{button}')].findIndex(b => b.textContent.startsWith('阿里云'))")
        button += f":nth-child({first + 1})"
        self.page.click(button)
        self.assertEqual(self.colours_of(chart).get(blue, 0), 0)
        self.assertEqual(self.page.run(f"document.querySelector('{button}').getAttribute('aria-pressed')"), "false")
        self.page.click(button)
        self.assertGreater(self.colours_of(chart).get(blue, 0), 100)

    def test_hover_says_the_numbers(self):
        data = self.page.run("JSON.parse(document.getElementById('data').textContent)")
        self.page.hover("#shares-all-revenue_share .chart svg", across=0.5)
        tip = self.text("#shares-all-revenue_share .tip")
        moment = data["moments"].index(tip[:6])
        self.assertIn("{:.1f} %".format(100 * data["series"]["all|all|second|revenue_share"]["value"][moment]), tip)
        self.page.hover("#flows-iaas .flow", across=0.5)
        self.assertRegex(self.text("#flows-iaas .tip"), r" to .*: \d")

    def test_keys_step_through_the_periods(self):
        self.page.run("document.querySelector('#shares-all-revenue_share .chart').focus()")
        self.page.key("ArrowLeft")
        self.assertTrue(self.text("#shares-all-revenue_share .tip").startswith("2027Q4"))
        self.page.key("ArrowLeft")
        self.assertTrue(self.text("#shares-all-revenue_share .tip").startswith("2027Q3"))
        self.page.key("Escape")
        self.assertTrue(self.page.run("document.querySelector('#shares-all-revenue_share .tip').hidden"))

    def test_rank_and_year_can_be_chosen(self):
        for figure in ("#ranks-all-revenue_share", "#flows-iaas"):
            before = self.page.screenshot(self.page.box(f"{figure} .chart"))
            self.page.run(f"(s => {{s.selectedIndex = 1; s.dispatchEvent(new Event('change'))}})"
                          f"(document.querySelector('{figure} select'))")
            self.page.settle()
            self.assertNotEqual(before, self.page.screenshot(self.page.box(f"{figure} .chart")), figure)

    def test_csv_of_a_chart_is_a_part_of_the_results(self):
        downloads = self.folder / "downloads"
        self.page.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        self.page.click("#shares-all-revenue_share .download")
        self.page.wait_for("Page.downloadWillBegin")
        file = downloads / "shares-all-revenue_share.csv"
        for _ in range(100):
            if file.exists():
                break
            self.page.run("new Promise(done => setTimeout(() => done(0), 50))")
        saved = file.read_text(encoding="utf-8").splitlines()
        written = [line for name in ("opening.csv", "shares.csv")
                   for line in (self.path.parent / name).read_text(encoding="utf-8").splitlines()]
        self.assertEqual(saved[0], written[0])
        wanted = [line for line in written if ",all,all," in line and ",revenue_share," in line]
        numbers = [[float(x) if re.match(r"-?[\d.]", x) and "Q" not in x else x for x in line.split(",")] for line in saved[1:]]
        self.assertEqual(numbers, [[float(x) if re.match(r"-?[\d.]", x) and "Q" not in x else x for x in line.split(",")]
                                   for line in wanted])

    def test_dark_page(self):
        self.page.media(prefers_color_scheme="dark")
        self.assertEqual(self.page.run("getComputedStyle(document.body).backgroundColor"), "rgb(21, 23, 28)")
        self.assertGreater(self.colours_of("#shares-all-revenue_share .chart").get((21, 23, 28), 0), 10_000)
        self.page.click("#tools button")  # auto, light, dark
        self.assertEqual(self.page.run("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

    def test_phone_scrolls_in_one_direction_only(self):
        self.page.size(360, 740, mobile=True)
        self.assertEqual(self.page.run("document.documentElement.scrollWidth"), 360)
        self.assertLessEqual(self.page.box("#shares-all-revenue_share .chart svg")["width"], 340)
        self.assertGreater(self.colours_of("#shares-all-revenue_share .chart").get((0x3c, 0x3c, 0xe1), 0), 50)

    def test_comparison_side_by_side(self):
        (self.folder / "cheaper.toml").write_text(MARKET.replace("price = 0.8", "price = 0.4"), encoding="utf-8")
        subprocess.run([self.command, "compare", "market.toml", "cheaper.toml", "--out", "pair"], cwd=self.folder, check=True,
                       capture_output=True)
        self.page.open(self.folder / "pair/report.html")
        self.assertEqual(self.count("#shares figure"), 4 * 3)  # revenue, tokens, two layers; two scenarios, their difference
        for figure in ("levels-all-revenue_share-0", "levels-all-revenue_share-1", "difference-all-revenue_share-1"):
            self.assertGreater(self.colours_of(f"#{figure} .chart").get((0xff, 0x96, 0x1e), 0), 80, figure)
        self.page.hover("#difference-all-revenue_share-1 .chart svg", across=0.5)
        self.assertRegex(self.text("#difference-all-revenue_share-1 .tip"), r"\d+\.\d\d \(")
        self.assertIn("- iaas = { share = 0.3, price = 0.8 }", self.text("#differs"))

    def test_keys_go_through_bars_and_bands(self):
        for figure, words in (("#flows-maas", " to "), ("#growth-iaas-revenue", "CNY bn")):
            self.page.run(f"document.querySelector('{figure} .chart').focus()")
            self.page.key("ArrowRight")
            first = self.text(f"{figure} .tip")
            self.assertIn(words, first)
            self.page.key("ArrowRight")
            self.assertNotEqual(self.text(f"{figure} .tip"), first)
            self.page.key("Escape")
            self.assertTrue(self.page.run(f"document.querySelector('{figure} .tip').hidden"))

    def test_long_names_stay_on_the_page(self):
        name = "非常长的名字" * 8 + " and more than that"
        (self.folder / "long.toml").write_text(MARKET.replace('\\"&amp;\\"', name), encoding="utf-8")
        subprocess.run([self.command, "run", "long.toml", "--out", "long"], cwd=self.folder, check=True, capture_output=True)
        self.page.open(self.folder / "long/report.html")
        for width in (1200, 360):
            self.page.size(width, 800, mobile=width < 500)
            outside = self.page.run("[...document.querySelectorAll('figure svg text, .legend, .ranking th:first-child')].map(t => [t, "
                                    "t.getBoundingClientRect()]).filter(([t, r]) => r.width && (r.left < 0 || r.right > innerWidth))"
                                    ".map(([t]) => t.textContent)")
            self.assertEqual(outside, [], width)
            self.assertEqual(self.page.run("document.documentElement.scrollWidth"), width)

    def test_variance_split(self):
        subprocess.run([self.command, "split", "market.toml", "--engine", "cohort", "--draws", "6", "--shocks", "2", "--histories", "2",
                        "--out", "split"], cwd=self.folder, check=True, capture_output=True)
        self.page.open(self.folder / "split/report.html")
        figure = "#variance-all-revenue_share"
        seen = self.colours_of(f"{figure} .chart")
        for colour in ((0x00, 0x64, 0x5a), (0x20, 0xb2, 0xa0)):  # uncertain numbers, shocks
            self.assertGreater(seen.get(colour, 0), 300)
        before = self.page.screenshot(self.page.box(f"{figure} .chart"))
        self.page.run(f"(s => {{s.selectedIndex = 9; s.dispatchEvent(new Event('change'))}})(document.querySelector('{figure} select'))")
        self.page.settle()
        self.assertNotEqual(before, self.page.screenshot(self.page.box(f"{figure} .chart")))
        self.page.run(f"document.querySelector('{figure} .chart').focus()")
        self.page.key("ArrowRight")
        self.assertRegex(self.text(f"{figure} .tip"), r"uncertain numbers: -?\d+\.\d \+- \d+\.\d %")

    def test_print_is_light_and_whole(self):
        self.page.media(prefers_color_scheme="dark", name="print")
        self.assertEqual(self.page.run("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.page.media(prefers_color_scheme="light")
        pdf = self.page.pdf()
        self.assertTrue(pdf.startswith(b"%PDF-"))
        streams = [zlib.decompressobj().decompress(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
                   if part[:1] == b"\x78"]
        strokes = sum(stream.count(b" c\n") + stream.count(b" l\n") for stream in streams)
        self.assertGreater(strokes, 500, "no charts in print")

    def test_tables_are_there_without_scripts(self):
        self.page.open(self.path, scripts=False)
        self.assertEqual(self.count(".chart svg"), 0)
        self.assertGreater(self.count("#shares-all-revenue_share tbody td"), 20)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    command = str(Path(sys.argv[1]).resolve())
    if "charts in reports yes" not in subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout:
        print("skipped: this build has no charts (node was not there)")
        sys.exit(SKIPPED)
    if not find_chromium():
        print("skipped: no chromium here (Debian: apt-get install chromium)")
        sys.exit(SKIPPED)
    ReportPage.command = command
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])


if __name__ == "__main__":
    main()
