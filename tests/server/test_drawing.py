"""Pictures that people upload: what is drawn of them, and how little memory that takes."""

import io
import random
import subprocess
import sys

import pytest
from PIL import Image

from sync.protocol.problems import ExchangeProblem
from sync.server.drawing import TURNS, shrunk
from sync.server.errors import CentreError
from sync.server.public.pictures import drawn
from sync.server.registry.certificate_files import judged

MEASURED = """
import re, sys
from sync.server.public.pictures import drawn
from sync.server.registry.certificate_files import judged
with open(sys.argv[2], "rb") as file:
    data = file.read()
def most():
    with open("/proc/self/status") as told:
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", told.read())[1]) // 1024
before = most()
{"drawn": drawn, "judged": judged}[sys.argv[1]](data)
print(most() - before)
"""
MOST_MIB = 250
FORMATS = ("JPEG", "PNG", "WEBP")


def file_of(mode: str, size: tuple[int, int], form: str, **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells the peak of a process")
@pytest.mark.parametrize(
    ("how", "mode", "size", "form"),
    [
        ("drawn", "RGBA", (4_000, 4_100), "PNG"),
        ("judged", "RGBA", (4_000, 4_100), "PNG"),
        ("drawn", "LA", (4_000, 4_100), "PNG"),
        ("drawn", "RGBA", (3_600, 3_600), "WEBP"),
        ("judged", "RGB", (6_900, 5_000), "JPEG"),
    ],
)
def test_the_largest_picture_takes_little_memory(tmp_path, how, mode, size, form):
    options = {"progressive": True, "subsampling": 0} if form == "JPEG" else {}
    (tmp_path / "picture").write_bytes(file_of(mode, size, form, **options))
    command = [sys.executable, "-c", MEASURED, how, str(tmp_path / "picture")]
    peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert 5 < peak < MOST_MIB


@pytest.mark.parametrize(
    ("mode", "size", "form"),
    [
        ("RGBA", (7_070, 7_070), "PNG"),
        ("RGBA", (7_070, 7_070), "WEBP"),
        ("P", (7_070, 7_070), "PNG"),
        ("RGB", (7_000, 7_000), "JPEG"),
        ("L", (9_000, 9_000), "PNG"),
    ],
)
def test_a_picture_that_would_take_more_is_refused_before_it_is_read(mode, size, form):
    options = {"subsampling": 0, "quality": 10} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {}
    with pytest.raises(CentreError) as found:
        shrunk(file_of(mode, size, form, **options), FORMATS, 1_200)
    assert found.value.code == "picture_too_large"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_drawn_as_it_looks(mode):
    dark = Image.new("L", (400, 300), 0)
    dark.paste(255, (200, 0, 400, 300))
    made = dark.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else dark.convert(mode)
    out = io.BytesIO()
    made.save(out, "PNG")
    seen = shrunk(out.getvalue(), FORMATS, 200)
    assert (seen.mode, seen.size) == ("RGB", (200, 150))
    assert max(seen.getpixel((50, 75))) < 10
    assert min(seen.getpixel((150, 75))) > 245


@pytest.mark.parametrize("way", range(1, 9))
def test_a_picture_is_set_upright_whichever_way_the_telephone_was_held(way):
    exif = Image.Exif()
    exif[0x0112] = way
    seen = shrunk(file_of("RGB", (400, 300), "JPEG", exif=exif.tobytes()), FORMATS, 200)
    assert seen.size == ((200, 150) if way < 5 else (150, 200))


def test_a_damaged_picture_is_refused_whatever_is_wrong_with_it():
    chance = random.Random(3)
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "S", 2: (5.0, 1.0, 2.0)}
    whole = [
        file_of(mode, (220, 220), form, exif=exif) for mode, form in (("RGB", "JPEG"), ("P", "PNG"), ("RGB", "WEBP"))
    ]
    codes = set()
    for _ in range(600):
        file = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 6)):
            file[chance.randrange(min(len(file), 300))] = chance.randrange(256)
        for draw in (drawn, judged):
            try:
                draw(bytes(file))
            except CentreError as error:
                codes.add(error.code)
    assert {"document_broken", "no_picture"} <= codes <= {
        "document_broken", "no_picture", "picture_too_large", "picture_too_small", "document_unknown",
    }  # fmt: skip


def test_pictures_are_drawn_one_at_a_time(monkeypatch):
    monkeypatch.setattr(TURNS, "_seconds", 0.01)
    with TURNS.one(), pytest.raises(ExchangeProblem) as found:
        shrunk(file_of("RGB", (400, 300), "PNG"), FORMATS, 200)
    assert found.value.name == "too_many_requests"
