"""What `allclear check` prints: the way of redirects, DNS answers, what was sent, and mistakes in its flags."""
import json
import resource
import socket
import struct
import threading
import unittest

from harness import Case, closed_port


class Scripted:
    """A TCP listener on loopback: what a connection sent up to `end` is kept and answered by `answer`."""

    def __init__(self, answer, end=b"\r\n\r\n"):
        self.answer, self.end, self.received = answer, end, []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                text = b""
                while not text.endswith(self.end) and (part := connection.recv(4096)):
                    text += part
                self.received.append(text)
                connection.sendall(self.answer(text))

    def close(self):
        self._socket.close()


def http_answer(status, location=None):
    place = f"Location: {location}\r\n" if location else ""
    return f"HTTP/1.1 {status} X\r\n{place}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


class NameServer:
    """Answers every question with the same two addresses (RFC 1035)."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, client = self._socket.recvfrom(4096)
            except OSError:
                return
            question = query[12:query.index(b"\0", 12) + 5]
            records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, last]) for last in (1, 2))
            self._socket.sendto(query[:2] + struct.pack(">HHHHH", 0x8180, 1, 2, 0, 0) + question + records, client)

    def close(self):
        self._socket.close()


class Check(Case):
    def scripted(self, answer, **options):
        server = Scripted(answer, **options)
        self.addCleanup(server.close)
        return server

    def test_each_redirect_is_told_with_its_time(self):
        last = self.target()
        middle = self.scripted(lambda _: http_answer(302, last.url))
        first = self.scripted(lambda _: http_answer(301, f"http://127.0.0.1:{middle.port}/middle"))
        start = f"http://127.0.0.1:{first.port}/start"
        plain = self.run_binary("check", start)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        hops = [line.split() for line in plain.stdout.splitlines() if line.startswith("hop ")]
        self.assertEqual([(hop[1], hop[2]) for hop in hops],
                         [("301", start), ("302", f"http://127.0.0.1:{middle.port}/middle"), ("200", last.url)])
        answer = json.loads(self.run_binary("check", start, "--json").stdout)
        self.assertEqual(answer["final_url"], last.url)
        self.assertEqual([hop["status_code"] for hop in answer["redirects"]], [301, 302])
        self.assertLessEqual(sum(answer["phases_ms"].values()), answer["total_ms"])
        self.assertLess(sum(hop["total_ms"] for hop in answer["redirects"]), answer["total_ms"])
        self.assertEqual(json.loads(self.run_binary("check", last.url, "--json").stdout)["redirects"], [])

    def test_dns_answers_and_the_asked_resolver_are_told(self):
        server = NameServer()
        self.addCleanup(server.close)
        target = f"dns://127.0.0.1:{server.port}/example.test?type=A"
        for arguments in ([target], ["dns://example.test", "--resolver", f"127.0.0.1:{server.port}"]):
            plain = self.run_binary("check", *arguments)
            self.assertEqual(plain.returncode, 0, plain.stdout + plain.stderr)
            self.assertIn(f"up ok {target}\n", plain.stdout)
            self.assertIn("answer 192.0.2.1\nanswer 192.0.2.2\n", plain.stdout)
        answer = json.loads(self.run_binary("check", target, "--json").stdout)
        self.assertEqual((answer["answers"], answer["least_ttl_s"]), (["192.0.2.1", "192.0.2.2"], 60))

    def test_a_failure_names_the_asked_resolver(self):
        target = f"dns://127.0.0.1:{closed_port()}/example.test?type=A"
        answer = json.loads(self.run_binary("check", target, "--timeout", "500ms", "--json").stdout)
        self.assertEqual((answer["state"], answer["target"]), ("down", target))
        self.assertTrue(answer["detail"].startswith(f"{target} dns: "), answer["detail"])

    def test_an_error_names_its_address_once(self):
        address = f"127.0.0.1:{closed_port()}"
        detail = json.loads(self.run_binary("check", f"tcp://{address}", "--json").stdout)["detail"]
        self.assertEqual(detail, f"tcp://{address} connect: Connection refused ({address})")

    def test_R13_too_few_descriptors_never_look_like_an_outage(self):
        server = socket.create_server(("127.0.0.1", 0))  # not on ::1, which localhost may name first
        self.addCleanup(server.close)
        seen = set()
        for limit in range(4, 20):
            done = self.run_binary("check", f"tcp://localhost:{server.getsockname()[1]}",
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
            seen.add(done.returncode)
            self.assertIn(done.returncode, (0, 3), f"{limit} descriptors: {done.stdout}{done.stderr}")
        self.assertEqual(seen, {0, 3}, "both were met on the way")

    def test_what_is_sent_may_hold_escapes(self):
        server = self.scripted(lambda text: b"+PONG\r\n", end=b"\r\n")
        done = self.run_binary("check", f"tcp://127.0.0.1:{server.port}", "--send", r"P\x49NG\t\\\r\n", "--contains", "+PONG")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(server.received, [b"PING\t\\\r\n"])

    def test_mistakes_quote_what_was_given_and_say_what_was_expected(self):
        url = "http://127.0.0.1:1/"
        for arguments, given, expected in (
                ([url, "--timeout", "soon"], '"soon"', "expected a duration such as"),
                ([url, "--degraded-above", "0s"], '"0s"', "expected more than nothing"),
                ([url, "--expect-status", "200,2xx"], '"2xx"', "expected a status"),
                ([url, "--method", "get"], '"get"', "expected one of: GET"),
                ([url, "--max-redirects", "many"], "many", "expected a number"),
                ([url, "--max-redirects", "-1"], "-1", "expected a number"),
                ([url, "--max-redirects", "6"], "6", "expected a number from 0 to 5"),
                ([url, "--resolver", "dns.test"], '"dns.test"', "expected an IP address"),
                ([url, "--json-path", "ok"], '"ok"', "expected a JSON path such as $.ok"),
                ([url, "--matches", "("], '"("', "not a regular expression"),
                ([url, "--proxy", "https://127.0.0.1"], '"https://127.0.0.1"', "expected a proxy such as"),
                ([url, "--basic-auth", "hunter2"], "--basic-auth", "expected user:password"),
                (["htps://example.test"], '"htps://example.test"', "did you mean https://?"),
                (["tcp://127.0.0.1:1", "--send", r"a\q"], r'"\q"', r"expected \r, \n, \t, \\ or \xNN")):
            done = self.run_binary("check", *arguments)
            self.assertEqual((done.returncode, done.stdout), (64, ""), arguments)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
            self.assertIn(given, done.stderr, arguments)
            self.assertIn(expected, done.stderr, arguments)
            self.assertNotIn("hunter2", done.stderr, "a password is not repeated")


if __name__ == "__main__":
    unittest.main()
