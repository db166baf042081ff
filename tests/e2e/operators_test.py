"""What operators ask over the API: tokens made beside a running monitor, the ledger, replay, acknowledging."""
import json
import pathlib
import time
import unittest
import urllib.error
import urllib.request

from alert_test import HEAD, Sink
from harness import Case, wait_for


class Operators(Case):
    def sink(self):
        sink = Sink()
        self.addCleanup(sink.close)
        return sink

    def watch(self, sink, target, more=""):
        return self.monitor(HEAD + f"channels: {{hook: {{webhook: {{url: '{sink.url}'}}}}}}\n"
                            f"services:\n  - {{id: shop, name: The shop, url: '{target.url}'}}\n{more}")

    def token(self, *arguments):
        done = self.run_binary("token", *arguments, "--data", str(self.folder / "data"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def ask(self, monitor, method, path, token=None, body=None):
        """(status, headers, JSON)"""
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(monitor.base + path, method=method, headers=headers,
                                         data=json.dumps(body).encode() if body is not None else None)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.loads(error.read() or b"null")

    def get(self, monitor, path, token):
        status, _, answer = self.ask(monitor, "GET", path, token)
        self.assertEqual(status, 200, answer)
        return answer

    def test_R1_a_planned_maintenance_is_on_the_page_survives_a_kill_and_ends_when_it_is_dropped(self):
        sink, target = self.sink(), self.target()
        monitor = self.watch(sink, target)
        monitor.wait_states({"shop": ("up", "ok")})
        write = self.token("create", "--name", "ada", "--scope", "write")
        wait_for(lambda: self.ask(monitor, "GET", "api/v1/maintenances", write)[0] == 200, "the token is known", 5)
        ends_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        status, headers, made = self.ask(monitor, "POST", "api/v1/maintenances", write,
                                         {"title": "DB upgrade", "services": ["shop"], "ends_at": ends_at})
        self.assertEqual((status, made["state"], made["planned_by"], made["ends_at"]), (201, "in_progress", "ada", ends_at))
        self.assertEqual(headers["Location"], "/api/v1/maintenances/" + made["id"])
        self.assertEqual([one["id"] for one in self.get(monitor, "api/v1/maintenances", write)["maintenances"]], [made["id"]])
        monitor.kill()
        monitor.start()
        wait_for(lambda: monitor.services()["shop"]["state"] == "maintenance", "it is under maintenance after the kill, too")
        self.assertEqual([one["title"] for one in monitor.json("/status")["maintenances"]], ["DB upgrade"])
        self.assertIn("DB upgrade", monitor.get("/")[2])
        target.status = 500
        wait_for(lambda: monitor.json("/history?service=shop&limit=1")["checks"][0]["state"] == "down", "checks go on")
        self.assertEqual(sink.types(), [], "and nobody is told")
        self.assertEqual(self.ask(monitor, "DELETE", "api/v1/maintenances/" + made["id"], write)[0], 204)
        wait_for(lambda: sink.types() == ["opened"], "what is owed is told when it is over")
        self.assertEqual(self.ask(monitor, "DELETE", "api/v1/maintenances/" + made["id"], write)[0], 404)
        status, _, problem = self.ask(monitor, "POST", "api/v1/maintenances", write, {"title": "", "services": ["nobody"]})
        self.assertEqual((status, [error["parameter"] for error in problem["errors"]]), (422, ["title", "ends_at"]))

    def test_S1_a_token_made_beside_a_running_monitor_opens_it_until_it_is_revoked(self):
        monitor = self.monitor("services: []\n")
        text = self.token("create", "--name", "ci", "--scope", "write", "--expires", "90d")
        self.assertRegex(text, r"^acl_[a-z2-7]{32}$")
        wait_for(lambda: self.ask(monitor, "GET", "api/v1/alerts", text)[0] == 200, "the token is known", 5)
        self.assertEqual(self.ask(monitor, "GET", "api/v1/tokens", text)[0], 403)
        self.assertEqual(self.ask(monitor, "GET", "api/v1/alerts")[0], 401)
        listed = json.loads(self.token("list", "--json"))["tokens"]
        self.assertEqual([(token["name"], token["scopes"], token["state"]) for token in listed], [("ci", ["write"], "active")])
        self.token("revoke", "ci")
        revoked = time.monotonic()
        wait_for(lambda: self.ask(monitor, "GET", "api/v1/alerts", text)[0] == 401, "the token is refused", 5)
        self.assertLess(time.monotonic() - revoked, 1.5, "a second, and a slow machine's half")
        file = self.folder / "data" / "access.db"
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(text[4:].encode(), file.read_bytes())
        monitor.stop()
        self.assertNotIn(text, monitor.log.read_text())

    def test_S1_an_admin_makes_and_ends_tokens_over_the_api(self):
        monitor = self.monitor("services: []\n")
        admin = self.token("create", "--name", "admin", "--scope", "admin")
        status, headers, made = self.ask(monitor, "POST", "api/v1/tokens", admin, {"name": "dash", "scopes": ["read"]})
        self.assertEqual((status, headers["Cache-Control"]), (201, "no-store"))
        self.get(monitor, "api/v1/alerts", made["token"])
        self.assertEqual(self.ask(monitor, "DELETE", headers["Location"].lstrip("/"), admin)[0], 200)
        self.assertEqual(self.ask(monitor, "GET", "api/v1/alerts", made["token"])[0], 401)
        monitor.kill()
        monitor.start()
        self.assertEqual({token["name"]: token["state"] for token in self.get(monitor, "api/v1/tokens", admin)["tokens"]},
                         {"admin": "active", "dash": "revoked"})

    def test_the_use_of_a_token_is_kept_when_the_monitor_stops(self):
        monitor = self.monitor("services: []\n")
        text = self.token("create", "--name", "ci")
        wait_for(lambda: self.ask(monitor, "GET", "api/v1/alerts", text)[0] == 200, "the token is known", 5)
        monitor.stop()
        self.assertIsNotNone(json.loads(self.token("list", "--json"))["tokens"][0]["last_used_at"])

    def test_R5_a_dead_letter_is_seen_and_replayed_by_hand(self):
        sink, target = self.sink(), self.target()
        sink.answers = [401]
        monitor = self.watch(sink, target)
        token = self.token("create", "--name", "ada", "--scope", "write")
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        dead = wait_for(lambda: self.get(monitor, "api/v1/alerts?state=dead", token)["alerts"], "a dead letter")[0]
        self.assertEqual((dead["service"], dead["channel"], dead["step"], dead["try_count"]), ("shop", "hook", "opened", 1))
        self.assertEqual([(one["number"], one["outcome"], one["answer"]) for one in dead["tries"]],
                         [(1, "rejected", "401 (is the address or the secret wrong?)")])
        status, _, replayed = self.ask(monitor, "POST", f"api/v1/alerts/{dead['id']}/replay", token)
        self.assertEqual(status, 200, replayed)
        wait_for(lambda: sink.types() == ["opened"], "it is told now")
        sent = wait_for(lambda: self.get(monitor, "api/v1/alerts?state=sent", token)["alerts"], "it is settled")[0]
        self.assertEqual([one["outcome"] for one in sent["tries"]], ["rejected", "sent"])
        self.assertEqual(len({headers["webhook-id"] for _, headers, _ in sink.seen}), 1, "the same key")
        self.assertEqual(self.ask(monitor, "POST", f"api/v1/alerts/{dead['id']}/replay", token)[0], 409)
        self.assertEqual(self.ask(monitor, "POST", "api/v1/alerts/nothing/replay", token)[0], 404)
        line = next(json.loads(line) for line in monitor.log.read_text().splitlines() if "alert_replayed" in line)
        self.assertEqual(line["by"], "ada")

    def test_an_incident_is_acknowledged_by_the_tokens_name(self):
        sink, target = self.sink(), self.target()
        monitor = self.watch(sink, target)
        token = self.token("create", "--name", "ada", "--scope", "write")
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        listed = wait_for(lambda: self.get(monitor, "api/v1/incidents", token)["incidents"], "an incident")[0]
        status, _, incident = self.ask(monitor, "POST", f"api/v1/incidents/{listed['id']}/ack", token)
        self.assertEqual((status, incident["acknowledged_by"]), (200, "ada"), incident)
        shown = self.get(monitor, f"api/v1/incidents/{listed['id']}", token)
        self.assertEqual((shown["acknowledged_by"], shown["timeline"][-1]["step"]), ("ada", "acknowledged"))
        self.assertIn("500", shown["timeline"][0]["evidence"], "operators see the evidence")
        wait_for(lambda: "acknowledged" in sink.types(), "the channel hears of it")
        self.assertEqual(self.ask(monitor, "POST", "api/v1/incidents/nothing/ack", token)[0], 404)
        status, kind, refused = self.ask(monitor, "POST", f"api/v1/incidents/{listed['id']}/ack", token)
        self.assertEqual((status, refused["detail"]),
                         (409, f"ada acknowledged it at {incident['acknowledged_at']}"), "and says who and when")

    def test_R1_an_incident_by_hand_is_told_stands_on_the_page_and_in_the_feed_and_survives_a_kill(self):
        sink, target = self.sink(), self.target()
        monitor = self.watch(sink, target)
        monitor.wait_states({"shop": ("up", "ok")})
        write = self.token("create", "--name", "ada", "--scope", "write")
        wait_for(lambda: self.ask(monitor, "GET", "api/v1/incidents", write)[0] == 200, "the token is known", 5)
        wanted = {"title": "Payments are slow", "services": ["shop"], "severity": "major", "body": "We look\ninto it."}
        status, headers, made = self.ask(monitor, "POST", "api/v1/incidents", write, wanted)
        self.assertEqual((status, made["state"], made["timeline"][0]["author"]), (201, "investigating", "ada"))
        self.assertEqual(headers["Location"], "/api/v1/incidents/" + made["id"])
        wait_for(lambda: sink.types() == ["opened"], "whoever is told of the shop is told of it")
        path = "api/v1/incidents/" + made["id"]
        self.assertEqual(self.ask(monitor, "POST", path + "/updates", write, {"body": "It was Bob.", "visibility": "internal"})[0], 200)
        told = self.ask(monitor, "POST", path + "/updates", write, {"body": "Rolling <b>back</b>", "state": "monitoring"})
        self.assertEqual((told[0], told[2]["state"]), (200, "monitoring"))
        wait_for(lambda: sink.types() == ["opened", "updated"], "public words are told, internal ones are not")
        monitor.kill()
        monitor.start()
        wait_for(lambda: [one["title"] for one in monitor.json("/status")["incidents"]] == ["Payments are slow"], "it is there")
        page = monitor.get("/")[2]
        self.assertIn("Payments are slow", page)
        self.assertIn("Rolling &lt;b&gt;back&lt;/b&gt;", page)
        self.assertNotIn("Bob", page + monitor.get("/incidents/" + made["id"] + ".html")[2] + monitor.get("/feed.atom")[2])
        self.assertIn("Payments are slow", monitor.get("/feed.atom")[2])
        self.assertEqual(monitor.services()["shop"]["state"], "up", "what people say is no measurement")
        status, _, over = self.ask(monitor, "POST", path + "/resolve", write, {"body": "All is well."})
        self.assertEqual((status, over["state"]), (200, "resolved"))
        wait_for(lambda: sink.types() == ["opened", "updated", "resolved"], "its end is told")
        wait_for(lambda: monitor.json("/status")["incidents"] == [], "it is over on the page")
        self.assertEqual(self.ask(monitor, "POST", path + "/reopen", write)[2]["reopened"], 1)
        wait_for(lambda: sink.types()[-1] == "opened", "it goes on")
        status, _, problem = self.ask(monitor, "POST", "api/v1/incidents", write, {"services": ["nobody"]})
        self.assertEqual((status, [error["parameter"] for error in problem["errors"]]), (422, ["title"]))
        self.assertEqual(self.ask(monitor, "POST", "api/v1/incidents", write, {"title": "x", "services": ["nobody"]})[0], 409)

    def test_a_check_now_is_made_at_once(self):
        target = self.target()
        monitor = self.monitor(f"services:\n  - {{id: shop, url: '{target.url}', interval: 1h}}\n")
        token = self.token("create", "--name", "ada", "--scope", "write")
        monitor.wait_states({"shop": ("up", "ok")})
        before = target.requests
        status, _, answer = self.ask(monitor, "POST", "api/v1/services/shop/check", token)
        self.assertEqual((status, answer), (202, {"service": "shop"}))
        wait_for(lambda: target.requests > before, "another check, long before its time", 30)
        self.assertEqual(self.ask(monitor, "POST", "api/v1/services/nothing/check", token)[0], 404)

    def test_commands_say_what_is_wrong(self):
        (self.folder / "c.yaml").write_text("services: [{id: shop, url: 'http://127.0.0.1/'}]\n")
        place = ["--config", str(self.folder / "c.yaml"), "--data", str(self.folder / "data")]
        for code, arguments in ((64, ["create", *place]), (64, ["create", "--name", "a<b", *place]),
                                (64, ["create", "--name", "a", "--scope", "root", *place]),
                                (64, ["create", "--name", "a", "--expires", "soon", *place]),
                                (64, []), (78, ["list", "--config", str(self.folder / "nothing.yaml")]),
                                (1, ["ping", "nothing", *place]), (1, ["revoke", "nothing", *place])):
            done = self.run_binary("token", *arguments)
            self.assertEqual((done.returncode, len(done.stderr.strip().splitlines())), (code, 1), (arguments, done.stderr))
        done = self.run_binary("token", "ping", "shop", *place)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^acl_[a-z2-7]{32}\n$")
        self.assertEqual(self.run_binary("token", "ping", "shop", *place).returncode, 1, "the name is taken")
        self.assertIn("ping shop", self.run_binary("token", "list", *place).stdout)
        pathlib.Path(self.folder / "data" / "access.db").write_bytes(b"x" * 4096)
        self.assertEqual(self.run_binary("token", "list", *place).returncode, 1)


if __name__ == "__main__":
    unittest.main()
