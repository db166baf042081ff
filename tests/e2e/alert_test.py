"""Alerts by webhook: told once, in order, signed, through a kill -9 and a channel that fails."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import unittest

from harness import Case, wait_for

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
HEAD = "defaults: {interval: 300ms, timeout: 5s, reopen: 0s, confirm: {down: 2, up: 1, retry: 100ms}}\n"


class Sink:
    """A receiver of webhooks that answers what it is told to; `answers` is used up first, one for each request."""

    def __init__(self):
        self.seen, self.status, self.headers, self.answers = [], 200, {}, []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = sink.answers.pop(0) if sink.answers else sink.status
                sink.seen.append((status, dict(self.headers.items()), body))
                self.send_response(status)
                for name, value in sink.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def accepted(self):
        return [json.loads(body) for status, _, body in self.seen if status == 200]

    def types(self):
        return [event["type"].removeprefix("dev.allclear.incident.") for event in self.accepted()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Webhook(Case):
    def sink(self):
        sink = Sink()
        self.addCleanup(sink.close)
        return sink

    def config(self, sink, target, more=""):
        return (HEAD + f"page: {{url: 'https://status.example.com/'}}\nchannels: {{hook: {{webhook: {{url: '{sink.url}', "
                f"secret: '{SECRET}'}}}}}}\nservices:\n  - {{id: shop, name: The shop, group: Web, url: '{target.url}'}}\n{more}")

    def test_S14_an_incident_is_told_from_opening_to_recovery_and_signed(self):
        sink, target = self.sink(), self.target()
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: sink.types() == ["opened"], "the opening is told")
        target.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "the recovery is told")
        opened, resolved = sink.accepted()
        incident = wait_for(lambda: monitor.json("/status")["recent_incidents"], "the page shows it, too")[0]
        self.assertEqual(resolved["data"]["incident"], incident, "the incident is as in /status")
        self.assertEqual((opened["specversion"], opened["subject"], opened["source"]), ("1.0", "shop", "https://status.example.com"))
        self.assertEqual(opened["data"]["service"], {"id": "shop", "name": "The shop", "group": "Web", "state": "down"})
        self.assertEqual(resolved["data"]["service"]["state"], "up")
        self.assertEqual(opened["data"]["transition"]["step"], "opened")
        self.assertIn("is down", opened["data"]["transition"]["text"])
        self.assertEqual(opened["data"]["links"]["page"], "https://status.example.com/")
        for _, headers, body in sink.seen:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
            self.assertEqual(headers["webhook-signature"], expected)
            self.assertEqual(headers["webhook-id"], json.loads(body)["id"])
            self.assertTrue(headers["Content-Type"].startswith("application/cloudevents+json"))
        monitor.stop()
        log = monitor.log.read_text()
        self.assertNotIn(SECRET, log)
        self.assertEqual(log.count("alert_sent"), 2)

    def test_R1_an_alert_that_failed_before_a_kill_is_sent_after_it_with_the_same_key(self):
        sink, target = self.sink(), self.target()
        sink.status = 500
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: len(sink.seen) >= 2, "it was tried twice")
        monitor.kill()
        sink.status = 200
        monitor.start()
        wait_for(lambda: sink.types() == ["opened"], "it is told after the restart", 90)
        self.assertEqual(len({headers["webhook-id"] for _, headers, _ in sink.seen}), 1)
        target.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "the recovery follows it")

    def test_R5_order_holds_while_the_first_step_does_not_get_through(self):
        sink, target = self.sink(), self.target()
        sink.status = 503
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        wait_for(lambda: sink.seen, "the opening was tried")
        target.status = 200
        monitor.wait_states({"shop": ("up", "ok")})
        self.assertEqual({json.loads(body)["type"].split(".")[-1] for _, _, body in sink.seen}, {"opened"})
        sink.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "both are told, in order")

    def test_R5_a_refused_alert_is_dead_and_says_why(self):
        sink, target = self.sink(), self.target()
        sink.answers = [401]
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        wait_for(lambda: "alert_dead" in monitor.log.read_text(), "the log names the dead letter")
        line = next(json.loads(line) for line in monitor.log.read_text().splitlines() if "alert_dead" in line)
        self.assertEqual(line["answer"], "401 (is the address or the secret wrong?)")
        target.status = 200
        wait_for(lambda: sink.types() == ["resolved"], "later steps go on")
        self.assertEqual(len(sink.seen), 2, "it was not tried again")


if __name__ == "__main__":
    unittest.main()
