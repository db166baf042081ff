"""What the stories of the figures share: targets, what a monitor says of itself, and the verdict on a figure."""
import asyncio
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
os.environ.setdefault("ALLCLEAR_BINARY", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/allclear"))
from yardstick import Yardstick  # noqa: E402
from harness import BINARY, Monitor, free_port, wait_for  # noqa: E402,F401


class Nginx:
    """Healthy targets: one nginx, any number of URLs."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "nginx"
        self.folder.mkdir()
        self.port = free_port()
        (self.folder / "nginx.conf").write_text(
            f"worker_processes 1; daemon off; pid {self.folder}/pid; error_log /dev/null;\n"
            "worker_rlimit_nofile 20000; events { worker_connections 10000; }\n"
            f"http {{ access_log off; client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p;\n"
            f" fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;\n"
            f" server {{ listen 127.0.0.1:{self.port} backlog=4096; location / {{ return 200 'Welcome'; }} }} }}\n")
        self.process = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")],
                                        stderr=subprocess.DEVNULL)

    def close(self):
        self.process.terminate()
        self.process.wait()


class Tarpit:
    """Takes connections and never says a word."""

    def __init__(self):
        self.port = None
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def hold(reader, writer):
            try:
                while await reader.read(4096):
                    pass
            finally:
                writer.close()

        async def serve():
            server = await asyncio.start_server(hold, "127.0.0.1", 0, backlog=4096)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await asyncio.Event().wait()

        threading.Thread(target=lambda: self.loop.run_until_complete(serve()), daemon=True).start()
        ready.wait()


def metric(monitor, name):
    text = monitor.get("/metrics")[2]
    return sum(float(value) for value in re.findall(rf"^{re.escape(name)}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.M))


def labelled(monitor, line):
    found = re.search(rf"^{re.escape(line)} ([0-9.e+-]+)$", monitor.get("/metrics")[2], re.M)
    if not found:
        raise SystemExit(f"/metrics has no line {line}")
    return float(found.group(1))


def missed(monitor):
    """Slots without a start: overlaps and whole intervals lost; a start that had to wait is late, not missed."""
    return sum(labelled(monitor, f'allclear_missed_total{{kind="{kind}"}}') for kind in ("overlap", "suspend"))


def resident_mib(monitor):
    pid = monitor.process.pid
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def cpu_s(monitor):
    fields = pathlib.Path(f"/proc/{monitor.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lateness_ms(text, quantile):
    return 1000 * float(re.search(rf'^allclear_lateness_seconds{{quantile="{quantile}"}} ([0-9.e+-]+)$', text, re.M).group(1))


def watch(monitor, minutes):
    """Lets it run; returns the worst of what was seen every second, and says how late the machine itself was."""
    worst = {"p99_ms": 0.0, "max_ms": 0.0, "rss_mib": 0.0, "down": 0}
    yardstick = Yardstick()
    deadline = time.monotonic() + minutes * 60
    while time.monotonic() < deadline:
        text = monitor.get("/metrics")[2]
        worst["p99_ms"] = max(worst["p99_ms"], lateness_ms(text, "0.99"))
        worst["max_ms"] = max(worst["max_ms"], lateness_ms(text, "1"))
        worst["rss_mib"] = max(worst["rss_mib"], resident_mib(monitor))
        time.sleep(1)  # the pace of the measurement
    p99_ms, max_ms, stolen = yardstick.close()
    print(f"  the machine by itself: a sleep to the next 10 ms ends late by p99 {p99_ms:.1f} ms, at most {max_ms:.0f} ms; "
          f"its host took {100 * stolen:.0f} % of its processors' time", flush=True)
    return worst


class Verdict:
    def __init__(self, short):
        self.short, self.kept = short, True

    def line(self, what, value, limit, timed):
        judged = not (timed and self.short)
        fine = value <= limit
        self.kept = self.kept and (fine or not judged)
        print(f"  {what:<70}{value:>12.2f}   limit {limit:<8g} {'kept' if fine else 'NOT KEPT'}{'' if judged else ' (not judged)'}",
              flush=True)


def config(services, interval, timeout, more=""):
    lines = [f"defaults: {{interval: {interval}, timeout: {timeout}}}", "services:"]
    lines += [f"  - {{id: {name}, url: \"{url}\"{more}}}" for name, url in services]
    return "\n".join(lines) + "\n"


def healthy(count, port):
    return [(f"ok-{i}", f"http://127.0.0.1:{port}/{i}") for i in range(count)]
