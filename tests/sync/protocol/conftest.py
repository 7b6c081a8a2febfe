"""Small spreadsheets for the import rules."""

import csv
import io
from datetime import date

import pytest

from sync.protocol import registry_rows, spreadsheets

TODAY = date(2026, 11, 21)

PRODUCER = {
    "producer_code": "P001",
    "business_name": "Keripik Ranusari",
    "owner_name": "Umi",
    "phone": "08400000001",
    "kelurahan": "Yosodadi",
    "class": "mikro",
    "nib": "9905733500834",
    "pirt": "2041872019001-28",
    "halal_no": "ID18995365881415497",
    "halal_expires": "2028-04-14",
    "npwp": "0000010017321000",
    "bank_name": "Bank Lampung",
    "bank_account": "0000000448730",
    "payout_terms": "mingguan",
    "joined_on": "2025-07-24",
}
PRODUCT = {
    "sku": "MKN-001",
    "barcode": "2001872000011",
    "name": "Keripik Pisang 200 g",
    "category": "makanan",
    "unit": "pcs",
    "producer_code": "P001",
    "pricing": "titip",
    "consign_price": "14400",
    "commission_bp": "",
    "sell_price": "16000",
    "shelf_life_days": "180",
    "min_stock": "6",
    "needs_pirt": "yes",
    "needs_halal": "no",
    "e_katalog": "",
    "tkdn_percent": "97.81",
}
STAFF = {
    "staff_code": "S001",
    "name": "Lina",
    "nip": "197509282000032901",
    "unit": "Bagian Hukum",
    "tab_limit": "300000",
}
TEMPLATES = {"producers": PRODUCER, "products": PRODUCT, "staff": STAFF}


class Importer:
    """Writes rows into a file, reads it back and checks it."""

    def __init__(self, folder):
        self.folder = folder
        self.known = registry_rows.Known(producer_codes={"P001", "P002"})

    def text(self, kind, *rows, delimiter=",", newline="\n"):
        """The CSV text of rows, each the changes to a good row."""
        template = TEMPLATES[kind]
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, list(template), delimiter=delimiter, lineterminator=newline)
        writer.writeheader()
        writer.writerows([{**template, **changes} for changes in rows])
        return buffer.getvalue()

    def file(self, content):
        """A file with exactly this content."""
        path = self.folder / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def check(self, kind, content):
        """Read and check a file of this content."""
        return self.check_file(kind, self.file(content))

    def check_file(self, kind, path):
        sheet = spreadsheets.read_rows(path)
        if kind == "producers":
            return registry_rows.check_producers(sheet, self.known, TODAY)
        check = registry_rows.check_products if kind == "products" else registry_rows.check_staff
        return check(sheet, self.known)

    def rows(self, kind, *rows):
        """Check rows, each the changes to a good row."""
        return self.check(kind, self.text(kind, *rows))

    def one(self, kind, **changes):
        """(the imported row or None, {field: code} of refusals, {field: code} of reports) of one row."""
        checked = self.rows(kind, changes)
        return (
            checked.rows[0] if checked.rows else None,
            {each.field: each.code for each in checked.rejected},
            {each.field: each.code for each in checked.warnings},
        )


@pytest.fixture
def importer(tmp_path):
    return Importer(tmp_path)
