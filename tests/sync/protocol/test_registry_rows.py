"""The import rules, sentence by sentence."""

import csv
from datetime import date
from pathlib import Path

import pytest

from sync.protocol import registry_rows, spreadsheets
from sync.protocol.registry_fields import KELURAHAN
from sync.protocol.registry_reasons import REASONS

DEMO = Path(__file__).parents[3] / "assets" / "demo"
TODAY = date(2026, 11, 21)


def refused(importer, kind, **changes):
    row, rejected, warnings = importer.one(kind, **changes)
    assert row is None
    assert not warnings
    return rejected


def imported(importer, kind, **changes):
    row, rejected, warnings = importer.one(kind, **changes)
    assert not rejected
    assert not warnings
    return row


def reported(importer, kind, **changes):
    row, rejected, warnings = importer.one(kind, **changes)
    assert not rejected
    return row, warnings


# ---------------------------------------------------------------- the demo's own files


def test_the_demo_files_are_imported_without_a_word():
    known = registry_rows.Known()
    producers = registry_rows.check_producers(spreadsheets.read_rows(DEMO / "producers.csv"), known, TODAY)
    known = registry_rows.Known(producer_codes={row.producer_code for row in producers.rows})
    products = registry_rows.check_products(spreadsheets.read_rows(DEMO / "products.csv"), known)
    staff = registry_rows.check_staff(spreadsheets.read_rows(DEMO / "staff.csv"), known)
    corners = registry_rows.check_corners(spreadsheets.read_rows(DEMO / "corners.csv"))
    found = (producers, products, staff, corners)
    assert [len(each.rows) for each in found] == [60, 250, 80, 84]
    assert not [each for checked in found for each in checked.rejected + checked.warnings]


def test_the_kelurahan_are_those_of_the_corners():
    with (DEMO / "corners.csv").open(encoding="utf-8", newline="") as file:
        offices = [row["name"] for row in csv.DictReader(file) if row["kind"] == "kelurahan"]
    assert {name.removeprefix("Kelurahan ") for name in offices} == KELURAHAN
    assert len(KELURAHAN) == 22


def test_a_good_row_has_real_types(importer):
    product = imported(importer, "products")
    assert (product.consign_price, product.commission_bp, product.sell_price) == (14_400, None, 16_000)
    assert (product.shelf_life_days, product.min_stock, product.tkdn_bp) == (180, 6, 9781)
    assert (product.needs_pirt, product.needs_halal, product.e_katalog) == (True, False, False)
    producer = imported(importer, "producers", producer_code="P003")
    assert producer.joined_on == date(2025, 7, 24)
    assert producer.phone == "+628400000001"
    assert imported(importer, "staff").tab_limit == 300_000


# ---------------------------------------------------------------- file


def test_a_row_with_fewer_or_more_fields_than_the_header_is_refused(importer):
    text = importer.text("staff", {}) + "S002,Ani\nS003,Budi,,,0,x\n"
    checked = importer.check("staff", text)
    assert [(each.line, each.field, each.code) for each in checked.rejected] == [
        (3, "", "field_count"),
        (4, "", "field_count"),
    ]
    assert [row.staff_code for row in checked.rows] == ["S001"]


@pytest.mark.parametrize("blank", ["", ",,,,", " , ,\t,,\u00a0", ",,", ",,,,,,,,", '"",,,,', "   "])
def test_lines_of_nothing_but_separators_and_blanks_are_skipped_without_a_report(importer, blank):
    header, row = importer.text("staff", {}).splitlines()
    checked = importer.check("staff", f"{header}\n{blank}\n{row}\n{blank}\n")
    assert len(checked.rows) == 1
    assert not checked.rejected
    assert not checked.warnings


def test_a_line_is_the_physical_one_and_of_a_row_over_several_lines_the_first(importer):
    header = importer.text("staff").strip()
    text = f'{header}\n\nS001,"Lina\nSari",,,0\n,Kosong,,,0\nS002,"Ani\r\n\r\nDewi",,,x\n\n,,,,\nS003,Budi,123,,0\n'
    checked = importer.check("staff", text)
    assert [(each.line, each.field) for each in checked.rejected] == [(5, "staff_code"), (6, "tab_limit")]
    assert [(each.line, each.field) for each in checked.warnings] == [(11, "nip")]
    assert checked.rows[0].name == "Lina\nSari"


def test_a_missing_column_refuses_the_file_and_names_it(importer):
    with pytest.raises(spreadsheets.UnreadableFile) as caught:
        importer.check("staff", "staff_code,name,unit,tab_limit\nS001,Lina,,0\n")
    assert (caught.value.code, caught.value.data) == ("missing_columns", {"columns": "nip"})


def test_a_column_that_stands_there_twice_refuses_the_file(importer):
    with pytest.raises(spreadsheets.UnreadableFile, match="more than once: name"):
        importer.check("staff", "staff_code,name,nip,name,unit,tab_limit\n")


def test_columns_may_stand_in_any_order_among_others(importer):
    checked = importer.check("staff", "no,tab_limit,unit,nip,name,staff_code\n1,5000,,,Lina,S009\n")
    assert checked.rows == [registry_rows.StaffRow("S009", "Lina", "", "", 5000)]


def test_a_refused_row_names_every_bad_field_and_warns_of_none(importer):
    found = refused(
        importer, "products", category="jamu", sell_price="12,5", min_stock="x", needs_halal="mungkin", barcode="1"
    )
    assert found == {
        "category": "unknown_word",
        "sell_price": "bad_money",
        "needs_halal": "unknown_word",
        "barcode": "bad_barcode",
    }


# ---------------------------------------------------------------- spaces


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", " \u00a0\t ", "\u202f"])
def test_blanks_tabs_and_no_break_spaces_around_a_field_are_cut_off(importer, blank):
    changes = {"sku": "A1", "name": "Abon Lele", "category": "makanan", "sell_price": "16000", "tkdn_percent": "5"}
    product = imported(importer, "products", **{name: f"{blank}{value}{blank}" for name, value in changes.items()})
    assert (product.sku, product.name, product.category) == ("A1", "Abon Lele", "makanan")
    assert (product.sell_price, product.tkdn_bp) == (16_000, 500)


def test_a_field_of_blanks_is_empty(importer):
    assert refused(importer, "products", name=" \u00a0") == {"name": "required"}
    assert imported(importer, "products", commission_bp=" \t").commission_bp is None
    assert refused(importer, "products", consign_price="\u00a0") == {"consign_price": "required"}
    assert imported(importer, "products", barcode=" ").barcode is None


# ---------------------------------------------------------------- codes


@pytest.mark.parametrize("kind", ["producers", "products", "staff"])
def test_a_code_that_came_before_in_the_file_refuses_the_later_row(importer, kind):
    importer.known = registry_rows.Known(producer_codes=set() if kind == "producers" else {"P001"})
    checked = importer.rows(kind, {}, {"barcode": ""} if kind == "products" else {})
    assert len(checked.rows) == 1
    assert [(each.line, each.code) for each in checked.rejected] == [(3, "duplicate_code")]


def test_a_code_that_the_ledger_has_is_refused(importer):
    assert refused(importer, "producers") == {"producer_code": "duplicate_code"}
    importer.known = registry_rows.Known(producer_codes={"P001"}, skus={"MKN-001"}, staff_codes={"S001"})
    assert refused(importer, "products") == {"sku": "duplicate_code"}
    assert refused(importer, "staff") == {"staff_code": "duplicate_code"}


def test_codes_are_compared_as_written(importer):
    checked = importer.rows("staff", {"staff_code": "s1"}, {"staff_code": "S1"}, {"staff_code": "S01"})
    assert len(checked.rows) == 3


def test_a_refused_row_counts_as_not_there(importer):
    checked = importer.rows("products", {"sell_price": "x"}, {}, {"barcode": ""})
    assert [(each.line, each.code) for each in checked.rejected] == [(2, "bad_money"), (4, "duplicate_code")]
    assert len(checked.rows) == 1


def test_a_product_of_a_producer_the_ledger_does_not_have_is_refused(importer):
    assert refused(importer, "products", producer_code="P999") == {"producer_code": "unknown_producer"}


@pytest.mark.parametrize(
    "code", ["2001872000012", "200187200001", "20018720000110", "2,00187E+12", "200187200001A", "0"]
)
def test_a_barcode_that_is_no_ean13_is_refused(importer, code):
    assert refused(importer, "products", barcode=code) == {"barcode": "bad_barcode"}


def test_a_barcode_of_another_product_is_refused(importer):
    checked = importer.rows("products", {}, {"sku": "MKN-002"}, {"sku": "MKN-003", "barcode": "2001872000028"})
    assert [(each.line, each.field, each.code) for each in checked.rejected] == [(3, "barcode", "duplicate_barcode")]
    assert len(checked.rows) == 2
    importer.known = registry_rows.Known(producer_codes={"P001"}, barcodes={"2001872000011"})
    assert refused(importer, "products") == {"barcode": "duplicate_barcode"}


def test_many_products_may_have_no_barcode(importer):
    checked = importer.rows("products", {"barcode": ""}, {"sku": "B", "barcode": ""})
    assert [row.barcode for row in checked.rows] == [None, None]


def test_codes_and_names_that_no_paper_has_room_for_are_refused(importer):
    assert refused(importer, "products", sku="x" * 65) == {"sku": "too_long"}
    assert refused(importer, "products", name="x" * 201) == {"name": "too_long"}


# ---------------------------------------------------------------- required


@pytest.mark.parametrize(
    ("kind", "field"),
    [("producers", name) for name in ("producer_code", "business_name", "class", "payout_terms")]
    + [
        ("products", name)
        for name in ("sku", "name", "category", "unit", "producer_code", "pricing", "sell_price", "consign_price")
    ]
    + [("staff", name) for name in ("staff_code", "name")],
)
def test_a_required_field_that_is_empty_refuses_the_row(importer, kind, field):
    importer.known = registry_rows.Known(producer_codes=set() if kind == "producers" else {"P001"})
    assert refused(importer, kind, **{field: ""}) == {field: "required"}


def test_each_pricing_requires_its_own_term(importer):
    assert refused(importer, "products", pricing="putus", consign_price="") == {"consign_price": "required"}
    found = refused(importer, "products", pricing="komisi", consign_price="", commission_bp="")
    assert found == {"commission_bp": "required"}
    row = imported(importer, "products", pricing="komisi", consign_price="", commission_bp="1250")
    assert (row.commission_bp, row.consign_price) == (1250, None)


def test_everything_else_may_be_empty_without_a_report(importer):
    importer.known = registry_rows.Known()
    needed = {"producer_code", "business_name", "class", "payout_terms"}
    names = [
        "owner_name",
        "phone",
        "kelurahan",
        "nib",
        "pirt",
        "halal_no",
        "halal_expires",
        "npwp",
        "bank_name",
        "bank_account",
        "joined_on",
    ]
    producer = imported(importer, "producers", **dict.fromkeys(names, ""))
    assert len(names) + len(needed) == len(producer.__struct_fields__)
    assert (producer.phone, producer.joined_on, producer.halal_expires) == ("", None, None)
    importer.known = registry_rows.Known(producer_codes={"P001"})
    names = ("shelf_life_days", "min_stock", "needs_pirt", "needs_halal", "e_katalog", "tkdn_percent", "barcode")
    product = imported(importer, "products", **dict.fromkeys(names, ""))
    assert (product.min_stock, product.needs_pirt, product.needs_halal, product.e_katalog) == (0, False, False, False)
    assert (product.shelf_life_days, product.tkdn_bp) == (None, None)
    assert imported(importer, "staff", nip="", unit="", tab_limit="").tab_limit == 0


# ---------------------------------------------------------------- words


def test_words_are_understood_in_any_letter_case(importer):
    product = imported(
        importer, "products", category="MAKANAN", unit="Kg", pricing="Titip", needs_pirt="YES", e_katalog="No"
    )
    assert (product.category, product.unit, product.pricing) == ("makanan", "kg", "titip")
    assert (product.needs_pirt, product.e_katalog) == (True, False)
    importer.known = registry_rows.Known()
    producer = imported(importer, "producers", **{"class": "Mikro", "payout_terms": "MINGGUAN"})
    assert (producer.class_, producer.payout_terms) == ("mikro", "mingguan")


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("category", "jamu"),
        ("unit", "buah"),
        ("pricing", "jual"),
        ("needs_pirt", "ya"),
        ("needs_halal", "TRUE"),
        ("e_katalog", "1"),
    ],
)
def test_any_other_word_is_refused(importer, field, word):
    assert refused(importer, "products", **{field: word}) == {field: "unknown_word"}


def test_any_other_class_or_payout_term_is_refused(importer):
    importer.known = registry_rows.Known()
    assert refused(importer, "producers", **{"class": "besar"}) == {"class": "unknown_word"}
    assert refused(importer, "producers", payout_terms="tahunan") == {"payout_terms": "unknown_word"}


# ---------------------------------------------------------------- money


MONEY = {
    **dict.fromkeys(["12500", "12.500", "12 500", "12500,00", "12.500,00", "12.500,-", "12500,-", "12 500,00"], 12_500),
    **dict.fromkeys(["Rp12500", "Rp 12.500", "rp12.500", "rp 12500", "Rp.12.500", "Rp. 12.500", "Rp 12 500"], 12_500),
    **dict.fromkeys(["Rp 12.500,00", "Rp12.500,-", "12500.00", "12,500.00", "Rp\u00a012.500"], 12_500),
    "1.750.000": 1_750_000,
    "Rp 1.750.000,-": 1_750_000,
    "1 750 000": 1_750_000,
    "1": 1,
}


@pytest.mark.parametrize(("text", "amount"), MONEY.items())
def test_money_is_understood_as_people_write_it(importer, text, amount):
    assert imported(importer, "staff", tab_limit=text).tab_limit == amount
    row = imported(importer, "products", sell_price=text, consign_price="1")
    assert row.sell_price == amount
    assert imported(importer, "products", sell_price="1750000", consign_price=text).consign_price == amount


@pytest.mark.parametrize(
    "text",
    [
        "12,500",
        "12,5",
        "12.5",
        "12500.75",
        "12500,50",
        "12.50.0",
        "1,25E+04",
        "1.25E+04",
        "#REF!",
        "12k",
        "gratis",
        "Rp",
        "0.500",
        "1.750,000",
        "1,750,000",
        "12.5000",
        "1.2500",
        "12..500",
        "12 50",
        "12 5000",
        "1.750 000",
        "12.500,0",
        "USD 12500",
        "12500 Rp",
        "12.500-",
        "+12500",
        "١٢٥٠٠",
        "12500\n",
        "9" * 13,
        "9" * 400,
        ",00",
        "1e4",
        "NaN",
        "∞",
    ],
)
def test_money_that_is_ambiguous_not_whole_or_broken_is_refused(importer, text):
    assert refused(importer, "staff", tab_limit=text) == {"tab_limit": "bad_money"}
    assert refused(importer, "products", sell_price=text) == {"sell_price": "bad_money"}
    assert refused(importer, "products", consign_price=text) == {"consign_price": "bad_money"}


@pytest.mark.parametrize("text", ["0", "-1", "-12.500", "Rp 0", "0,00", "-Rp 500"])
def test_a_price_of_nothing_or_less_is_refused(importer, text):
    assert refused(importer, "products", sell_price=text) == {"sell_price": "not_positive"}
    assert refused(importer, "products", consign_price=text) == {"consign_price": "not_positive"}


def test_a_consign_price_above_the_sell_price_is_refused(importer):
    assert refused(importer, "products", consign_price="16001") == {"consign_price": "above_sell_price"}
    assert refused(importer, "products", pricing="putus", consign_price="16001") == {
        "consign_price": "above_sell_price"
    }
    assert imported(importer, "products", consign_price="16000").consign_price == 16_000


def test_a_tab_limit_below_nothing_is_refused(importer):
    assert refused(importer, "staff", tab_limit="-1") == {"tab_limit": "negative"}
    assert imported(importer, "staff", tab_limit="0").tab_limit == 0


# ---------------------------------------------------------------- other numbers


@pytest.mark.parametrize("text", ["10001", "-1", "12.5", "12,5", "1.250", "10%", "+5", " 5 0", "9" * 400, "٥"])
def test_a_commission_outside_its_range_is_refused(importer, text):
    found = refused(importer, "products", pricing="komisi", consign_price="", commission_bp=text)
    assert found == {"commission_bp": "bad_commission"}


@pytest.mark.parametrize("text", ["0", "10000", "0500"])
def test_a_commission_from_0_to_10000_is_imported(importer, text):
    row = imported(importer, "products", pricing="komisi", consign_price="", commission_bp=text)
    assert row.commission_bp == int(text)


@pytest.mark.parametrize("text", ["500", "0", "#REF!", "12,5", "99999"])
def test_a_commission_that_the_pricing_does_not_use_is_reported_and_left_out(importer, text):
    for pricing in ("titip", "putus"):
        row, warnings = reported(importer, "products", pricing=pricing, commission_bp=text)
        assert warnings == {"commission_bp": "unused"}
        assert row.commission_bp is None


@pytest.mark.parametrize("text", ["14400", "0", "-5", "99999", "#REF!", "12,5"])
def test_a_consign_price_that_komisi_does_not_use_is_reported_and_left_out(importer, text):
    row, warnings = reported(importer, "products", pricing="komisi", commission_bp="1000", consign_price=text)
    assert warnings == {"consign_price": "unused"}
    assert row.consign_price is None


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        *[("shelf_life_days", text, None) for text in ("0", "-1", "1.5", "sebulan", "30 hari", "1,00E+02")],
        *[("min_stock", text, 0) for text in ("-1", "1.5", "banyak", "1,5")],
        *[
            ("tkdn_percent", text, None)
            for text in ("-1", "100.01", "101", "97,81", "40%", ".5", "5.", "1e1", "9" * 400)
        ],
    ],
)
def test_another_number_out_of_range_is_reported_and_left_empty(importer, field, text, kept):
    row, warnings = reported(importer, "products", **{field: text})
    assert warnings == {field: "bad_number"}
    assert getattr(row, "tkdn_bp" if field == "tkdn_percent" else field) == kept


@pytest.mark.parametrize(
    ("text", "bp"), [("0", 0), ("100", 10_000), ("100.00", 10_000), ("44.4", 4440), ("33.335", 3334)]
)
def test_a_percentage_has_a_decimal_point(importer, text, bp):
    assert imported(importer, "products", tkdn_percent=text).tkdn_bp == bp


def test_the_smallest_numbers_are_allowed(importer):
    row = imported(importer, "products", shelf_life_days="1", min_stock="0")
    assert (row.shelf_life_days, row.min_stock) == (1, 0)


# ---------------------------------------------------------------- dates and identifiers


@pytest.fixture
def producers(importer):
    """Rows of new producers."""
    importer.known = registry_rows.Known()
    return importer


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-11-21", date(2022, 11, 21)),
        ("21/11/2022", date(2022, 11, 21)),
        ("1/2/2024", date(2024, 2, 1)),
        ("17-08-2025", date(2025, 8, 17)),
        ("21 November 2022", date(2022, 11, 21)),
        ("5 agustus 2023", date(2023, 8, 5)),
        ("44886", date(2022, 11, 21)),
    ],
)
def test_dates_are_understood_as_people_and_spreadsheets_write_them(producers, text, day):
    assert imported(producers, "producers", joined_on=text).joined_on == day
    assert imported(producers, "producers", halal_expires=text).halal_expires == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "31/02/2024",
        "2022-1-5",
        "21/11/22",
        "11/21/2022",
        "21-11/2022",
        "kemarin",
        "4488",
        "448860",
        "0000-01-01",
        "20221121",
        "2022-W01-1",
        "5 August 2023",
        "2022-11-21T08:00:00",
        "21.11.2022",
        "00045",
        "4,4886E+04",
    ],
)
def test_a_date_that_is_not_understood_or_does_not_exist_is_reported(producers, text):
    row, warnings = reported(producers, "producers", joined_on=text)
    assert warnings == {"joined_on": "bad_date"}
    assert row.joined_on is None
    row, warnings = reported(producers, "producers", halal_expires=text)
    assert warnings == {"halal_expires": "bad_date"}


def test_a_day_of_joining_after_today_is_reported(producers):
    assert imported(producers, "producers", joined_on="2026-11-21").joined_on == TODAY
    row, warnings = reported(producers, "producers", joined_on="2026-11-22")
    assert warnings == {"joined_on": "future_date"}
    assert row.joined_on is None
    assert imported(producers, "producers", halal_expires="2030-01-01").halal_expires == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("phone", "0725012345", "bad_identifier"),
        ("phone", "0812-3456-7890", "bad_identifier"),
        ("phone", "8,4E+09", "bad_identifier"),
        ("nib", "9,90123E+12", "bad_identifier"),
        ("nib", "99123456789", "bad_identifier"),
        ("pirt", "210187201900130", "bad_identifier"),
        ("halal_no", "KH18990000004211", "bad_identifier"),
        ("npwp", "1,87201E+15", "bad_identifier"),
        ("npwp", "98765132100", "bad_identifier"),
        ("bank_account", "4,4873E+08", "bad_identifier"),
        ("bank_account", "123-456", "bad_identifier"),
        ("kelurahan", "Bandar Jaya", "unknown_kelurahan"),
    ],
)
def test_an_identifier_that_is_not_well_formed_is_reported_and_left_empty(producers, field, text, code):
    row, warnings = reported(producers, "producers", **{field: text})
    assert warnings == {field: code}
    assert getattr(row, field) == ""


def test_a_spoiled_nip_is_reported_and_left_empty(importer):
    row, warnings = reported(importer, "staff", nip="1,97509E+17")
    assert warnings == {"nip": "bad_identifier"}
    assert row.nip == ""


def test_identifiers_are_kept_in_their_normal_form(producers):
    row = imported(producers, "producers", npwp="00.098.765.1-321.000", phone="628400000001", bank_account="0012")
    assert (row.npwp, row.phone, row.bank_account) == ("000987651321000", "+628400000001", "0012")


def test_a_phone_gets_its_lost_zero_back_and_no_other_number_does(producers):
    assert imported(producers, "producers", phone="8400000001").phone == "+628400000001"


def test_reports_say_nothing_of_a_person(producers):
    private = {"phone": "0725012345", "nib": "123", "npwp": "1872011708459", "bank_account": "12-34"}
    checked = producers.rows("producers", private)
    told = " ".join(f"{each.english} {dict(each.data)}" for each in checked.warnings)
    assert len(checked.warnings) == 4
    assert not [value for value in private.values() if value in told]


# ---------------------------------------------------------------- corners, wording, size


def test_corners_need_a_code_a_name_and_a_kind(importer):
    header = "corner_code,name,kind,address,postcode,staff_count\n"
    path = importer.file(header + "MTR-001,Setda,OPD,,34111,168\nMTR-001,Setwan,opd,,,\n,X,opd,,,\nMTR-3,,toko,,,x\n")
    checked = registry_rows.check_corners(spreadsheets.read_rows(path))
    assert checked.rows == [registry_rows.CornerRow("MTR-001", "Setda", "opd", "", "34111", 168)]
    assert [(each.line, each.field) for each in checked.rejected] == [
        (3, "corner_code"),
        (4, "corner_code"),
        (5, "name"),
        (5, "kind"),
    ]


def test_every_reason_reads_as_a_sentence(importer):
    checked = importer.check(
        "products",
        importer.text("products", {"unit": "buah", "sell_price": "1{2}"}, {"tkdn_percent": "x", "commission_bp": "5"})
        + "a,b\n",
    )
    assert [(each.line, each.field, each.english) for each in checked.rejected + checked.warnings] == [
        (2, "unit", "buah is not one of these: pcs, kg, paket"),
        (2, "sell_price", "1{2} cannot be understood as whole rupiah"),
        (4, "", "has 2 fields, the header has 16"),
        (3, "commission_bp", "is not used with titip and was left out"),
        (3, "tkdn_percent", "x is not allowed here and was left empty"),
    ]
    assert all(text == text.strip() for text in REASONS.values())


def test_a_long_value_is_cut_in_the_reason(importer):
    checked = importer.rows("staff", {"tab_limit": "9" * 1000})
    assert len(checked.rejected[0].english) < 100


def test_twenty_thousand_products_are_read_and_checked(importer):
    rows = ({"sku": f"X{number}", "barcode": "", "sell_price": str(15_000 + number)} for number in range(20_000))
    checked = importer.rows("products", *rows)
    assert len(checked.rows) == 20_000
    assert not checked.rejected
