#!/usr/bin/env python3
"""Help, version, and what is refused before anything runs."""

from command_case import BASELINE, CommandTest, main


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
        self.refused("run", BASELINE, "--customers", "2", says=["--customers: error: run.customers: 2", "segments"])
        self.refused("run", "duopoly.toml", "duopoly.toml", says="one argument too many")
        self.refused("run", "duopoly.toml", "--set", "portability", says=["--set", "KEY=VALUE"])


if __name__ == "__main__":
    main()
