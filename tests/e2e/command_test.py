"""The commands of the contract: exit codes and what they print."""
import json
import socket
import subprocess
import unittest

from harness import Case, closed_port, wait_for

FIVE_MISTAKES = """\
defaults: {interval: fast}
services:
  - id: Web Site
    url: https://example.com/
  - id: shop
    url: ftp://example.com/
    intervall: 30s
    expect: {status: [700]}
"""


class Commands(Case):
    def test_validate_tells_five_located_mistakes_at_once(self):
        file = self.folder / "five.yaml"
        file.write_text(FIVE_MISTAKES)
        done = self.run_binary("validate", str(file))
        self.assertEqual(done.returncode, 78)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 5, done.stderr)
        places = [tuple(int(part) for part in line[len(str(file)) + 1:].split(":")[:2]) for line in lines]
        self.assertEqual([line for line, _ in places], [1, 3, 6, 7, 8])
        self.assertIn("interval", lines[3], "the unknown key's neighbour is suggested")

    def test_validate_says_fine(self):
        file = self.folder / "fine.yaml"
        file.write_text("services: [{id: a, url: 'http://127.0.0.1/'}]\n")
        done = self.run_binary("validate", str(file))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_check_exits_as_nagios_plugins_do(self):
        healthy, broken, slow = self.target(), self.target(status=500), self.target(delay_s=0.2)
        self.assertEqual(self.run_binary("check", healthy.url).returncode, 0)
        self.assertEqual(self.run_binary("check", slow.url, "--degraded-above", "50ms").returncode, 1)
        self.assertEqual(self.run_binary("check", broken.url).returncode, 2)
        self.assertEqual(self.run_binary("check", broken.url, "--expect-status", "500-599").returncode, 0)
        self.assertEqual(self.run_binary("check", f"tcp://127.0.0.1:{closed_port()}").returncode, 2)
        self.assertEqual(self.run_binary("check", "ws://127.0.0.1:1/").returncode, 3)

    def test_check_prints_phases_plainly_and_as_json(self):
        target = self.target()
        plain = self.run_binary("check", target.url).stdout
        self.assertIn("up ok http://127.0.0.1", plain)
        self.assertIn("first_byte_ms", plain)
        self.assertNotIn("\x1b", plain)
        answer = json.loads(self.run_binary("check", target.url, "--json").stdout)
        self.assertEqual((answer["state"], answer["reason"], answer["status_code"]), ("up", "ok", 200))
        self.assertLessEqual({"connect", "first_byte", "transfer"}, set(answer["phases_ms"]))

    def test_usage_mistakes_are_one_line_and_exit_64(self):
        for arguments in (["serve", "--confg", "x"], ["nonsense"], [], ["check"], ["check", "http://127.0.0.1/", "--timeout", "soon"],
                          ["serve", "--config", "/dev/null", "--listen", "nowhere"]):
            done = self.run_binary(*arguments)
            self.assertEqual(done.returncode, 64, arguments)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_an_unknown_command_is_named_with_those_there_are(self):
        done = self.run_binary("serv")
        self.assertEqual(done.returncode, 64)
        self.assertIn('unknown command "serv"; there are: ', done.stderr)
        self.assertIn("serve", done.stderr)
        self.assertRegex(self.run_binary("--version").stdout, r"^allclear \d+\.\d+\.\d+\n$")
        self.assertEqual(self.run_binary("status", "--server", "ftp://x").returncode, 64)

    def test_serve_refuses_a_bad_config_with_78(self):
        file = self.folder / "bad.yaml"
        file.write_text(FIVE_MISTAKES)
        self.assertEqual(self.run_binary("serve", "--config", str(file)).returncode, 78)

    def test_serve_says_when_port_or_folder_is_in_use(self):
        monitor = self.monitor("services: []\n")
        held = self.run_binary("serve", "--config", str(monitor.config_file), "--data", str(self.folder / "data"), "--listen", "127.0.0.1:0")
        self.assertEqual(held.returncode, 1)
        self.assertIn(str(monitor.process.pid), held.stderr)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            busy = self.run_binary("serve", "--config", str(monitor.config_file), "--data", str(self.folder / "other"),
                                   "--listen", f"127.0.0.1:{port}")
        self.assertEqual(busy.returncode, 1)
        self.assertIn(f"127.0.0.1:{port}", busy.stderr)

    def test_status_shows_a_running_monitor(self):
        target = self.target(status=500)
        monitor = self.monitor("defaults: {interval: 1s, confirm: {retry: 100ms}}\n"
                               f"services: [{{id: shop, name: Shop, url: '{target.url}'}}]\n")
        monitor.wait_states({"shop": ("down", "unexpected_status")})
        done = self.run_binary("status", "--server", monitor.base)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Major outage", done.stdout)
        self.assertIn("Shop", done.stdout)
        gone = self.run_binary("status", "--server", f"http://127.0.0.1:{closed_port()}/")
        self.assertEqual(gone.returncode, 1)
        self.assertEqual(len(gone.stderr.strip().splitlines()), 1)

    def test_status_trusts_the_authorities_it_is_given(self):
        certificate, key = self.folder / "own-ca.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
                       check=True, capture_output=True)
        monitor = self.monitor(f"server: {{tls: {{cert_file: {certificate}, key_file: {key}}}}}\nservices: []\n")
        self.assertTrue(monitor.base.startswith("https://"))
        trusted = self.run_binary("status", "--json", "--server", monitor.base, "--ca-file", str(certificate))
        self.assertEqual((trusted.returncode, trusted.stderr), (0, ""))
        self.assertEqual(json.loads(trusted.stdout)["services"], [])
        self.assertEqual(self.run_binary("status", "--server", monitor.base).returncode, 1, "the system does not know it")
        for wrong in ("/nowhere/ca.pem", "/tmp"):
            missing = self.run_binary("status", "--server", monitor.base, "--ca-file", wrong)
            expected = f'allclear: --ca-file: expected a file that can be read, got "{wrong}"\n'
            self.assertEqual((missing.returncode, missing.stderr), (64, expected))
        empty = self.run_binary("status", "--server", monitor.base, "--ca-file", "/dev/null")
        self.assertEqual(empty.returncode, 1)
        self.assertIn("expected PEM certificates in /dev/null", empty.stderr)
        self.assertIn("--ca-file", self.run_binary("status", "--help").stdout)

    def test_status_reads_ten_thousand_services_and_says_what_is_too_much(self):
        service = {"id": "s", "name": "s", "group": None, "state": "up", "since": None, "last_checked_at": None, "latency_ms": 1.0,
                   "reason": "ok", "uptime": {"24h": 0.9999, "7d": 0.9999, "30d": 0.9999, "90d": 0.9999}}
        summary = {"page": {"name": "Large", "url": ""}, "status": {"indicator": "none", "description": "All systems operational"},
                   "services": [dict(service, id=f"service-{i}", name=f"service-{i}") for i in range(10_000)], "incidents": []}
        large = self.target(body=json.dumps(summary))
        done = self.run_binary("status", "--server", large.url)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("service-9999", done.stdout)
        self.assertEqual(json.loads(self.run_binary("status", "--json", "--server", large.url).stdout), summary)
        endless = self.target(body=" " * (64 * 1024 * 1024 + 1))
        done = self.run_binary("status", "--server", endless.url)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"allclear: {endless.url}status: the answer is larger than 64 MiB\n"))
        broken = self.target(status=503)
        self.assertEqual(self.run_binary("status", "--server", broken.url).stderr,
                         f"allclear: {broken.url}status: answered 503, expected 200\n")

    def test_once_runs_what_is_due_and_keeps_it(self):
        healthy, broken = self.target(), self.target(status=500)
        file = self.folder / "allclear.yaml"
        file.write_text("defaults: {interval: 100ms, confirm: {down: 2, retry: 100ms}}\nservices:\n"
                        f"  - {{id: healthy, url: '{healthy.url}'}}\n  - {{id: broken, url: '{broken.url}'}}\n")
        arguments = ("once", "--config", str(file), "--data", str(self.folder / "data"))
        first = self.run_binary(*arguments)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, "3 checks run; services: 1 up, 0 degraded, 1 down, 0 unknown\n")
        self.assertEqual((healthy.requests, broken.requests), (1, 2), "the quick retry is followed within the pass")
        self.assertEqual(self.run_binary(*arguments).returncode, 0)
        self.assertEqual(broken.requests, 3, "a confirmed state needs no retry")

    def test_once_ends_at_once_when_nothing_is_due(self):
        target = self.target()
        file = self.folder / "allclear.yaml"
        for config, requests in (("services: []\n", 0), (f"services: [{{id: a, interval: 400d, url: '{target.url}'}}]\n", 1)):
            file.write_text(config)
            for _ in range(2):
                done = self.run_binary("once", "--config", str(file), "--data", f"relative/data-{requests}", cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(target.requests, requests)

    def test_demo_tells_its_story(self):
        import subprocess
        from harness import BINARY, Monitor
        process = subprocess.Popen([BINARY, "demo", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        line = ""
        while "http://" not in line:
            line = process.stdout.readline()
            self.assertNotEqual(line, "", "the demo ended early")
        demo = Monitor(self.folder, "")
        demo.base = line[line.index("http://"):].split()[0]
        demo.wait_states({"website": ("up", "ok"), "search": ("degraded", "slow"), "billing": ("down", "unexpected_status"),
                          "mail": ("degraded", "certificate_expiring"), "partner": ("down", "nxdomain")})
        wait_for(lambda: [i for i in demo.json("/status")["recent_incidents"] if i["service"] == "shop"],
                 "the shop's incident opened and closed")


if __name__ == "__main__":
    unittest.main()
