"""The pages about trust: quarantine, repairs, figures computed anew, files from a stick."""

import re
from dataclasses import replace

import msgspec
import sqlalchemy as sa

from sync.documents.money import CashMove
from sync.documents.shift import ShiftClosed
from sync.protocol.batch import pack_batch
from sync.protocol.bundle import Bundle, write_bundle
from sync.protocol.messages import REPAIR, Repair, RepairRequest, repair_path
from sync.protocol.wire import deflate, public_bytes, unseal
from sync.server.access.officers import Role
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.reports.reporter import catch_up
from sync.server.trust.rechecking import check_next
from tests.server.pages.test_corner_pages import journal_at, push, text_of
from tests.server.support import AT, Caller, Journal


def test_a_document_set_aside_is_shown_as_it_is_stored_and_dealt_with_by_a_remark(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(0)
    journal.add_bytes(b'{"<script>": 1')
    push(page, journal)
    (address,) = re.findall(r'href="(/karantina/[^"]+)"', page.get("/karantina").text)
    shown = page.get(address)
    above, technical = shown.text.split('<details class="card"', 1)
    assert journal.hashes[1].hex() not in above
    assert "Yang dilakukan dahulu" in above
    assert "Rincian teknis" in technical
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


def forked(centre, page, **where):
    journal = journal_at(centre, **where).add_moves(3)
    push(page, journal)
    own = replace(journal, bodies=journal.bodies[:2], hashes=journal.hashes[:2], prefix="x").add_moves(4, 9_000)
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
    shown = page.get("/perbaikan").text
    assert "Kas masuk/keluar" in text_of(page.get("/perbaikan"))
    assert "Rp 2.000" in told
    assert shown.index("/setujui") < shown.index("KK-MTR001A-000002")
    what = text_of(page.get("/perbaikan/MTR-001/A/setujui"))
    assert "tidak dapat ditarik kembali" in what
    assert page.get("/perbaikan/MTR-001/B/setujui").status_code == 404
    assert "ditolak" in text_of(page.post("/perbaikan/MTR-001/A/tolak"))
    assert "boleh menyatukan" in text_of(page.post("/perbaikan/MTR-001/A/setujui"))
    answer = unseal(ask(page, journal, own).content, Repair, REPAIR, public_bytes(centre.key))
    assert (answer.state, bool(answer.approval)) == ("approved", True)
    assert "sudah disetujui" in text_of(page.post("/perbaikan/MTR-001/A/tolak"))
    assert "Rahma" in text_of(page.get("/perbaikan"))
    assert page.get("/perbaikan/MTR-001/A/setujui").status_code == 404


def test_a_repair_tells_that_another_copy_was_approved_and_may_still_join(centre, client):
    page = client(Role.OFFICER)
    journal, own = forked(centre, page)
    ask(page, journal, own)
    page.post("/perbaikan/MTR-001/A/setujui")
    assert "Salinan lain" not in text_of(page.get("/perbaikan"))
    other = Journal(
        ledger_id=own.ledger_id, device=own.device, key=own.key, bodies=own.bodies[:2], hashes=own.hashes[:2],
        prefix="y",
    ).add_moves(4, 8_000)  # fmt: skip
    ask(page, journal, other)
    assert "Salinan lain dari kasir ini sudah disetujui" in text_of(page.get("/perbaikan"))


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


def test_a_paper_set_aside_is_called_by_its_number_and_in_words(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(1)
    journal.add_bytes(journal.bodies[1].replace(b'"seq":2', b'"seq":3').replace(b'"amount":1000', b'"amount":"x"'))
    push(page, journal)
    listed = page.get("/karantina")
    assert "KK-MTR001A-000001" in text_of(listed)
    (address,) = re.findall(r'href="(/karantina/[^"]+)"', listed.text)
    above = page.get(address).text.split('<details class="card"', 1)[0]
    assert "<h1>KK-MTR001A-000001</h1>" in above
    assert "Expected" not in above


def test_quarantine_is_shown_a_page_at_a_time(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(0)
    for number in range(60):
        journal.add_bytes(b"x%d" % number)
    push(page, journal)
    first, second = page.get("/karantina"), page.get("/karantina?halaman=2")
    assert [len(re.findall(r'href="/karantina/', one.text)) for one in (first, second)] == [50, 10]
    assert "60 dokumen, 60 di antaranya belum selesai" in text_of(first)
    assert len(re.findall(r'href="/karantina/', page.get("/karantina?halaman=9&kasir=" + journal.device).text)) == 10


def checked(centre):
    while check_next(centre):
        pass
    catch_up(centre)


def test_a_document_that_differs_leads_from_the_list_to_what_to_do_and_is_dealt_with(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    close(journal, 2_000)
    push(page, journal)
    assert page.get(f"/hitung-ulang/{journal.device}").status_code == 200
    checked(centre)
    listed = page.get("/hitung-ulang")
    assert "Rp 202.000 Rp 203.000 -Rp 1.000" in text_of(listed)
    assert "1 dokumen berbeda" in text_of(listed)
    address = f"/hitung-ulang/{journal.device}/5"
    assert f'href="{address}"' in listed.text
    assert f'href="{address}"' in page.get(f"/hitung-ulang/{journal.device}").text
    shown = page.get(address)
    assert "kas masuk Rp 2.000 Rp 3.000" in text_of(shown)
    assert "Yang dilakukan dahulu" in text_of(shown)
    assert f'href="/program/nota/{journal.device}/5"' in shown.text
    trust = text_of(page.get("/kepercayaan"))
    assert re.search(r"Tutup kasir yang berbeda dan belum selesai, dari 1 1 ", trust)
    assert re.search(r"Dokumen yang berbeda, di 1 kasir yang diperiksa 1 ", trust)
    assert "Tuliskan" in text_of(page.post(address, {"catatan": " "}))
    done = page.post(address, {"catatan": "Kertasnya benar.", "beres": "ya"})
    assert "Selesai" in text_of(done)
    assert "Kertasnya benar." in text_of(page.get(address))
    trust = text_of(page.get("/kepercayaan"))
    assert re.search(r"Tutup kasir yang berbeda dan belum selesai, dari 1 0 ", trust)
    assert re.search(r"Dokumen yang berbeda, di 1 kasir yang diperiksa 0 ", trust)
    for missing in ("/hitung-ulang/x", "/hitung-ulang/x/5", f"/hitung-ulang/{journal.device}/2"):
        assert page.get(missing).status_code == 404
        assert page.post(missing, {"catatan": "Halo"}).status_code == 404


def test_a_check_is_asked_for_and_the_page_tells_where_it_is(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    close(journal, 3_000)
    push(page, journal)
    assert "belum pernah" in text_of(page.get("/hitung-ulang"))
    asked = text_of(page.post("/hitung-ulang"))
    assert "1 kasir menunggu diperiksa" in asked
    assert "menunggu giliran" in asked
    assert "sudah diminta" in text_of(page.post(f"/hitung-ulang/{journal.device}"))
    checked(centre)
    told = text_of(page.get(f"/hitung-ulang/{journal.device}"))
    assert "diminta Rahma" in told
    assert "Semua yang dilaporkan kasir ini sesuai" in told
    told = text_of(page.get("/kepercayaan"))
    assert "Catatan setiap kasir sama" in told
    assert "Tidak ada yang kurang" in told
    assert "Setiap seri utuh" in told


def test_missing_numbers_and_those_on_two_papers_are_told_in_plain_words(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(1)
    for number in (4, 4):
        journal.add(CashMove(number=f"KK-MTR001A-{number:06}", direction="in", amount=1_000))
    push(page, journal)
    checked(centre)
    told = text_of(page.get("/kepercayaan"))
    assert "KK-MTR001A sampai 4 2 000002–000003 1 000004" in told
    assert "kertas yang tidak pernah sampai ke pusat" in told


def test_a_chain_that_is_broken_stands_at_the_top(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(3)
    push(page, journal)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.entries).where(schema.entries.c.seq == 3).values(body=b"{}"))
    checked(centre)
    first = "Jangan ubah apa pun; beri tahu pengurus program sekarang. "
    told = text_of(page.get("/kepercayaan"))
    assert "Kasir yang dokumennya rusak atau diubah 1" in told
    assert f"{first}Dokumen rusak atau diubah: MTR-001 A" in told
    assert "Rusak atau diubah" in text_of(page.get("/hitung-ulang"))
    told = page.get(f"/hitung-ulang/{journal.device}")
    assert first in text_of(told)
    assert "Rincian teknis</summary><p>MTR-001 A: catatan 3 tidak menyambung rantai. Pulihkan pusat" in told.text


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


def test_a_document_of_no_day_is_told(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(1)
    journal.add(CashMove(number="KK-MTR001A-000009", direction="in", amount=1_000), date="2026-02-31")
    push(page, journal)
    catch_up(centre)
    told = page.get("/kepercayaan")
    assert "KK-MTR001A-000009 , MTR-001 A, 2026-02-31" in text_of(told)
    assert page.get(re.findall(r'href="(/program/nota/[^"]+)"', told.text)[0]).status_code == 200


def test_a_till_whose_figures_wait_is_told(centre, clock, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(2)
    push(page, journal)
    assert "Angka yang menunggu" not in text_of(page.get("/kepercayaan"))
    clock.pass_(minutes=11)
    assert "MTR-001 A : 3 dokumen" in text_of(page.get("/kepercayaan"))
    catch_up(centre)
    assert "Angka yang menunggu" not in text_of(page.get("/kepercayaan"))
