"""Till and centre as processes of their own over a real socket, through the command line."""

import json
import shutil
from pathlib import Path

from pos_app.paths import asset
from tests.client.support import http, scripted
from tests.e2e.support import CentreProcess, pojok, pojok_process, printed

DAY = [
    {"do": "open_shift", "at": "2026-10-01T07:30:00+07:00", "float": 200000},
    {
        "do": "receive",
        "producer": "P001",
        "lines": [{"sku": "MKN-001", "quantity": "12"}, {"sku": "MKN-002", "quantity": "5"}],
    },
    {"do": "sale", "lines": [{"code": "MKN-001", "quantity": "2"}], "tenders": [{"kind": "cash", "amount": 50000}]},
    {
        "do": "sale",
        "lines": [{"code": "MKN-002", "quantity": "3"}],
        "tenders": [{"kind": "qris", "amount": 48000, "reference": "Q1"}],
    },
    {
        "do": "sale",
        "lines": [{"code": "MKN-001", "quantity": "1"}],
        "tenders": [{"kind": "tab", "staff": "S001", "amount": 16000}],
    },
    {"do": "refund", "of": 0, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"},
    {"do": "tab_payment", "staff": "S001", "amount": 10000, "tender": "cash"},
    {"do": "deduction_list", "month": "2026-10", "unit": "Bagian Tata Pemerintahan", "cut_off": "2026-10-01"},
    {"do": "deduction_collected", "of": "{list}", "tender": "transfer"},
    {"do": "settle", "producer": "P001", "tender": "cash"},
    {"do": "close_shift", "counted": 150000, "note": "selisih"},
    {"do": "open_shift", "at": "2026-10-02T07:30:00+07:00", "float": 100000},
    {
        "do": "sale",
        "lines": [{"code": "MKN-001", "quantity": "20"}],
        "tenders": [{"kind": "transfer", "amount": 320000}],
    },
]


def new_till(folder: Path, centre: CentreProcess, corner: str, till: str, *, goods: bool) -> Path:
    """A till that was sold at before it ever met the centre."""
    ledger = folder / f"{corner}-{till}.db"
    corners = f"{asset('demo', 'corners.csv')}:{corner}"
    assert pojok(folder, "init", "--ledger", ledger, "--corner", corners, "--till", till).returncode == 0
    if goods:
        for kind in ("producers", "products", "staff"):
            done = pojok(folder, "import", kind, asset("demo", f"{kind}.csv"), "--ledger", ledger)
            assert done.returncode == 0, done.stderr
        listed = f"DP-{corner.replace('-', '')}{till}-000001"
        lines = "\n".join(json.dumps(action) for action in DAY).replace("{list}", listed)
        answers = pojok(folder, "play", "-", "--ledger", ledger, text=lines)
        assert [json.loads(line)["ok"] for line in answers.stdout.splitlines()] == [True] * len(DAY), answers.stdout
    code = pojok(folder, "centre", "code", "--database", centre.database, "--corner", corner, "--till", till)
    arguments = ("--centre", centre.url, "--code", code.stdout.strip())
    assert pojok(folder, "enrol", "--ledger", ledger, *arguments).returncode == 0
    return ledger


def test_a_day_of_two_tills_is_the_same_at_the_centre(tmp_path, shared_centre):
    tills = {till: new_till(tmp_path, shared_centre, "MTR-001", till, goods=True) for till in ("A", "B")}
    states = {}
    for till, ledger in tills.items():
        sent = printed(pojok_process(tmp_path, "sync", "--ledger", ledger))
        assert (sent["status"], sent["pushed"], sent["acked"]) == ("ok", len(DAY), len(DAY))
        states[till] = printed(pojok_process(tmp_path, "state", "--ledger", ledger))
        asked = ("--database", shared_centre.database, "--corner", "MTR-001", "--till", till)
        assert printed(pojok_process(tmp_path, "centre", "state", *asked)) == states[till]
    both = shared_centre.state("MTR-001")
    assert both["gross"] == 2 * states["A"]["gross"]
    assert both["payable"] == {"P001": 2 * states["A"]["payable"]["P001"]}
    assert both["stock"]["MKN-001"] == "-20", "a stock below zero is told, not refused"
    assert both["tenders"]["transfer"] == 640_000
    assert len(both["shifts"]) == 4
    assert [shift["counted"] for shift in both["shifts"]] == [150_000, 150_000, None, None]
    assert both["tabs"] == {"S001": 0}, "repaid in part, the rest deducted"
    assert both["journal"]["entries"] == 2 * len(DAY)
    again = [printed(pojok_process(tmp_path, "sync", "--ledger", tills["A"])) for _ in range(2)]
    heard = [(one["pushed"], one["pulled"]) for one in again]
    assert heard == [(0, len(DAY)), (0, 0)], "the other till's day comes once"
    assert printed(pojok_process(tmp_path, "state", "--ledger", tills["A"])) == states["A"]
    assert printed(pojok_process(tmp_path, "centre", "verify", "--database", shared_centre.database))["status"] == "ok"


def test_an_empty_till_pulls_the_registry_and_sells_from_it(tmp_path, shared_centre):
    ledger = new_till(tmp_path, shared_centre, "MTR-002", "A", goods=False)
    assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pulled"] == 60 + 250 + 1
    day = [action for action in DAY[:4] if action["do"] != "refund"]
    answers = pojok(tmp_path, "play", "-", "--ledger", ledger, text="\n".join(map(json.dumps, day)))
    assert [json.loads(line)["ok"] for line in answers.stdout.splitlines()] == [True] * 4
    assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pushed"] == 4
    assert printed(pojok(tmp_path, "state", "--ledger", ledger)) == shared_centre.state("MTR-002", "A")


def test_by_stick_the_centre_hears_the_same_and_a_second_loading_changes_nothing(tmp_path, shared_centre):
    ledger = new_till(tmp_path, shared_centre, "MTR-003", "A", goods=True)
    out, reply = tmp_path / "till.pojok", tmp_path / "reply.pojok"
    assert printed(pojok(tmp_path, "bundle", "export", "--ledger", ledger, "--to", out))["pushed"] == len(DAY)
    load = ("centre", "bundle", out, "--database", shared_centre.database, "--reply", reply)
    assert printed(pojok(tmp_path, *load)) == {"status": "ok", "new": len(DAY), "known": 0}
    assert printed(pojok(tmp_path, *load)) == {"status": "known", "new": 0, "known": len(DAY)}
    home = printed(pojok(tmp_path, "bundle", "import", reply, "--ledger", ledger))
    assert (home["status"], home["acked"], home["pulled"]) == ("ok", len(DAY), 60 + 250 + 1)
    assert printed(pojok(tmp_path, "state", "--ledger", ledger)) == shared_centre.state("MTR-003", "A")
    assert printed(pojok(tmp_path, "bundle", "import", reply, "--ledger", ledger))["acked"] == len(DAY)
    assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pushed"] == 0


def test_a_copied_ledger_cannot_speak_as_the_till(tmp_path, shared_centre):
    ledger = new_till(tmp_path, shared_centre, "MTR-004", "A", goods=True)
    before = shared_centre.state("MTR-004")
    thief = tmp_path / "thief"
    thief.mkdir()
    shutil.copy(ledger, thief / "copy.db")
    refused = pojok(thief, "sync", "--ledger", thief / "copy.db")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert shared_centre.state("MTR-004") == before
    assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pushed"] == len(DAY)


def test_errors_are_one_plain_sentence_each(tmp_path, shared_centre):
    ledger = tmp_path / "t.db"
    corners = f"{asset('demo', 'corners.csv')}:MTR-005"
    assert pojok(tmp_path, "init", "--ledger", ledger, "--corner", corners, "--till", "A").returncode == 0
    nowhere = f"sqlite:///{tmp_path / 'none.db'}"
    for done in (
        pojok(tmp_path, "sync", "--ledger", ledger),
        pojok(tmp_path, "enrol", "--ledger", ledger, "--centre", shared_centre.url, "--code", "WRONG"),
        pojok(tmp_path, "enrol", "--ledger", ledger, "--centre", "http://centre.example", "--code", "X"),
        pojok(tmp_path, "centre", "code", "--database", nowhere, "--corner", "MTR-001", "--till", "A"),
        pojok(tmp_path, "centre", "code", "--database", shared_centre.database, "--corner", "MTR-999", "--till", "A"),
        pojok(tmp_path, "centre", "bundle", ledger, "--database", shared_centre.database, "--reply", tmp_path / "r"),
        pojok(tmp_path, "serve", "--database", "postgresql://x/y", "--listen", "127.0.0.1:0"),
        pojok(tmp_path, "serve", "--database", shared_centre.database, "--listen", f"127.0.0.1:{shared_centre.port}"),
    ):
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "Traceback" not in done.stderr


def test_enrolment_may_go_through_a_proxy(tmp_path, shared_centre):
    ledger = tmp_path / "t.db"
    corners = f"{asset('demo', 'corners.csv')}:MTR-006"
    assert pojok(tmp_path, "init", "--ledger", ledger, "--corner", corners, "--till", "A").returncode == 0
    asked = ("enrol", "--ledger", ledger, "--centre", "http://centre.example", "--code", "X")
    with scripted(http("502 Bad Gateway")) as proxy:
        assert pojok(tmp_path, *asked, "--proxy", proxy.url).returncode == 1
        assert proxy.requests == [], "plain http to another machine is not sent unasked"
        assert pojok(tmp_path, *asked, "--proxy", proxy.url, "--plain-http").returncode == 1
        assert proxy.requests[0].startswith(b"POST http://centre.example/v1/enrol ")
    refused = pojok(tmp_path, *asked, "--ca-file", tmp_path / "none.pem")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
