#!/usr/bin/env python3
"""lockin scenarios: the list and copies to edit."""

from command_case import BASELINE, DUOPOLY, CommandTest, main


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

    def test_copies_of_what_extends_another_work(self):
        for name in [line for line in self.lockin("scenarios")[0].splitlines() if not line.startswith(" ")]:
            out, _ = self.lockin("scenarios", "--copy", name)
            if "it extends " in out:
                base = out.split("lockin scenarios --copy ")[1].strip()
                self.lockin("scenarios", "--copy", base)
            self.lockin("check", f"{name}.toml")

    def test_copy_never_overwrites(self):
        self.refused("scenarios", "--copy", BASELINE, "--to", "duopoly.toml", says=["duopoly.toml", "exists already"])
        self.assertEqual((self.folder / "duopoly.toml").read_text(encoding="utf-8"), DUOPOLY)
        self.refused("scenarios", "--copy", BASELINE[:-1], says=f"did you mean {BASELINE}?")
        self.refused("scenarios", "--to", "x.toml", says="--copy")


if __name__ == "__main__":
    main()
