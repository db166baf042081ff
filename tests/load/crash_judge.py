"""What a run of the crash story must show, judged from what the store and the receivers hold at its end. Pure.

`judge` names what is wrong by claim; `forgeries` are runs with one wrong in them, by which `judge` itself is tried."""
import collections
import dataclasses

from crash_world import ACCEPTED, REFUSED, Receipt

TOLD_BY_RECOVERY = "told by the recovery"  # what was put off for five minutes and is over by then
OPENING_REFUSED = "the opening was refused"
BEGINS = ("opened", "reopened")
FAILS = ("degraded", "down")

UNSETTLED = "alerts neither sent nor dead at the end"
NOT_OWED = "steps of which a channel's alert is missing: lost (R1)"
UNASKED = "alerts that no step owes"
NOT_RECEIVED = "alerts sent that their receiver does not have: lost (R1)"
NOT_REFUSED = "dead alerts that no receiver refused: lost (R1)"
FORGOTTEN = "alerts seen in the store at a kill and gone or unsent later: lost (R1)"
UNOPENED = "failures confirmed by stored results without an incident: lost (R1)"
OVERLAP = "incidents of one service that overlap, or are open at the end"
STRANGE = "messages received that the ledger does not know"
KEYS = "steps with two keys, or keys of two steps (R3)"
ORDER = "steps out of their order, or an up without its down (R5)"
DOUBLED = "messages received again that were not under way at a kill (R1)"
CLAIMS = (UNSETTLED, NOT_OWED, UNASKED, NOT_RECEIVED, NOT_REFUSED, FORGOTTEN, UNOPENED, OVERLAP, STRANGE, KEYS, ORDER,
          DOUBLED)


@dataclasses.dataclass
class Evidence:
    incidents: list  # as stored: id, service, opened_at, resolved_at (ms), timeline
    ledger: list     # as stored: id, incident, ordinal, step, channel, state, last_answer
    receipts: list   # of all receivers, each receiver's in the order of their arrival
    kills: list      # of each kill: the keys of alerts that were claimed in that life and not settled
    seen: dict       # key -> state at the last kill that it was seen at
    results: dict    # service -> [(ms, state)], oldest first
    channels: dict   # name -> whether it is told only of what is down


def judge(evidence):
    """claim -> what breaks it"""
    wrong = {claim: [] for claim in CLAIMS}
    by_key = {alert["id"]: alert for alert in evidence.ledger}
    accepted = collections.Counter(one.key for one in evidence.receipts if one.how == ACCEPTED)
    judge_ledger(evidence, by_key, accepted, wrong)
    judge_owed(evidence, wrong)
    judge_receipts(evidence, by_key, accepted, wrong)
    judge_order(evidence, by_key, wrong)
    judge_incidents(evidence, wrong)
    return wrong


def judge_ledger(evidence, by_key, accepted, wrong):
    refused = {one.key for one in evidence.receipts if one.how == REFUSED}
    last_word = {}  # the end of the incident that a channel was told of in the end
    for alert in evidence.ledger:
        if alert["step"] == "resolved" and alert["last_answer"] not in (TOLD_BY_RECOVERY, OPENING_REFUSED):
            place = alert["incident"], alert["channel"]
            last_word[place] = max(alert["ordinal"], last_word.get(place, 0))
    for alert in evidence.ledger:
        if alert["state"] not in ("sent", "dead"):
            wrong[UNSETTLED].append(alert)
        elif alert["state"] == "dead" and alert["id"] not in refused and not is_moot(alert, evidence.ledger):
            wrong[NOT_REFUSED].append(alert)
        elif alert["state"] == "sent" and not accepted[alert["id"]]:
            told_later = last_word.get((alert["incident"], alert["channel"]), 0) > alert["ordinal"]
            if alert["last_answer"] != TOLD_BY_RECOVERY or not told_later:
                wrong[NOT_RECEIVED].append(alert)
    for key, state in evidence.seen.items():
        if key not in by_key or (state in ("sent", "dead") and by_key[key]["state"] != state):
            wrong[FORGOTTEN].append((key, state, by_key.get(key)))


def is_moot(alert, ledger):
    """Left out, since its channel refused what the incident began with."""
    same_way = [one for one in ledger if (one["incident"], one["channel"]) == (alert["incident"], alert["channel"])]
    return alert["last_answer"] == OPENING_REFUSED and any(
        one["ordinal"] < alert["ordinal"] and one["state"] == "dead" and one["last_answer"] != OPENING_REFUSED
        for one in same_way)


def explains(entry):
    """What a failure comes from became known after it was told: told, too; it has no public text."""
    return entry["step"] == "updated" and not entry["body"]


def is_own(incident):
    """That a channel refuses: told to those that do not at that time, and open until ten minutes have passed without."""
    return incident["service"] == "monitor"


def owed_steps(incident, channels):
    """(ordinal, channel) of all that the incident's timeline owes; how bad it is stands in the text of the step."""
    told = set()
    for entry in incident["timeline"]:
        if entry["step"] in BEGINS:
            told = set()
        if entry["step"] in (*BEGINS, "escalated"):
            down = " is down" in entry["body"]
            told |= {channel for channel, only_down in channels.items() if down or not only_down}
        elif entry["step"] != "resolved" and not explains(entry):
            continue  # noted, told to nobody
        yield from ((entry["ordinal"], channel) for channel in told)


def judge_owed(evidence, wrong):
    have = collections.Counter((alert["incident"], alert["ordinal"], alert["channel"]) for alert in evidence.ledger)
    own = {incident["id"] for incident in evidence.incidents if is_own(incident)}
    owed = {(incident["id"], ordinal, channel) for incident in evidence.incidents if not is_own(incident)
            for ordinal, channel in owed_steps(incident, evidence.channels)}
    wrong[NOT_OWED] += sorted(owed - set(have))
    wrong[UNASKED] += sorted(place for place in set(have) - owed if place[0] not in own)
    wrong[KEYS] += [place for place, count in have.items() if count > 1]
    keys = collections.Counter(alert["id"] for alert in evidence.ledger)
    wrong[KEYS] += [key for key, count in keys.items() if count > 1]


def judge_receipts(evidence, by_key, accepted, wrong):
    for one in evidence.receipts:
        alert = by_key.get(one.key)
        if alert is None:
            wrong[STRANGE].append(one)
        elif (alert["channel"], alert["incident"], alert["step"]) != (one.channel, one.incident, one.step):
            wrong[KEYS].append((one, alert))
    for key, again in duplicates(accepted).items():
        if again > sum(key in under_way for under_way in evidence.kills):
            wrong[DOUBLED].append((key, again))


def duplicates(accepted):
    return {key: count - 1 for key, count in accepted.items() if count > 1}


def judge_order(evidence, by_key, wrong):
    heard = collections.defaultdict(list)
    for one in evidence.receipts:
        if one.how == ACCEPTED and one.key in by_key:
            heard[one.incident, one.channel].append((by_key[one.key]["ordinal"], one.step))
    steps = collections.defaultdict(list)
    for alert in evidence.ledger:
        steps[alert["incident"], alert["channel"]].append(alert)
    for place, told in heard.items():
        ups = [ordinal for ordinal, step in told if step == "resolved"]
        if told != sorted(told) or not all(down_is_known(ordinal, steps[place], told) for ordinal in ups):
            wrong[ORDER].append((place, told))


def down_is_known(end, alerts, told):
    """Whether the channel heard of the failure that ended, or is told of it by the end."""
    last_end = max((alert["ordinal"] for alert in alerts if alert["step"] == "resolved" and alert["ordinal"] < end),
                   default=0)
    of_failure = [alert for alert in alerts if last_end < alert["ordinal"] < end]
    heard = any((alert["ordinal"], alert["step"]) in told for alert in of_failure)
    excused = any(alert["last_answer"] == TOLD_BY_RECOVERY for alert in of_failure)
    before = [step for ordinal, step in told if ordinal < end]
    goes_on = bool(before) and before[-1] != "resolved"  # as far as the channel knows: it refused an end since
    return goes_on or bool(of_failure) and (heard or excused)


def judge_incidents(evidence, wrong):
    of_service = collections.defaultdict(list)
    for incident in sorted(evidence.incidents, key=lambda one: (one["opened_at"], one["id"])):
        if not is_own(incident):
            of_service[incident["service"]].append(incident)
    for incidents in of_service.values():
        wrong[OVERLAP] += [one["id"] for one in incidents if one["resolved_at"] is None]
        wrong[OVERLAP] += [(a["id"], b["id"]) for a, b in zip(incidents, incidents[1:])
                           if a["resolved_at"] is not None and a["resolved_at"] > b["opened_at"]]
    for service, results in evidence.results.items():
        spans = [(one["opened_at"], one["resolved_at"]) for one in of_service[service]]
        for (_, before), (at, state) in zip(results, results[1:]):
            if before in FAILS and state in FAILS and not any(a <= at and (b is None or at < b) for a, b in spans):
                wrong[UNOPENED].append((service, at, state))


# --- the judge on trial -----------------------------------------------------------------------------------------------

def forgeries(evidence):
    """(claim, the evidence with one wrong in it, by which that claim must be found broken)"""
    accepted = collections.Counter(one.key for one in evidence.receipts if one.how == ACCEPTED)
    evidence = dataclasses.replace(evidence, incidents=sorted(evidence.incidents, key=is_own))  # those last
    own = {one["id"] for one in evidence.incidents if is_own(one)}
    alert = next(one for one in evidence.ledger if one["state"] == "sent" and accepted[one["id"]] == 1
                 and one["incident"] not in own and not any(one["id"] in under_way for under_way in evidence.kills))
    key = alert["id"]
    place = next(i for i, one in enumerate(evidence.receipts) if one.key == key and one.how == ACCEPTED)
    receipt = evidence.receipts[place]

    def forged(change, claim):
        forgery = dataclasses.replace(
            evidence, incidents=[dict(one) for one in evidence.incidents],
            ledger=[dict(one) for one in evidence.ledger], receipts=list(evidence.receipts), seen=dict(evidence.seen),
            results={service: list(results) for service, results in evidence.results.items()})
        change(forgery)
        return claim, forgery

    def in_ledger(forgery):
        return next(one for one in forgery.ledger if one["id"] == key)

    def swap_order(forgery):
        of = [i for i, one in enumerate(forgery.receipts) if one.how == ACCEPTED and one.step in ("opened", "resolved")]
        places = {}
        for i in of:
            one = forgery.receipts[i]
            first = places.setdefault((one.incident, one.channel), i)
            if one.step != forgery.receipts[first].step:
                forgery.receipts[first], forgery.receipts[i] = forgery.receipts[i], forgery.receipts[first]
                return
        raise AssertionError("no incident of which a channel heard both ends")

    def forget_all_ends(forgery):
        """Recoveries that are to be told by a recovery that there is not."""
        ends = {one["id"] for one in forgery.ledger if one["step"] == "resolved" and one["state"] == "sent"}
        forgery.receipts = [one for one in forgery.receipts if one.key not in ends]
        for one in forgery.ledger:
            if one["id"] in ends:
                one["last_answer"] = TOLD_BY_RECOVERY

    def forget_failing(forgery):
        """Both results of a confirmed failure, years before the first incident."""
        next(iter(forgery.results.values()))[:0] = [(1, "down"), (2, "down")]

    yield forged(lambda f: in_ledger(f).update(state="sending"), UNSETTLED)
    yield forged(lambda f: f.ledger.remove(in_ledger(f)), NOT_OWED)
    yield forged(lambda f: f.ledger.append({**alert, "id": "another", "ordinal": 9_999}), UNASKED)
    yield forged(lambda f: f.receipts.pop(place), NOT_RECEIVED)
    yield forged(forget_all_ends, NOT_RECEIVED)
    yield forged(lambda f: in_ledger(f).update(state="dead"), NOT_REFUSED)
    yield forged(lambda f: f.seen.update({"another": "owed"}), FORGOTTEN)
    yield forged(forget_failing, UNOPENED)
    yield forged(lambda f: f.incidents[0].update(resolved_at=None), OVERLAP)
    stranger = Receipt(alert["channel"], "another", alert["incident"], "opened", "500")
    yield forged(lambda f: f.receipts.append(stranger), STRANGE)
    yield forged(lambda f: f.ledger.append({**alert, "id": "another"}), KEYS)
    yield forged(swap_order, ORDER)
    yield forged(lambda f: f.receipts.insert(place, receipt), DOUBLED)


def missed_forgeries(evidence):
    """Claims whose forgery the judge did not notice; it notices only what was not wrong before."""
    before = judge(evidence)
    return [claim for claim, forgery in forgeries(evidence) if len(judge(forgery)[claim]) <= len(before[claim])]
