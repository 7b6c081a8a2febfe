"""Forms that bring a file along."""

from typing import Annotated, Any

from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

LONGEST = 200
"""Signs of a text; more is cut off, and no field is that long."""

WithFile = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
"""What a handler takes from such a form."""


def text_of(data: dict[str, Any], name: str) -> str:
    """What was typed in a field; empty for none."""
    value = data.get(name, "")
    return value[:LONGEST] if isinstance(value, str) else ""


def file_of(data: dict[str, Any], name: str) -> bytes:
    """The bytes of a file; none where none was chosen. How many may come is the handler's to say."""
    value = data.get(name)
    return value.file.read() if isinstance(value, UploadFile) else b""
