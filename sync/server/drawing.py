"""Pictures that people upload, read in little memory: one at a time, and as small as they are needed.

A JPEG is decoded smaller than it is; PNG and WebP can only be decoded whole, so fewer pixels are taken of them.
"""

import io
import warnings
from collections.abc import Sequence
from typing import Any

from PIL import Image, UnidentifiedImageError

from sync.server.errors import CentreError
from sync.server.limits import Turns

MOST_PIXELS = 50_000_000
MOST_MEMORY = 250_000_000
"""Bytes that a picture may take while it is read."""
PER_PIXEL = {"PNG": 15, "WEBP": 19}
"""Bytes: four once it is decoded, more while it goes through another mode to be made smaller; WebP keeps two of its
own beside it."""
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by what EXIF says of it."""
TURNS = Turns(at_once=1, waiting=6, seconds=10)


def shrunk(file: bytes, formats: Sequence[str], side: int, least: int = 1) -> Image.Image:
    """The picture in ``file``, upright, on white, ``side`` pixels long at most; nothing that the file says beside it.

    Raises ``CentreError`` for what is no picture, is damaged, has too many pixels or a side of less than ``least``.
    """
    with TURNS.one(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a file's odd remarks
        try:
            with Image.open(io.BytesIO(file), formats=list(formats)) as opened:
                if min(opened.size) < least:
                    raise CentreError("picture_too_small", least=least)
                _draft(opened, side)
                return _upright(opened, side)
        except CentreError:
            raise
        except Image.DecompressionBombError:
            raise CentreError("picture_too_large", most=f"{MOST_PIXELS // 10**6} MP") from None
        except UnidentifiedImageError:
            raise CentreError("no_picture") from None
        except Exception as error:  # a damaged file breaks the library in many ways
            raise CentreError("document_broken") from error


def _draft(picture: Any, side: int) -> None:
    """Have a JPEG decoded smaller. Raises ``CentreError`` for a picture that takes too much memory even so."""
    pixels, longest = picture.width * picture.height, max(picture.size)
    picture.draft("RGB", tuple(max(1, length * side // longest) for length in picture.size))
    if picture.format == "JPEG":  # of several scans: all of it, before it is decoded
        sampled = [across * down for _name, across, down, _table in picture.layer]
        needed = pixels * 2 * sum(sampled) // max(sampled) + picture.width * picture.height * 4
    else:
        needed = pixels * (2 if picture.mode in ("1", "L") else PER_PIXEL[picture.format])
    most = min(MOST_PIXELS, MOST_MEMORY * pixels // needed)
    if pixels > most:
        raise CentreError("picture_too_large", most=f"{most // 10**6} MP")


def _upright(opened: Image.Image, side: int) -> Image.Image:
    small = _plain(opened)
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    turned = UPRIGHT.get(opened.getexif().get(ORIENTATION, 1))
    small = small.transpose(turned) if turned is not None else small
    clean = Image.new("RGB", small.size, "white")  # pixels alone: a copy would keep what the file told
    clean.paste(small, mask=small if small.mode == "RGBA" else None)
    return clean


def _plain(opened: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without jags."""
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda value: value / 256).convert("L")
    if opened.mode == "1":
        return opened.convert("L")
    if opened.mode in ("RGB", "L", "RGBA") and "transparency" not in opened.info:
        return opened
    return opened.convert("RGBA" if opened.mode in ("P", "LA", "PA") or "transparency" in opened.info else "RGB")
