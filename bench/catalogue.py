"""The goods of the benches: producers, products, and a ledger that holds them and nothing else."""

from dataclasses import dataclass
from pathlib import Path

from pos_app.ledger import registry
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from sync.documents.identifiers import in_store_ean13
from sync.protocol.registry_rows import ProducerRow, ProductRow

GOODS = ("Keripik Pisang", "Kopi Bubuk", "Sambal Lingkung", "Dodol Durian", "Kain Tapis", "Tas Anyam", "Madu Hutan")
TASTES = ("Cokelat", "Asin", "Pedas", "Manis", "Original", "Keju", "Balado", "Susu", "Gula Aren", "Jahe")


@dataclass(frozen=True, slots=True)
class Size:
    """What a ledger holds; ``sold`` products are on the shelf, the others only in the catalogue."""

    sales: int
    products: int = 20_000
    producers: int = 300
    sold: int = 1_200


def producer_rows(count: int) -> list[ProducerRow]:
    """Producers K00001 onwards."""
    return [
        ProducerRow(
            producer_code=f"K{number:05d}",
            business_name=f"{GOODS[number % len(GOODS)]} {TASTES[number // 7 % len(TASTES)]} {number}",
            owner_name=f"Pemilik {number}",
            phone=f"+6284{number:09d}",
            kelurahan="Yosodadi",
            class_="mikro",
            nib="",
            pirt="",
            halal_no="",
            halal_expires=None,
            npwp="",
            bank_name="Bank Lampung",
            bank_account=f"{number:010d}",
            payout_terms="mingguan",
            joined_on=None,
        )
        for number in range(1, count + 1)
    ]


def product_rows(count: int, producers: int) -> list[ProductRow]:
    """Products spread evenly over the producers, two in three on consignment at a fixed price, the rest at a share."""
    return [_product_row(number, number % producers + 1) for number in range(count)]


def _product_row(number: int, producer: int) -> ProductRow:
    price = 5_000 + number % 40 * 500
    by_share = number % 3 == 0
    return ProductRow(
        sku=f"BRG-{number:05d}",
        barcode=in_store_ean13(number),
        name=f"{GOODS[number % len(GOODS)]} {TASTES[number // 7 % len(TASTES)]} {100 + number % 9 * 50} g no {number}",
        category="makanan",
        unit="pcs",
        producer_code=f"K{producer:05d}",
        pricing="komisi" if by_share else "titip",
        consign_price=None if by_share else price * 9 // 10,
        commission_bp=1_250 if by_share else None,
        sell_price=price,
        shelf_life_days=180,
        min_stock=5,
        needs_pirt=True,
        needs_halal=True,
        e_katalog=False,
        tkdn_bp=None,
    )


def new_ledger(folder: Path, name: str, products: int, producers: int) -> tuple[Ledger, Vault]:
    """An empty journal with a catalogue; the keys lie in ``folder`` too."""
    identity = Identity(f"{name:0>32}", "MTR-001", "Pojok Bench", "A")
    ledger = Ledger.create(folder / f"{name}.db", identity)
    vault = Vault(folder / "home" / "ledgers" / identity.ledger_id)
    with ledger.write() as tx:
        registry.add_producers(tx.db, producer_rows(producers), vault.seal)
        registry.add_products(tx.db, product_rows(products, producers))
    return ledger, vault
