"""Tables of the ledger. Projections can be rebuilt from the journal; the registry cannot.

Everything is STRICT. What a document adds stands in its row of ``documents``, postings and movements as lists, so that
a sale touches few pages; the views ``postings`` and ``stock_movements`` give them one by one. ``prior`` leads from one
to the entry before it that touched the same account or product (0: none); ``last_seq`` is the newest end of that
thread.

``stock`` has a row for every batch that is not at zero. When one goes, the product's row without a batch, which holds
the pieces of no batch, keeps the entry: the newest of a product's rows is the end of its thread.
"""

from collections.abc import Iterator

from pos_app.ledger.sqlite import complete_statement
from sync.documents.base import FIGURES

JOURNAL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END;

CREATE TRIGGER journal_in_order BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'journal entries follow one another'); END;
"""

_FIGURE_COLUMNS = ",\n    ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in FIGURES)

DELIVERIES = (
    "CREATE INDEX deliveries ON documents (kind, party, date) WHERE kind = 'goods_received' OR kind = 'goods_returned'"
)
"""Finds the notes of a producer or a day without reading one."""

PROJECTIONS = f"""
CREATE TABLE documents (
    seq INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    date TEXT NOT NULL,
    amount INTEGER NOT NULL,
    party TEXT NOT NULL,
    shift INTEGER NOT NULL,
    postings TEXT NOT NULL, -- JSON, sorted: [[account, amount, prior], ...]
    movements TEXT NOT NULL -- JSON, sorted: [[sku, batch, quantity, cost, prior], ...]
) STRICT;
CREATE INDEX documents_by_kind ON documents (kind) WHERE kind <> 'sale';
{DELIVERIES};

CREATE VIEW postings (seq, account, amount, prior) AS
SELECT d.seq, CAST(p.value ->> 0 AS TEXT), p.value ->> 1, p.value ->> 2
FROM documents d CROSS JOIN json_each(d.postings) p;

CREATE VIEW stock_movements (seq, sku, batch, quantity, cost, prior) AS
SELECT d.seq, CAST(m.value ->> 0 AS TEXT), CAST(m.value ->> 1 AS TEXT), m.value ->> 2, m.value ->> 3, m.value ->> 4
FROM documents d CROSS JOIN json_each(d.movements) m;

CREATE TABLE balances (
    account TEXT PRIMARY KEY, amount INTEGER NOT NULL, last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
    sku TEXT NOT NULL, batch TEXT NOT NULL, quantity INTEGER NOT NULL, cost INTEGER NOT NULL,
    expires_on TEXT, position INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    PRIMARY KEY (sku, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stock_below_zero ON stock (sku) WHERE quantity < 0;

CREATE TABLE shifts (
    seq INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    date TEXT NOT NULL,
    opening_float INTEGER NOT NULL,
    closed_seq INTEGER,
    expected INTEGER,
    counted INTEGER,
    difference INTEGER,
    {_FIGURE_COLUMNS}
) STRICT;
CREATE INDEX shifts_open ON shifts (seq) WHERE closed_seq IS NULL AND seq > 0;

CREATE TABLE refunded (
    seq INTEGER NOT NULL, line INTEGER NOT NULL, sale_seq INTEGER NOT NULL,
    quantity INTEGER NOT NULL, total INTEGER NOT NULL, share INTEGER NOT NULL, cost INTEGER NOT NULL,
    PRIMARY KEY (seq, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX refunded_by_sale ON refunded (sale_seq);

CREATE TABLE reversed (seq INTEGER PRIMARY KEY, original_id TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE prices (
    sku TEXT PRIMARY KEY, sell_price INTEGER NOT NULL, consign_price INTEGER, commission_bp INTEGER, min_stock INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE settled (
    seq INTEGER PRIMARY KEY, producer TEXT NOT NULL, through_seq INTEGER NOT NULL, through_date TEXT NOT NULL
) STRICT;
CREATE INDEX settled_by_producer ON settled (producer);

INSERT INTO shifts (seq, number, opened_at, date, opening_float) VALUES (0, '', '', '', 0);
"""

# The texts of the views are cast: without a type SQLite makes no index for a join with them.
PROJECTION_TABLES = (
    "documents",
    "balances",
    "stock",
    "shifts",
    "refunded",
    "reversed",
    "prices",
    "settled",
)
FORMER_TABLES = ("postings", "stock_movements", "counters")
"""Projections of the first schema that are none of today's; two of them are views."""

REGISTRY = """
CREATE TABLE producers (
    code TEXT PRIMARY KEY,
    business_name TEXT NOT NULL,
    kelurahan TEXT NOT NULL DEFAULT '',
    class TEXT NOT NULL,
    payout_terms TEXT NOT NULL,
    nib TEXT NOT NULL DEFAULT '',
    pirt TEXT NOT NULL DEFAULT '',
    halal_no TEXT NOT NULL DEFAULT '',
    halal_expires TEXT,
    joined_on TEXT,
    personal BLOB,
    version INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    producer TEXT NOT NULL REFERENCES producers (code),
    pricing TEXT NOT NULL CHECK (pricing IN ('titip', 'komisi', 'putus')),
    consign_price INTEGER,
    commission_bp INTEGER,
    sell_price INTEGER NOT NULL,
    shelf_life_days INTEGER,
    min_stock INTEGER NOT NULL DEFAULT 0,
    needs_pirt INTEGER NOT NULL DEFAULT 0,
    needs_halal INTEGER NOT NULL DEFAULT 0,
    e_katalog INTEGER NOT NULL DEFAULT 0,
    tkdn_bp INTEGER,
    version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX products_by_producer ON products (producer);
CREATE INDEX products_by_category ON products (category);
CREATE INDEX products_by_name ON products (name, sku, producer);

CREATE TABLE barcodes (
    barcode TEXT NOT NULL, sku TEXT NOT NULL REFERENCES products (sku), PRIMARY KEY (barcode, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcodes_by_sku ON barcodes (sku);

CREATE VIRTUAL TABLE product_search USING fts5 (text, tokenize = 'trigram', content = '', contentless_delete = 1);
-- Its segments are merged in small steps between slices of a feed, never inside one: that took half a second.
INSERT INTO product_search (product_search, rank) VALUES ('automerge', 0);

CREATE TABLE staff (
    code TEXT PRIMARY KEY, unit TEXT NOT NULL DEFAULT '', tab_limit INTEGER NOT NULL DEFAULT 0, personal BLOB
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('kasir', 'pengelola')),
    pin_hash TEXT NOT NULL,
    personal BLOB,
    active INTEGER NOT NULL DEFAULT 1,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
) STRICT;

CREATE TABLE notes (document_id TEXT PRIMARY KEY, salt BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;

CREATE TABLE activity (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (slot TEXT PRIMARY KEY, saved_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE signed_heads (seq INTEGER PRIMARY KEY, signature BLOB NOT NULL, public_key BLOB NOT NULL) STRICT;

CREATE TABLE exchange (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE print_jobs (
    id INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL,
    paper TEXT NOT NULL,
    copies INTEGER NOT NULL,
    copy_mark INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'printing', 'unsure', 'done', 'failed', 'cancelled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    done_at TEXT
) STRICT;
CREATE INDEX print_jobs_open ON print_jobs (id) WHERE state IN ('waiting', 'printing', 'unsure', 'failed');
"""

COUNTER = """
CREATE TABLE pictures (sku TEXT PRIMARY KEY, image BLOB NOT NULL) STRICT;

CREATE TABLE favourites (sku TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE staff_pins (
    code TEXT PRIMARY KEY, pin_hash TEXT NOT NULL, failures INTEGER NOT NULL DEFAULT 0, locked_until TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE mandates (code TEXT PRIMARY KEY, given_on TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
"""What the third schema adds: pictures and favourites of goods, PINs of staff, and their letters of authority."""

CONSIGNMENT = """
CREATE TABLE agreements (
    producer TEXT PRIMARY KEY,
    agreed_on TEXT NOT NULL,
    payout_terms TEXT NOT NULL,
    pays_by TEXT NOT NULL CHECK (pays_by IN ('cash', 'transfer')),
    loss_bearer TEXT NOT NULL CHECK (loss_bearer IN ('producer', 'corner')),
    collect_days INTEGER NOT NULL, -- within which unsold goods are fetched
    notice_days INTEGER NOT NULL -- before a price changes
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    producer TEXT NOT NULL, kind TEXT NOT NULL, sku TEXT NOT NULL DEFAULT '', -- of one product; empty: of the business
    number TEXT NOT NULL, expires_on TEXT,
    PRIMARY KEY (producer, kind, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE variants (sku TEXT PRIMARY KEY, family TEXT NOT NULL, size TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX variants_by_family ON variants (family);

CREATE TABLE listings (
    sku TEXT PRIMARY KEY, e_katalog TEXT NOT NULL DEFAULT '', tkdn_number TEXT NOT NULL DEFAULT '', tkdn_expires TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE shelves (sku TEXT PRIMARY KEY, shelf TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX shelves_by_name ON shelves (shelf);

CREATE TABLE counting (
    sku TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('counted', 'again', 'left_out')),
    expected INTEGER NOT NULL, counted INTEGER NOT NULL,
    at_seq INTEGER NOT NULL, counted_at TEXT NOT NULL, counted_by TEXT NOT NULL,
    moved INTEGER NOT NULL DEFAULT 0, -- sold or brought between two scans of it
    earlier INTEGER, earlier_by TEXT NOT NULL DEFAULT '', -- what the count before this one found
    borne_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('price_down', 'return')),
    sku TEXT NOT NULL, batch TEXT NOT NULL, due_on TEXT NOT NULL,
    price INTEGER, borne_by TEXT NOT NULL DEFAULT '', -- of a lower price: who bears what is left off
    made_at TEXT NOT NULL, made_by TEXT NOT NULL, ended_at TEXT, outcome TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX tasks_open ON tasks (due_on) WHERE ended_at IS NULL;

CREATE TABLE own_barcodes ( -- given at the counter: no page of the catalogue takes them off
    barcode TEXT NOT NULL, sku TEXT NOT NULL, PRIMARY KEY (sku, barcode)
) STRICT, WITHOUT ROWID;

CREATE TABLE transfer_listed (number TEXT PRIMARY KEY, listed_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
"""What the fourth schema adds: what was agreed with producers, papers with their last day, families of goods in several
sizes, where they are listed and stand, barcodes that were added at the counter, a stock count while it is taken, what
is to be done before goods expire, and slips that stand on a list for the bank.
"""

EXCHANGE = """
CREATE TABLE epochs ( -- of the chain, after the first
    epoch INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, base_seq INTEGER NOT NULL, approval BLOB NOT NULL
) STRICT;

CREATE TABLE aliases ( -- codes of producers and SKUs that the centre found to be another one
    kind TEXT NOT NULL CHECK (kind IN ('producer', 'product')),
    code TEXT NOT NULL, target TEXT NOT NULL,
    token INTEGER NOT NULL, -- of the feed's row; 0 while the centre has not confirmed it anew
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_target ON aliases (kind, target);

CREATE TABLE proposed ( -- registered here, for the centre to confirm
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('producer', 'product')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent')),
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE counting ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0; -- of what is expected, in other tills' books
ALTER TABLE counting ADD COLUMN centre_at INTEGER NOT NULL DEFAULT 0; -- counted_at by the centre's clock, as known then

CREATE INDEX IF NOT EXISTS stock_below_zero ON stock (sku) WHERE quantity < 0; -- as in PROJECTIONS

CREATE TABLE neighbours ( -- the other tills of this corner, as far as the centre told
    device TEXT PRIMARY KEY, till TEXT NOT NULL, seq INTEGER NOT NULL, told_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE neighbour_stock (
    device TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (device, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX neighbour_stock_by_sku ON neighbour_stock (sku);
CREATE INDEX neighbour_stock_below_zero ON neighbour_stock (sku) WHERE quantity < 0;

CREATE TABLE neighbour_tabs (
    device TEXT NOT NULL, staff TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (device, staff)
) STRICT, WITHOUT ROWID;
CREATE INDEX neighbour_tabs_by_staff ON neighbour_tabs (staff);

CREATE TABLE neighbour_entries ( -- sales, refunds and reversals, for what may still be refunded
    document_id TEXT PRIMARY KEY, device TEXT NOT NULL, seq INTEGER NOT NULL, number TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX neighbour_entries_by_number ON neighbour_entries (number);
"""
"""What the fifth schema adds: later epochs of the chain, aliases in the registry, what was proposed to the
centre, and what the corner's other tills have.
"""

SINCE = (
    dict.fromkeys(("pictures", "favourites", "staff_pins", "mandates"), 3)
    | dict.fromkeys(
        (
            *("agreements", "certificates", "variants", "listings", "shelves", "own_barcodes"),
            *("counting", "tasks", "transfer_listed"),
        ),
        4,
    )
    | dict.fromkeys(
        ("epochs", "aliases", "proposed", "neighbours", "neighbour_stock", "neighbour_tabs", "neighbour_entries"), 5
    )
)
"""Tables that an older schema never had, and the schema that brought them."""


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would end the transaction that is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""
