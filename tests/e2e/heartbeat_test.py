"""Heartbeats: a job that tells that it ran, and what happens when it does not."""
import json
import unittest
import urllib.error
import urllib.request

from alert_test import HEAD, WebhookCase
from harness import closed_port, wait_for


class Heartbeats(WebhookCase):
    def watch(self, sink, keys, more=""):
        return self.monitor(HEAD + f"channels: {{hook: {{webhook: {{url: '{sink.url}'}}}}}}\n"
                            f"services:\n  - {{id: backup, name: Backup, heartbeat: {{{keys}}}}}\n{more}")

    def token(self, service="backup"):
        done = self.run_binary("token", "ping", service, "--data", str(self.folder / "data"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def ping(self, monitor, path, body=None):
        try:
            with urllib.request.urlopen(monitor.base + "ping/" + path, data=body, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def incident(self, monitor, incident):
        done = self.run_binary("token", "create", "--name", "reader", "--data", str(self.folder / "data"))
        self.assertEqual(done.returncode, 0, done.stderr)
        request = urllib.request.Request(monitor.base + "api/v1/incidents/" + incident,
                                         headers={"Authorization": "Bearer " + done.stdout.strip()})

        def shown():
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError:
                return None
        return wait_for(shown, "the token is known", 5)

    def state(self, monitor):
        service = monitor.json("/status")["services"][0]
        return service["state"], service["reason"]

    def test_a_missed_ping_is_told_and_the_next_one_ends_it(self):
        sink = self.sink()
        monitor = self.watch(sink, "every: 2s, grace: 1s")
        self.assertEqual(self.state(monitor), ("unknown", "no_data"))
        token = self.token()
        wait_for(lambda: self.ping(monitor, token) == 200, "the token is known", 5)
        wait_for(lambda: self.state(monitor) == ("up", "ok"), "it is up", 5)
        wait_for(lambda: self.state(monitor) == ("down", "missed"), "it is missed", 10)
        wait_for(lambda: sink.types() == ["opened"], "it is told", 10)
        self.assertEqual(self.ping(monitor, token), 200)
        wait_for(lambda: sink.types() == ["opened", "resolved"], "the end is told", 10)

    def test_a_fail_tells_its_exit_code_and_its_words(self):
        sink = self.sink()
        token_file = self.folder / "token"
        token_file.write_text("0123456789abcdef0123\n")
        monitor = self.watch(sink, f"every: 1d, token_file: '{token_file}'")
        self.assertEqual(self.ping(monitor, "0123456789abcdef0123"), 200)
        self.assertEqual(self.ping(monitor, "0123456789abcdef0123/7", b"disk full"), 200)
        wait_for(lambda: self.state(monitor) == ("down", "unexpected_status"), "it is down", 5)
        wait_for(lambda: sink.types() == ["opened"], "it is told", 10)
        self.assertNotIn("disk full", json.dumps(sink.accepted()[0]), "what a job says is for operators")
        self.assertIn("exit code 7: disk full", json.dumps(self.incident(monitor, sink.accepted()[0]["data"]["incident"]["id"])))
        checks = monitor.json("/history?service=backup")["checks"]
        # Both may have come in one millisecond: then neither is the newer one.
        self.assertCountEqual([(check["state"], check["status_code"]) for check in checks], [("down", 7), ("up", None)])

    def test_R10_an_answered_ping_and_its_deadline_survive_kill_9(self):
        sink = self.sink()
        monitor = self.watch(sink, "every: 3s, grace: 2s")
        token = self.token()
        wait_for(lambda: self.ping(monitor, token) == 200, "the token is known", 5)
        self.assertEqual(self.ping(monitor, token + "/fail"), 200)
        monitor.kill()
        monitor.start()
        self.assertEqual(self.state(monitor), ("down", "unexpected_status"))
        self.assertEqual(self.ping(monitor, token), 200)
        monitor.kill()
        monitor.start()
        self.assertEqual(self.state(monitor), ("up", "ok"))
        wait_for(lambda: self.state(monitor) == ("down", "missed"), "the deadline holds", 15)

    def test_the_monitor_tells_that_it_lives_and_the_log_hides_where(self):
        target = self.target()
        monitor = self.monitor(f"blindness: {{ping: '{target.url}secret-path'}}\nservices: []\n")
        wait_for(lambda: target.requests, "the sign came", 10)
        wait_for(lambda: "life_sign_sent" in monitor.log.read_text(), "the log says so", 5)
        self.assertNotIn("secret-path", monitor.log.read_text())

    def test_a_life_sign_that_does_not_get_through_is_logged(self):
        monitor = self.monitor(f"blindness: {{ping: 'http://127.0.0.1:{closed_port()}/secret-path'}}\nservices: []\n")
        wait_for(lambda: "life_sign_failed" in monitor.log.read_text(), "the log says so", 15)
        self.assertNotIn("secret-path", monitor.log.read_text())

    def test_a_wrong_token_is_not_found_and_the_log_never_holds_one(self):
        monitor = self.watch(self.sink(), "every: 1d")
        token = self.token()
        wait_for(lambda: self.ping(monitor, token) == 200, "the token is known", 5)
        self.assertEqual(self.ping(monitor, "acl_wrong"), 404)
        self.assertEqual(self.ping(monitor, token + "/stop"), 404)
        self.assertEqual(self.ping(monitor, token + "/log", b"half way"), 200)
        wait_for(lambda: "half way" in monitor.log.read_text(), "the line is in the log", 5)
        monitor.stop()
        self.assertNotIn(token, monitor.log.read_text())


if __name__ == "__main__":
    unittest.main()
