"""The world of the crash story: targets that flip and receivers that fail, at random from a seed, until they are told
to be well. What each receiver was given is kept as a Receipt, written before it answers: from then on it has it.

The seed decides what may happen; in which order real processes meet it differs from run to run."""
import dataclasses
import json
import pathlib
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from smtp_sink import Session, SmtpSink  # noqa: E402

ACCEPTED = "accepted"  # the receiver said yes: it has the message
REFUSED = "refused"    # it said no for good


@dataclasses.dataclass(frozen=True)
class Receipt:
    channel: str
    key: str
    incident: str
    step: str
    how: str


class Moments:
    """Instants at which a kill hurts: a message has arrived, or was just answered."""

    def __init__(self):
        self._changed = threading.Condition()
        self._counts = {"arrived": 0, "answered": 0}

    def note(self, kind):
        with self._changed:
            self._counts[kind] += 1
            self._changed.notify_all()

    def wait_next(self, kind, patience_s):
        with self._changed:
            seen = self._counts[kind]
            self._changed.wait_for(lambda: self._counts[kind] > seen, patience_s)


class Fate:
    """Draws what a receiver does next: the first of its ways is the good one, the only one when all is to be well."""

    def __init__(self, seed, ways):
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._ways = ways
        self._well = next(iter(ways))
        self.all_well = threading.Event()

    def draw(self):
        with self._lock:
            if self.all_well.is_set():
                return self._well
            return self._random.choices(list(self._ways), list(self._ways.values()))[0]

    def dawdle(self, least_s, most_s):
        """The receiver's own slowness."""
        with self._lock:
            takes_s = self._random.uniform(least_s, most_s)
        self.all_well.wait(takes_s)

    def hold(self, connection):
        """Says nothing until the client leaves or all is to be well."""
        connection.settimeout(0.25)
        while not self.all_well.is_set():
            try:
                if not connection.recv(4096):
                    return
            except TimeoutError:
                continue


def reset(connection):
    """The next close is a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def serve_each(listener, serve):
    """A thread for each connection; what the other side does to it is not our fault."""
    def one(connection):
        with connection:
            try:
                serve(connection)
            except (OSError, ValueError):
                pass

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def read_request(connection):
    """(header text, body)"""
    connection.settimeout(30)
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise OSError("the client left")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(fields.get(b"content-length", b"0")):
        part = connection.recv(65536)
        if not part:
            raise OSError("the client left")
        body += part
    return head.decode(), body


class FlippingTargets:
    """Services on one port, /0, /1, …: each has good and bad spells."""

    BAD = {"down": 4, "slow": 3, "reset": 1}
    SLOW_S = 0.4  # more than the check calls good, less than its timeout

    def __init__(self, count, seed):
        self._random = random.Random(seed)
        self.modes = ["up"] * count
        self.flips = 0
        self.all_well = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        serve_each(self._listener, self._answer)
        threading.Thread(target=self._flip, daemon=True).start()

    def _spell_s(self, mode):
        return self._random.uniform(2, 8) if mode == "up" else self._random.uniform(0.3, 5)

    def _next(self, mode):
        """Out of a bad spell comes a good one, or another bad one: what is slow may get worse."""
        over = mode != "up" and self._random.random() < 0.7
        return "up" if over else self._random.choices(list(self.BAD), list(self.BAD.values()))[0]

    def _flip(self):
        ends = [time.monotonic() + self._random.uniform(0, 5) for _ in self.modes]
        while not self.all_well.wait(0.05):
            for number, end in enumerate(ends):
                if time.monotonic() < end:
                    continue
                self.modes[number] = self._next(self.modes[number])
                self.flips += 1
                ends[number] = time.monotonic() + self._spell_s(self.modes[number])
        self.modes = ["up"] * len(self.modes)

    def _answer(self, connection):
        head, _ = read_request(connection)
        mode = self.modes[int(head.split()[1].lstrip("/"))]
        if mode == "reset":
            return reset(connection)
        if mode == "slow":
            self.all_well.wait(self.SLOW_S)
        status = 503 if mode == "down" else 200
        connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())

    def close(self):
        self.all_well.set()
        self._listener.close()


FICKLE_HOOK = {"accept": 47, "accept late": 12, "500": 9, "429": 7, "400": 4, "reset unread": 6, "reset read": 6,
               "half an answer": 4, "hang": 5}
STEADY_HOOK = {"accept": 1}


class Hook:
    """A receiver of webhooks."""

    ANSWERS = {"accept": "200 OK", "accept late": "200 OK", "500": "500 X", "400": "400 X",
               "429": "429 X\r\nRetry-After: 1"}

    def __init__(self, channel, ways, seed, keep, moments):
        self.channel, self.keep, self.moments = channel, keep, moments
        self.fate = Fate(seed, ways)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"
        serve_each(self._listener, self._serve)

    def _serve(self, connection):
        way = self.fate.draw()
        if way == "reset unread":
            return reset(connection)
        head, body = read_request(connection)
        event = json.loads(body)
        key = next(line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("webhook-id: "))
        if key != event["id"]:
            key = f"{key} in the header, {event['id']} in the body"
        how = ACCEPTED if way.startswith("accept") else REFUSED if way == "400" else way
        self.keep(Receipt(self.channel, key, event["data"]["incident"]["id"], event["data"]["transition"]["step"], how))
        self.moments.note("arrived")
        self._answer(connection, way)

    def _answer(self, connection, way):
        if way == "hang":
            return self.fate.hold(connection)
        if way == "reset read":
            return reset(connection)
        if way == "half an answer":
            return connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
        if way == "accept late":
            self.fate.dawdle(0.1, 1.0)
        connection.sendall(f"HTTP/1.1 {self.ANSWERS[way]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        if way.startswith("accept"):
            self.moments.note("answered")

    def close(self):
        self.fate.all_well.set()
        self._listener.close()


FICKLE_MAIL = {"accept": 50, "accept late": 10, "greeting 421": 6, "MAIL 451": 5, "RCPT 450": 5, "letter 452": 6,
               "letter 554": 3, "greeting hang": 3, "letter hang": 4, "letter lost": 5, "reset": 3}


class FickleSession(Session):
    def __init__(self, sink, connection):
        super().__init__(sink, connection)
        self.way = sink.fate.draw()

    def run(self):
        if self.way == "reset":
            return reset(self.connection)
        return super().run()

    def reply(self, to, usual):
        stage, _, what = self.way.partition(" ")
        if stage != to:
            self.say(usual)
            return True
        if what == "hang":
            self.sink.fate.hold(self.connection)
            raise OSError("nobody was told anything")
        if what == "lost":
            reset(self.connection)
            raise OSError("the line is dead")
        self.say(f"{what} 4.3.2 not now" if what.startswith("4") else f"{what} 5.7.1 never")
        return False

    def take(self, letter):
        message = letter.message
        how = ACCEPTED if self.way.startswith("accept") else REFUSED if self.way.startswith("letter 5") else self.way
        self.sink.keep(Receipt(self.sink.channel, message["Message-ID"].strip("<>").split("@")[0],
                               message["X-AllClear-Incident"], message["X-AllClear-Step"], how))
        self.sink.moments.note("arrived")
        if self.way == "accept late":
            self.sink.fate.dawdle(0.1, 1.0)
        if self.reply("letter", "250 2.0.0 queued"):
            self.sink.moments.note("answered")
        return False  # the receipt is enough


class MailSink(SmtpSink):
    """A mail server whose door is shut now and then: connections are refused."""

    def __init__(self, channel, ways, seed, keep, moments):
        self.channel, self.keep, self.moments = channel, keep, moments
        self.fate = Fate(seed, ways)
        super().__init__()
        threading.Thread(target=self._shut_now_and_then, args=(random.Random(seed + 1),), daemon=True).start()

    def open_session(self, connection):
        return FickleSession(self, connection)

    def _shut_now_and_then(self, chance):
        holder = socket.socket()  # bound and never listening: nobody else is given the port meanwhile
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while not self.fate.all_well.wait(chance.uniform(1, 6)):
            self._shut()
            if holder.getsockname()[1] == 0:
                holder.bind(("127.0.0.1", self.port))
            self.fate.all_well.wait(chance.uniform(0.05, 0.6))
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            threading.Thread(target=self._accept, daemon=True).start()

    def _shut(self):
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()

    def close(self):
        self.fate.all_well.set()
        self._listener.close()


class Siren:
    """A program that is run for each message, and keeps a line of it."""

    def __init__(self, channel, folder):
        self.channel, self._kept = channel, pathlib.Path(folder) / "siren.txt"
        self._kept.touch()
        self.script = pathlib.Path(folder) / "siren.sh"
        self.script.write_text(f'echo "$ALLCLEAR_ALERT $ALLCLEAR_INCIDENT $ALLCLEAR_STEP" >> "{self._kept}"\n')

    def receipts(self):
        return [Receipt(self.channel, *line.split(), ACCEPTED) for line in self._kept.read_text().splitlines()]
