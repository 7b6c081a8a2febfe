"""The pages about trust: quarantine, repairs, figures computed anew, files from a stick."""

import re

import msgspec

from sync.documents.shift import ShiftClosed
from sync.protocol.batch import pack_batch
from sync.protocol.bundle import Bundle, write_bundle
from sync.protocol.messages import REPAIR, Repair, RepairRequest, repair_path
from sync.protocol.wire import deflate, public_bytes, unseal
from sync.server.officers import Role
from tests.pages.test_corner_pages import journal_at, push, text_of
from tests.server.support import AT, Caller, Journal


def test_a_document_set_aside_is_shown_as_it_is_stored_and_dealt_with_by_a_remark(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(0)
    journal.add_bytes(b'{"<script>": 1')
    push(page, journal)
    (address,) = re.findall(r'href="(/karantina/[^"]+)"', page.get("/karantina").text)
    shown = page.get(address)
    assert "{&#34;&lt;script&gt;&#34;: 1" in shown.text
    assert journal.hashes[1].hex() in shown.text
    assert "Baru" in text_of(page.get("/karantina"))
    assert "Tuliskan" in text_of(page.post(address, {"catatan": " "}))
    page.post(address, {"catatan": "Sudah ditelepon."})
    assert "Dikerjakan" in text_of(page.get("/karantina"))
    done = page.post(address, {"catatan": "Dicatat lagi.", "beres": "ya"})
    assert "Selesai" in text_of(done)
    told = text_of(page.get(address))
    assert "Sudah ditelepon." in told
    assert "Dicatat lagi." in told
    assert page.get("/karantina/x/1/2").status_code == 404
    assert page.post("/karantina/x/1/2", {"catatan": "Halo"}).status_code == 404


def forked(centre, page):
    journal = journal_at(centre).add_moves(3)
    push(page, journal)
    own = Journal(
        ledger_id=journal.ledger_id, device=journal.device, key=journal.key, bodies=journal.bodies[:2],
        hashes=journal.hashes[:2], prefix="x",
    ).add_moves(4, 9_000)  # fmt: skip
    return journal, own


def ask(page, journal, own):
    wanted = RepairRequest(
        base_seq=2, base_hash=journal.hashes[1], own_seq=6, own_hash=own.hashes[5],
        head_seq=4, head_hash=journal.hashes[3],
    )  # fmt: skip
    return Caller(page.client).call(own, "POST", repair_path(own.device), deflate(msgspec.msgpack.encode(wanted)))


def test_a_repair_shows_both_histories_and_is_approved_or_refused(centre, client):
    page = client(Role.OFFICER)
    journal, own = forked(centre, page)
    ask(page, journal, own)
    told = text_of(page.get("/perbaikan"))
    assert "Di pusat: 2 dokumen" in told
    assert "Di kasir: 4 dokumen" in told
    assert "KK-MTR001A-000002" in told
    assert "ditolak" in text_of(page.post("/perbaikan/MTR-001/A/tolak"))
    assert "boleh menyatukan" in text_of(page.post("/perbaikan/MTR-001/A/setujui"))
    answer = unseal(ask(page, journal, own).content, Repair, REPAIR, public_bytes(centre.key))
    assert (answer.state, bool(answer.approval)) == ("approved", True)
    assert "sudah disetujui" in text_of(page.post("/perbaikan/MTR-001/A/tolak"))
    assert "Rahma" in text_of(page.get("/perbaikan"))


def test_a_repair_of_a_history_that_moved_is_not_approved(centre, client):
    page = client(Role.OFFICER)
    journal, own = forked(centre, page)
    ask(page, journal, own)
    push(page, journal.add_moves(1), journal.batch(5))
    assert "meminta lagi" in text_of(page.get("/perbaikan"))
    assert "berubah" in text_of(page.post("/perbaikan/MTR-001/A/setujui"))


def close(journal, cash_in):
    journal.add(
        ShiftClosed(
            number="TK-MTR001A-000001", shift="BK-MTR001A-000001", opened_at=AT, first_seq=1,
            head=journal.hashes[-1].hex(), float=200_000, figures={"cash_in": cash_in}, expected=200_000 + cash_in,
            counted=200_000 + cash_in, difference=0,
        )
    )  # fmt: skip


def test_a_closing_that_differs_is_listed_and_named_by_figure_when_the_till_is_checked(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    close(journal, 2_000)
    push(page, journal)
    told = text_of(page.get("/hitung-ulang"))
    assert "Rp 202.000 Rp 203.000 -Rp 1.000" in told
    checked = text_of(page.post(f"/hitung-ulang/{journal.device}"))
    assert "kas masuk Rp 2.000 Rp 3.000" in checked
    assert "2 selisih" in text_of(page.get("/hitung-ulang"))
    assert page.post("/hitung-ulang/x").status_code == 404
    assert page.get("/hitung-ulang/x").status_code == 404


def test_a_till_whose_figures_follow_has_no_difference(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    close(journal, 3_000)
    push(page, journal)
    assert "Semua yang dilaporkan kasir ini sesuai" in text_of(page.post(f"/hitung-ulang/{journal.device}"))
    told = text_of(page.get("/kepercayaan"))
    assert "Setiap jurnal sama" in told
    assert "Tidak ada yang kurang" in told


def bundle_of(journal, tmp_path):
    path = tmp_path / "MTR-001A.pojok"
    bundle = Bundle(device=journal.device, nonce="n", made_at=AT, batches=(pack_batch(journal.batch()),))
    write_bundle(path, journal.key, bundle)
    return path.read_bytes()


def test_a_file_of_a_till_is_taken_in_and_its_reply_fetched(centre, client, tmp_path):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    data = bundle_of(journal, tmp_path)
    done = page.post("/stik", files={"berkas": ("MTR-001A.pojok", data)})
    assert "4 dokumen baru diterima." in text_of(done)
    (address,) = set(re.findall(r'href="(/stik/[0-9a-f]+)"', done.text))
    reply = page.get(address)
    assert reply.content
    assert reply.headers["content-disposition"] == 'attachment; filename="MTR-001A-balasan.pojok"'
    assert "sudah ada semuanya" in text_of(page.post("/stik", files={"berkas": ("MTR-001A.pojok", data)}))
    assert page.get("/stik/0").status_code == 404


def test_a_file_that_is_none_of_a_till_is_refused_in_words(client):
    page = client(Role.OFFICER)
    refused = page.post("/stik", files={"berkas": ("surat.pojok", b"PK..")})
    assert "surat.pojok" in text_of(refused)
    assert "/tmp" not in refused.text
    assert "Pilih" in text_of(page.post("/stik", files={"berkas": ("", b"")}))


def test_a_file_larger_than_a_browser_page_may_be_is_taken(client):
    refused = client(Role.OFFICER).post("/stik", files={"berkas": ("besar.pojok", bytes(6 * 2**20))})
    assert "besar.pojok" in text_of(refused)
