"""The story `promptness`: how long from the result that decides to the first send (R4), while 1 % of the targets flip.

The deciding result is the answer of the target that confirms (the second bad one, the first good one), timed as the
target gives it; the first send is timed as the receiver's first byte of it. So probing, deciding, storing, claiming and
connecting are all in it. Targets that flip and the receiver share one thread and its clock."""
import asyncio
import json
import random
import threading
import time

from stage import Monitor, Nginx, config, healthy, metric, wait_for


class Flipping:
    """One target's turns: bad until its outage is told, good until its end is told, and again."""

    def __init__(self):
        self.bad, self.confirmed, self.answers, self.decided_at = False, False, 0, None
        self.told = asyncio.Event()

    def answer(self):
        """The status, and whether it decides."""
        self.answers = self.answers + 1 if self.bad != self.confirmed else 0
        decides = self.answers == (2 if self.bad else 1)
        if decides:
            self.confirmed, self.answers = self.bad, 0
        return (503 if self.bad else 200), decides


class Stage:
    """Targets that flip, and the receiver of webhooks that measures: an event loop in a thread."""

    def __init__(self, count, interval_s, minutes, seed):
        self.chance = random.Random(seed)
        self.interval_s, self.minutes = interval_s, minutes
        self.flipping = {}
        self.waits_ms = {"opened": [], "resolved": []}
        self.unasked, self.again, self.keys = 0, 0, set()
        self.begin, self.over = asyncio.Event(), threading.Event()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self.loop.run_until_complete, args=(self._run(count, ready),), daemon=True).start()
        ready.wait()

    async def _run(self, count, ready):
        self.flipping = {f"flip-{number}": Flipping() for number in range(count)}
        targets = await asyncio.start_server(self._target, "127.0.0.1", 0, backlog=512)
        sink = await asyncio.start_server(self._receive, "127.0.0.1", 0, backlog=512)
        self.target_port, self.sink_port = (server.sockets[0].getsockname()[1] for server in (targets, sink))
        ready.set()
        await self.begin.wait()
        deadline = time.monotonic() + self.minutes * 60
        await asyncio.gather(*(self._turns(one, deadline) for one in self.flipping.values()))
        self.over.set()

    def start_flips(self):
        self.loop.call_soon_threadsafe(self.begin.set)

    async def _turns(self, one, deadline):
        """At least one outage each, at random times."""
        while True:
            for bad in (True, False):
                await asyncio.sleep(self.chance.uniform(0, self.interval_s))
                one.told.clear()
                one.bad = bad
                await one.told.wait()
            if time.monotonic() > deadline:
                return

    async def _target(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            one = self.flipping["flip-" + head.split()[1].decode().lstrip("/")]
            status, decides = one.answer()
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
            if decides:
                one.decided_at = time.monotonic()
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _receive(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n")
            received_at = time.monotonic()
            head += await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
            event = json.loads(await reader.readexactly(int(fields["content-length"])))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self._note(event, received_at)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _note(self, event, received_at):
        self.again += event["id"] in self.keys
        self.keys.add(event["id"])
        one, step = self.flipping.get(event["subject"]), event["data"]["transition"]["step"]
        if one is None or step not in self.waits_ms or (step == "opened") != one.confirmed:
            self.unasked += 1
            return
        self.waits_ms[step].append(1000 * (received_at - one.decided_at))
        one.told.set()


def promptness(arguments, folder, verdict):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1_000_000)
    interval_s = float(arguments.interval.removesuffix("s"))
    count = max(2, arguments.checks // 100)
    nginx, stage = Nginx(folder), Stage(count, interval_s, arguments.minutes, seed)
    print(f"  seed {seed}, {count} targets flip", flush=True)
    flipping = [(f"flip-{i}", f"http://127.0.0.1:{stage.target_port}/{i}") for i in range(count)]
    head = (f"channels: {{hook: {{webhook: {{url: 'http://127.0.0.1:{stage.sink_port}/'}}}}}}\n"
            "grouping: {threshold: 100000}\n")
    try:
        services = config(healthy(arguments.checks - count, nginx.port) + flipping, arguments.interval, "5s",
                          ", reopen: 0s, flapping: off")
        monitor = Monitor(folder, head + services).start()
        began = "allclear_probes_started_total"
        wait_for(lambda: metric(monitor, began) >= arguments.checks, "every check ran once", 300)
        wait_for(lambda: all(state == "up" for state, _ in monitor.states().values()), "all are up", 300)
        stage.start_flips()
        patience_s = arguments.minutes * 60 + 6 * interval_s + 60
        wait_for(stage.over.is_set, "every flip was told", patience_s)
        monitor.close()
    finally:
        nginx.close()
    for step, waits in stage.waits_ms.items():
        median = sorted(waits)[len(waits) // 2]
        print(f"  {step}: {len(waits)} sends, median {median:.1f} ms, largest {max(waits):.1f} ms")
    waits = sorted(stage.waits_ms["opened"] + stage.waits_ms["resolved"])
    verdict.line("deciding result to first send, p99, ms (R4)", waits[int(len(waits) * 0.99)], 1_000, timed=True)
    verdict.line("the same, largest, ms: far above any noise", waits[-1], 30_000, timed=False)
    verdict.line("alerts of nothing that was decided", stage.unasked, 0, timed=False)
    verdict.line("alerts received again", stage.again, 0, timed=False)
