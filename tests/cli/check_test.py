#!/usr/bin/env python3
"""lockin check: descriptions, messages, the resolved scenario."""

from command_case import BASELINE, DUOPOLY, CommandTest, main


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


if __name__ == "__main__":
    main()
