"""What operators watch: the overview, and /events while a target goes down and comes back."""
import http.client
import json
import threading
import unittest

from alert_test import HEAD
from harness import Case, wait_for


class Stream:
    """/events, read on a thread of its own as a browser would."""

    def __init__(self, monitor, token, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", int(monitor.base.rstrip("/").rsplit(":", 1)[1]), timeout=60)
        headers = {"Authorization": "Bearer " + token}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", "/events", headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.events, self.ended = [], False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        event = {}
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "event" in event:
                    self.events.append((event["event"], int(event["id"]), json.loads(event["data"])))
                    event = {}
                else:
                    event = {}
        except (OSError, http.client.HTTPException):
            pass
        self.ended = True

    def rows(self, service):
        return [row for _, _, data in list(self.events) for row in data.get("services", []) if row["id"] == service]

    def close(self):
        self.connection.close()


class Events(Case):
    def token(self, *arguments):
        done = self.run_binary("token", *arguments, "--data", str(self.folder / "data"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def ask(self, monitor, path, token):
        status, _, body = monitor.get(path, {"Authorization": "Bearer " + token})
        return status, json.loads(body)

    def watch(self, monitor, token, last=None):
        stream = Stream(monitor, token, last)
        self.addCleanup(stream.close)
        self.assertEqual(stream.status, 200)
        return stream

    def test_a_target_goes_down_and_comes_back_while_somebody_watches(self):
        target = self.target()
        monitor = self.monitor(HEAD + f"services:\n  - {{id: shop, name: The shop, url: '{target.url}', bearer: CANARY-bearer,"
                               " method: POST, body: CANARY-body, headers: {X-Api-Key: CANARY-header}}\n"
                               f"  - {{id: back, visibility: internal, url: '{target.url}'}}\n")
        monitor.wait_states({"shop": ("up", "ok")})
        self.assertEqual(monitor.get("/events")[0], 401)
        token = self.token("create", "--name", "ada", "--scope", "read")
        wait_for(lambda: self.ask(monitor, "/api/v1/overview", token)[0] == 200, "the token is known", 5)

        _, overview = self.ask(monitor, "/api/v1/overview", token)
        place = overview["services"]["id"].index("shop")
        self.assertEqual(overview["services"]["state"][place], "up")
        self.assertIn("back", overview["services"]["id"], "internal ones, too")
        stream = self.watch(monitor, token, overview["seq"])
        target.status = 500
        wait_for(lambda: any(row.get("state") == "down" for row in stream.rows("shop")), "it is told down")
        wait_for(lambda: any(data["incidents"] for _, _, data in list(stream.events)), "its incident is told")
        incident = next(one for _, _, data in stream.events for one in data["incidents"] if one["service"] == "shop")
        self.assertTrue(any(row.get("incident") == incident["id"] for row in stream.rows("shop")))
        _, service = self.ask(monitor, "/api/v1/services/shop", token)
        self.assertEqual((service["state"], service["incident"]["id"]), ("down", incident["id"]))
        self.assertIn("500", service["checks"][0]["error"])
        self.assertNotIn("CANARY", json.dumps(service))

        known = stream.events[-1][1]
        stream.close()
        target.status = 200
        wait_for(lambda: self.ask(monitor, "/api/v1/services/shop", token)[1]["state"] == "up", "it is up again")
        again = self.watch(monitor, token, known)
        wait_for(lambda: any(incident["id"] in data["closed"] for _, _, data in list(again.events)), "its end is told")
        self.assertEqual({kind for kind, _, _ in again.events}, {"change"}, "what was missed, and no reset")
        self.assertTrue(all(number > known for _, number, _ in again.events))

        self.token("revoke", "ada")
        wait_for(lambda: again.ended, "a revoked token ends the stream", 5)

    def test_a_stop_ends_streams_at_once_and_another_run_begins_anew(self):
        target = self.target()
        monitor = self.monitor(HEAD + f"services:\n  - {{id: shop, url: '{target.url}'}}\n")
        monitor.wait_states({"shop": ("up", "ok")})
        token = self.token("create", "--name", "ada", "--scope", "read")
        wait_for(lambda: self.ask(monitor, "/api/v1/overview", token)[0] == 200, "the token is known", 5)
        stream = self.watch(monitor, token)
        wait_for(lambda: stream.events, "something is told")
        monitor.stop()
        wait_for(lambda: stream.ended, "the stream ended", 5)
        monitor.start()
        again = self.watch(monitor, token, stream.events[-1][1])
        wait_for(lambda: again.events and again.events[0][0] == "reset", "it is told to begin anew", 5)


if __name__ == "__main__":
    unittest.main()
