"""Amounts in words, as slips and receipts for money must carry them (*terbilang*)."""

LARGEST = 10**15 - 1


def terbilang(amount: int) -> str:
    """``12500`` as ``dua belas ribu lima ratus rupiah``. Whole rupiah, 0 to ``LARGEST``; ValueError otherwise."""
    if not 0 <= amount <= LARGEST:
        raise ValueError("only amounts from 0 to 999 trillion are put into words")
    from num2words import num2words

    return f"{num2words(amount, lang='id')} rupiah"
