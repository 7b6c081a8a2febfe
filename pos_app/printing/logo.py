"""The corner's logo: any picture made black and white once, when it is chosen, as narrow paper can print it."""

import io
from typing import ClassVar

from pos_app.domain.errors import RuleError

MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000
WIDTH = 384
"""Dots across the narrowest paper."""
HEIGHT = 240
"""3 cm of paper."""


class BadLogo(RuleError):
    """The file is no picture that can be read, or it is too large."""

    name: ClassVar[str] = "bad_logo"


def black_and_white(content: bytes) -> bytes:
    """A picture file as a PNG of one bit, dithered, at most 384 by 240 dots. Raises ``BadLogo``."""
    from PIL import Image, ImageOps

    if len(content) > MOST_BYTES:
        raise BadLogo
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadLogo
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadLogo from error
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    grey.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    grey.convert("1").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
