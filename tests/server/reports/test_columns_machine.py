"""Whatever tills report in whatever order, figures in memory are those of the tables added up by hand.

Three processes hold figures of one database, one of them in very little room; tills trade on any day, take back and
count; the reporter comes along at any moment, tills are made anew, producers and goods are merged and parted, a
request that began long ago still asks, and a process may still be reading, so that the database adds up for it.
"""

import shutil
from collections import defaultdict
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sync.documents.reversal import Reversal, undoing
from sync.server.centre import open_centre
from sync.server.corners.standing import kelurahan_of
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.exchange.feeds import take_positions
from sync.server.reports import columns, reporter, view
from sync.server.reports.attributes import SIDES
from sync.server.reports.facts import STANDS, TAKES_BACK
from sync.server.reports.paying import TERM_DAYS, paid_in_all, payments, together
from sync.server.reports.reporter import report
from sync.server.reports.scope import Scope, field_of
from sync.server.reports.selling import counts_documents, sold
from sync.server.reports.shelves import moved
from sync.server.trust import figures
from sync.server.trust.replaying import rebuild
from tests.server.figures import Till, _registry, push
from tests.server.support import Clock, new_centre

FIRST, LAST = date(2026, 8, 1), date(2026, 9, 30)
CORNERS = ("MTR-001", "MTR-002")
BY = [name for name in SIDES if name != "terms"]
SHORT = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BEFORE = (date(2024, 12, 31), date(2025, 12, 30))
DAYS = st.sampled_from([*BEFORE, *(date(2026, *day) for day in ((8, 1), (8, 3), (8, 31), (9, 1), (9, 2), (9, 30)))])
GOODS_FILTERS = ("category", "product")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("columns") / "centre.db"
    made = new_centre(f"sqlite:///{file}", Clock())
    _registry(made)
    made.close()
    return file


def test_figures_in_memory_are_those_of_the_tables(pattern: Path, tmp_path: Path) -> None:
    number = count()

    def machine() -> Machine:
        folder = tmp_path / str(next(number))
        folder.mkdir()
        return Machine(f"sqlite:///{shutil.copy(pattern, folder / 'centre.db')}")

    run_state_machine_as_test(machine, settings=SHORT)


class Machine(RuleBasedStateMachine):
    def __init__(self, database: str) -> None:
        super().__init__()
        self.workers = [open_centre(database, Clock()) for _ in range(3)]
        self.centre = self.workers[0]
        columns._held[self.workers[2].engine] = columns.Columns(most_rows=200)
        self.began = ExitStack()
        self.old = None

    def teardown(self) -> None:
        self.began.close()
        for one in self.workers:
            one.close()

    @initialize()
    def open(self) -> None:
        with reading(self.centre.engine) as db:
            products = db.execute(sa.select(schema.products).order_by(schema.products.c.sku)).all()
            makers = db.execute(sa.select(schema.producers)).all()
            offices = db.execute(sa.select(schema.corners).where(schema.corners.c.code.in_(CORNERS))).all()
        terms = {row.code: "harian" for row in makers}

        self.some = {
            "corner": CORNERS,
            "kind": ("opd", "vertikal"),
            "place": sorted({kelurahan_of(row.address) for row in offices}),
            "kelurahan": sorted({row.kelurahan for row in makers})[:3],
            "class": ("mikro", "kecil"),
            "category": sorted({row.category for row in products})[:3],
            "buyer": ("personal", "office"),
            "unit": ("Sekretariat",),
        }
        self.tills = [Till(code, 7 + place, products, terms) for place, code in enumerate(CORNERS)]
        rows = [shelf.row for till in self.tills for shelf in till.shelves]
        self.codes = {"producer": sorted({row.producer for row in rows})[:4], "product": [row.sku for row in rows[:4]]}
        for till in self.tills:
            till.journal.enrol_at(self.centre)
            till.day(FIRST, 3)

    @rule(which=st.sampled_from([0, 1]), day=DAYS, sales=st.integers(1, 4), many=st.sampled_from([1, 7, 500, 500]))
    def trade(self, which: int, day: date, sales: int, many: int) -> None:
        self.tills[which].day(day, sales)
        push(self.centre, self.tills[which].journal)
        self._take_in(which, many)

    @rule(which=st.sampled_from([0, 1]), payment=st.integers(0, 100))
    def take_a_payment_back(self, which: int, payment: int) -> None:
        """What it paid for is owed again."""
        till = self.tills[which]
        if till.payments:
            name, paid = till.payments.pop(payment % len(till.payments))
            plain = {"original_id": name, "original_number": paid.number, "original_kind": "settlement"}
            till.add(
                undoing(Reversal(number=till.number("BT"), postings=(), reason="mistyped", **plain), paid.effects())
            )
            push(self.centre, till.journal)
            self._take_in(which, 500)

    def _take_in(self, which: int, many: int) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reporter, "AT_ONCE", many)
            report(self.centre, self.tills[which].journal.device)

    @rule(which=st.sampled_from([0, 1]))
    def make_anew(self, which: int) -> None:
        rebuild(self.centre, self.tills[which].journal.corner)

    @rule()
    def verify(self) -> None:
        figures.verify(self.centre)

    @rule(data=st.data(), kind=st.sampled_from(["producer", "product"]))
    def merge(self, data: st.DataObject, kind: str) -> None:
        code, into = data.draw(st.lists(st.sampled_from(self.codes[kind]), min_size=2, max_size=2, unique=True))
        table, scope = (schema.producers, "producers") if kind == "producer" else (schema.products, "catalogue")
        key = next(iter(table.primary_key))
        with writing(self.centre.engine) as db:
            aliases = dict(map(tuple, db.execute(sa.select(key, table.c.alias_of))))
            into = "" if aliases[code] or code in aliases.values() or aliases[into] else into
            db.execute(sa.update(table).where(key == code).values(alias_of=into))
            take_positions(db, scope, 1)

    @rule(who=st.sampled_from([0, 1, 2]), still=st.booleans())
    def read_ahead(self, who: int, still: bool) -> None:
        """Begin to, or come to the end of it."""
        columns.columns_of(self.workers[who].engine).filling = still

    @rule(who=st.sampled_from([0, 1]))
    def begin(self, who: int) -> None:
        self.began.close()
        self.old = self.began.enter_context(reading(self.workers[who].engine))
        view.view_of(self.old)

    @rule(day=DAYS)
    def ask_late(self, day: date) -> None:
        if self.old is not None:
            sold(self.old, Scope(first=day, last=LAST), "day", "corner")
            moved(self.old, Scope(first=day.replace(day=1), last=LAST))

    @rule(data=st.data(), who=st.sampled_from([0, 1, 2]), ends=st.tuples(DAYS, DAYS))
    def ask(self, data: st.DataObject, who: int, ends: tuple[date, date]) -> None:
        self._ask(data, who, ends)

    @rule(data=st.data(), who=st.sampled_from([0, 1, 2]))
    def ask_of_whole_months(self, data: st.DataObject, who: int) -> None:
        self._ask(data, who, (FIRST, LAST))

    def _ask(self, data: st.DataObject, who: int, ends: tuple[date, date]) -> None:
        names = data.draw(st.lists(st.sampled_from([*self.some, *self.codes]), max_size=2, unique=True))
        known = {**self.some, **self.codes}
        filters = {name: data.draw(st.sampled_from(known[name])) for name in names}
        scope = Scope(first=min(ends), last=max(ends), **{field_of(name): value for name, value in filters.items()})
        by = tuple(data.draw(st.lists(st.sampled_from([*BY, "unit", "day", "month"]), max_size=2, unique=True)))
        with reading(self.workers[who].engine) as db:
            hand = Hand(db, scope)
            assert {row.key: tuple(row[2:]) for row in sold(db, scope, *by)} == hand.sold(by)
            of_goods = tuple(name for name in by if name in BY)
            assert {row.key: tuple(row[2:]) for row in moved(db, scope, *of_goods)} == hand.moved(of_goods)
            for name, value in filters.items():
                others = (None, *(one for one in known[name] if one != value))
                other = msgspec.structs.replace(scope, **{field_of(name): data.draw(st.sampled_from(others)) or ""})
                assert {row.key: tuple(row[2:]) for row in sold(db, other)} == Hand(db, other).sold(())
            assert tuple(paid_in_all(db, scope)) == tuple(together(payments(db, scope))) == hand.paid()


class Hand:
    """Answers from the rows of the tables, one by one."""

    def __init__(self, db, scope: Scope) -> None:
        self.db, self.scope = db, scope
        self.corners = dict(map(tuple, db.execute(sa.select(schema.devices.c.device, schema.devices.c.corner))))
        self.kinds = dict(map(tuple, db.execute(sa.select(schema.corners.c.code, schema.corners.c.kind))))
        self.addresses = dict(map(tuple, db.execute(sa.select(schema.corners.c.code, schema.corners.c.address))))
        self.makers = {row.code: row for row in db.execute(sa.select(schema.producers))}
        self.goods = {row.sku: row for row in db.execute(sa.select(schema.products))}

    def rows(self, table: sa.Table):
        day = table.c.date
        return self.db.execute(sa.select(table).where(day.between(*self.scope.days))).mappings()

    def facts(self, row, unknown: tuple[str, ...] = ()) -> dict[str, str] | None:
        """What the row is by every name; None where a filter leaves it out."""
        corner = self.corners[row["device"]]
        sku = self._now(self.goods, row.get("sku", ""))
        known = self.goods.get(sku)
        producer = row.get("producer", "") or (known.producer if known else "")
        maker = self._now(self.makers, producer)
        made_by = self.makers.get(maker)
        facts = {
            "corner": corner,
            "kind": self.kinds.get(corner, ""),
            "place": kelurahan_of(self.addresses.get(corner, "")),
            "producer": maker,
            "kelurahan": made_by.kelurahan if made_by else "",
            "class": made_by._mapping["class"] if made_by else "",
            "terms": made_by.payout_terms if made_by else "",
            "product": sku,
            "category": known.category if known else "",
            "tkdn": self._now(self.makers, known.producer) if known and known.tkdn_bp is not None else "",
            "ekatalog": "ekatalog" if known and known.e_katalog else "",
            "buyer": row.get("buyer", ""),
            "unit": row.get("unit", ""),
            "day": row["date"],
            "month": row["date"][:7],
        }
        raw = {"producer": (self.makers, producer), "product": (self.goods, row.get("sku", ""))}
        for name, value in self.scope.filters.items():
            if name in unknown:
                continue
            if name in raw:
                table, code = raw[name]
                if value not in (code, table[code].alias_of if code in table else ""):
                    return None
            elif facts[name] != value:
                return None
        return facts

    def sold(self, by: tuple[str, ...]) -> dict[tuple[str, ...], tuple[int, ...]]:
        names = ("quantity", *tables.MONEY)
        found = defaultdict(lambda: [0] * (3 + len(names)))
        documents = counts_documents(self.scope, *by)
        if not by:
            found[()]
        for row in self.rows(tables.sold):
            facts = self.facts(row)
            if facts is not None:
                sums = found[tuple(facts[name] for name in by)]
                sums[0] += row["total"] * (row["buyer"] == "office")
                sums[1] += 0 if documents else row["lines"]
                for place, name in enumerate(names, start=3):
                    sums[place] += row[name]
        for row in self.rows(tables.times) if documents else ():
            facts = self.facts(row)
            if facts is not None:
                sums = found[tuple(facts[name] for name in by)]
                sums[1] += row["sales"]
                sums[2] += row["refunds"]
        return {key: tuple(sums) for key, sums in found.items()}

    def moved(self, by: tuple[str, ...]) -> dict[tuple[str, ...], tuple[int, ...]]:
        found = defaultdict(lambda: [0] * 6)
        bought = defaultdict(int)
        if not by:
            found[()]
        for row, sign in [(row, 1) for row in self.all(tables.goods)] + [(row, -1) for row in self.all(tables.sold)]:
            facts = self.facts(row, ("buyer", "unit"))
            if facts is None or row["date"] > self.scope.days[1]:
                continue
            key = tuple(facts[name] for name in by)
            sums = found[key]
            if row["date"] < self.scope.days[0]:
                sums[0] += sign * row["quantity"]
            elif sign < 0:
                bought[key] += row["quantity"]
            elif row["what"] in ("returned", "written_off", "missing"):
                sums[{"unsold": 3, "expired": 4}.get(row["reason"], 5)] -= row["quantity"]
            else:
                sums[1 if row["what"] == "received" else 2] += row["quantity"]
        for key, quantity in bought.items():
            found[key][2] -= min(quantity, 0)
        return {key: tuple(sums) for key, sums in found.items() if any(sums) or not by}

    def all(self, table: sa.Table):
        return self.db.execute(sa.select(table)).mappings()

    def paid(self) -> tuple[int, ...]:
        sums = [0] * 6
        for row in self.rows(tables.paid):
            facts = self.facts(row, ("buyer", "unit", *GOODS_FILTERS))
            if facts is not None:
                payment, stands = row["taken_back"] != TAKES_BACK, row["taken_back"] == STANDS
                late = stands and row["waited"] is not None and row["waited"] > TERM_DAYS.get(facts["terms"], 0)
                counted = (payment, stands, late, not payment, row["amount"], row["deducted"])
                for place, more in enumerate(map(int, counted)):
                    sums[place] += more
        return tuple(sums)

    def _now(self, table, code: str) -> str:
        return (table[code].alias_of or code) if code in table else code
