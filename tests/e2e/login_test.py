"""People who log in: made beside a running monitor, let in by their password, doing what their role allows, and out again."""
import http.client
import json
import os
import pty
import re
import select
import subprocess
import time
import unittest
import urllib.parse

from alert_test import HEAD
from harness import BINARY, Case, wait_for

PASSWORD = "correct horse battery"


class Browser:
    """Keeps cookies, follows nothing, says where it comes from."""

    def __init__(self, base):
        self.host = urllib.parse.urlsplit(base).netloc
        self.cookies = {}

    def ask(self, method, path, body=None, **headers):
        """(status, headers, text)"""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method != "GET":
            given.setdefault("Origin", "http://" + self.host)
        connection.request(method, path, body=body, headers={name: value for name, value in given.items() if value})
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies.pop(name, None)
            if "Max-Age=0" not in line:
                self.cookies[name] = value
        connection.close()
        return answer.status, answer.headers, text

    def json(self, method, path, body=None, **headers):
        if body is not None:
            headers["Content_Type"] = "application/json"
        status, _, text = self.ask(method, path, None if body is None else json.dumps(body), **headers)
        return status, json.loads(text) if text else None

    def send(self, path, fields, **headers):
        headers["Content_Type"] = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urllib.parse.urlencode(fields), **headers)

    def form(self, following="/ops/"):
        page = self.ask("GET", "/ops/login?next=" + urllib.parse.quote(following))[2]
        return {name: re.search(f'name="{name}" value="([^"]*)"', page).group(1) for name in ("csrf", "next")}

    def log_in(self, user, password, following="/ops/"):
        return self.send("/ops/login", {**self.form(following), "user": user, "password": password})

    def csrf(self):
        return self.json("GET", "/api/v1/session")[1]["csrf"]


class Login(Case):
    def user(self, *arguments, password=None, code=0):
        done = self.run_binary("user", *arguments, "--data", str(self.folder / "data"),
                               input=None if password is None else password + "\n")
        self.assertEqual(done.returncode, code, (arguments, done.stdout, done.stderr))
        return done.stdout + done.stderr

    def watch(self, target):
        return self.monitor(HEAD + f"services:\n  - {{id: shop, name: The shop, url: '{target.url}'}}\n")

    def events(self, monitor, event):
        lines = [json.loads(line) for line in monitor.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def test_S2_the_whole_way_of_an_operator(self):
        target = self.target()
        monitor = self.watch(target)
        monitor.wait_states({"shop": ("up", "ok")})
        self.assertIn("allclear user create", self.events(monitor, "no_users")[0]["how"])
        ada = Browser(monitor.base)
        self.assertIn("allclear user create", ada.ask("GET", "/ops/login")[2], "there is nobody yet")
        stranger = Browser(monitor.base)
        stranger.ask("GET", "/ops/login", X_Forwarded_Proto="https")
        self.assertEqual(list(stranger.cookies), ["allclear-login"], "who is no trusted proxy is not believed")
        self.assertIn('"ada" (operator)', self.user("create", "ada", "--role", "operator", password=PASSWORD))

        status, headers, _ = ada.ask("GET", "/ops/incidents/7?tab=1")
        self.assertEqual((status, headers["Location"]), (303, "/ops/login?next=/ops/incidents/7%3Ftab%3D1"))
        wait_for(lambda: "allclear user create" not in ada.ask("GET", "/ops/login")[2], "it is seen that there is one", 5)
        status, _, page = ada.log_in("ada", "not her password")
        self.assertEqual(status, 401)
        self.assertIn("User or password is wrong.", page)
        self.assertEqual(ada.json("GET", "/api/v1/session")[0], 401)
        status, headers, _ = ada.log_in("ada", PASSWORD, "/ops/incidents/7?tab=1")
        self.assertEqual((status, headers["Location"]), (303, "/ops/incidents/7?tab=1"))
        status, headers, _ = ada.ask("GET", "/ops/incidents/7?tab=1")
        self.assertEqual((status, headers["Cache-Control"]), (200, "no-store"))
        status, session = ada.json("GET", "/api/v1/session")
        self.assertEqual((status, session["user"], session["role"], session["demo"]), (200, "ada", "operator", False))

        target.status = 500
        incident = wait_for(lambda: ada.json("GET", "/api/v1/incidents")[1]["incidents"], "an incident")[0]["id"]
        path = f"/api/v1/incidents/{incident}/ack"
        self.assertEqual(ada.json("POST", path)[0], 403, "without its csrf")
        self.assertEqual(ada.json("POST", path, X_CSRF_Token="x" * 64)[0], 403)
        self.assertEqual(ada.json("POST", path, X_CSRF_Token=session["csrf"], Origin="http://evil.example.com")[0], 403)
        self.assertEqual(ada.json("POST", path, X_CSRF_Token=session["csrf"], Origin="")[0], 403)
        status, acknowledged = ada.json("POST", path, X_CSRF_Token=session["csrf"])
        self.assertEqual((status, acknowledged["acknowledged_by"]), (200, "ada"), acknowledged)
        self.assertEqual(ada.json("GET", "/api/v1/tokens")[0], 403, "an operator is no admin")

        other = dict(ada.cookies)
        self.assertEqual(ada.send("/ops/logout", {"csrf": "x"})[0], 403)
        status, headers, _ = ada.send("/ops/logout", {"csrf": session["csrf"]})
        self.assertEqual((status, headers["Location"], ada.cookies), (303, "/ops/login", {}))
        ada.cookies = other
        self.assertEqual(ada.json("GET", "/api/v1/session")[0], 401, "the cookie of before opens nothing")
        self.assertEqual([event["user"] for event in self.events(monitor, "logged_in")], ["ada"])
        self.assertEqual([event["user"] for event in self.events(monitor, "logged_out")], ["ada"])
        self.assertNotIn(PASSWORD, monitor.log.read_text())
        self.assertNotIn(other["allclear"], monitor.log.read_text())

    def test_S1_what_the_command_changes_holds_within_a_second_and_a_session_survives_a_kill(self):
        monitor = self.watch(self.target())
        for name, role in (("ada", "admin"), ("bob", "admin"), ("eve", "viewer")):
            self.user("create", name, "--role", role, password=PASSWORD)
        people = {name: Browser(monitor.base) for name in ("ada", "bob", "eve")}
        for name, browser in people.items():
            self.assertEqual(wait_for(lambda: browser.log_in(name, PASSWORD)[0], "an answer"), 303)
        monitor.kill()
        monitor.start()
        for browser in people.values():
            browser.host = urllib.parse.urlsplit(monitor.base).netloc
            self.assertEqual(browser.ask("GET", "/ops/")[0], 200, "a restart logs nobody out")

        def within_a_second(condition):
            begin = time.monotonic()
            wait_for(condition, "it holds")
            self.assertLess(time.monotonic() - begin, 1.5)
        status = lambda name, path="/api/v1/session": people[name].json("GET", path)[0]
        self.user("disable", "ada")
        within_a_second(lambda: status("ada") == 401)
        self.assertEqual(people["ada"].log_in("ada", PASSWORD)[0], 401)
        self.user("enable", "ada")
        self.assertEqual(status("ada"), 401)
        self.assertEqual(people["ada"].log_in("ada", PASSWORD)[0], 303)
        self.user("password", "bob", password="another long password")
        within_a_second(lambda: status("bob") == 401)
        self.assertEqual(people["bob"].log_in("bob", "another long password")[0], 303)
        self.user("role", "bob", "viewer")
        within_a_second(lambda: status("bob", "/api/v1/tokens") == 403)
        self.user("remove", "eve")
        within_a_second(lambda: status("eve") == 401)
        listed = json.loads(self.user("list", "--json"))["users"]
        self.assertEqual([(one["name"], one["role"]) for one in listed], [("ada", "admin"), ("bob", "viewer")])

    def test_S4_five_wrong_tries_then_whoever_it_is_waits(self):
        monitor = self.watch(self.target())
        self.user("create", "ada", "--role", "admin", password=PASSWORD)
        browser = Browser(monitor.base)
        wrong = 0
        while wrong < 5:
            status, headers, _ = browser.log_in("nobody", "wrong")
            self.assertIn(status, (401, 429))
            if status == 429:
                self.assertLessEqual(int(headers["Retry-After"]), 4, "the delay grows in seconds")
                time.sleep(int(headers["Retry-After"]))
            wrong += status == 401
        status, headers, page = browser.log_in("ada", PASSWORD)
        self.assertEqual(status, 429)
        self.assertGreater(int(headers["Retry-After"]), 800)
        self.assertIn("Too many wrong tries", page)

    def test_S4_a_flood_of_logins_holds_up_nobody_else(self):
        monitor = self.monitor(HEAD + "server: {trusted_proxies: [127.0.0.1]}\nservices: []\n")
        self.user("create", "ada", "--role", "admin", password=PASSWORD)
        flood = Browser(monitor.base)
        fields = urllib.parse.urlencode({**flood.form(), "user": "ada", "password": PASSWORD})
        connections = []
        for i in range(60):
            connection = http.client.HTTPConnection(flood.host, timeout=60)
            connection.request("POST", "/ops/login", body=fields.replace("ada", f"user{i}"), headers={
                "Content-Type": "application/x-www-form-urlencoded", "Origin": "http://" + flood.host,
                "Cookie": "allclear-login=" + flood.cookies["allclear-login"], "X-Forwarded-For": f"198.51.100.{i}"})
            connections.append(connection)
        begin = time.monotonic()
        self.assertEqual(monitor.get("/health")[0], 200)
        self.assertLess(time.monotonic() - begin, 2)
        answers = [connection.getresponse().status for connection in connections]
        self.assertEqual(set(answers) - {401, 503}, set(), answers)
        self.assertGreaterEqual(answers.count(401), 10)
        for connection in connections:
            connection.close()
        self.assertEqual(Browser(monitor.base).log_in("ada", PASSWORD)[0], 303)

    def test_S2_behind_a_proxy_that_ends_tls_the_cookie_is_bound_to_the_host(self):
        monitor = self.monitor(HEAD + "server: {trusted_proxies: [127.0.0.1]}\nservices: []\n")
        self.user("create", "ada", "--role", "admin", password=PASSWORD)
        browser = Browser(monitor.base)
        https = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9", "Host": "status.example.com"}
        page = browser.ask("GET", "/ops/login", **https)[2]
        csrf = re.search('name="csrf" value="([^"]*)"', page).group(1)
        status, headers, _ = browser.send("/ops/login", {"csrf": csrf, "user": "ada", "password": PASSWORD},
                                          Origin="https://status.example.com", **https)
        self.assertEqual(status, 303)
        line = next(line for line in headers.get_all("Set-Cookie") if line.startswith("__Host-allclear="))
        self.assertRegex(line, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$")
        self.assertEqual(browser.json("GET", "/api/v1/session", **https)[0], 200)
        self.assertEqual(browser.json("GET", "/api/v1/session")[0], 401, "not over plain HTTP")
        self.assertEqual(self.events(monitor, "login_without_tls"), [])

    def test_the_demo_lets_in_who_sits_before_it(self):
        demo = subprocess.Popen([BINARY, "demo", "--listen", "127.0.0.1:0", "--data", str(self.folder / "demo")],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(demo.stdout.close)
        self.addCleanup(demo.wait, 30)
        self.addCleanup(demo.terminate)
        base = next(re.search(r"http://\S+?/", line).group() for line in demo.stdout if "Status page" in line)
        browser = Browser(base)
        status, session = browser.json("GET", "/api/v1/session")
        self.assertEqual((status, session["user"], session["role"], session["demo"]), (200, "demo", "admin", True))
        self.assertEqual(browser.ask("GET", "/ops/")[0], 200)
        self.assertEqual(browser.json("GET", "/api/v1/session", Host="evil.example.com")[0], 401, "DNS rebinding")
        path = "/api/v1/services/website/check"
        self.assertEqual(browser.json("POST", path)[0], 403)
        self.assertEqual(browser.json("POST", path, X_CSRF_Token=session["csrf"])[0], 202)

    def test_a_demo_for_everybody_asks_for_a_login(self):
        demo = subprocess.Popen([BINARY, "demo", "--listen", "0.0.0.0:0", "--data", str(self.folder / "demo")],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(demo.stdout.close)
        self.addCleanup(demo.wait, 30)
        self.addCleanup(demo.terminate)
        base = next(re.search(r"http://\S+?/", line).group() for line in demo.stdout if "Status page" in line)
        self.assertEqual(Browser(base.replace("localhost", "127.0.0.1")).json("GET", "/api/v1/session")[0], 401)

    def test_commands_say_what_is_wrong(self):
        (self.folder / "pass").write_text(PASSWORD + "\nmore\n")
        self.user("create", "ada", "--role", "admin", "--password-file", str(self.folder / "pass"))
        for code, arguments, password in (
                (64, ["create", "bob"], PASSWORD), (64, ["create", "bob", "--role", "root"], PASSWORD),
                (64, ["create", "B<b>", "--role", "admin"], PASSWORD), (1, ["create", "ada", "--role", "admin"], PASSWORD),
                (1, ["create", "bob", "--role", "admin"], "too short"), (1, ["create", "bob-the-great", "--role", "admin"], "Bob-The-Great"),
                (1, ["create", "bob", "--role", "admin"], ""), (64, ["role", "ada", "root"], None),
                (1, ["create", "bob", "--role", "admin", "--password-file", str(self.folder / "nothing")], None),
                (1, ["role", "nobody", "admin"], None), (1, ["disable", "nobody"], None), (1, ["remove", "nobody"], None),
                (1, ["password", "nobody"], PASSWORD), (64, [], None), (64, ["list", "x"], None)):
            said = self.user(*arguments, password=password, code=code)
            self.assertEqual(len(said.strip().splitlines()), 1, (arguments, said))
        self.assertEqual(os.stat(self.folder / "data" / "access.db").st_mode & 0o777, 0o600)
        self.assertIn("There are no users", self.run_binary("user", "list", "--data", str(self.folder / "none")).stdout)

    def typed(self, lines):
        """What a terminal shows, and the exit code, when these lines are typed."""
        leader, follower = pty.openpty()
        process = subprocess.Popen([BINARY, "user", "create", "ada", "--role", "admin", "--data", str(self.folder / "data")],
                                   stdin=follower, stdout=follower, stderr=follower)
        os.close(follower)
        shown = b""
        try:
            while select.select([leader], [], [], 30)[0]:
                shown += os.read(leader, 4096)
                if lines and shown.rstrip(b" ").endswith(b":"):
                    os.write(leader, lines.pop(0).encode() + b"\n")
                    shown += b"|"
        except OSError:
            pass  # the terminal is gone with the program
        os.close(leader)
        return shown.decode(), process.wait(30)

    def test_S1_a_password_is_typed_twice_and_not_shown(self):
        shown, code = self.typed([PASSWORD, "something else"])
        self.assertEqual(code, 1, shown)
        self.assertIn("the two passwords differ", shown)
        shown, code = self.typed([PASSWORD, PASSWORD])
        self.assertEqual(code, 0, shown)
        self.assertNotIn(PASSWORD, shown)


if __name__ == "__main__":
    unittest.main()
