"""What an import corrects stands, and is counted."""

from pathlib import Path
from typing import Any

import pytest

from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.registry import certificates, duplicates
from sync.server.registry import spreadsheets as registry
from tests.server.registry_support import officer, row_of

HEADER = "producer_code,business_name,kelurahan,class,payout_terms,nib,pirt,halal_no,halal_expires,joined_on,phone"
HALAL, OTHER = "ID18110000112233344", "ID18110000112233355"


@pytest.fixture
def by(centre) -> str:
    return officer(centre)


def load(centre, folder: Path, by: str, papers: str, person: str = "", code: str = "P1") -> dict[str, Any]:
    file = folder / "producers.csv"
    file.write_text(f"{HEADER}\n{code},Dapur {code},Imopuro,mikro,mingguan,,{papers},,{person}\n")
    return registry.import_file(centre, "producers", file, correct=True, by=by)


@pytest.mark.parametrize(
    ("papers", "corrected"),
    [
        ("2101872010001-30,,", "2101872010001-28,,"),
        (f",{HALAL},2030-01-01", f",{OTHER},2028-01-01"),
        (f",{HALAL},2030-01-01", f",{HALAL},2028-01-01"),
    ],
)
def test_a_paper_that_is_corrected_by_a_file_stands_though_the_old_one_held_longer(
    centre, tmp_path, by, clock, papers, corrected
):
    for told in (",,", papers, corrected):
        load(centre, tmp_path, by, told)
        clock.pass_(days=1)
    with writing(centre.engine) as db:
        certificates.save(centre, db, "P1", "merek", "IDM000123456", "", None, by)
    row = row_of(centre, schema.producers, "P1")
    assert ",".join([row.pirt, row.halal_no, row.halal_expires or ""]) == corrected
    with reading(centre.engine) as db:
        gone = [one.number for one in certificates.removed(db, "P1")]
    old, new = (next(filter(None, one.split(","))) for one in (papers, corrected))
    assert gone == ([old] if old != new else [])


def test_a_person_that_is_corrected_counts_and_duplicates_are_found_anew(centre, tmp_path, by):
    load(centre, tmp_path, by, ",,", "081200000001")
    load(centre, tmp_path, by, ",,", "081200000002", code="Q2")
    with reading(centre.engine) as db:
        assert "phone" not in {reason for pair in duplicates.listed(centre, db) for reason in pair.reasons}
    assert load(centre, tmp_path, by, ",,", "081200000001", code="Q2")["corrected"] == 1
    with reading(centre.engine) as db:
        (pair,) = duplicates.listed(centre, db)
    assert "phone" in pair.reasons
    assert load(centre, tmp_path, by, ",,", "081200000001", code="Q2")["corrected"] == 0
