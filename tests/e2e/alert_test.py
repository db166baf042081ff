"""Alerts: told once, in order, through a kill -9 and a channel that fails; by webhook, signed, and by mail."""
import base64
import datetime
import hashlib
import hmac
import html.parser
import http.server
import json
import threading
import unittest

from harness import Case, wait_for
from smtp_sink import SmtpSink, make_certificate

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
HEAD = "defaults: {interval: 300ms, timeout: 5s, reopen: 0s, confirm: {down: 2, up: 1, retry: 100ms}}\n"


class Sink:
    """A receiver of webhooks that answers what it is told to; `answers` is used up first, one for each request."""

    def __init__(self):
        self.seen, self.status, self.headers, self.answers = [], 200, {}, []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = sink.answers.pop(0) if sink.answers else sink.status
                sink.seen.append((status, dict(self.headers.items()), body))
                self.send_response(status)
                for name, value in sink.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def accepted(self):
        return [json.loads(body) for status, _, body in self.seen if status == 200]

    def types(self, subject=None):
        """Of what was accepted; without a subject: of all services, but not the monitor's own."""
        return [event["type"].removeprefix("dev.allclear.incident.") for event in self.accepted()
                if (event["subject"] == subject if subject else event["subject"] != "monitor")]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Page(html.parser.HTMLParser):
    """What a reader of an HTML part sees: its words, and where its links lead. Tags must close as they opened."""

    def __init__(self, source):
        super().__init__()
        self.words, self.links, self.open = "", [], []
        self.feed(source)
        self.close()
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if "title" not in self.open:
            self.words += data + " "


class WebhookCase(Case):
    """With a receiver of webhooks, and a config that tells it."""

    def sink(self):
        sink = Sink()
        self.addCleanup(sink.close)
        return sink

    def config(self, sink, target, more=""):
        return (HEAD + f"page: {{url: 'https://status.example.com/'}}\nchannels: {{hook: {{webhook: {{url: '{sink.url}', "
                f"secret: '{SECRET}'}}}}}}\nservices:\n  - {{id: shop, name: The shop, group: Web, url: '{target.url}'}}\n{more}")


class Webhook(WebhookCase):
    def test_R5_a_fallback_is_told_what_a_channel_refuses_and_of_the_end_too(self):
        first, second, target = self.sink(), self.sink(), self.target()
        first.answers = [400]
        monitor = self.monitor(HEAD + f"channels:\n  first: {{webhook: {{url: '{first.url}'}}, fallback: second}}\n"
                               f"  second: {{webhook: {{url: '{second.url}'}}}}\n"
                               f"services:\n  - {{id: shop, url: '{target.url}', alerts: [first]}}\n")
        wait_for(lambda: monitor.services()["shop"]["state"] == "up", "it is up")
        target.status = 500
        wait_for(lambda: second.types() == ["opened"], "the fallback is told")
        target.status = 200
        wait_for(lambda: second.types() == ["opened", "resolved"], "of the end, too")
        wait_for(lambda: any("alert_left_out" in line and '"step":"resolved"' in line.replace(" ", "")
                             for line in monitor.log.read_text().splitlines()), "the end is left out there")
        self.assertEqual(first.types(), [], "never up without down")

    def test_R5_that_a_channel_refuses_is_told_once_to_the_others(self):
        broken, fine, target = self.sink(), self.sink(), self.target()
        broken.status = 401
        monitor = self.monitor(HEAD + f"channels:\n  broken: {{webhook: {{url: '{broken.url}'}}}}\n"
                               f"  fine: {{webhook: {{url: '{fine.url}'}}}}\n"
                               f"services:\n  - {{id: shop, url: '{target.url}', alerts: [broken]}}\n")
        wait_for(lambda: monitor.services()["shop"]["state"] == "up", "it is up")
        target.status = 500
        wait_for(lambda: fine.types("monitor") == ["dev.allclear.monitor.dead_letters"], "the other channel is told")
        target.status = 200
        wait_for(lambda: "alert_left_out" in monitor.log.read_text(), "its end is not told to who never heard of it")
        target.status = 500
        wait_for(lambda: len(broken.seen) == 2, "what begins anew is tried, and refused, too")
        monitor.stop()
        self.assertEqual([event["subject"] for event in fine.accepted()], ["monitor"], "once")
        told = fine.accepted()[0]["data"]
        self.assertEqual(told["incident"]["title"], "The channel broken does not take alerts")
        self.assertIn("401", told["diagnosis"], "whoever can act on it is told what it answered")
        self.assertNotIn("401", json.dumps({**told, "diagnosis": None}), "and no public text says it")

    def test_R4_what_a_failure_comes_from_rides_in_the_alert(self):
        sink, target = self.sink(), self.target()
        monitor = self.monitor(self.config(sink, target, "  - {id: blog, url: 'tcp://127.0.0.1:1'}\n"))
        wait_for(lambda: monitor.services()["shop"]["state"] == "up", "it is up")
        target.status = 503
        wait_for(lambda: sink.types() == ["opened"], "the opening is told")
        opened = next(event for event in sink.accepted() if event["subject"] == "shop")
        self.assertTrue(opened["data"]["diagnosis"].startswith("Application: it answers with status 503. Confidence: high."))
        self.assertIn("Ruled out: DNS; TCP", opened["data"]["diagnosis"])
        self.assertIn("the last good result came", opened["data"]["diagnosis"])
        self.assertNotIn("Confidence", monitor.get("/")[2], "what is found is for operators")

    def test_S14_an_incident_is_told_from_opening_to_recovery_and_signed(self):
        sink, target = self.sink(), self.target()
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: sink.types() == ["opened"], "the opening is told")
        target.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "the recovery is told")
        opened, resolved = sink.accepted()
        incident = wait_for(lambda: monitor.json("/status")["recent_incidents"], "the page shows it, too")[0]
        self.assertEqual(resolved["data"]["incident"], incident, "the incident is as in /status")
        self.assertEqual((opened["specversion"], opened["subject"], opened["source"]), ("1.0", "shop", "https://status.example.com"))
        self.assertEqual(opened["data"]["service"], {"id": "shop", "name": "The shop", "group": "Web", "state": "down"})
        self.assertEqual(resolved["data"]["service"]["state"], "up")
        self.assertEqual(opened["data"]["transition"]["step"], "opened")
        self.assertIn("is down", opened["data"]["transition"]["text"])
        self.assertEqual(opened["data"]["links"]["page"], "https://status.example.com/")
        for _, headers, body in sink.seen:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
            self.assertEqual(headers["webhook-signature"], expected)
            self.assertEqual(headers["webhook-id"], json.loads(body)["id"])
            self.assertTrue(headers["Content-Type"].startswith("application/cloudevents+json"))
        monitor.stop()
        log = monitor.log.read_text()
        self.assertNotIn(SECRET, log)
        self.assertEqual(log.count("alert_sent"), 2)

    def test_R1_an_alert_that_failed_before_a_kill_is_sent_after_it_with_the_same_key(self):
        sink, target = self.sink(), self.target()
        sink.status = 500
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: len(sink.seen) >= 2, "it was tried twice")
        monitor.kill()
        sink.status = 200
        monitor.start()
        wait_for(lambda: sink.types() == ["opened"], "it is told after the restart", 90)
        self.assertEqual(len({headers["webhook-id"] for _, headers, _ in sink.seen}), 1)
        target.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "the recovery follows it")

    def test_R1_a_pass_of_once_tells_and_leaves_what_failed_to_the_next(self):
        sink, target = self.sink(), self.target()
        file = self.folder / "once.yaml"
        file.write_text(self.config(sink, target).replace("down: 2", "down: 1").replace("interval: 300ms", "interval: 1s"))

        def one_pass():
            return self.run_binary("once", "--config", str(file), "--data", str(self.folder / "data"))

        def passes_until(condition, what):
            def another():
                done = one_pass()
                self.assertEqual(done.returncode, 0, done.stderr)
                return condition()
            wait_for(another, what)

        passes_until(lambda: target.requests, "the service was seen up")
        target.status = 503
        passes_until(lambda: sink.types() == ["opened"], "the pass that saw it down told it")
        sink.answers = [500]
        target.status = 200
        passes_until(lambda: [status for status, _, _ in sink.seen] == [200, 500], "a recovery that does not get through")
        passes_until(lambda: sink.types() == ["opened", "resolved"], "a later pass tells it")

    def test_R5_order_holds_while_the_first_step_does_not_get_through(self):
        sink, target = self.sink(), self.target()
        sink.status = 503
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        wait_for(lambda: sink.seen, "the opening was tried")
        target.status = 200
        monitor.wait_states({"shop": ("up", "ok")})
        self.assertEqual({json.loads(body)["type"].split(".")[-1] for _, _, body in sink.seen}, {"opened"})
        sink.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "both are told, in order")

    def test_R5_a_refused_alert_is_dead_and_says_why(self):
        sink, target = self.sink(), self.target()
        sink.answers = [401]
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 500
        wait_for(lambda: "alert_dead" in monitor.log.read_text(), "the log names the dead letter")
        line = next(json.loads(line) for line in monitor.log.read_text().splitlines() if "alert_dead" in line)
        self.assertEqual(line["answer"], "401 (is the address or the secret wrong?)")
        target.status = 200
        wait_for(lambda: "alert_left_out" in monitor.log.read_text(), "what follows is not told")
        self.assertEqual(len(sink.seen), 1, "nothing else was tried")
        target.status = 500
        wait_for(lambda: len(sink.types()) == 1, "what begins anew is told")
        target.status = 200
        wait_for(lambda: sink.types()[1:] == ["resolved"], "with its end")


class Maintenance(WebhookCase):
    def test_what_fails_in_a_window_is_told_when_the_window_is_over(self):
        sink, target = self.sink(), self.target()
        quiet = self.config(sink, target)
        began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
        window = f"maintenance: [{{title: DB upgrade, services: [shop], start: {began:%Y-%m-%dT%H:%M}, lasts: 2h}}]\n"
        monitor = self.monitor(quiet)
        monitor.wait_states({"shop": ("up", "ok")})
        monitor.config_file.write_text(self.config(sink, target, window))
        monitor.wait_states({"shop": ("maintenance", "ok")})
        target.status = 503
        monitor.wait_states({"shop": ("maintenance", "unexpected_status")})
        status = monitor.json("/status")
        self.assertEqual(status["status"]["indicator"], "maintenance")
        self.assertEqual([(one["title"], one["services"], one["state"]) for one in status["maintenances"]],
                         [("DB upgrade", ["shop"], "in_progress")])
        self.assertIn("Under way until", monitor.get("/")[2])
        monitor.kill()
        monitor.start()
        monitor.wait_states({"shop": ("maintenance", "unexpected_status")})
        before = target.requests
        wait_for(lambda: target.requests > before + 5, "it is checked on")
        self.assertEqual((sink.seen, monitor.json("/status")["incidents"]), ([], []), "nobody is told, nothing is opened")
        monitor.config_file.write_text(quiet)
        wait_for(lambda: sink.types() == ["opened"], "it is told when the work is over")
        target.status = 200
        wait_for(lambda: sink.types() == ["opened", "resolved"], "and the recovery")


class MailCase(Case):
    """With a mail server, and a config that sends through it."""

    def sink(self, **options):
        sink = SmtpSink(make_certificate(self.folder), "anna", "hunter22", **options)
        self.addCleanup(sink.close)
        return sink

    def channels(self, sink, more=""):
        smtp = f"smtp://anna:hunter22@localhost:{sink.port}"
        return (f"page: {{name: Example, url: 'https://status.example.com'}}\nchannels:\n  ops: {{email: {{to: [ops@example.com, "
                f"dev@example.com], from: allclear@example.com, smtp: '{smtp}', tls: required, ca_file: mail.pem}}}}\n{more}")

    def config(self, sink, target, name="Żółty sklep", alerts="[ops, 'mailto:boss@example.com']"):
        return (HEAD + self.channels(sink) +
                f"services:\n  - {{id: shop, name: '{name}', group: Web, url: '{target.url}', alerts: {alerts}}}\n")


class Mail(MailCase):
    def test_an_incident_is_a_thread_of_letters_that_read_well(self):
        sink, target = self.sink(), self.target()
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: len(sink.letters) == 2, "the opening is told to both channels")
        target.status = 200
        wait_for(lambda: len(sink.letters) == 4, "and the recovery")
        team = [letter for letter in sink.letters if letter.recipients == ["ops@example.com", "dev@example.com"]]
        boss = [letter for letter in sink.letters if letter.recipients == ["boss@example.com"]]
        self.assertEqual((len(team), len(boss)), (2, 2), "one letter for all recipients of a channel")
        opened, resolved = (letter.message for letter in team)
        self.assertTrue(all(letter.encrypted and letter.user == "anna" for letter in sink.letters))
        self.assertEqual(opened["Subject"], "Żółty sklep is down")
        self.assertEqual(resolved["Subject"], "Resolved: Żółty sklep is down")
        self.assertEqual(opened["To"], "ops@example.com, dev@example.com")
        self.assertEqual(resolved["References"], opened["Message-ID"], "a thread")
        self.assertEqual(boss[1].message["In-Reply-To"], boss[0].message["Message-ID"])
        self.assertEqual(len({letter.message["Message-ID"] for letter in sink.letters}), 4)
        self.assertEqual(opened["Auto-Submitted"], "auto-generated")
        incident = wait_for(lambda: monitor.json("/status")["recent_incidents"], "the page shows it, too")[0]
        self.assertEqual({letter.message["X-AllClear-Incident"] for letter in sink.letters}, {incident["id"]})
        self.assertIn("Żółty sklep is down: unexpected status", team[0].part("plain"))
        self.assertIn("Status page: https://status.example.com/", team[0].part("plain"))
        self.assertIn("<h1", team[0].part("html"))
        self.assertIn("Żółty sklep is up again", team[1].part("html"))
        self.assertEqual([part.get_content_type() for part in opened.walk()],
                         ["multipart/alternative", "text/plain", "text/html"])
        for letter in sink.letters:
            self.assertFalse(letter.message.defects)
            self.assertLess(max(map(len, letter.data.splitlines())), 100)
        monitor.stop()
        self.assertNotIn("hunter22", monitor.log.read_text())

    def test_R5_a_wrong_password_is_a_dead_letter_that_says_so(self):
        sink, target = self.sink(), self.target()
        sink.password = "another"
        monitor = self.monitor(self.config(sink, target, alerts="[ops]"))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        wait_for(lambda: "alert_dead" in monitor.log.read_text(), "the log names the dead letter")
        self.assertIn("is the user or the password wrong?", monitor.log.read_text())

    def test_R8_R21_a_mail_server_that_hangs_stops_neither_checks_nor_the_stop(self):
        sink, target = self.sink(), self.target()
        sink.answers["greeting"] = "hang"
        monitor = self.monitor(self.config(sink, target))
        monitor.wait_states({"shop": ("up", "ok")})
        target.status = 503
        monitor.wait_states({"shop": ("down", "unexpected_status")})
        asked = target.requests
        wait_for(lambda: target.requests > asked + 5, "checks go on")
        code, took_s = monitor.stop()
        self.assertEqual(code, 0)
        self.assertLess(took_s, 10)


class AlertTest(MailCase):
    """`allclear alert test`."""

    def run_test(self, config, *arguments):
        file = self.folder / "allclear.yaml"
        file.write_text(config + "services: []\n")
        return self.run_binary("alert", "test", *arguments, "--config", str(file))

    def test_a_sample_letter_and_its_conversation_are_shown_without_the_password(self):
        sink = self.sink()
        run = self.run_test(self.channels(sink), "ops")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        for line in ("> STARTTLS", "< 235 welcome", "> RCPT TO:<dev@example.com>", "> Subject: Sample service is down (a sample)",
                     "sent: 250 2.0.0 queued as 42"):
            self.assertIn(line, run.stdout.splitlines())
        self.assertNotIn("hunter22", run.stdout)
        self.assertNotIn(base64.b64encode(b"\0anna\0hunter22").decode(), run.stdout)
        self.assertIn('"allclear alert test ops"', sink.letters[0].part("plain"))
        resolved = self.run_test(self.channels(sink), "ops", "--step", "resolved")
        self.assertEqual(resolved.returncode, 0)
        self.assertTrue(sink.letters[1].message["Subject"].startswith("Resolved: "))
        self.assertEqual(sink.letters[0].message["References"], sink.letters[1].message["References"])

    def test_the_text_and_the_html_of_a_letter_read_the_same(self):
        sink = self.sink()
        for step in ("opened", "resolved"):
            self.assertEqual(self.run_test(self.channels(sink), "ops", "--step", step).returncode, 0)
            letter = sink.letters[-1]
            text, page = letter.part("plain").replace("\r\n", "\n"), Page(letter.part("html"))
            self.assertEqual(page.open, [], "every tag is closed")
            subject, body, facts, links, footer = (part.strip() for part in text.split("\n\n"))
            self.assertEqual(subject, letter.message["Subject"])
            self.assertTrue(page.words.startswith(letter.message["Subject"] + " "), "the subject is the heading")
            self.assertIn(" ".join(body.split()), page.words)
            for fact in facts.splitlines():
                label, value = fact.split(": ", 1)
                self.assertIn(f"{label} {value}", page.words)
            self.assertRegex(facts, r"(?m)^Since: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
            self.assertEqual([links], [f"Status page: {link}" for link in page.links])
            self.assertTrue(page.words.endswith(" ".join(footer.removeprefix("-- ").split())))
            for leftover in ("{", "}", "&amp;", "&lt;", "None", "null"):
                self.assertNotIn(leftover, text + page.words)

    def test_what_went_wrong_is_said_and_the_exit_code_tells(self):
        sink = self.sink()
        sink.password = "another"
        wrong = self.run_test(self.channels(sink), "ops")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("not sent, and trying again is of no use: 535", wrong.stdout)
        unknown = self.run_test(self.channels(sink, "  chat: {ntfy: {topic: x}}\n"), "opps")
        self.assertEqual((unknown.returncode, unknown.stderr.strip()),
                         (64, 'allclear: there is no channel "opps"; there are: ops, chat'))
        self.assertEqual(self.run_test(self.channels(sink), "ops", "--step", "sideways").returncode, 64)
        bad = self.run_test("channels: {ops: {slack: {}}}\n", "ops")
        self.assertEqual(bad.returncode, 78)
        self.assertIn("channels.ops.slack.url: missing", bad.stderr)

    def test_S7_an_http_conversation_hides_what_would_let_others_post(self):
        sink = Sink()
        self.addCleanup(sink.close)
        base = sink.url.removesuffix("/hook")
        config = (f"channels:\n  chat: {{slack: {{url: '{base}/services/T0/B0/sesame-open'}}}}\n"
                  f"  pager: {{pagerduty: {{routing_key: sesame-open-too, url: '{base}'}}}}\n")
        chat = self.run_test(config, "chat")
        self.assertEqual(chat.returncode, 0, chat.stdout)
        self.assertIn("> POST *** HTTP/1.1", chat.stdout)
        self.assertIn("< HTTP 200", chat.stdout)
        sink.status = 404
        gone = self.run_test(config, "chat")
        self.assertEqual(gone.returncode, 1)
        self.assertIn("make a new one in Slack", gone.stdout)
        sink.status = 202
        pager = self.run_test(config, "pager")
        self.assertEqual(pager.returncode, 0, pager.stdout)
        event = json.loads(sink.seen[-1][2])
        self.assertEqual((event["routing_key"], event["event_action"], event["dedup_key"]),
                         ("sesame-open-too", "trigger", "sample"))
        for run in (chat, gone, pager):
            self.assertNotIn("sesame", run.stdout + run.stderr)

    def test_a_program_is_shown_with_what_it_printed(self):
        run = self.run_test("channels: {run: {exec: {run: [/bin/sh, -c, 'cat >/dev/null; echo paged; exit 75']}}}\n", "run")
        self.assertEqual(run.returncode, 1)
        self.assertIn("< paged", run.stdout.splitlines())
        self.assertIn("not sent, the monitor would try again: exit 75: paged", run.stdout)


if __name__ == "__main__":
    unittest.main()
