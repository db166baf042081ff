"""What the monitor answers to requests that are unusual or wrong."""
import json
import socket
import time
import unittest
import urllib.parse

from harness import Case


class Http(Case):
    def exchange(self, monitor, request):
        """(status, headers, body) of raw bytes that end the connection or are refused."""
        address = urllib.parse.urlsplit(monitor.base)
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body.decode()

    def test_a_refused_request_is_a_problem_that_names_its_path_once_it_was_read(self):
        monitor = self.monitor("services: []\n")
        for request, status, instance in (
                (b"GET /status HTTP/1.1\r\n\r\n", 400, "/status"),
                (b"GET /sta%22tus?x=%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, '/sta"tus'),
                (b"POST /history HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413, "/history"),
                (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, None),
                (b"GET /\"<script> HTTP/1.1\r\nHost: a\n\r\n", 400, None)):
            answer, headers, body = self.exchange(monitor, request)
            self.assertEqual((answer, headers["Content-Type"]), (status, "application/problem+json"), request)
            problem = json.loads(body)
            self.assertEqual((problem["status"], problem.get("instance")), (status, instance), request)
            self.assertNotIn("<script>", body)

    def test_probe_asks_once_for_whom_the_config_names_and_nothing_else(self):
        target = self.target()
        config = "services: []\nserver: {probe: {from: [127.0.0.0/8], targets: [%s]}}\n"
        monitor = self.monitor(config % "127.0.0.1")
        port = target.port
        query = urllib.parse.urlencode({"target": f"127.0.0.1:{port}"})
        status, headers, text = monitor.get("probe?" + query)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"), text)
        self.assertIn("probe_success 1\n", text)
        self.assertIn("probe_http_status_code 200\n", text)
        self.assertIn("probe_success 1\n", monitor.get("probe?module=tcp_connect&" + query)[2])
        target.status = 500
        status, _, text = monitor.get("probe?" + query)
        self.assertIn("probe_success 0\n", text)
        self.assertIn('reason="unexpected_status"', text)
        asked = target.requests
        status, _, text = monitor.get("probe?" + urllib.parse.urlencode({"target": f"127.0.0.2:{port}"}))
        self.assertEqual(status, 200)
        self.assertIn('reason="blocked_address"', text)
        self.assertEqual(asked, target.requests)
        status, _, text = monitor.get("probe?" + urllib.parse.urlencode({"target": "ftp://127.0.0.1/"}))
        self.assertEqual(status, 400, text)
        started = time.monotonic()
        monitor.stop()
        self.assertLess(time.monotonic() - started, 5)

    def test_probe_is_off_unless_the_config_says_so(self):
        self.assertEqual(self.monitor("services: []\n").get("probe?target=127.0.0.1")[0], 404)

    def test_options_of_the_whole_server_tells_the_methods(self):
        monitor = self.monitor("services: []\n")
        status, headers, body = self.exchange(monitor, b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertEqual((status, headers["Allow"], body), (204, "GET, HEAD, OPTIONS", ""))

    def test_a_repeated_parameter_is_refused_by_name(self):
        monitor = self.monitor("services: []\n")
        status, _, body = monitor.get("/status?days=1&days=2")
        self.assertEqual(status, 400)
        self.assertEqual(json.loads(body)["errors"], [{"parameter": "days", "detail": "expected at most once"}])


if __name__ == "__main__":
    unittest.main()
