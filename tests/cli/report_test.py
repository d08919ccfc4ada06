#!/usr/bin/env python3
"""lockin report: the page is written again from a finished folder, the same bytes, or the folder is left as it is."""

import json

from command_case import CommandTest, main


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
        self.refused("report", "results", says="shares.csv:8:1: error: ")
        self.same(self.page.read_text(encoding="utf-8"), self.first)
        shares.unlink()
        self.refused("report", "results", says=["shares.csv", "cannot be read"])
        self.assertEqual(sorted(p.name for p in (self.folder / "results").glob("report*")), ["report.html"])

    def test_files_of_the_record_stay_in_the_folder(self):
        record = json.loads((self.folder / "results/run.json").read_text(encoding="utf-8"))
        record["files"].append("../duopoly.toml")
        self.write("results/run.json", json.dumps(record))
        self.refused("report", "results", says="is no name")


if __name__ == "__main__":
    main()
