"""Drives the real binary: targets on loopback, a folder of its own, waiting on conditions instead of sleeping."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

BINARY = os.environ["ALLCLEAR_BINARY"]
PATIENCE_S = 60.0  # for a condition; far above what it takes, so that a slow machine does not fail


def wait_for(condition, what, patience_s=PATIENCE_S):
    """Polls until condition() is truthy and returns it; says what it last saw when it never becomes so."""
    deadline = time.monotonic() + patience_s
    last = None
    while time.monotonic() < deadline:
        try:
            last = condition()
            if last:
                return last
        except (OSError, urllib.error.URLError, ConnectionError, ValueError) as error:
            last = error
        time.sleep(0.05)
    raise AssertionError(f"never happened within {patience_s} s: {what}; last seen: {last!r}")


class Target:
    """One HTTP service on a free loopback port whose status and delay can be changed while it runs."""

    def __init__(self, status=200, body="Welcome", delay_s=0.0):
        self.status, self.body, self.delay_s = status, body, delay_s
        self.requests = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            try:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = connection.recv(4096)
                    if not part:
                        return
                    request += part
                self.requests += 1
                time.sleep(self.delay_s)  # the target's own slowness, not a wait of the test
                body = self.body.encode()
                head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode() + body)
            except OSError:
                return

    def close(self):
        self._socket.close()


def free_port():
    """A port to listen on, for a server that cannot choose one itself (bound a moment ago, so it is not in use)."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


_held = []  # sockets behind closed_port(), open until the end so that nobody else is given their ports


def closed_port():
    """A TCP port that nobody listens on: bound, never listening, so that connecting to it is refused."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    return holder.getsockname()[1]


class Monitor:
    """A running `allclear serve` in its own folder."""

    def __init__(self, folder, config, prefix=(), environment=None):
        self.folder = pathlib.Path(folder)
        self.config_file = self.folder / "allclear.yaml"
        self.config_file.write_text(config)
        self.prefix = list(prefix)
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None
        self.base = None
        self.log = self.folder / "log.jsonl"

    def spawn(self):
        """Starts it and waits for nothing."""
        log = open(self.log, "ab")
        command = self.prefix + [BINARY, "serve", "--config", str(self.config_file), "--listen", "127.0.0.1:0",
                                 "--data", str(self.folder / "data"), "--log-format", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        log.close()

    def start(self):
        self.spawn()
        return self.await_ready()

    def await_ready(self):
        line = self.process.stdout.readline()
        if "://" not in line:
            raise AssertionError(f"serve did not start: {line!r}\n{self.log.read_text()[-2000:]}")
        self.base = line[line.index("http"):].strip()
        return self

    def get(self, path, headers=None):
        """(status, headers, text); an HTTP error is an answer, not an exception."""
        request = urllib.request.Request(self.base + path.lstrip("/"), headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def json(self, path):
        return json.loads(self.get(path)[2])

    def services(self):
        return {service["id"]: service for service in self.json("/status")["services"]}

    def states(self):
        return {name: (service["state"], service["reason"]) for name, service in self.services().items()}

    def wait_states(self, expected, patience_s=PATIENCE_S):
        def reached():
            states = self.states()
            return states if all(states.get(name) == state for name, state in expected.items()) else None
        try:
            return wait_for(reached, f"states {expected}", patience_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; now {self.states()}") from None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self):
        """SIGTERM; returns (exit code, seconds it took)."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        return code, time.monotonic() - began

    def _reap(self):
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()


class Case(unittest.TestCase):
    """A test with a folder and monitors that are gone afterwards."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="allclear-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def monitor(self, config, **options):
        monitor = Monitor(self.folder, config, **options)
        self.addCleanup(monitor.close)
        return monitor.start()

    def target(self, **options):
        target = Target(**options)
        self.addCleanup(target.close)
        return target

    def run_binary(self, *arguments, **options):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, check=False, **options)
