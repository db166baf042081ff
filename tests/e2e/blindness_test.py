"""Blindness (R11): the uplink of 500 services is cut, in a network namespace of its own; what fails alone is told all the same."""
import ctypes
import os
import subprocess
import sys
import unittest

if os.geteuid() != 0:
    print("SKIPPED: network namespaces need root")
    sys.exit(77)
CLONE_NEWNET = 0x40000000
if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
    print("SKIPPED: no network namespace can be made here:", os.strerror(ctypes.get_errno()))
    sys.exit(77)

from alert_test import HEAD, WebhookCase  # noqa: E402  (everything that they start lives in the namespace)
from harness import wait_for  # noqa: E402

PORT = 8000
SERVICES, ANCHORS = "10.99.0.2", ["10.99.0.3", "10.99.0.4", "10.99.0.5"]
SERVER = f"""
import asyncio, socket, sys
async def answer(reader, writer):
    try:
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
        await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    writer.close()
async def main():
    server = await asyncio.start_server(answer, "0.0.0.0", {PORT}, backlog=1000)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class FarSide:
    """The network beyond the monitor's machine: another namespace with a server on every address."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "--net", sys.executable, "-c", SERVER], stdout=subprocess.PIPE,
                                        text=True)
        self.process.stdout.readline()
        ip("link", "set", "lo", "up")
        ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(self.process.pid))
        ip("addr", "add", "10.99.0.1/24", "dev", "near")
        ip("link", "set", "near", "up")
        self.within("link", "set", "far", "up")
        for address in [SERVICES, *ANCHORS]:
            self.give(address)

    def within(self, *words):
        subprocess.run(["nsenter", "--net", f"--target={self.process.pid}", "ip", *words], check=True)

    def give(self, address):
        self.within("addr", "add", f"{address}/32", "dev", "far")
        # Back to the monitor: a /32 brings no route.
        self.within("route", "replace", "10.99.0.1/32", "dev", "far")

    def take(self, address):
        """Nobody answers for it any more, and nothing says so."""
        self.within("addr", "del", f"{address}/32", "dev", "far")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        subprocess.run(["ip", "link", "del", "near"], check=False, stderr=subprocess.DEVNULL)


class Blindness(WebhookCase):
    def watch(self, sink, count):
        services = "".join(f"  - {{id: s{i}, url: 'http://{SERVICES}:{PORT}/{i}', interval: 2s, timeout: 1s}}\n"
                           for i in range(count))
        anchors = ", ".join(f"'tcp://{address}:{PORT}'" for address in ANCHORS)
        monitor = self.monitor(HEAD + f"blindness: {{anchors: [{anchors}]}}\n"
                               f"channels: {{hook: {{webhook: {{url: '{sink.url}'}}}}}}\nservices:\n{services}")
        self.wait_all(monitor, count, "up")
        return monitor

    def wait_all(self, monitor, count, state):
        wait_for(lambda: monitor.json("/status")["status"]["counts"][state] == count, f"all are {state}", 120)

    def far_side(self):
        far = FarSide()
        self.addCleanup(far.close)
        return far

    def told(self, sink):
        return [(event["subject"], event["type"].removeprefix("dev.allclear.")) for event in sink.accepted()]

    def test_R11_a_cut_uplink_of_500_services_is_one_alert(self):
        far, sink = self.far_side(), self.sink()
        monitor = self.watch(sink, 500)
        for address in [SERVICES, *ANCHORS]:
            far.take(address)
        self.wait_all(monitor, 500, "unknown")
        self.assertEqual(self.told(sink), [("monitor", "monitor.blind")])
        for address in [SERVICES, *ANCHORS]:
            far.give(address)
        self.wait_all(monitor, 500, "up")
        wait_for(lambda: len(sink.accepted()) > 1, "the end is told")
        self.assertEqual(self.told(sink), [("monitor", "monitor.blind"), ("monitor", "incident.resolved")])
        public = monitor.json("/status")
        self.assertEqual((public["incidents"], public["recent_incidents"]), ([], []), "nobody's fault, and not the public's")

    def test_R11_while_the_anchors_answer_nothing_is_suppressed(self):
        far, sink = self.far_side(), self.sink()
        monitor = self.watch(sink, 20)
        far.take(SERVICES)
        self.wait_all(monitor, 20, "down")
        wait_for(lambda: len(sink.accepted()) == 11, "ten are told of one by one, the others by their group (R17)")
        told = self.told(sink)
        self.assertEqual(told[-1], ("monitor", "group"))
        self.assertEqual({kind for _, kind in told[:-1]}, {"incident.opened"})
        text = sink.accepted()[-1]["data"]["transition"]["text"]
        self.assertIn("10 services began to fail at once", text)
        single = {service for service, _ in told[:-1]}
        listed = set(text.split("still failing: ")[1].split(", "))
        self.assertEqual(single | listed, {f"s{i}" for i in range(20)}, "nobody is left out")


if __name__ == "__main__":
    unittest.main()
