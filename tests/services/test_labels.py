"""Labels as a use case: barcodes of one's own, given once each; and every way out."""

from pathlib import Path

import pytest

from pos_app.domain.errors import UnknownCode
from pos_app.ledger import registry
from pos_app.ledger.ledger import Identity
from pos_app.printing.devices import File, Network
from pos_app.printing.labels import STOCKS
from pos_app.printing.spooler import OsSpooler
from pos_app.services import labels
from pos_app.services.goods import find_product
from pos_app.services.labels import Line, NothingToLabel, Places, Wish
from pos_app.services.printing import PrinterSettings
from sync.documents.identifiers import in_store_ean13, is_ean13
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register

BARE = [{**product, "barcode": ""} for product in PRODUCTS]


@pytest.fixture
def bare(tmp_path: Path) -> Corner:
    """A corner whose goods carry no barcode."""
    corner = new_corner(tmp_path)
    register(corner, tmp_path, PRODUCERS, BARE, STAFF)
    return corner


def test_goods_without_a_barcode_get_the_next_one_and_a_scan_finds_them(bare: Corner) -> None:
    codes = [labels.ensure_barcode(bare.ledger, sku) for sku in ("T1", "K1", "B1")]
    assert codes == [in_store_ean13(1_100_000 + number) for number in (1, 2, 3)]  # corner 001, till A
    assert all(is_ean13(code) and code.startswith("20") for code in codes)
    assert [find_product(bare.db, code).sku for code in codes] == ["T1", "K1", "B1"]
    assert labels.ensure_barcode(bare.ledger, "T1") == codes[0], "asked again, the same"


def test_a_code_that_something_else_carries_is_left_out(bare: Corner) -> None:
    taken = in_store_ean13(1_100_001)
    with bare.ledger.write() as tx:
        registry.add_barcode(tx.db, "W1", taken)
    assert labels.ensure_barcode(bare.ledger, "T1") == in_store_ean13(1_100_002)


def test_a_number_is_never_given_twice_also_when_its_goods_are_gone(bare: Corner) -> None:
    first = labels.ensure_barcode(bare.ledger, "T1")
    with bare.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE barcode = ?", (first,))
    assert labels.ensure_barcode(bare.ledger, "T1") != first


def test_two_tills_and_two_corners_give_different_numbers() -> None:
    firsts = [
        labels.series(Identity("x", corner, "", till))
        for corner, till in (("MTR-001", "A"), ("MTR-001", "B"), ("MTR-002", "A"), ("MTR-187", "I"), ("PUSAT", "A"))
    ]
    assert firsts[:4] == [1_100_000, 1_200_000, 2_100_000, 187_900_000]
    assert len(set(firsts)) == 5
    assert all(0 <= first <= 9_999_900_000 for first in firsts)


def test_goods_keep_the_barcode_that_they_carry_unless_others_carry_it_too(bare: Corner) -> None:
    with bare.ledger.write() as tx:
        registry.add_barcode(tx.db, "T1", "8991234567890")
        registry.add_barcode(tx.db, "K1", "2000000000015")
        registry.add_barcode(tx.db, "B1", "2000000000015")
    assert labels.ensure_barcode(bare.ledger, "T1") == "8991234567890"
    own = labels.ensure_barcode(bare.ledger, "K1")
    assert own == in_store_ean13(1_100_001)
    assert find_product(bare.db, own).sku == "K1"


def test_a_till_that_gave_all_its_numbers_says_so(bare: Corner) -> None:
    with bare.ledger.write() as tx:
        registry.set_setting(tx.db, labels.LAST_NUMBER, str(labels.MOST_NUMBERS))
    with pytest.raises(labels.NoBarcodesLeft):
        labels.ensure_barcode(bare.ledger, "T1")


def test_goods_nobody_knows_get_no_barcode(bare: Corner) -> None:
    with pytest.raises(UnknownCode):
        labels.ensure_barcode(bare.ledger, "X9")


def test_a_label_says_name_price_producer_and_date(bare: Corner) -> None:
    (label, count), (weighed, _one) = labels.make(bare.ledger, Wish([Line("T1", 3), Line("W1", 1)], note="2026-11-28"))
    assert (label.name, label.price, label.producer) == ("Keripik Pisang 200 g", "Rp 16.000", "Dapur Satu")
    assert (label.note, count) == ("exp 28/11/26", 3)
    assert weighed.price == "Rp 30.000/kg"
    assert labels.note_words("titip 21/11") == "titip 21/11"


@pytest.mark.parametrize("counts", [[], [2001], [1500, 501]])
def test_no_labels_or_thousands_of_them_are_refused(bare: Corner, counts: list[int]) -> None:
    lines = [Line(sku, count) for sku, count in zip(("T1", "K1"), counts, strict=False)]
    with pytest.raises(NothingToLabel):
        labels.make(bare.ledger, Wish(lines))


def test_the_last_delivery_wants_a_label_for_each_piece_and_one_for_goods_by_weight(open_corner: Corner) -> None:
    assert labels.of_last_delivery(open_corner.db)
    open_corner.do(
        "receive",
        producer="P1",
        lines=[{"sku": "T1", "quantity": "12"}, {"sku": "W1", "quantity": "2.5"}, {"sku": "T1", "quantity": "4"}],
    )
    assert labels.of_last_delivery(open_corner.db) == [Line("T1", 16), Line("W1", 1)]


def test_without_a_delivery_there_is_nothing_to_label(bare: Corner) -> None:
    assert labels.of_last_delivery(bare.db) == []


def test_the_list_is_a_draft_that_others_add_to_and_rubbish_in_it_is_an_empty_list(bare: Corner) -> None:
    labels.add(bare.counter, [Line("T1", 2)])
    labels.add(bare.counter, [Line("T1", 1), Line("K1", 5)])
    assert labels.wish(bare.db).lines == [Line("T1", 3), Line("K1", 5)]
    labels.keep(bare.counter, Wish([Line("T1", 1)], stock="sticky"))
    assert labels.wish(bare.db) == Wish([Line("T1", 1)])
    bare.db.execute("UPDATE drafts SET body = 'rubbish' WHERE slot = ?", (labels.SLOT,))
    assert labels.wish(bare.db) == Wish()


@pytest.mark.parametrize("stock", STOCKS)
def test_labels_go_to_a_folder_as_pdf(bare: Corner, tmp_path: Path, stock: str) -> None:
    wanted = Wish([Line("T1", 2)], stock=stock)
    made = labels.make(bare.ledger, wanted)
    where = Places(str(tmp_path / "out"), "")
    paths = [labels.send(made, wanted, where, PrinterSettings(), "label-1") for _time in range(2)]
    assert [Path(path).name for path in paths] == ["label-1.pdf", "label-1_2.pdf"]
    assert Path(paths[0]).read_bytes().startswith(b"%PDF")


def test_labels_go_to_a_label_printer_and_to_the_receipt_printer(bare: Corner, tmp_path: Path) -> None:
    wanted = Wish([Line("T1", 2)], output="label")
    made = labels.make(bare.ledger, wanted)
    labels.send(made, wanted, Places("", str(tmp_path / "label.bin")), PrinterSettings(), "label-1")
    assert b"PRINT 1,2\r\n" in (tmp_path / "label.bin").read_bytes()
    wanted.output = "receipt"
    roll = PrinterSettings("file", str(tmp_path / "roll.bin"))
    assert labels.send(made, wanted, Places("", ""), roll, "label-1") == ""
    assert (tmp_path / "roll.bin").read_bytes().count(b"\x1dv0") == 10
    with pytest.raises(NothingToLabel):
        labels.send(made, wanted, Places("", ""), PrinterSettings(), "label-1")


def test_a_label_printer_is_a_path_an_address_or_a_name() -> None:
    assert labels.label_device("/dev/usb/lp1") == File(Path("/dev/usb/lp1"))
    assert labels.label_device("192.168.1.60") == Network("192.168.1.60", 9100)
    assert labels.label_device("labels.local:9101") == Network("labels.local", 9101)
    assert labels.label_device("Xprinter XP-420B") == OsSpooler("Xprinter XP-420B")
