"""The main job on real input: states, reasons, incidents, history over kill -9."""
import time
import unittest

from harness import Case, closed_port, wait_for

DEFAULTS = "defaults: {interval: 1s, timeout: 400ms, confirm: {down: 2, up: 1, retry: 200ms}}\n"


class Acceptance(Case):
    def config(self, targets):
        lines = "".join(f"  - {{id: {name}, url: \"{url}\"{more}}}\n" for name, (url, more) in targets.items())
        return DEFAULTS + "services:\n" + lines

    def test_four_targets_and_a_closed_port(self):
        healthy, broken = self.target(), self.target(status=500)
        slow, hanging = self.target(delay_s=0.2), self.target(delay_s=30)
        monitor = self.monitor(self.config({
            "healthy": (healthy.url, ", expect: {body: {contains: Welcome}}"),
            "broken": (broken.url, ""),
            "slow": (slow.url, ", expect: {latency: 100ms}"),
            "hanging": (hanging.url, ""),
            "closed": (f"http://127.0.0.1:{closed_port()}/", ""),
        }))
        monitor.wait_states({"healthy": ("up", "ok"), "broken": ("down", "unexpected_status"), "slow": ("degraded", "slow"),
                             "hanging": ("down", "timeout"), "closed": ("down", "refused")})
        status = monitor.json("/status")
        self.assertEqual(status["status"]["indicator"], "major")
        self.assertEqual(status["status"]["counts"], {"up": 1, "degraded": 1, "down": 3, "maintenance": 0, "unknown": 0})
        self.assertEqual({incident["service"] for incident in status["incidents"]}, {"broken", "slow", "hanging", "closed"})
        self.assertIn("Partial outage", monitor.get("/")[2])
        for service in status["services"]:
            told = [incident["updates"][0]["at"] for incident in status["incidents"] if incident["service"] == service["id"]]
            self.assert_known_within_three_results(monitor, service, told)

    def assert_known_within_three_results(self, monitor, service, told):
        """One result an interval, or sooner by the quick retry: counted, since a busy machine may be late with all."""
        results = sorted(check["at"] for check in monitor.json(f"/history?service={service['id']}&limit=1000")["checks"])
        if service["state"] == "up":
            self.assertEqual((told, service["since"]), ([], results[0]))
        else:
            self.assertEqual(len(told), 1)
            self.assertLessEqual(len([at for at in results if at <= told[0]]), 3, (service["id"], told, results))

    def test_a_recovered_target_closes_its_incident_with_a_duration(self):
        target = self.target(status=503)
        began = time.monotonic()
        monitor = self.monitor(self.config({"shop": (target.url, "")}))
        monitor.wait_states({"shop": ("down", "unexpected_status")})
        known_down = time.monotonic()
        requests = target.requests
        wait_for(lambda: target.requests >= requests + 4, "it lasts for some intervals of a second")
        target.status = 200
        answers_again = time.monotonic()
        monitor.wait_states({"shop": ("up", "ok")})
        incident = wait_for(lambda: [i for i in monitor.json("/history?service=shop")["incidents"] if i["ended_at"]],
                            "a closed incident")[0]
        # From a failing result that was seen before it was known, to a good one of after it answered again.
        self.assertGreaterEqual(incident["duration_s"], int(answers_again - known_down))
        self.assertLessEqual(incident["duration_s"], time.monotonic() - began)
        self.assertEqual(incident["reason"], "unexpected_status")
        recent = wait_for(lambda: monitor.json("/status")["recent_incidents"], "a recent incident")
        self.assertEqual([i["id"] for i in recent], [incident["id"]])

    def test_R1_kill_9_loses_no_history_and_opens_no_incident_twice(self):
        healthy, broken = self.target(), self.target(status=500)
        monitor = self.monitor(self.config({"healthy": (healthy.url, ""), "broken": (broken.url, "")}))
        monitor.wait_states({"healthy": ("up", "ok"), "broken": ("down", "unexpected_status")})
        wait_for(lambda: len(monitor.json("/history?service=healthy")["checks"]) >= 3, "three checks in the history")
        before = {name: monitor.json(f"/history?service={name}&limit=1000") for name in ("healthy", "broken")}
        monitor.kill()
        monitor.start()
        monitor.wait_states({"healthy": ("up", "ok"), "broken": ("down", "unexpected_status")})
        requests = broken.requests
        wait_for(lambda: broken.requests >= requests + 3, "three more checks after the restart")
        for name in ("healthy", "broken"):
            after = monitor.json(f"/history?service={name}&limit=1000")
            seen = {check["at"] for check in after["checks"]}
            self.assertTrue({check["at"] for check in before[name]["checks"]} <= seen, f"history of {name} is missing")
        incidents = monitor.json("/history?service=broken")["incidents"]
        self.assertEqual([i["id"] for i in incidents], [i["id"] for i in before["broken"]["incidents"]])
        self.assertEqual(len(incidents), 1)


if __name__ == "__main__":
    unittest.main()
