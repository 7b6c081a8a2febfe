"""Printing a real day: from the queue to files and sockets, and what happens when the printer is dead."""

import base64
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_app.domain.dates import WIB
from pos_app.domain.tendering import Offer
from pos_app.ledger import print_queue, queries, registry
from pos_app.ledger.exchange_facts import put_facts
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault, about
from pos_app.printing.devices import ASK_PAPER, File, Network, PdfFolder
from pos_app.printing.layout import QR
from pos_app.printing.logo import black_and_white
from pos_app.printing.pdf import to_pdf
from pos_app.printing.preview import preview
from pos_app.printing.serial_port import SerialPort
from pos_app.printing.spooler import OsSpooler
from pos_app.printing.virtual import VirtualPrinter, folder_beside
from pos_app.services import (
    checkout,
    losses,
    papers,
    printing,
    receiving,
    recovering,
    refunding,
    settling,
    shifts,
    tabs,
)
from pos_app.services.context import Counter, Recorded
from pos_app.services.ids import uuid7
from pos_app.services.papers import NoPaper, document_paper
from pos_app.services.people import add_user
from pos_app.services.printing import PrinterSettings, print_waiting, reprint


class Clock:
    """A clock that moves a minute at every look."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 8, 0, tzinfo=WIB)

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    ledger = Ledger.create(tmp_path / "till.db", Identity("L1", "MTR-001", "Sekretariat Daerah", "A"))
    vault, clock = Vault(tmp_path / "keys"), Clock()
    user = add_user(ledger, vault, name="Sari Pengelola", pin="123456", role="pengelola", now=clock())
    person = vault.seal(msgspec.json.encode(registry.StaffPersonal(name="Budi Santoso")), about("staff", "S001"))
    with ledger.write() as tx:
        tx.db.execute(
            "INSERT INTO producers (code, business_name, class, payout_terms)"
            " VALUES ('P001', 'Kripik Ranusari', 'mikro', 'mingguan')"
        )
        tx.db.execute(
            "INSERT INTO products (sku, name, category, unit, producer, pricing, consign_price, sell_price)"
            " VALUES ('KRP-001', 'Keripik Pisang', 'makanan', 'pcs', 'P001', 'titip', 14400, 16000)"
        )
        tx.db.execute("INSERT INTO staff VALUES ('S001', 'Bappeda', 500000, ?)", (person,))
    made = Counter(ledger, vault, clock, uuid7, user=user)
    shifts.open_shift(made, 300_000)
    receiving.receive(made, "P001", [receiving.Delivered("KRP-001", 50_000)])
    clear(made)
    yield made
    made.ledger.close()


def clear(counter: Counter) -> None:
    for job in print_queue.waiting(counter.db):
        print_queue.cancel(counter.db, job.id)


def sale(counter: Counter, kind: str = "cash", **more: str) -> Recorded:
    return checkout.sell(counter, [checkout.Wanted("KRP-001", 1_000)], [Offer(kind=kind, amount=16_000, **more)])


def run(counter: Counter, settings: PrinterSettings) -> printing.Outcome:
    """A round of printing as the worker does it, on a connection of its own."""
    worker = counter.ledger.another()
    try:
        return print_waiting(worker, counter.vault, settings, counter.clock)
    finally:
        worker.close()


def states(counter: Counter, document_id: str) -> list[str]:
    return [job.state for job in print_queue.jobs_of(counter.db, document_id)]


def shown(counter: Counter, document_id: str, *, copy: bool = False) -> list[str]:
    return preview(document_paper(counter.ledger, counter.vault, document_id, copy=copy), 48)


def test_a_sale_is_printed_from_the_queue(counter, tmp_path):
    sold = sale(counter)
    outcome = run(counter, PrinterSettings("file", str(tmp_path / "printer.bin")))
    assert (outcome.printed, outcome.state, outcome.waiting) == (1, "ready", 0)
    assert sold.number.encode() in (tmp_path / "printer.bin").read_bytes()
    assert states(counter, sold.id) == ["done"]


def test_a_dead_printer_stops_no_sale_and_the_papers_come_out_later_in_order(counter, tmp_path):
    dead = PrinterSettings("file", str(tmp_path / "missing" / "lp0"))
    numbers = []
    for _ in range(3):
        numbers.append(sale(counter).number.encode())
        outcome = run(counter, dead)
    assert (outcome.printed, outcome.fault, outcome.waiting, outcome.state) == (0, "offline", 3, "silent")
    assert [job.attempts for job in print_queue.waiting(counter.db)] == [3, 0, 0]
    (tmp_path / "missing").mkdir()
    assert run(counter, dead).printed == 3
    printed = (tmp_path / "missing" / "lp0").read_bytes()
    assert [printed.index(number) for number in numbers] == sorted(printed.index(number) for number in numbers)
    assert b"SALINAN" not in printed


@pytest.fixture
def patient(monkeypatch):
    """The till waits for its printer as long as that takes here."""
    waiting = partial(Network, connect_seconds=60.0, seconds=60.0, status_seconds=60.0)
    monkeypatch.setattr(printing, "Network", waiting)


@pytest.mark.usefixtures("patient")
def test_out_of_paper_the_sale_is_paid_the_job_waits_and_a_reprint_says_salinan(counter, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def out_of_paper() -> None:
            connection, _address = server.accept()
            with connection:
                assert connection.recv(16) == ASK_PAPER
                connection.sendall(b"\x72")
                connection.recv(1)

        thread = threading.Thread(target=out_of_paper)
        thread.start()
        sold = sale(counter)
        outcome = run(counter, PrinterSettings("network", f"127.0.0.1:{server.getsockname()[1]}"))
        thread.join()
    assert (outcome.fault, outcome.state) == ("out_of_paper", "paper")
    assert queries.entry_by_id(counter.db, sold.id) is not None
    assert states(counter, sold.id) == ["waiting"]
    works = PrinterSettings("file", str(tmp_path / "printer.bin"))
    run(counter, works)
    assert b"SALINAN" not in (tmp_path / "printer.bin").read_bytes()
    reprint(counter.ledger, sold.id, counter.clock())
    run(counter, works)
    assert (tmp_path / "printer.bin").read_bytes().count(b"SALINAN") == 1


@pytest.mark.usefixtures("patient")
def test_a_printer_that_breaks_off_leaves_the_question_whether_it_printed(counter, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def dies() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(16)
                connection.sendall(b"\x12")
                connection.recv(100)

        thread = threading.Thread(target=dies)
        thread.start()
        sold = sale(counter)
        outcome = run(counter, PrinterSettings("network", f"127.0.0.1:{server.getsockname()[1]}"))
        thread.join()
    assert (outcome.fault, outcome.unsure) == ("broke_off", 1)
    assert states(counter, sold.id) == ["unsure"]
    job = print_queue.open_jobs(counter.db)[0]
    printing.answer(counter.ledger, job.id, counter.clock(), printed=False)
    assert run(counter, PrinterSettings("file", str(tmp_path / "printer.bin"))).printed == 1


def test_a_crash_while_printing_asks_at_the_next_start(counter):
    sold = sale(counter)
    print_queue.claim(counter.db)
    assert printing.recover(counter.ledger) == 1
    assert states(counter, sold.id) == ["unsure"]


def test_a_reprint_of_an_unsure_paper_says_salinan_for_it_may_be_the_second(counter):
    sold = sale(counter)
    print_queue.claim(counter.db)
    printing.recover(counter.ledger)
    reprint(counter.ledger, sold.id, counter.clock())
    assert [(job.state, job.copy_mark) for job in print_queue.jobs_of(counter.db, sold.id)] == [
        ("done", False),
        ("waiting", True),
    ]


def test_a_paper_that_still_waits_is_not_asked_for_twice(counter):
    sold = sale(counter)
    job = print_queue.waiting(counter.db)[0]
    assert reprint(counter.ledger, sold.id, counter.clock()) == job.id
    assert states(counter, sold.id) == ["waiting"]


def test_without_a_printer_papers_are_let_go_and_the_first_reprint_is_an_original(counter, tmp_path):
    sold = sale(counter)
    outcome = run(counter, PrinterSettings())
    assert (outcome.state, states(counter, sold.id)) == ("none", ["cancelled"])
    reprint(counter.ledger, sold.id, counter.clock())
    run(counter, PrinterSettings("file", str(tmp_path / "printer.bin")))
    assert b"SALINAN" not in (tmp_path / "printer.bin").read_bytes()


def test_a_document_without_a_paper_is_refused_by_name(counter):
    opened = queries.entry_by_number(counter.db, "BK-MTR001A-000001")
    assert opened is not None
    with pytest.raises(NoPaper) as refused:
        reprint(counter.ledger, opened.id, counter.clock())
    assert refused.value.name == "no_paper"


def test_a_job_that_cannot_be_made_fails_and_blocks_nobody(counter, tmp_path):
    print_queue.enqueue(counter.db, "no-such-document", "receipt", 1, "2026-11-21T08:00:00+07:00")
    sold = sale(counter)
    outcome = run(counter, PrinterSettings("file", str(tmp_path / "printer.bin")))
    assert (outcome.printed, outcome.failed) == (1, 1)
    assert states(counter, sold.id) == ["done"]


def test_slips_go_to_sheets_where_the_till_has_them(counter, tmp_path):
    sold = sale(counter)
    slip = settling.settle(counter, "P001", "cash")
    settings = PrinterSettings("file", str(tmp_path / "roll.bin"), sheets="folder", sheet_target=str(tmp_path / "a5"))
    assert run(counter, settings).printed == 2
    assert sold.number.encode() in (tmp_path / "roll.bin").read_bytes()
    assert slip.number.encode() not in (tmp_path / "roll.bin").read_bytes()
    assert [path.name for path in (tmp_path / "a5").iterdir()] == [f"{slip.number}.pdf"]


def test_a_delivery_is_printed_twice_and_the_drawer_opens_once(counter, tmp_path):
    settings = PrinterSettings("file", str(tmp_path / "roll.bin"), drawer=True)
    note = receiving.receive(counter, "P001", [receiving.Delivered("KRP-001", 5_000)])
    run(counter, settings)
    printed = (tmp_path / "roll.bin").read_bytes()
    assert printed.count(b"\x1b@") == 2
    assert printed.count(f"Nomor          {note.number}".encode()) == 2
    assert b"\x1bp" not in printed
    sale(counter)
    run(counter, settings)
    assert (tmp_path / "roll.bin").read_bytes().count(b"\x1bp") == 1


def test_the_paper_names_people_from_the_registry(counter):
    sold = sale(counter, "tab", staff="S001")
    assert any(line.startswith("Bon Pegawai: Budi Santoso") for line in shown(counter, sold.id))
    assert any(line.endswith("Sari Pengelola") for line in shown(counter, sold.id))


def test_a_tab_payment_shows_what_was_left_then_not_now(counter):
    sale(counter, "tab", staff="S001")
    paid = tabs.pay_tab(counter, "S001", 10_000, "cash")
    sale(counter, "tab", staff="S001")
    assert any(line.startswith("Sisa bon") and line.endswith("Rp 6.000") for line in shown(counter, paid.id, copy=True))


def test_the_z_is_sealed_with_a_signature_that_verifies(counter):
    qris = sale(counter, "qris", reference="4817")
    back = refunding.refund(counter, qris.number, [refunding.Back(0, 1_000)], "qris")
    shift = queries.open_shift(counter.db)
    assert shift is not None
    closed = shifts.close_shift(counter, shift.expected - 2_000, note="salah kembalian")
    lines = shown(counter, closed.id)
    named = next(place for place, line in enumerate(lines) if line.startswith(qris.number) and line.endswith("16.000"))
    assert lines[named + 1].strip() == "ref. 4817"
    assert any(line.startswith(back.number) and line.endswith("-16.000") for line in lines)
    assert any(line.startswith("Belum dicocokkan") and line.endswith("Rp 0") for line in lines)
    assert "Catatan: salah kembalian" in lines
    at = lines.index("Tanda tangan mesin kasir (Ed25519):")
    signature = base64.b64decode("".join(lines[at + 1 : at + 3]))
    Ed25519PublicKey.from_public_bytes(counter.vault.public_key()).verify(signature, closed.hash)


def test_every_paper_of_a_day_is_written_as_files(counter, tmp_path):
    sold = sale(counter)
    refunding.refund(counter, sold.number, [refunding.Back(0, 1_000)], "cash")
    sale(counter)
    settling.settle(counter, "P001", "cash")
    receiving.return_goods(counter, "P001", [receiving.Leaving("KRP-001", 2_000)])
    losses.write_off(counter, [losses.Lost("KRP-001", 1_000)], note="kemasan bocor")
    shifts.move_cash(counter, "out", 25_000, reason="beli galon")
    wrong = sale(counter)
    refunding.reverse(counter, wrong.number, reason="salah barang")
    shift = queries.open_shift(counter.db)
    assert shift is not None
    shifts.close_shift(counter, shift.expected)
    written = printing.write_papers(counter.ledger, counter.vault, tmp_path / "papers")
    assert {path.name[:2] for path in written} == {"ST", "PU", "NT", "BP", "NR", "HR", "KK", "BT", "TK"}
    assert {path.suffix for path in written} == {".bin", ".pdf"}
    assert all(path.read_bytes() for path in written)
    assert written[0].name.startswith("NT")
    named = printing.write_papers(counter.ledger, counter.vault, tmp_path / "one", [sold.id], columns=32)
    assert [path.name for path in named] == [f"{sold.number}.bin", f"{sold.number}.pdf"]


def test_settings_are_kept_and_nonsense_is_the_default(counter):
    settings = PrinterSettings(
        "serial", "COM5", 48, True, True, 38400, "native", plain=True, sheets="system", sheet_target="Kantor"
    )
    printing.save_printer_settings(counter.ledger, settings)
    assert printing.printer_settings(counter.db) == settings
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, "printer.device", "telepathy")
        registry.set_setting(tx.db, "printer.columns", "7")
        registry.set_setting(tx.db, "printer.baud", "a lot")
        registry.set_setting(tx.db, "printer.codes", "smoke")
    got = printing.printer_settings(counter.db)
    assert (got.device, got.columns, got.baud, got.codes) == ("none", 32, 9600, "raster")


@pytest.mark.parametrize(
    ("settings", "device"),
    [
        (PrinterSettings("folder", "/p"), PdfFolder(Path("/p"))),
        (PrinterSettings("file", "/dev/usb/lp0"), File(Path("/dev/usb/lp0"))),
        (PrinterSettings("network", "10.0.0.9"), Network("10.0.0.9", 9100)),
        (PrinterSettings("network", "10.0.0.9:9101"), Network("10.0.0.9", 9101)),
        (PrinterSettings("system", "Kasir"), OsSpooler("Kasir")),
        (PrinterSettings("serial", "COM5", baud=19200), SerialPort("COM5", 19200)),
        (PrinterSettings("virtual", "/p"), VirtualPrinter(Path("/p"))),
        (PrinterSettings(), None),
    ],
)
def test_settings_name_the_device(settings, device):
    assert printing.roll_device(settings) == device


def test_the_test_page_goes_past_the_queue(counter, tmp_path):
    settings = PrinterSettings("file", str(tmp_path / "printer.bin"), 42)
    assert printing.print_test(counter.ledger, settings, counter.clock())
    assert b"123456789012345678901234567890123456789<42\n" in (tmp_path / "printer.bin").read_bytes()
    assert not printing.print_test(counter.ledger, PrinterSettings(), counter.clock())


def test_a_fault_is_worded_with_the_next_step():
    assert printing.fault_sentence("out_of_paper") == "Kertas printer habis. Ganti, lalu F9. Penjualan tersimpan."
    assert printing.fault_sentence("something new").startswith("Printer tidak menjawab")


def test_a_bug_in_a_paper_fails_its_job_and_is_not_hidden(counter, monkeypatch, tmp_path):
    sold = sale(counter)
    monkeypatch.setattr(printing, "document_paper", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(counter, PrinterSettings("file", str(tmp_path / "printer.bin")))
    assert states(counter, sold.id) == ["failed"]


def test_logo_two_lines_and_a_code_to_check_come_from_the_settings(counter, tmp_path):
    from PIL import Image

    Image.new("L", (200, 80), 0).save(tmp_path / "logo.png")
    sold = sale(counter)
    with counter.ledger.write() as tx:
        registry.set_setting(
            tx.db, papers.LOGO, base64.b64encode(black_and_white((tmp_path / "logo.png").read_bytes())).decode()
        )
        registry.set_setting(tx.db, papers.CHECK_CODE, "1")
        registry.set_setting(tx.db, "receipt.footer", "Terima kasih\nSenin sampai Jumat")
    paper = document_paper(counter.ledger, counter.vault, sold.id)
    entry = queries.entry_by_id(counter.db, sold.id)
    shown = preview(paper, 32)
    assert shown[0].strip() == "[logo]"
    assert [line.strip() for line in shown[-2:]] == ["Terima kasih", "Senin sampai Jumat"]
    (code,) = [block.payload for block in paper.blocks if isinstance(block, QR)]
    total = entry.document.total + entry.document.rounding
    assert code == f"POJOK-S {sold.number} {total} {entry.hash.hex()}"
    with counter.ledger.write() as tx:
        put_facts(tx.db, {"url": "https://centre.example.id", "device_id": "d1"})
    joined = document_paper(counter.ledger, counter.vault, sold.id)
    (code,) = [block.payload for block in joined.blocks if isinstance(block, QR)]
    assert code == f"HTTPS://CENTRE.EXAMPLE.ID/C/{sold.number}/{total}/{entry.hash.hex()[:24].upper()}"
    assert to_pdf(paper, "58") == to_pdf(paper, "58")
    assert len(to_pdf(paper, "58")) > 1000


def test_a_recovery_code_is_not_kept_by_the_virtual_printer(counter, tmp_path):
    paper = recovering.paper(counter.ledger, "ABCD-EFGH", counter.clock())
    assert not printing.deliver(paper, PrinterSettings("virtual", str(tmp_path / "papers")))
    assert not (tmp_path / "papers").exists()
    assert printing.deliver(paper, PrinterSettings("file", str(tmp_path / "roll.bin")))


def test_the_virtual_printer_is_the_one_beside_this_ledger_wherever_it_was_moved_to(counter):
    printing.save_printer_settings(counter.ledger, PrinterSettings("virtual", "/somewhere/else"))
    target = Path(printing.printer_settings(counter.db).target)
    assert target == folder_beside(counter.ledger.path)
