"""The short names by which offices are called: Setda for Sekretariat Daerah, BPKAD by its initials. Pure."""

from typing import Final

KNOWN: Final = {
    "Sekretariat Daerah": ("Setda",),
    "Sekretariat DPRD": ("Setwan",),
    "Badan Perencanaan Pembangunan Daerah": ("Bappeda",),
    "Badan Pengelola Pajak dan Retribusi Daerah": ("Bapenda",),
    "Badan Kepegawaian dan Pengembangan SDM": ("BKPSDM",),
    "Badan Kesatuan Bangsa dan Politik": ("Kesbangpol", "Bakesbangpol"),
    "Dinas Koperasi, UMKM dan Perindustrian": ("Diskoperin", "Diskop"),
    "Dinas Perdagangan": ("Disdag",),
    "Dinas Pendidikan dan Kebudayaan": ("Disdikbud", "Disdik"),
    "Dinas Pekerjaan Umum dan Tata Ruang": ("PUPR",),
    "Dinas Komunikasi dan Informatika": ("Diskominfo", "Kominfo"),
    "Dinas Sosial": ("Dinsos",),
    "Dinas Perhubungan": ("Dishub",),
    "Dinas Tenaga Kerja dan Transmigrasi": ("Disnakertrans", "Disnaker"),
    "Dinas Perpustakaan dan Kearsipan": ("Dispusip", "Disperpusip"),
    "Dinas Kepemudaan, Olahraga dan Pariwisata": ("Disporapar", "Dispora"),
    "Dinas Kesehatan": ("Dinkes",),
    "Dinas Kependudukan dan Pencatatan Sipil": ("Disdukcapil", "Dukcapil"),
    "Dinas Ketahanan Pangan, Pertanian dan Perikanan": ("DKP3", "Distan"),
    "Dinas Perumahan dan Kawasan Permukiman": ("Disperkim", "Perkim"),
    "Dinas Pemadam Kebakaran dan Penyelamatan": ("Damkar",),
    "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu": ("DPMPTSP",),
    "RSUD Jenderal Ahmad Yani": ("RSUDAY",),
    "Kantor Pertanahan Kota Metro": ("BPN",),
    "Kantor Kementerian Agama Kota Metro": ("Kemenag",),
    "Kejaksaan Negeri Metro": ("Kejari",),
}
JOINING: Final = ("dan", "di")
LEAST: Final = 3
"""Letters of the shortest initials that are used."""


def short_names(name: str) -> tuple[str, ...]:
    """Usual short names of an office, and its initials where they are long enough to tell it."""
    words = [word for word in name.replace(",", " ").split() if word.lower() not in JOINING]
    initials = "".join(word if word.isupper() else word[0] for word in words)
    return (*KNOWN.get(name, ()), *((initials,) if len(initials) >= LEAST else ()))
