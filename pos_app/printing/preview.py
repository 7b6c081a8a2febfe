"""A paper as text, for the screen."""

from pos_app.printing.layout import QR, Barcode, Paper, Picture
from pos_app.printing.lines import Line, set_in_columns


def preview(paper: Paper, columns: int = 32) -> list[str]:
    """The lines as they will stand on a roll of ``columns`` letters; codes appear as ``[their payload]``."""
    shown: list[str] = []
    for printed in set_in_columns(paper, columns, doubles=False):
        match printed:
            case Line():
                shown.append(printed.text)
            case QR() | Barcode():
                shown.append(_boxed(printed.payload, columns))
            case Picture():
                shown.append(_boxed("logo", columns))
            case _:
                pass
    return shown


def _boxed(payload: str, columns: int) -> str:
    text = f"[{payload}]"
    return (text if len(text) <= columns else f"[{payload[: columns - 5]}...]").center(columns).rstrip()
