"""Reading a picture of goods from a file and making it small enough to be kept; safe on a worker's thread.

With Pillow: Qt's reader connects signals inside, and a worker that waits for Qt's locks while it holds Python's stops
the window for good when that waits the other way round.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.services.pictures import MOST_BYTES, MOST_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_FILE_BYTES: Final = 30 * 1024 * 1024
MOST_SIDE: Final = 20_000
"""Pixels of a side beyond which a file is refused before anything is decoded."""
MOST_DECODED: Final = 100_000_000
"""Pixels that are decoded at most; a large JPEG is read at a fraction of its size."""
FORMATS: Final = ("PNG", "JPEG", "WEBP")
QUALITIES: Final = (90, 80, 70, 55, 40, 25)
SMALL: Final = (MOST_PIXELS, MOST_PIXELS)


def read_small(path: Path) -> bytes:
    """The picture in a file, at most 256 × 256 pixels, as JPEG or PNG of at most 24 KiB; upright, uncropped.

    Raises ``Misuse`` when it is no picture or a huge one, and OSError when it cannot be read.
    """
    if path.stat().st_size > MOST_FILE_BYTES:
        raise Misuse(_("The file is too large. Choose a picture of at most 30 MB."))
    return small(_decoded(path.read_bytes()))


def _decoded(content: bytes) -> "Image":
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limits below are narrower
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if max(image.size) > MOST_SIDE:
            raise Misuse(_("The picture is too large. Choose one of at most {side} pixels.").format(side=MOST_SIDE))
        image.draft("RGB", (MOST_PIXELS * 2, MOST_PIXELS * 2))
        if image.width * image.height > MOST_DECODED:
            raise Misuse(_("The picture is too large. Choose one of at most {side} pixels.").format(side=10_000))
        return ImageOps.exif_transpose(image)
    except Misuse:
        raise
    except Exception as error:  # whatever the decoders say of broken bytes
        raise Misuse(_("This is no picture. Choose a PNG, JPEG or WebP file.")) from error


def small(image: "Image") -> bytes:
    """The picture within both limits, as PNG where it is transparent, else as JPEG."""
    from PIL import Image

    transparent = image.has_transparency_data
    image = image.convert("RGBA" if transparent else "RGB")
    image.thumbnail(SMALL, Image.Resampling.LANCZOS)
    if transparent:
        encoded = _encoded(image, "PNG", optimize=True)
        if len(encoded) <= MOST_BYTES:
            return encoded
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image).convert("RGB")
    for quality in QUALITIES:
        encoded = _encoded(image, "JPEG", quality=quality)
        if len(encoded) <= MOST_BYTES:
            return encoded
    raise Misuse(_("This picture is too large to keep. Choose a simpler one."))


def _encoded(image: "Image", kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
