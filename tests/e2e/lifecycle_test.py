"""Reload, stop, restart, and a process that may hold few descriptors."""
import http.client
import json
import re
import resource
import signal
import subprocess
import unittest
import urllib.parse

from alert_test import Sink
from harness import BINARY, Case, wait_for

HEAD = "defaults: {interval: 500ms, timeout: 5s, confirm: {down: 2, up: 1, retry: 100ms}}\nservices:\n"


def service(name, url, more=""):
    return f"  - {{id: {name}, url: \"{url}\"{more}}}\n"


class Reload(Case):
    def test_R20_a_bad_config_keeps_the_old_one_and_says_why(self):
        target = self.target()
        monitor = self.monitor(HEAD + service("shop", target.url))
        monitor.wait_states({"shop": ("up", "ok")})
        monitor.config_file.write_text(HEAD + service("shop", target.url, ", colour: red"))
        ready = wait_for(lambda: (lambda r: r if not r["config"]["ok"] else None)(monitor.json("/ready")), "/ready tells the bad config")
        self.assertIn("colour", ready["config"]["error"])
        self.assertIn("allclear_config_last_reload_successful 0", monitor.get("/metrics")[2])
        self.assertEqual(monitor.states(), {"shop": ("up", "ok")})
        requests = target.requests
        wait_for(lambda: target.requests > requests + 2, "checks go on under the old config")

    def test_R20_an_emptied_or_deleted_file_is_no_wish_to_watch_nothing(self):
        target = self.target()
        written = HEAD + service("shop", target.url)
        monitor = self.monitor(written)
        monitor.wait_states({"shop": ("up", "ok")})
        for ruin, expected in ((lambda file: file.write_text(""), "services: missing"),
                               (lambda file: file.write_text("services:\n"), "services: missing"),
                               (lambda file: file.unlink(), "cannot read")):
            ruin(monitor.config_file)
            wait_for(lambda: expected in (monitor.json("/ready")["config"]["error"] or ""), f"/ready says {expected}")
            self.assertEqual(monitor.states(), {"shop": ("up", "ok")})
            monitor.config_file.write_text(written)
            wait_for(lambda: monitor.json("/ready")["config"]["ok"], "the file is fine again")
        monitor.config_file.write_text(HEAD.replace("services:\n", "") + "services: []\n")
        wait_for(lambda: monitor.states() == {}, "an empty list is a wish")

    def test_R20_a_rename_keeps_history_and_removing_archives_it(self):
        target = self.target()
        monitor = self.monitor(HEAD + service("shop", target.url) + service("other", target.url))
        monitor.wait_states({"shop": ("up", "ok"), "other": ("up", "ok")})

        def times(name):
            return [check["at"] for check in monitor.json(f"/history?service={name}&limit=1000")["checks"]]
        before = {name: wait_for(lambda: len(times(name)) >= 2 and times(name), f"results of {name}") for name in ("shop", "other")}
        monitor.config_file.write_text(HEAD + service("shop", target.url, ", name: The shop"))
        monitor.process.send_signal(signal.SIGHUP)
        wait_for(lambda: [s["name"] for s in monitor.json("/status")["services"]] == ["The shop"], "the new config is live")
        self.assertLessEqual(set(before["shop"]), set(times("shop")), "what was stored under the old name")
        self.assertEqual(monitor.services()["shop"]["state"], "up")
        monitor.config_file.write_text(HEAD + service("shop", target.url) + service("other", target.url))
        monitor.wait_states({"other": ("up", "ok")})
        self.assertLessEqual(set(before["other"]), set(times("other")), "what was archived is there again")

    def test_R20_reloads_under_load_change_what_was_changed_and_nothing_else(self):
        target, count = self.target(), 100
        steady = "".join(service(f"s{i}", target.url) for i in range(count))
        monitor = self.monitor(HEAD + steady)
        everybody = {f"s{i}": ("up", "ok") for i in range(count)}
        monitor.wait_states(everybody)
        for turn in range(10):
            requests = target.requests
            comes = service(f"guest-{turn}", target.url)
            monitor.config_file.write_text(HEAD + steady + (comes if turn % 3 else comes.replace("url", "ulr")))
            monitor.process.send_signal(signal.SIGHUP)
            wait_for(lambda: monitor.json("/ready")["config"]["ok"] == bool(turn % 3), f"reload {turn} was judged")
            wait_for(lambda: (f"guest-{turn}" in monitor.states()) == bool(turn % 3), f"reload {turn} took effect, or none")
            wait_for(lambda: target.requests > requests + count, "checks go on")
        monitor.config_file.write_text(HEAD + steady)
        monitor.process.send_signal(signal.SIGHUP)
        wait_for(lambda: monitor.states() == everybody, "as it began")
        status = monitor.json("/status")
        self.assertEqual((status["incidents"], status["recent_incidents"]), ([], []))
        self.assertNotIn("commit_failed", monitor.log.read_text())

    def test_removing_a_service_that_is_down_ends_its_incident(self):
        broken, other = self.target(status=500), self.target()
        monitor = self.monitor(HEAD + service("broken", broken.url) + service("other", other.url))
        monitor.wait_states({"broken": ("down", "unexpected_status"), "other": ("up", "ok")})
        monitor.config_file.write_text(HEAD + service("other", other.url))
        wait_for(lambda: "broken" not in monitor.states(), "the service is gone")
        monitor.config_file.write_text(HEAD + service("other", other.url) + service("broken", other.url))
        monitor.wait_states({"broken": ("up", "ok")})
        incidents = monitor.json("/history?service=broken")["incidents"]
        self.assertEqual([incident["ended_at"] is None for incident in incidents], [False], "it ended with the removal")


class Stop(Case):
    def test_R21_sigterm_ends_within_ten_seconds_while_checks_hang(self):
        hanging = [self.target(delay_s=60) for _ in range(5)]
        config = "defaults: {interval: 1s, timeout: 55s}\nservices:\n"
        monitor = self.monitor(config + "".join(service(f"h{i}", target.url) for i, target in enumerate(hanging)))
        wait_for(lambda: all(target.requests > 0 for target in hanging), "every target holds a check")
        code, took_s = monitor.stop()
        self.assertEqual(code, 0)
        self.assertLessEqual(took_s, 10)
        monitor.start()
        self.assertEqual(monitor.json("/history?service=h0")["checks"], [], "a cancelled check yields no result")

    def test_R21_a_known_down_is_not_told_again_after_a_restart(self):
        broken, sink = self.target(), Sink()
        self.addCleanup(sink.close)
        monitor = self.monitor(f"channels: {{hook: {{webhook: {{url: '{sink.url}'}}}}}}\n" + HEAD + service("broken", broken.url))
        monitor.wait_states({"broken": ("up", "ok")})  # what is down when it is first seen is told to nobody
        broken.status = 500
        monitor.wait_states({"broken": ("down", "unexpected_status")})
        # What was settled is not under way when the process is killed: then it would come again, with the same key (R1).
        wait_for(lambda: '"alert_sent"' in monitor.log.read_text(), "the opening is sent and settled")
        incident = monitor.json("/status")["incidents"][0]
        for end in (lambda: self.assertEqual(monitor.stop()[0], 0), monitor.kill):
            end()
            monitor.start()
            self.assertEqual(monitor.states(), {"broken": ("down", "unexpected_status")}, "the state is there at once")
            requests = broken.requests
            wait_for(lambda: broken.requests >= requests + 3, "it is checked again")
            self.assertEqual(monitor.json("/status")["incidents"][0]["updates"], incident["updates"])
        broken.status = 200
        wait_for(lambda: "resolved" in sink.types("broken"), "its end, behind whatever would have been told before")
        self.assertEqual(sink.types("broken"), ["opened", "resolved"])


class BrokenStore(Case):
    def test_R15_a_broken_database_is_told_by_ready_and_metrics(self):
        target = self.target()
        monitor = self.monitor(HEAD + service("shop", target.url))
        monitor.wait_states({"shop": ("up", "ok")})
        self.assertEqual(monitor.json("/ready")["store"], {"ok": True, "recovered": "none", "cause": None})
        monitor.stop()
        (monitor.folder / "data" / "allclear.db").write_bytes(b"x" * 4096)
        monitor.start()
        store = monitor.json("/ready")["store"]
        self.assertEqual((store["ok"], store["recovered"]), (True, "started_empty"))
        self.assertTrue(store["cause"])
        self.assertIn("allclear_store_recovered_empty 1", monitor.get("/metrics")[2])


class FewDescriptors(Case):
    def test_R13_sixty_four_descriptors_and_no_false_down(self):
        target = self.target()
        config = "defaults: {interval: 2s, timeout: 1900ms}\nservices:\n"
        monitor = self.monitor(config + "".join(service(f"s{i}", target.url) for i in range(200)),
                               prefix=["prlimit", "--nofile=64:64", "--"])
        wait_for(lambda: sum(state == "up" for state, _ in monitor.states().values()) > 150, "most services are up")
        requests = target.requests
        wait_for(lambda: target.requests > requests + 400, "two more rounds")
        self.assertNotIn("down", {state for state, _ in monitor.states().values()})
        self.assertEqual(monitor.get("/health")[0], 200)

    def test_R13_a_limit_that_is_lowered_while_it_runs_is_nobodys_outage_and_passes(self):
        target, count = self.target(), 50
        monitor = self.monitor(HEAD + "".join(service(f"s{i}", target.url) for i in range(count)))
        everybody = {f"s{i}": ("up", "ok") for i in range(count)}
        monitor.wait_states(everybody)
        address = urllib.parse.urlsplit(monitor.base)
        kept_alive = http.client.HTTPConnection(address.hostname, address.port, timeout=20)  # who is in is served
        self.addCleanup(kept_alive.close)

        def ask(path):
            kept_alive.request("GET", path)
            return kept_alive.getresponse().read().decode()

        def states():
            return [service["state"] for service in json.loads(ask("/status"))["services"]]

        def all_are_unknown():
            now = states()
            self.assertNotIn("down", now)
            return now == ["unknown"] * count

        def results():
            return int(re.search(r"^allclear_results_total (\d+)", ask("/metrics"), re.M)[1])
        self.assertEqual(states(), ["up"] * count)
        usual = resource.prlimit(monitor.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(monitor.process.pid, resource.RLIMIT_NOFILE, (3, usual[1]))
        wait_for(all_are_unknown, "nothing can be checked")
        requests = target.requests
        before = results()
        wait_for(lambda: results() > before + 2 * count, "it tries on")
        self.assertEqual((all_are_unknown(), target.requests), (True, requests))
        resource.prlimit(monitor.process.pid, resource.RLIMIT_NOFILE, usual)
        monitor.wait_states(everybody)
        wait_for(lambda: target.requests > requests + 2 * count, "all are checked again")
        status = monitor.json("/status")
        self.assertEqual((status["incidents"], status["recent_incidents"]), ([], []))

    def test_R13_too_few_to_begin_with_are_told_in_a_line(self):
        file = self.folder / "allclear.yaml"
        file.write_text("services: [{id: a, url: 'http://127.0.0.1/'}]\n")
        rest = ["--config", str(file), "--data", str(self.folder / "data")]
        for arguments in (["serve", "--listen", "127.0.0.1:0"], ["once"]):
            for limit in (24, 63):
                done = subprocess.run(["prlimit", f"--nofile={limit}:{limit}", "--", BINARY, *arguments, *rest], capture_output=True,
                                      text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(done.stderr, f"allclear: this process may hold {limit} file descriptors and needs 64: raise "
                                              "the limit (ulimit -n, or LimitNOFILE= of the systemd unit)\n")


class Logs(Case):
    def test_a_start_and_a_reload_count_the_services_of_the_config(self):
        anchors = "blindness: {anchors: ['tcp://192.0.2.7:53', 'tcp://192.0.2.8:53', 'tcp://192.0.2.9:53']}\n"
        monitor = self.monitor(anchors + HEAD + service("far", "http://192.0.2.1/"))
        monitor.config_file.write_text(anchors + HEAD + service("far", "http://192.0.2.1/") + service("two", "http://192.0.2.2/"))

        def counted(event):
            return [entry["services"] for entry in map(json.loads, monitor.log.read_text().splitlines()) if entry["event"] == event]
        wait_for(lambda: counted("config_reloaded") == [2], "a reload counts two")
        self.assertEqual(counted("started"), [1])

    def test_S18_one_json_object_per_line_and_S7_no_secret_in_it(self):
        broken = self.target(status=500)
        talkative = self.target(body="Welcome")  # its mistakes would tell the URL and what was expected
        expected = ", expect: {body: {contains: \"${SHOP_TOKEN}\"}}"
        monitor = self.monitor(HEAD + service("shop", broken.url, ", bearer: \"${SHOP_TOKEN}\"") +
                               service("echo", talkative.url + "?key=${SHOP_TOKEN}", expected),
                               environment={"SHOP_TOKEN": "canary-7f3a9c51"})
        monitor.wait_states({"shop": ("down", "unexpected_status"), "echo": ("down", "body_mismatch")})
        monitor.stop()
        lines = monitor.log.read_text().splitlines()
        events = [json.loads(line) for line in lines]
        self.assertIn("service_changed", {event["event"] for event in events})
        for path in [monitor.log, *(monitor.folder / "data").iterdir()]:
            self.assertIsNone(re.search(b"canary-7f3a9c51", path.read_bytes()), path)

    def test_S7_a_refused_reload_tells_no_secret_of_its_own(self):
        target = self.target()
        monitor = self.monitor(HEAD + service("shop", target.url), environment={"NEW_TOKEN": "canary-7f3a9c51"})
        monitor.config_file.write_text(HEAD + service("shop", target.url, ", bearer: canary-literal, depends_on: [\"${NEW_TOKEN}\"]") +
                                       service("canary-literal", "nonsense"))
        wait_for(lambda: not monitor.json("/ready")["config"]["ok"], "the reload is refused")
        answer = monitor.get("/ready")[2]
        monitor.stop()
        log = monitor.log.read_text()
        self.assertIn("config_refused", log)
        for canary in ("canary-7f3a9c51", "canary-literal"):
            self.assertNotIn(canary, log)
            self.assertNotIn(canary, answer)


if __name__ == "__main__":
    unittest.main()
