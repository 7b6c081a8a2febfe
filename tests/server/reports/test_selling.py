"""What was sold, by whatever it is asked by, equals adding up every line by hand."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.reports.attributes import SIDES
from sync.server.reports.scope import FILTERS, Scope, field_of
from sync.server.reports.selling import counts_documents, in_all, producers_new, sold
from tests.server.support import Clock, new_centre

FIRST, DAYS = date(2026, 8, 20), 90
DEVICES = {"d1": "MTR-001", "d2": "MTR-001", "d3": "MTR-002", "d4": "MTR-009"}
KINDS = {"MTR-001": "opd", "MTR-002": "vertikal"}
PLACES = {"MTR-001": "Imopuro", "MTR-002": "Iring Mulyo"}
MAKERS = {"P1": ("Iring Mulyo", "mikro"), "P2": ("Imopuro", "kecil"), "P3": ("Imopuro", "mikro")}
MERGED = {"P2-old": "P2", "P2-older": "P2-old"}
GOODS = {"K1": ("kopi", "P1"), "K2": ("kopi", "P2"), "B1": ("batik", "P3"), "X1": ("", "P9")}
MADE_BY = {"K1": ("P1",), "K2": ("P2", "P2-old", "P2-older"), "B1": ("P3",), "X1": ("P9",)}
LISTED = ("K2", "B1")
ASKED = [name for name in SIDES if name != "terms"]
COUNTED = ("quantity", *tables.MONEY)
SCOPES = [
    {},
    {"corner": "MTR-001"},
    {"kind": "opd"},
    {"producer": "P2"},
    {"kelurahan": "Imopuro"},
    {"place": "Imopuro"},
    {"place": "Iring Mulyo", "kelurahan": "Imopuro"},
    {"class": "mikro"},
    {"category": "kopi"},
    {"buyer": "office"},
    {"corner": "MTR-001", "producer": "P2"},
    {"kind": "vertikal", "category": "batik", "buyer": "personal"},
    {"kelurahan": "Imopuro", "category": "kopi"},
    {"corner": "nobody"},
    {"product": "K2"},
    {"corner": "MTR-001", "unit": "Umum"},
]
PERIODS = [
    (date(2026, 9, 1), date(2026, 9, 30)),
    (date(2026, 8, 25), date(2026, 11, 10)),
    (date(2026, 9, 3), date(2026, 9, 4)),
]


@pytest.fixture(scope="module")
def lines() -> list[dict[str, object]]:
    """Rows of ``sold``, drawn by chance."""
    chance, rows = random.Random(5), {}
    for _ in range(1_500):
        sku = chance.choice(list(GOODS))
        buyer = chance.choice(("personal", "personal", "office"))
        key = {
            "device": chance.choice(list(DEVICES)),
            "date": (FIRST + timedelta(days=chance.randrange(DAYS))).isoformat(),
            "sku": sku,
            "producer": chance.choice(MADE_BY[sku]),
            "buyer": buyer,
            "unit": chance.choice(("Umum", "Keuangan")) if buyer == "office" else "",
        }
        amounts = {name: chance.randrange(-2_000, 20_000) for name in COUNTED}
        rows[tuple(key.values())] = {**key, "lines": chance.randrange(4), **amounts}
    return list(rows.values())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lines) -> Iterator[Centre]:
    if request.param == "sqlite":
        made = new_centre(f"sqlite:///{tmp_path_factory.mktemp('selling') / 'centre.db'}", Clock())
    else:
        from tests.postgres import made_from

        made = new_centre(made_from(request.getfixturevalue("postgres"), "template0"), Clock())
    with writing(made.engine) as db:
        _registry(db)
        db.execute(sa.insert(tables.sold), lines)
        db.execute(sa.insert(tables.times), _times(lines))
    yield made
    made.close()


def _registry(db) -> None:
    plain = {"ledger_id": "", "epoch": 1, "head_hash": b"", "enrolled_at": ""}
    rows = [{"device": d, "corner": c, "till": d, **plain, "ledger_id": d} for d, c in DEVICES.items()]
    db.execute(sa.insert(schema.devices), rows)
    for corner, kind in KINDS.items():
        db.execute(sa.update(schema.corners).where(schema.corners.c.code == corner).values(kind=kind))
    for corner, place in PLACES.items():
        address = f"Jl. Diponegoro 1, Kel. {place}, Kec. Metro"
        db.execute(sa.update(schema.corners).where(schema.corners.c.code == corner).values(address=address))
    known = {"class": "mikro", "payout_terms": "mingguan", "position": 1}
    rows = [
        {"code": c, "business_name": f"Usaha {c}", "kelurahan": k, **known, "class": size, "alias_of": ""}
        for c, (k, size) in MAKERS.items()
    ]
    rows += [
        {"code": c, "business_name": "Lama", "kelurahan": "Margodadi", **known, "alias_of": into}
        for c, into in MERGED.items()
    ]
    db.execute(sa.insert(schema.producers), rows)
    known = {"unit": "pcs", "pricing": "titip", "sell_price": 1, "position": 1}
    rows = [
        {"sku": s, "name": f"Barang {s}", "category": c, "producer": p, **known} for s, (c, p) in GOODS.items() if c
    ]
    db.execute(sa.insert(schema.products), rows)
    goods = schema.products
    db.execute(sa.update(goods).where(goods.c.sku == "K2").values(tkdn_bp=4_000))
    db.execute(sa.update(goods).where(goods.c.sku.in_(LISTED)).values(e_katalog=1))


def _times(lines) -> list[dict[str, object]]:
    """As the reporter keeps them; a sale here has one line."""
    sums = defaultdict(int)
    for line in lines:
        sums[line["device"], line["date"], line["buyer"]] += line["lines"]
    return [
        {"device": device, "date": day, "buyer": buyer, "sales": sales, "refunds": 0}
        for (device, day, buyer), sales in sums.items()
    ]


def _facts(line) -> dict[str, str]:
    """What a line is, by every name that it may be asked by."""
    corner, maker = DEVICES[line["device"]], "P2" if line["producer"].startswith("P2") else line["producer"]
    kelurahan, size = MAKERS.get(maker, ("", ""))
    return {
        "day": line["date"],
        "month": line["date"][:7],
        "corner": corner,
        "kind": KINDS.get(corner, ""),
        "place": PLACES.get(corner, ""),
        "producer": maker,
        "kelurahan": kelurahan,
        "class": size,
        "category": GOODS[line["sku"]][0],
        "product": line["sku"],
        "buyer": line["buyer"],
        "tkdn": GOODS["K2"][1] if line["sku"] == "K2" else "",
        "ekatalog": "ekatalog" if line["sku"] in LISTED else "",
        "unit": line["unit"],
    }


def _by_hand(lines, scope: Scope, by: tuple[str, ...], days=None) -> dict[tuple[str, ...], tuple[int, ...]]:
    sums = defaultdict(lambda: [0] * (3 + len(COUNTED)))
    for line in lines:
        facts = _facts(line)
        inside = line["date"] in days if days is not None else scope.days[0] <= line["date"] <= scope.days[1]
        if inside and all(facts[name] == value for name, value in scope.filters.items()):
            into = sums[tuple(facts[name] for name in by)]
            into[0] += line["total"] if line["buyer"] == "office" else 0
            into[1] += line["lines"]
            for place, name in enumerate(COUNTED):
                into[3 + place] += line[name]
    return {key: tuple(amounts) for key, amounts in sums.items()}


def _asked(centre: Centre, scope: Scope, by: tuple[str, ...], **options) -> dict[tuple[str, ...], tuple[int, ...]]:
    with reading(centre.engine) as db:
        return {row.key: tuple(row[2:]) for row in sold(db, scope, *by, **options)}


def _scope(period: tuple[date, date], filters: dict[str, str]) -> Scope:
    return Scope(first=period[0], last=period[1], **{field_of(name): value for name, value in filters.items()})


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: f"{period[0]}-{period[1]}")
@pytest.mark.parametrize("filters", SCOPES, ids=lambda filters: "+".join(filters) or "all")
def test_every_question_about_sales_adds_up_like_the_lines(centre: Centre, lines, filters, period):
    scope = _scope(period, filters)
    for by in [*((name,) for name in (*ASKED, "day", "month", "unit")), ("corner", "producer"), ("month", "category")]:
        assert _asked(centre, scope, by) == _by_hand(lines, scope, by), by


@pytest.mark.parametrize("filters", SCOPES, ids=lambda filters: "+".join(filters) or "all")
def test_one_sum_of_everything_is_there_when_nothing_was_sold_too(centre: Centre, lines, filters):
    for period in (PERIODS[1], (date(2020, 1, 1), date(2020, 1, 31))):
        scope = _scope(period, filters)
        with reading(centre.engine) as db:
            found = in_all(db, scope)
        assert tuple(found[2:]) == _by_hand(lines, scope, ()).get((), (0,) * 9)


def test_questions_of_one_request_build_on_each_other_and_do_not_mix(centre: Centre, lines):
    chance = random.Random(3)
    others = [{name: value} for name in ("kind", "buyer", "class") for value in ("opd", "vertikal", "office", "mikro")]
    with reading(centre.engine) as db:
        for filters in chance.sample([*SCOPES, *others] * 3, 3 * len([*SCOPES, *others])):
            scope, by = _scope(PERIODS[1], filters), chance.choice([(), ("corner",), ("producer",), ("kind", "class")])
            expected = _by_hand(lines, scope, by) or ({} if by else {(): (0,) * 9})
            assert {row.key: tuple(row[2:]) for row in sold(db, scope, *by)} == expected, (filters, by)


def test_chosen_days_alone_are_added_up(centre: Centre, lines):
    fridays = ["2026-09-04", "2026-09-11"]
    for filters in SCOPES:
        scope = _scope(PERIODS[0], filters)
        assert _asked(centre, scope, ("day",), days=fridays) == _by_hand(lines, scope, ("day",), fridays)


def test_the_largest_come_first_and_some_of_them_at_a_time(centre: Centre):
    scope = _scope(PERIODS[1], {})
    with reading(centre.engine) as db:
        every = sold(db, scope, "product")
        pages = [sold(db, scope, "product", most=2, skip=skip) for skip in (0, 2, 4)]
    assert [row.total for row in every] == sorted((row.total for row in every), reverse=True)
    assert [row for page in pages for row in page] == every


def test_groups_carry_the_name_of_who_they_are_now(centre: Centre):
    scope = _scope(PERIODS[1], {})
    with reading(centre.engine) as db:
        names = {row.key[0]: row.name for row in sold(db, scope, "producer")}
        corners = {row.key[0]: row.name for row in sold(db, scope, "corner")}
    assert names == {"P1": "Usaha P1", "P2": "Usaha P2", "P3": "Usaha P3", "P9": ""}
    assert corners == {"MTR-001": "Sekretariat Daerah", "MTR-002": "Sekretariat DPRD", "MTR-009": ""}


def test_personal_purchases_are_what_the_office_did_not_buy(centre: Centre, lines):
    scope = _scope(PERIODS[1], {"corner": "MTR-001"})
    with reading(centre.engine) as db:
        found = in_all(db, scope)
    mine = [line for line in lines if DEVICES[line["device"]] == "MTR-001"]
    inside = [line for line in mine if scope.days[0] <= line["date"] <= scope.days[1]]
    assert found.personal == sum(line["total"] for line in inside if line["buyer"] == "personal")


def test_a_producer_is_new_who_sold_nothing_before(centre: Centre, lines):
    day = min(line["date"] for line in lines if line["producer"] == "P3")
    late = _scope((date.fromisoformat(day) + timedelta(days=1), PERIODS[1][1]), {})
    early = _scope((FIRST, PERIODS[1][1]), {})
    with reading(centre.engine) as db:
        assert producers_new(db, early, ["P1", "P2", "P3"]) == {"P1", "P2", "P3"}
        assert "P3" not in producers_new(db, late, ["P3"])
        assert producers_new(db, late, []) == set()


def test_a_merged_producer_is_not_new_by_its_new_code(centre: Centre, lines):
    first = min(line["date"] for line in lines if line["producer"] == "P2-older")
    scope = _scope((date.fromisoformat(first) + timedelta(days=1), PERIODS[1][1]), {})
    with reading(centre.engine) as db:
        assert producers_new(db, scope, ["P2"]) == set()


@pytest.mark.parametrize(
    ("filters", "by", "documents"),
    [
        ({}, (), True),
        ({"corner": "x"}, ("day",), True),
        ({}, ("producer",), False),
        ({"category": "x"}, (), False),
        ({"corner": "x"}, ("unit",), False),
    ],
)
def test_it_is_told_whether_sales_are_documents_or_their_lines(filters, by, documents):
    assert counts_documents(_scope(PERIODS[0], filters), *by) is documents


def test_every_filter_is_asked_here():
    assert {name for filters in SCOPES for name in filters} == set(FILTERS)
