"""How late this machine itself wakes somebody who does nothing but sleep to the next 10 ms: what no program can beat.
Run as a program it writes the 99th percentile and the largest of it in ms, once its standard input ends."""
import os
import subprocess
import sys
import threading
import time

TICK_S = 0.01


def _steal_s():
    """Processor time that the host gave to others, seconds of all processors since boot; 0 where it does not say."""
    fields = open("/proc/stat", encoding="ascii").readline().split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK") if len(fields) > 8 else 0.0


class Yardstick:
    """Measures from here until close()."""

    def __init__(self):
        self.began, self.steal = time.monotonic(), _steal_s()
        self.process = subprocess.Popen([sys.executable, "-B", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        """(p99 ms, max ms, share of all processors' time that the host took)"""
        output, _ = self.process.communicate()
        share = (_steal_s() - self.steal) / ((time.monotonic() - self.began) * os.cpu_count())
        return *(float(word) for word in output.split()), share


def _measure():
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    lateness_ms, due = [], time.monotonic() + TICK_S
    while not over.is_set():
        time.sleep(max(0.0, due - time.monotonic()))  # what is measured
        now = time.monotonic()
        lateness_ms.append(1000 * (now - due))
        due = max(due + TICK_S, now)
    lateness_ms.sort()
    print(lateness_ms[len(lateness_ms) * 99 // 100], lateness_ms[-1])


if __name__ == "__main__":
    _measure()
