"""Who may open which page: the least role for every path and method. A page that is not listed here fails."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from litestar import Litestar

from sync.server.access.officers import Role
from sync.server.pages.security import for_people

EVERYBODY = """
GET /
GET /C/{number}/{amount}/{code}
GET /bahasa/{language}
GET /katalog
GET /katalog.csv
GET /katalog.json
GET /katalog/umpan
GET /katalog/{sku}
GET /katalog/{sku}/{name}
GET /masuk
POST /masuk
GET /p/{token}
GET /p/{token}/{month}
GET /periksa
GET /robots.txt
GET /sitemap.xml
GET /static/{file_path}
"""
VIEWERS = """
POST /keluar
POST /keluar/semua
GET /libur
GET /pojok
GET /pojok/{code}
GET /produk
GET /produk/{sku}
GET /produsen
GET /produsen/{code}
GET /program
GET /program/barang
GET /program/hak
GET /program/nomor
GET /program/nota
GET /program/nota/{device}/{seq}
GET /program/pembayaran
GET /program/produsen/{code}
GET /program/sertifikat
GET /program/terjual
GET /sandi
POST /sandi
GET /sertifikat
"""
OFFICERS = """
GET /data-pribadi
POST /data-pribadi/kebocoran
POST /data-pribadi/permintaan
POST /data-pribadi/permintaan/{name}
GET /dokumen/{name}
GET /gambar/{sku}
POST /gambar/{sku}
POST /gambar/{sku}/hapus
GET /hitung-ulang
POST /hitung-ulang
GET /hitung-ulang/{device}
POST /hitung-ulang/{device}
GET /hitung-ulang/{device}/{seq}
POST /hitung-ulang/{device}/{seq}
GET /impor
POST /impor
GET /karantina
GET /karantina/{device}/{epoch}/{seq}
POST /karantina/{device}/{epoch}/{seq}
GET /kembar
POST /kembar/beda
POST /kembar/pisah
GET /kepercayaan
GET /perbaikan
GET /perbaikan/{corner}/{till}/setujui
POST /perbaikan/{corner}/{till}/setujui
POST /perbaikan/{corner}/{till}/tolak
POST /libur
POST /libur/hapus
GET /pesan
POST /pesan
GET /pojok/baru
POST /pojok/baru
POST /pojok/{code}/buka
POST /pojok/{code}/dicabut/{device}
POST /pojok/{code}/kode
POST /pojok/{code}/pesan
GET /pojok/{code}/tutup
POST /pojok/{code}/tutup
GET /pojok/{code}/ubah
POST /pojok/{code}/ubah
GET /pojok/{code}/kasir/{till}/cabut
POST /pojok/{code}/kasir/{till}/cabut
GET /pojok/{code}/kasir/{till}/pindah
POST /pojok/{code}/kasir/{till}/pindah
GET /produk-baru
POST /produk-baru
GET /produk/{sku}/gabung
POST /produk/{sku}/gabung
POST /produk/{sku}/pisah
GET /produk/{sku}/ubah
POST /produk/{sku}/ubah
GET /produsen-baru
POST /produsen-baru
GET /produsen/{code}/gabung
POST /produsen/{code}/gabung
POST /produsen/{code}/kontak
POST /produsen/{code}/kontak/cabut
POST /produsen/{code}/orang
POST /produsen/{code}/orang/betulkan
POST /produsen/{code}/orang/salinan
POST /produsen/{code}/pisah
POST /produsen/{code}/sertifikat
POST /produsen/{code}/sertifikat/{name}/hapus
POST /produsen/{code}/sertifikat/{name}/pulihkan
POST /produsen/{code}/tautan
POST /produsen/{code}/tautan/cabut
GET /produsen/{code}/ubah
POST /produsen/{code}/ubah
GET /stik
POST /stik
GET /stik/{name}
GET /usulan
POST /usulan/{code}/gabung
POST /usulan/{code}/pisah
POST /usulan/{code}/terima
POST /usulan/{code}/tolak
"""
ADMINS = """
GET /jejak
GET /petugas
POST /petugas
POST /petugas/buka
POST /petugas/peran
POST /petugas/sandi
POST /petugas/tutup
GET /pojok/{code}/hapus
POST /pojok/{code}/hapus
POST /produsen/{code}/orang/hapus
POST /versi
"""

ACCESS: dict[str, Role | None] = {
    call: role
    for role, calls in ((None, EVERYBODY), (Role.VIEWER, VIEWERS), (Role.OFFICER, OFFICERS), (Role.ADMIN, ADMINS))
    for call in calls.split("\n")
    if call
}
SAMPLES = {"file_path": "pojok.css", "corner": "MTR-001", "code": "MTR-001", "till": "A", "language": "id"}
"""What stands for a part of a path; whatever is not here is ``1``."""


class Call(NamedTuple):
    """One method of one page."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def target(self) -> str:
        """The path with a sample in each of its parts."""
        parts = self.path.split("/")
        return "/".join(SAMPLES.get(part[1:-1], "1") if part.startswith("{") else part for part in parts)


def calls(app: Litestar) -> Iterator[Call]:
    """Every page with its methods, from what the app really answers."""
    for route in app.routes:
        if for_people(route.path):
            yield from (Call(method, _plain(route)) for method in sorted(route.methods - {"OPTIONS", "HEAD"}))


def _plain(route: Any) -> str:
    parts = [part if isinstance(part, str) else f"{{{part.name}}}" for part in route.path_components]
    return "/" + "/".join(parts)
