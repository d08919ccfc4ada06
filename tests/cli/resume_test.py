#!/usr/bin/env python3
"""lockin run --resume: runs that end by force and go on."""

import json
import os
import random
import resource
import signal
import subprocess
import time

from command_case import CommandTest, DUOPOLY, main

# Half a second on one core, with a checkpoint every few milliseconds.
COMMAND = ["run", "many.toml", "--out", "results", "--checkpoint-every", "0", "--threads", "1"]
MANY = DUOPOLY.replace('engine = "agent"', 'engine = "agent"\nreplications = 300\ncustomers = 20000')


class Resume(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("many.toml", MANY)

    def files(self, folder="results"):
        """All files of a folder; of run.json what does not depend on the clock."""
        texts = {path.name: path.read_bytes() for path in (self.folder / folder).iterdir()}
        record = json.loads(texts["run.json"])
        del record["wall_seconds"]
        texts["run.json"] = json.dumps(record)
        return texts

    def start(self, *more):
        return subprocess.Popen([self.command, *COMMAND, *more], cwd=self.folder, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE)

    def undisturbed(self, *more):
        start = time.monotonic()
        self.lockin(*COMMAND, *more)
        seconds = time.monotonic() - start
        files = self.files()
        self.lockin("run", "duopoly.toml", "--out", "results", "--replications", "2")  # the folder as it was before
        return files, seconds

    def test_killed_at_fifty_moments(self):
        keep = self.keeping()
        undisturbed, seconds = self.undisturbed(*keep)
        before = self.files()
        self.assertNotEqual(undisturbed, before)
        moments = random.Random(20260101)
        killed = resumed = 0
        while killed < 50:
            run = self.start("--resume", *keep)
            time.sleep(moments.uniform(0, 1.2) ** 2 * seconds)
            run.kill()
            run.communicate()
            if run.returncode == 0:  # it was faster
                self.assertEqual(self.files(), undisturbed)
                self.lockin("run", "duopoly.toml", "--out", "results", "--replications", "2")
                continue
            self.assertEqual(run.returncode, -signal.SIGKILL)
            killed += 1
            resumed += (self.folder / "results.checkpoint").exists()
            self.assertIn(self.files(), [before, undisturbed], "neither the old results nor the new ones")
        self.assertGreater(resumed, 20, "most were killed with a checkpoint")
        self.lockin(*COMMAND, "--resume", *keep)
        self.assertEqual(self.files(), undisturbed)
        for name in self.left_behind():
            self.assertFalse("checkpoint" in name or name.endswith(".replications"), name)

    def test_interrupted_within_a_second(self):
        undisturbed, seconds = self.undisturbed()
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.start()
            time.sleep(0.4 * seconds)
            asked = time.monotonic()
            run.send_signal(number)
            _, err = run.communicate(timeout=10)
            self.assertLess(time.monotonic() - asked, 2)  # a second, and as much again for a busy machine
            self.assertEqual(run.returncode, 130)
            self.assertIn(b"results.checkpoint holds ", err)
            self.refused(*COMMAND, says="--resume")
            self.lockin(*COMMAND, "--resume")
            self.assertEqual(self.files(), undisturbed)

    def test_a_long_history_is_interrupted_too(self):
        run = subprocess.Popen([self.command, "run", "many.toml", "--customers", "2e8", "--threads", "1", "--out",
                                "long"], cwd=self.folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(0.5)
        asked = time.monotonic()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=10)
        self.assertLess(time.monotonic() - asked, 2)
        self.assertEqual(run.returncode, 130)
        self.assertIn(b"interrupted", err)
        self.assertFalse((self.folder / "long").exists())

    def test_a_full_disk_leaves_the_earlier_checkpoint(self):
        undisturbed, seconds = self.undisturbed()
        run = self.start()
        time.sleep(0.4 * seconds)
        run.send_signal(signal.SIGINT)
        run.communicate()
        checkpoint = self.folder / "results.checkpoint"
        kept = checkpoint.read_bytes()
        limit = len(kept) // 2
        _, err = self.lockin(*COMMAND, "--resume", status=1,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertIn("results.checkpoint: the checkpoint cannot be written: File too large", err)
        self.assertEqual(checkpoint.read_bytes(), kept)
        self.lockin(*COMMAND, "--resume")
        self.assertEqual(self.files(), undisturbed)

    def test_damage_and_other_runs(self):
        (self.folder / "results.checkpoint").write_bytes(b"nonsense" * 100)
        self.refused(*COMMAND, "--resume", says=["results.checkpoint", "is no checkpoint of lockin"])
        self.assertEqual((self.folder / "results.checkpoint").read_bytes(), b"nonsense" * 100)
        self.refused("run", "many.toml", "--resume", says="--resume: needs --out")
        self.refused("run", "many.toml", "--checkpoint-every", "-1", says="--checkpoint-every: -1 is not a number of seconds")

    def test_a_folder_that_nobody_may_write(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        self.folder.chmod(0o500)
        self.refused(*COMMAND, says="results")

    def test_until_an_error(self):
        self.lockin("run", "many.toml", "--until", "se=0.0005", "--out", "some")
        some = self.files("some")
        record = json.loads(some["run.json"])
        self.assertLess(record["replications"], 300)
        self.lockin("run", "many.toml", "--replications", str(record["replications"]), "--out", "as_many")
        self.assertEqual(some, self.files("as_many"))
        _, err = self.lockin("run", "many.toml", "--replications", "40", "--until",
                             "se=1e-9,measure=customer_share,layer=iaas,provider=challenger,at=2026")
        self.assertRegex(err, r"after all 40 replications the error is 0\.\d+, above --until se=1e-09")
        for text, says in [("0.1", "is not KEY=VALUE"), ("se=0", "is not a number above 0"), ("se=x", "is not a number"),
                           ("measure=churn", "is not a number"), ("se=1,providr=x", "did you mean provider"),
                           ("se=1,provider=x", "no provider x"), ("se=1,at=never", "at=never"), ("se=1,se=2", "twice"),
                           ("se=1,measure=churnn", "did you mean churn"), ("se=1,at=1999", "no such measure"),
                           ("se=1,", "is not KEY=VALUE")]:
            self.refused("run", "many.toml", "--until", text, says=says)
        self.refused("run", "duopoly.toml", "--until", "se=1", says="needs --replications")


if __name__ == "__main__":
    main()
