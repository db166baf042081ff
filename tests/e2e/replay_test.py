"""`allclear replay` against the real binary, over histories that make_history generated with the production engine."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import threading
import unittest

from harness import Case, wait_for

MAKE_HISTORY = os.environ["ALLCLEAR_MAKE_HISTORY"]
SERVICES = ("website", "api", "database", "blog", "shop", "search")


def config(latency="1s", down=2, services=SERVICES, more=""):
    lines = [f"defaults: {{interval: 60s, confirm: {{down: {down}, up: 1, retry: 5s}}, alerts: [ops]}}",
             "channels: {ops: {webhook: {url: 'http://127.0.0.1:9/hook'}}}", "blindness: {anchors: []}", more, "services:"]
    lines += [f"  - {{id: {name}, url: 'http://127.0.0.1:9/{name}', expect: {{latency: {latency}}}}}" for name in services]
    return "\n".join(lines) + "\n"


class Replay(Case):
    def setUp(self):
        super().setUp()
        self.data = str(self.folder / "data")

    def write(self, name, text):
        file = self.folder / name
        file.write_text(text)
        return str(file)

    def live(self, days=4, seed=3, back_s=0):
        """A history of so many days in the folder `data`, as the config `old.yaml` judged it."""
        self.old = self.write("old.yaml", config())
        done = subprocess.run([MAKE_HISTORY, self.old, self.data, str(days), str(seed), str(back_s)], capture_output=True,
                              text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)

    def replay(self, *arguments):
        return self.run_binary("replay", *arguments)

    def report(self, file, *arguments):
        done = self.replay("--since", "30d", "--config", file, "--data", self.data, "--json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def stored(self, question):
        with sqlite3.connect(f"file:{self.data}/allclear.db?mode=ro", uri=True) as database:
            return database.execute(question).fetchone()[0]

    def test_the_same_config_pages_the_same(self):
        self.live()
        report = self.report(self.old)
        self.assertGreater(report["did"]["incidents"], 5)
        self.assertEqual(report["did"]["incidents"], self.stored("SELECT count(*) FROM incidents"))
        self.assertEqual(report["did"]["alerts"], self.stored("SELECT count(*) FROM alerts"))
        self.assertEqual(report["differences"], [])
        self.assertEqual(report["would"], report["did"])
        self.assertEqual(report["same"], report["did"]["incidents"])
        self.assertGreater(report["results"], 6 * 4 * 24 * 60 - 100)

    def test_what_serve_itself_stored_gives_the_same_incident(self):
        target = self.target()
        text = ("defaults: {interval: 200ms, flapping: off, confirm: {down: 2, up: 1, retry: 100ms}}\n"
                "channels: {ops: {webhook: {url: 'http://127.0.0.1:9/hook'}}}\n"
                f"services: [{{id: web, url: '{target.url}', expect: {{status: 200}}}}]\n")
        monitor = self.monitor(text)
        monitor.wait_states({"web": ("up", "ok")})
        target.status = 503
        monitor.wait_states({"web": ("down", "unexpected_status")})
        target.status = 200
        monitor.wait_states({"web": ("up", "ok")})
        wait_for(lambda: self.stored("SELECT count(*) FROM incidents WHERE resolved_at IS NOT NULL"), "the end is stored")
        same = self.report(str(monitor.config_file))
        self.assertEqual((same["did"]["incidents"], same["same"], same["differences"]), (1, 1, []))
        self.assertEqual(same["would"], same["did"])
        lenient = self.report(self.write("lenient.yaml", text.replace("status: 200", "status: [200, 503]")))
        self.assertEqual([one["kind"] for one in lenient["differences"]], ["did_only"])
        self.assertEqual((lenient["would"]["incidents"], lenient["would"]["alerts"]), (0, 0))

    def test_another_config_prints_both_counts_and_what_differs(self):
        self.live()
        patient = self.report(self.write("patient.yaml", config(down=5)))
        self.assertLess(patient["would"]["incidents"], patient["did"]["incidents"])
        self.assertLess(patient["would"]["alerts"], patient["did"]["alerts"])
        self.assertIn("did_only", {one["kind"] for one in patient["differences"]})
        self.assertGreater(patient["missing_retries"], 0)
        strict_file = self.write("strict.yaml", config(latency="200ms"))
        strict = self.report(strict_file)
        self.assertGreater(strict["would"]["incidents"], strict["did"]["incidents"])
        added = [one for one in strict["differences"] if one["kind"] == "would_only"]
        self.assertTrue(added)
        self.assertEqual({one["would"]["reason"] for one in added if not one["would"]["flapping"]}, {"slow"})
        self.assertNotIn("ok", {one["would"]["reason"] for one in added})
        table = self.replay("--since", "30d", "--config", strict_file, "--data", self.data)
        self.assertEqual((table.returncode, table.stderr), (0, ""))
        counts = next(line.split() for line in table.stdout.splitlines() if line.strip().startswith("incidents"))
        self.assertEqual(counts, ["incidents", str(strict["did"]["incidents"]), str(strict["would"]["incidents"])])
        self.assertEqual(sum(line.startswith("  + ") for line in table.stdout.splitlines()), len(added))
        for one in added:
            self.assertIn(f"+ {one['service']}: ", table.stdout)

    def test_it_says_what_it_cannot_know(self):
        self.live(days=3)
        other = self.write("other.yaml", config(services=SERVICES[1:] + ("new-one",)))
        notes = " ".join(self.report(other)["notes"])
        self.assertIn("Stored results reach back to ", notes)
        self.assertIn("Without stored results, so never failing here: new-one.", notes)
        self.assertIn("Not in this config, so nobody would be paged for: website.", notes)
        one = self.report(self.old, "--service", "api")
        self.assertEqual({row["service"] for row in one["differences"]} - {"api"}, set())
        self.assertEqual(one["did"]["incidents"], self.stored("SELECT count(*) FROM incidents WHERE service = 'api'"))

    def test_since_may_be_a_time(self):
        self.live(days=3)
        begin = self.report(self.old)["results_from"]
        done = self.replay("--since", begin, "--config", self.old, "--data", self.data, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["since"], begin)
        short = json.loads(self.replay("--since", "12h", "--config", self.old, "--data", self.data, "--json").stdout)
        self.assertEqual(short["differences"], [])
        self.assertLess(short["results"], 6 * 13 * 60 + 500)

    def test_it_reads_beside_a_running_monitor_and_writes_nothing(self):
        self.live(days=3, back_s=3600)
        monitor = self.monitor(config())
        wait_for(lambda: monitor.json("/status")["services"], "the page is there")
        reports, stop = [], threading.Event()

        def watch():
            while not stop.is_set():
                reports.append(monitor.get("/health")[0])
        watcher = threading.Thread(target=watch)
        watcher.start()
        report = self.report(self.old)
        stop.set()
        watcher.join()
        self.assertEqual(set(reports), {200})
        self.assertGreater(report["did"]["incidents"], 5)
        self.assertEqual([one for one in report["differences"] if one["kind"] == "would_only"], [])
        self.assertEqual(monitor.stop()[0], 0)
        before = pathlib.Path(self.data, "allclear.db").read_bytes()
        lock = pathlib.Path(self.data, "allclear.lock").read_bytes()
        self.report(self.old)
        self.assertEqual(pathlib.Path(self.data, "allclear.db").read_bytes(), before)
        self.assertEqual(pathlib.Path(self.data, "allclear.lock").read_bytes(), lock)

    def test_a_folder_that_cannot_be_read_is_one_line(self):
        file = self.write("a.yaml", config())
        nowhere = self.folder / "nowhere"
        done = self.replay("--config", file, "--data", str(nowhere))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"allclear: there is no allclear.db in the data folder {nowhere}\n")
        self.assertFalse(nowhere.exists(), "it is not made")
        nowhere.mkdir()
        (nowhere / "allclear.db").write_text("no database at all, but long enough to be looked at as one" * 40)
        done = self.replay("--config", file, "--data", str(nowhere))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("not a database", done.stderr)
        (nowhere / "allclear.db").unlink()
        with sqlite3.connect(nowhere / "allclear.db") as database:
            database.execute("PRAGMA user_version=99")
        done = self.replay("--config", file, "--data", str(nowhere))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^allclear: .*allclear\.db has schema 99, this program reads \d+\n$")

    def test_a_broken_hour_is_one_line(self):
        self.live(days=2)
        with sqlite3.connect(f"{self.data}/allclear.db") as database:
            database.execute("UPDATE chunks SET points = x'ff0102' WHERE row = (SELECT max(row) FROM chunks)")
        done = self.replay("--config", self.old, "--data", self.data)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("broken chunk", done.stderr)

    def test_an_empty_history_is_no_failure(self):
        monitor = self.monitor("services: []\n")
        monitor.stop()
        file = self.write("a.yaml", config())
        done = self.replay("--config", file, "--data", str(self.folder / "data"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("There are no stored results of that time.", done.stdout)

    def test_bad_words_are_one_line_each(self):
        self.live(days=1)
        for arguments, expected in ((("--since", "yesterday"), "--since"), (("--since", "0s"), "--since"),
                                    (("--since", "2999-01-01T00:00:00Z"), "--since"), (("--until", "1d"), "--until"),
                                    (("--service", "nobody"), '"nobody"')):
            done = self.replay("--config", self.old, "--data", self.data, *arguments)
            self.assertEqual((done.returncode, done.stdout), (64, ""), done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn(expected, done.stderr)
        bad = self.write("bad.yaml", "services: [{id: a, url: 'ftp://x'}]\n")
        done = self.replay("--config", bad, "--data", self.data)
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn(f"{bad}:1:", done.stderr)
        self.assertEqual(self.replay("--config", str(self.folder / "missing.yaml"), "--data", self.data).returncode, 78)

    def test_the_folder_may_stand_in_the_config(self):
        self.live(days=1)
        moved = self.folder / "elsewhere"
        shutil.move(self.data, moved)
        file = self.write("own.yaml", config(more=f"server: {{data: {moved}}}"))
        done = self.replay("--config", file)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
