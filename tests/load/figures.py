#!/usr/bin/env python3
"""Figures at full size, by one command each. The suite runs the same stories small, without judging times.

  figures.py lateness    --checks 10000 --interval 60s --minutes 3    R6, R19: lateness, missed, RSS
  figures.py tarpits     --checks 1000  --interval 10s --minutes 2    R8: as many hanging targets beside healthy ones
  figures.py descriptors --checks 1000  --interval 10s --minutes 1    R13: ulimit -n 64
  figures.py strangers   --minutes 1.4                                S10: slowhttptest's four modes, others' latency
  figures.py idle        --checks 100000                              memory of checks that wait for their time
  figures.py crashes     --kills 1000 [--seed 1]                      R1: kill -9 while services flip and channels fail
  figures.py promptness  --checks 10000 --interval 60s --minutes 3    R4: deciding result to first send
  figures.py restart     --checks 10000                               R21: SIGTERM to exit, start to ready; and a tenth of them
Each prints what it measured and exits 1 when a guarantee's figure is not kept (--short: only what is not a time).
"""
import argparse
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from stage import (BINARY, Monitor, Nginx, Tarpit, Verdict, config, cpu_s, healthy, metric, missed, resident_mib, wait_for, watch)
from crashes import crashes
from promptness import promptness

# Checks, interval and minutes of each story at full size and in the suite.
FULL = {"lateness": (10_000, "60s", 3), "tarpits": (1_000, "10s", 2), "descriptors": (1_000, "10s", 1),
        "strangers": (100, "10s", 1.4), "idle": (100_000, "400d", 0), "crashes": (20, "300ms", 0),
        "promptness": (10_000, "60s", 3), "restart": (10_000, "60s", 0)}
SHORT = {"lateness": (500, "2s", 0.15), "tarpits": (50, "3s", 0.2), "descriptors": (100, "2s", 0.15),
         "strangers": (5, "10s", 0.07), "idle": (2_000, "400d", 0), "crashes": (20, "300ms", 0),
         "promptness": (500, "2s", 0.15), "restart": (500, "2s", 0)}


def lateness(arguments, folder, verdict):
    nginx = Nginx(folder)
    try:
        monitor = Monitor(folder, config(healthy(arguments.checks, nginx.port), arguments.interval, "5s")).start()
        wait_for(lambda: metric(monitor, "allclear_probes_started_total") >= arguments.checks, "every check ran once", 300)
        began, cpu_began, checks_began = time.monotonic(), cpu_s(monitor), metric(monitor, "allclear_probes_started_total")
        worst = watch(monitor, arguments.minutes)
        checks = metric(monitor, "allclear_probes_started_total") - checks_began
        print(f"  checks/s {checks / (time.monotonic() - began):.1f}, CPU-s per 1,000 checks {1000 * (cpu_s(monitor) - cpu_began) / checks:.3f}")
        verdict.line("lateness p99, ms (R6)", worst["p99_ms"], 50, timed=True)
        verdict.line("lateness max, ms (R6)", worst["max_ms"], 500, timed=True)
        verdict.line("missed slots (R6)", missed(monitor), 0, timed=False)
        verdict.line("resident memory, MiB (R19)", worst["rss_mib"], 256, timed=False)
        verdict.line("services not up", sum(state != "up" for state, _ in monitor.states().values()), 0, timed=False)
        monitor.close()
    finally:
        nginx.close()


def tarpits(arguments, folder, verdict):
    nginx, tarpit = Nginx(folder), Tarpit()
    try:
        stuck = [(f"stuck-{i}", f"http://127.0.0.1:{tarpit.port}/{i}") for i in range(arguments.checks)]
        services = healthy(arguments.checks, nginx.port) + stuck
        monitor = Monitor(folder, config(services, arguments.interval, "9s" if not arguments.short else "2s")).start()
        wait_for(lambda: metric(monitor, "allclear_probes_started_total") >= len(services), "every check ran once", 300)
        worst = watch(monitor, arguments.minutes)
        states = monitor.states()
        verdict.line("lateness p99 beside as many tarpits, ms (R8)", worst["p99_ms"], 100, timed=True)
        verdict.line("missed slots (R8)", missed(monitor), 0, timed=False)
        verdict.line("healthy services not up", sum(s != "up" for n, (s, _) in states.items() if n.startswith("ok-")), 0, timed=False)
        verdict.line("hanging services not down", sum(s != "down" for n, (s, _) in states.items() if n.startswith("stuck-")), 0,
                     timed=False)
        monitor.close()
    finally:
        nginx.close()


def descriptors(arguments, folder, verdict):
    """64 descriptors for all checks; then clients take every one that is left, and give them back."""
    nginx = Nginx(folder)
    try:
        monitor = Monitor(folder, config(healthy(arguments.checks, nginx.port), arguments.interval, "5s"),
                          prefix=["prlimit", "--nofile=64:64", "--"]).start()
        wait_for(lambda: all(state == "up" for state, _ in monitor.states().values()), "all up", 300)
        host, port = monitor.base.split("//")[1].strip("/").split(":")
        kept = http.client.HTTPConnection(host, int(port), timeout=20)  # opened before the shortage

        def look():
            began = time.monotonic()
            kept.request("GET", "/status")
            states = [service["state"] for service in json.loads(kept.getresponse().read())["services"]]
            return states.count("down"), states.count("unknown"), time.monotonic() - began

        look()
        greedy = []
        for _ in range(60):
            try:
                greedy.append(socket.create_connection((host, int(port)), timeout=1))
            except OSError:
                break
        false_down = unknown = 0
        slowest_s = 0.0
        deadline = time.monotonic() + arguments.minutes * 60
        while time.monotonic() < deadline:
            down, dark, took_s = look()
            false_down, unknown, slowest_s = max(false_down, down), max(unknown, dark), max(slowest_s, took_s)
            time.sleep(1)  # the pace of the measurement
        for connection in greedy:
            connection.close()
        began = time.monotonic()
        wait_for(lambda: monitor.get("/health")[0] == 200, "a new client is answered")
        answered_s = time.monotonic() - began
        before = metric(monitor, "allclear_probes_started_total")
        wait_for(lambda: metric(monitor, "allclear_probes_started_total") > before, "checks go on")
        print(f"  services unknown during the shortage: at most {unknown} of {arguments.checks}")
        verdict.line("false down (R13)", false_down, 0, timed=False)
        verdict.line("slowest answer of the API, s (R13)", slowest_s, 5, timed=True)
        verdict.line("answers and checks again after, s (R13)", max(answered_s, time.monotonic() - began), 5, timed=True)
        wait_for(lambda: all(state == "up" for state, _ in monitor.states().values()), "all up again", 300)
        monitor.close()
    finally:
        nginx.close()


def strangers(arguments, folder, verdict):
    """1,000 connections that slowhttptest holds (slow headers, bodies, ranges, reading), a quarter of the time each; somebody
    at another address asks 20 times a second."""
    nginx = Nginx(folder)
    try:
        monitor = Monitor(folder, config(healthy(arguments.checks, nginx.port), arguments.interval, "5s")).start()
        port = int(monitor.base.rstrip("/").rsplit(":", 1)[1])
        lasts_s = max(1, round(arguments.minutes * 60 / 4))
        refused = 0
        for mode in ["-H", "-B", "-R", "-X"]:
            attack = subprocess.Popen(["slowhttptest", "-c", "1000", "-r", "500", "-l", str(lasts_s), "-i", "1", "-u",
                                       monitor.base + "status", mode], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times = []
            while attack.poll() is None:
                began = time.monotonic()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=("127.0.0.2", 0))
                connection.request("GET", "/status")
                answer = connection.getresponse()
                answer.read()
                connection.close()
                refused += answer.status != 200
                times.append(time.monotonic() - began)
                time.sleep(0.05)
            assert len(times) >= 5, f"{mode} ended before anybody could be measured"
            p99_ms = sorted(times)[int(len(times) * 0.99)] * 1000
            verdict.line(f"others' p99 with {mode}, ms (S10)", p99_ms, 200, timed=True)
        verdict.line("others refused (S10)", refused, 0, timed=False)
        monitor.close()
    finally:
        nginx.close()


def idle(arguments, folder, verdict):
    """Resident memory over a monitor of one service, ten seconds after the start, while all wait for their time. The services
    are internal: what a page of so many would hold is not the schedule's."""
    nginx = Nginx(folder)
    hidden = ", visibility: internal"
    try:
        base = Monitor(folder, config(healthy(1, nginx.port), "400d", "5s", hidden)).start()
        wait_for(lambda: metric(base, "allclear_results_total") >= 1, "the first check ran")
        base_mib = resident_mib(base)
        base.stop()
        shutil.rmtree(base.folder / "data")
        monitor = Monitor(folder, config(healthy(arguments.checks, nginx.port), "400d", "5s", hidden)).start()
        wait_for(lambda: monitor.json("/ready")["ready"], "it is ready")
        time.sleep(10)  # newcomers are checked one after the other, far below the pace at which it would show
        verdict.line("memory over base, MiB", resident_mib(monitor) - base_mib, 100, timed=False)
        monitor.close()
    finally:
        nginx.close()


def restart(arguments, folder, verdict):
    """Five times each; a start is over when /ready says so. Each service was seen up before, and is up from the first answer on."""
    nginx = Nginx(folder)
    try:
        for count in (arguments.checks // 10, arguments.checks):
            monitor = Monitor(folder, config(healthy(count, nginx.port), arguments.interval, "5s")).start()
            wait_for(lambda: all(state == "up" for state, _ in monitor.states().values()), "all up", 300)
            stops, starts, codes, strange = [], [], [], 0
            for _ in range(5):
                code, took_s = monitor.stop()
                codes.append(code)
                stops.append(took_s)
                began = time.monotonic()
                monitor.start()
                while not monitor.json("/ready")["ready"]:
                    time.sleep(0.005)  # a grid of the measurement
                starts.append(time.monotonic() - began)
                strange += sum(state != "up" for state, _ in monitor.states().values())
            print(f"  {count} services: SIGTERM to exit {min(stops):.2f} to {max(stops):.2f} s, "
                  f"start to ready {min(starts):.2f} to {max(starts):.2f} s")
            verdict.line(f"SIGTERM to exit with {count} services, s (R21)", max(stops), 10, timed=True)
            verdict.line(f"start to ready with {count} services, s (R21)", max(starts), 2, timed=True)
            verdict.line("exits with a failure", sum(code != 0 for code in codes), 0, timed=False)
            verdict.line("services that a start did not know to be up", strange, 0, timed=False)
            monitor.close()
            shutil.rmtree(monitor.folder / "data")
    finally:
        nginx.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", choices=list(FULL))
    parser.add_argument("--checks", type=int)
    parser.add_argument("--interval")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    if not os.access(BINARY, os.X_OK):
        print(f"figures.py: there is no {BINARY}: cmake --preset release && cmake --build --preset release --target allclear, "
              "or set ALLCLEAR_BINARY", file=sys.stderr)
        sys.exit(64)
    checks, interval, minutes = (SHORT if arguments.short else FULL)[arguments.story]
    arguments.checks = arguments.checks or checks
    arguments.interval = arguments.interval or interval
    arguments.minutes = arguments.minutes or minutes
    arguments.kills = arguments.kills or (20 if arguments.short else 1_000)
    lasts = f", {arguments.minutes} min" if arguments.minutes else ""
    print(f"{arguments.story}: {arguments.checks} checks every {arguments.interval}{lasts}", flush=True)
    folder = tempfile.mkdtemp(prefix="allclear-load-")
    verdict = Verdict(arguments.short)
    try:
        globals()[arguments.story](arguments, folder, verdict)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if verdict.kept else 1)


if __name__ == "__main__":
    main()
