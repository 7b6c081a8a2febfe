"""QR codes and bars as black and white modules, the same for thermal printers and PDF."""

QR_QUIET = 4
"""White modules around a QR code (ISO/IEC 18004)."""
BARS_QUIET = 10
"""White modules at both ends of Code 128 (ISO/IEC 15417)."""


def qr_rows(payload: str, *, quick: bool = False) -> list[list[bool]]:
    """The modules of a QR code (error correction M), black is true, without the quiet zone. ``quick``: see ``QR``."""
    from pos_app.printing.quick_qr import quick_rows

    if quick and (rows := quick_rows(payload)) is not None:
        return rows
    import segno

    symbol = segno.make(payload, error="m", micro=False, boost_error=False, mask=0 if quick else None)
    return [[bool(module) for module in row] for row in symbol.matrix]


def bars(payload: str) -> list[bool]:
    """The modules of ``payload`` in Code 128, black is true, without the quiet zone. ASCII only."""
    from barcode import Code128  # type: ignore[import-untyped]

    return [module == "1" for module in Code128(payload).build()[0]]


def ean13_bars(code: str) -> list[bool]:
    """The 95 modules of an EAN-13 with its check digit, black is true, without the quiet zones."""
    from barcode import EAN13

    return [module == "1" for module in EAN13(code).build()[0]]
