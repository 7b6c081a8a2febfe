"""The demo day, as ``pojok demo`` plays it: the whole main job in one go."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MINIMUM_SALES = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo day, played once by the command."""
    out = tmp_path_factory.mktemp("demo") / "day"
    subprocess.run([sys.executable, "-m", "pos_app", "demo", "--out", str(out)], check=True)
    return out


@pytest.fixture(scope="module")
def summary(demo: Path) -> dict[str, object]:
    return json.loads((demo / "summary.json").read_text(encoding="utf-8"))


def test_till_and_centre_agree_to_the_rupiah(summary):
    assert summary["till"] == summary["centre"]


def test_the_day_has_every_kind_of_tender_and_everything_was_sent(summary):
    till = summary["till"]
    assert till["sales"] >= MINIMUM_SALES
    assert till["refunds"] >= 1
    assert set(till["tenders"]) == {"cash", "qris", "tab", "transfer"}
    assert all(till["tenders"].values())
    assert till["journal"]["acked"] == till["journal"]["entries"]


def test_the_shift_is_closed_with_its_difference(summary):
    (shift,) = summary["till"]["shifts"]
    assert shift["difference"] == -2_000


def test_papers_and_pictures_are_there(demo, summary):
    kinds = {Path(paper).name.partition("-")[0] for paper in summary["papers"]}
    assert {"ST", "PU", "NT", "NR", "BP", "TK"} <= kinds
    assert len(summary["screens"]) >= 15
    for name in (*summary["papers"], *summary["screens"]):
        assert (demo / name).stat().st_size > 0


def test_a_demo_replaces_an_earlier_one_and_nothing_else(demo, tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, "-m", "pos_app", "demo", "--out", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert refused.stderr.strip()
    assert (tmp_path / "thesis.txt").exists()


def test_the_pages_of_its_centre_show_the_day_to_each_role(summary):
    from litestar.testing import TestClient

    from sync.server.app import create_app

    pages = summary["pages"]
    with TestClient(create_app(pages["database"])) as client:
        for name in pages["accounts"]:
            form = client.get("/masuk").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
            told = {"_csrf_token": form, "nama": name, "sandi": pages["password"]}
            assert client.post("/masuk", data=told, follow_redirects=False).status_code == 303
            assert f'data-label="Nota">{summary["till"]["sales"]}</td>' in client.get("/pojok/MTR-001").text
            client.cookies.clear()
