"""Every page says on PostgreSQL, as the centre has it, what it says on SQLite, as most of these tests do."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from uuid import UUID

import pytest
from litestar.testing import TestClient

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import open_centre
from sync.server.exchange import enrolment
from tests.postgres import made_from
from tests.server.pages.conftest import RATES, put_officers
from tests.server.pages.filled import address_of, filled
from tests.server.pages.support import Page, sign_in
from tests.server.pages.test_access import MORE, PAGES
from tests.server.pages.test_program import ALL_ADDRESSES
from tests.server.registry_support import producer, product
from tests.server.support import Clock

NAMES = (
    *("abon", "Abon", "ABON", "Zebra", "zaitun", "ámbar", "ambar", "éclair", "eclair", "9 Rasa", "10 Rasa"),
    *("ÉCLAIR", "Éclair", "Ámbar", "ÇA", "ça", "Straße", "Ñandu"),
    *("_garis", "-strip", "~tilde", "Rasa 100%", "a_b", "A.B", "Sari\u2019s", "straße", "STRASSE", "Toko  Dua"),
)
"""Names that engines put in different orders, and find differently, when they are let: of capitals SQLite knows A to Z
alone."""
MADE_BY_CHANCE = re.compile(r"[0-9a-f]{12,}|[0-9a-f]{4}(-[0-9a-f]{4})+")
ASKED = (
    *(
        f"/{kind}?q={text}"
        for kind in ("produsen", "produk", "katalog")
        for text in ("ABON", "éclair", "ÉCLAIR", "STRASSE", "a_b", "100%25")
    ),
    *(f"/{kind}?halaman=2" for kind in ("produsen", "produk", "katalog", "program/nota", "sertifikat")),
    *(f"/produsen?{query}" for query in ("tanpa=nib", "tanpa=halal", "kelurahan=Metro", "jenis=pangan&tanpa=halal")),
    *("/katalog?kategori=makanan", "/katalog?urut=murah", "/sertifikat?dalam=90", "/jejak?kelompok=akun"),
)
EVERY = [*PAGES, *MORE, *((path, Role.VIEWER) for path in ALL_ADDRESSES), *((path, Role.ADMIN) for path in ASKED)]
Say = Callable[[str, Role | None], tuple[int, list[str]]]


@pytest.fixture(scope="module")
def both(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Say, Say]]:
    """What the pages of two centres say that hold the same."""
    file = tmp_path_factory.mktemp("both") / "centre.db"
    with ExitStack() as open_ones:
        yield tuple(_centre(url, open_ones) for url in (f"sqlite:///{file}", made_from(postgres, "template0")))


def _centre(database: str, open_ones: ExitStack) -> Say:
    chance = random.Random(1)
    patch = open_ones.enter_context(pytest.MonkeyPatch.context())
    names = SimpleNamespace(uuid4=lambda: UUID(int=chance.getrandbits(128)))
    patch.setattr(enrolment, "uuid", names)  # tills are told apart by these, and ordered where nothing else does
    centre = open_centre(put_officers(database), Clock())
    open_ones.callback(centre.close)
    for place, name in enumerate(NAMES):
        product(centre, f"N{place}", producer(centre, f"N{place}", name), name, aliases=name[::-1])
    page = Page(open_ones.enter_context(TestClient(create_app(database, clock=Clock(), **RATES))))
    samples = filled(centre, page)

    def say(path: str, role: Role | None) -> tuple[int, list[str]]:
        page.client.cookies.clear()
        if role is not None:
            sign_in(page, centre, role)
        answer = page.get(address_of(path, samples))
        text = MADE_BY_CHANCE.sub("#", answer.text.replace(samples[""]["token"], "#"))
        rows = re.split("<tr>|</tbody>", text)
        return answer.status_code, sorted(rows) if path.startswith("/jejak") else rows

    return say


@pytest.mark.parametrize(("path", "role"), EVERY, ids=[path for path, _role in EVERY])
def test_a_page_says_the_same_on_both_engines(both: tuple[Say, Say], path: str, role: Role | None) -> None:
    here, there = (say(path, role) for say in both)
    assert here[0] == 200
    assert here == there


def test_what_is_told_of_engines_that_differ_is_seen(both: tuple[Say, Say]) -> None:
    here, there = both
    assert here("/produsen?q=abon", Role.VIEWER) != there("/produsen?q=ambar", Role.VIEWER)
