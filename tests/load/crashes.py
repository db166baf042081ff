"""The story `crashes`: kill -9 at random instants while services flip and receivers fail, then what must hold of alerts
(R1, R3, order of R5) is judged by the ledger and by what the receivers have. Nothing is decided by a time."""
import collections
import datetime
import json
import random
import shutil
import sqlite3
import subprocess
import time

from stage import BINARY, Monitor, wait_for
from crash_judge import ACCEPTED, CLAIMS, TOLD_BY_RECOVERY, Evidence, duplicates, judge, missed_forgeries
from crash_world import FICKLE_HOOK, FICKLE_MAIL, STEADY_HOOK, FlippingTargets, Hook, MailSink, Moments, Siren

LEASE_MS = 60_000  # how long a claimed alert is left to who claimed it (docs/reference/alerts.md)
INSTANTS = {"while starting": 15, "any time": 45, "at an arrival": 20, "after an answer": 20}
CHANNELS = {"hook": False, "mail": False, "steady": False, "siren": True}  # True: told of what is down only


class World:
    """Targets, receivers, and the monitor's config that names them."""

    def __init__(self, folder, services, interval, seed):
        self.moments, self._receipts = Moments(), []
        keep = self._receipts.append
        self.targets = FlippingTargets(services, seed + 1)
        self.hook = Hook("hook", FICKLE_HOOK, seed + 2, keep, self.moments)
        self.steady = Hook("steady", STEADY_HOOK, seed + 3, keep, self.moments)
        self.mail = MailSink("mail", FICKLE_MAIL, seed + 4, keep, self.moments)
        self.siren = Siren("siren", folder)
        self.services = [f"s{number}" for number in range(services)]
        self.config = (
            f"defaults: {{interval: {interval}, timeout: 4s, reopen: 3s, flapping: off, alerts_on_first: true,\n"
            "           confirm: {down: 2, up: 1, retry: 100ms}}\n"
            "grouping: {threshold: 100000}\n"
            "channels:\n"
            f"  hook: {{webhook: {{url: '{self.hook.url}'}}, fallback: steady}}\n"
            "  mail: {email: {to: [ops@example.com], from: a@example.com, "
            f"smtp: 'smtp://127.0.0.1:{self.mail.port}'}}}}\n"
            f"  steady: {{webhook: {{url: '{self.steady.url}'}}}}\n"
            f"  siren: {{exec: {{run: [/bin/sh, '{self.siren.script}']}}, only: [down]}}\n"
            "services:\n" + "".join(
                f"  - {{id: {name}, url: '{self.targets.url}{number}', expect: {{latency: 250ms}}}}\n"
                for number, name in enumerate(self.services)))

    def calm(self):
        for one in (self.targets, self.hook.fate, self.mail.fate):
            one.all_well.set()

    def receipts(self):
        return self._receipts + self.siren.receipts()

    def close(self):
        for one in (self.targets, self.hook, self.steady, self.mail):
            one.close()


class Notes:
    """What was seen in the store at each kill."""

    def __init__(self):
        self.instants = collections.Counter()
        self.kills, self.seen = [], {}

    def look(self, data, copy, began_ms):
        """Reads a copy of the dead monitor's database: the next start has to mend the real one by itself."""
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in ("allclear.db", "allclear.db-wal"):
            if (data / name).exists():
                shutil.copy(data / name, copy / name)
        under_way = set()
        with sqlite3.connect(copy / "allclear.db") as database:
            for key, state, due_ms in database.execute("SELECT id, state, due_at FROM alerts"):
                self.seen[key] = ("owed", "sending", "sent", "dead")[state]
                if state == 1 and due_ms - LEASE_MS >= began_ms:
                    under_way.add(key)
        database.close()
        self.kills.append(under_way)


def live_and_die(monitor, world, chance, notes):
    instant = chance.choices(list(INSTANTS), list(INSTANTS.values()))[0]
    notes.instants[instant] += 1
    began_ms = int(time.time() * 1000)
    monitor.spawn()
    if instant == "while starting":
        time.sleep(chance.uniform(0, 0.15))  # this and the next ones are the random instant, not a wait
    else:
        monitor.await_ready()
        if instant == "any time":
            time.sleep(chance.uniform(0, 1.5))
        else:
            world.moments.wait_next("arrived" if instant == "at an arrival" else "answered", 1.5)
            time.sleep(chance.uniform(0, 0.003))
    monitor.kill()
    notes.look(monitor.folder / "data", monitor.folder / "copy", began_ms)


def end_all_waiting(monitor):
    """The minute of a lease and the time until a next try are not waited out: for the suite. The full story waits."""
    with sqlite3.connect(monitor.folder / "data" / "allclear.db") as database:
        database.execute("UPDATE alerts SET due_at = 0 WHERE state < 2")
    database.close()


class Operator:
    """Asks the running monitor as operators do."""

    def __init__(self, monitor):
        self.monitor = monitor
        made = subprocess.run([BINARY, "token", "create", "--name", "judge", "--data", str(monitor.folder / "data")],
                              capture_output=True, text=True, check=True)
        self.headers = {"Authorization": "Bearer " + made.stdout.strip()}

    def ask(self, path):
        status, _, text = self.monitor.get(path, self.headers)
        if status != 200:
            raise ValueError(f"{path}: {status} {text}")
        return json.loads(text)

    def all(self, path, member):
        rows, cursor = [], ""
        while True:
            page = self.ask(f"{path}limit=1000{cursor}")
            rows += page[member]
            if page["next"] is None:
                return rows
            cursor = "&cursor=" + page["next"]

    def at_rest(self):
        well = all(state == "up" for state, _ in self.monitor.states().values())
        return (well and not self.monitor.json("/status")["incidents"]
                and not self.ask("/api/v1/alerts?state=owed,sending&limit=1")["alerts"])


def to_ms(text):
    return round(1000 * datetime.datetime.fromisoformat(text).timestamp())


def errors_in(log):
    """Of the monitor itself: a dead letter is the receiver's doing."""
    found = []
    for line in log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # torn by a kill
        if entry["level"] == "error" and entry["event"] != "alert_dead":
            found.append(line)
    return found


def gather(monitor, operator, world, notes):
    """By the API what it tells; ordinals and timelines from the file of the monitor that was stopped."""
    ledger = operator.all("/api/v1/alerts?", "alerts")
    results = {}
    for service in world.services:
        newest_first = operator.all(f"/history?service={service}&", "checks")
        results[service] = [(to_ms(row["at"]), row["state"]) for row in reversed(newest_first)]
    code, _ = monitor.stop()
    assert code == 0, f"the last stop ended with {code}"
    with sqlite3.connect(monitor.folder / "data" / "allclear.db") as database:
        incidents = [json.loads(text) for text, in database.execute("SELECT document FROM incidents")]
        ordinals = dict(database.execute("SELECT id, ordinal FROM alerts"))
    database.close()
    assert set(ordinals) == {alert["id"] for alert in ledger}, "the API tells all that is stored"
    for alert in ledger:
        alert["ordinal"] = ordinals[alert["id"]]
    assert all(len(incident["timeline"]) < 200 for incident in incidents), "a timeline was cut: choose longer spells"
    return Evidence(incidents, ledger, world.receipts(), notes.kills, notes.seen, results, CHANNELS)


def tell(evidence, world, notes, took_s):
    accepted = collections.Counter(one.key for one in evidence.receipts if one.how == ACCEPTED)
    ways = collections.Counter(one.how for one in evidence.receipts)
    states = collections.Counter(alert["state"] for alert in evidence.ledger)
    steps = collections.Counter(alert["step"] for alert in evidence.ledger)
    again = duplicates(accepted)

    def listed(counts):
        return ", ".join(f"{name} {count}" for name, count in counts.most_common())

    print(f"  kills {len(notes.kills)} in {took_s:.0f} s: {listed(notes.instants)}; starts {len(notes.kills) + 2}")
    print(f"  flips of targets {world.targets.flips}, results {sum(map(len, evidence.results.values()))}, "
          f"incidents {len(evidence.incidents)}")
    stale = sum(alert["last_answer"] == TOLD_BY_RECOVERY for alert in evidence.ledger)
    print(f"  alerts {len(evidence.ledger)}: {listed(states)} ({stale} {TOLD_BY_RECOVERY}); {listed(steps)}")
    print(f"  messages received {len(evidence.receipts)}: {listed(ways)}")
    print(f"  under way at kills {sum(map(len, notes.kills))}, the bound of what may come again; received "
          f"again {sum(again.values())} ({len(again)} alerts, each at most {max(again.values(), default=0)} times)",
          flush=True)


def crashes(arguments, folder, verdict):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"  seed {seed}, {arguments.kills} kills", flush=True)
    world, chance, notes = World(folder, arguments.checks, arguments.interval, seed), random.Random(seed), Notes()
    began = time.monotonic()
    monitor = Monitor(folder, world.config)
    try:
        # The store is looked at after each kill: the first start makes its tables in peace.
        monitor.start()
        monitor.kill()
        while len(notes.kills) < arguments.kills:
            live_and_die(monitor, world, chance, notes)
            if len(notes.kills) % 100 == 0:
                print(f"  {len(notes.kills)} kills", flush=True)
        took_s = time.monotonic() - began
        world.calm()
        if arguments.short:
            end_all_waiting(monitor)
        monitor.start()
        operator = Operator(monitor)
        wait_for(operator.at_rest, "all is up, over, and told", 600)
        judge_all(gather(monitor, operator, world, notes), world, notes, took_s, verdict)
        errors = errors_in(monitor.log)
        verdict.line("errors that the monitor logged", len(errors), 0, timed=False)
        for line in errors[:3]:
            print(f"    {line}")
    finally:
        monitor.close()
        world.close()


def judge_all(evidence, world, notes, took_s, verdict):
    tell(evidence, world, notes, took_s)
    wrong = judge(evidence)
    for claim in CLAIMS:
        verdict.line(claim, len(wrong[claim]), 0, timed=False)
        for example in wrong[claim][:3]:
            print(f"    {example}")
    missed = missed_forgeries(evidence)
    verdict.line("wrongs put in by hand that were not noticed", len(missed), 0, timed=False)
    for claim in missed:
        print(f"    {claim}")
    idle = sum(not under_way for under_way in notes.kills)
    verdict.line("kills without anything under way, % (else nothing is tried)", 100 * idle / len(notes.kills), 99,
                 timed=False)
