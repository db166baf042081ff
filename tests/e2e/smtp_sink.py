"""A mail server on loopback that keeps what it is given, with STARTTLS and login. Standard library only."""
import base64
import email
import email.policy
import pathlib
import socket
import ssl
import subprocess
import threading


def make_certificate(folder):
    """(certificate, key) of "localhost", signed by itself, as PEM files."""
    folder = pathlib.Path(folder)
    certificate, key = folder / "mail.pem", folder / "mail.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return certificate, key


class Letter:
    """What arrived: the envelope, and the letter as Python's own parser reads it."""

    def __init__(self, sender, recipients, data, encrypted, user):
        self.sender, self.recipients, self.data = sender, recipients, data
        self.encrypted, self.user = encrypted, user
        self.message = email.message_from_bytes(data, policy=email.policy.default)

    def part(self, kind):
        return self.message.get_body(preferencelist=(kind,)).get_content()


class SmtpSink:
    """Offers STARTTLS when it has a certificate, and a login when it has a user; `answers` replaces usual ones by the
    command's first word (or "letter"); "hang" answers nothing until the client leaves."""

    def __init__(self, certificate=None, user=None, password=None):
        self.letters, self.commands, self.answers = [], [], {}
        self.user, self.password = user, password
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*map(str, certificate))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def open_session(self, connection):
        return Session(self, connection)

    def _serve(self, connection):
        session = self.open_session(connection)
        try:
            session.run()
        except (OSError, ValueError):
            pass
        finally:
            session.file.close()
            session.connection.close()  # another one since STARTTLS


class Session:
    def __init__(self, sink, connection):
        self.sink, self.connection = sink, connection
        self.encrypted, self.user = False, None
        self.sender, self.recipients = None, []
        self.file = connection.makefile("rb")

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def reply(self, to, usual):
        answer = self.sink.answers.get(to, usual)
        if answer == "hang":
            self.file.read()
            raise OSError("the client left")
        self.say(answer)
        return answer == usual

    def run(self):
        self.reply("greeting", "220 sink ESMTP")
        while line := self.file.readline().decode().strip():
            self.sink.commands.append(line)
            word = line.split()[0].upper()
            if word == "QUIT":
                return self.say("221 bye")
            getattr(self, "on_" + word.lower(), lambda _: self.say("502 what?"))(line)

    def on_ehlo(self, _):
        offers = ["sink", "SIZE 1000000"]
        if self.sink.tls and not self.encrypted:
            offers.append("STARTTLS")
        if self.sink.user:
            offers.append("AUTH PLAIN")
        self.say("\r\n".join("250" + ("-" if offer != offers[-1] else " ") + offer for offer in offers))

    def on_starttls(self, _):
        self.say("220 go on")
        self.connection = self.sink.tls.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")
        self.encrypted = True

    def on_auth(self, line):
        words = line.split()
        if len(words) < 3:
            self.say("334 ")
            words.append(self.file.readline().decode().strip())
        _, user, password = base64.b64decode(words[2]).decode().split("\0")
        right = (user, password) == (self.sink.user, self.sink.password)
        self.user = user if right else None
        self.reply("AUTH", "235 welcome" if right else "535 5.7.8 Username and Password not accepted")

    def on_mail(self, line):
        may = not self.sink.user or self.user
        self.sender, self.recipients = line[line.index("<") + 1:line.index(">")], []
        self.reply("MAIL", "250 ok" if may else "530 5.7.0 Authentication required")

    def on_rcpt(self, line):
        if self.reply("RCPT", "250 ok"):
            self.recipients.append(line[line.index("<") + 1:line.index(">")])

    def on_data(self, _):
        if not self.reply("DATA", "354 go on"):
            return
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise OSError("the client left")
            lines.append(line[1:] if line.startswith(b".") else line)
        letter = Letter(self.sender, self.recipients, b"".join(lines), self.encrypted, self.user)
        if self.take(letter):
            self.sink.letters.append(letter)

    def take(self, letter):
        return self.reply("letter", "250 2.0.0 queued as 42")
