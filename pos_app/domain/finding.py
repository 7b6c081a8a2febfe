"""Which goods a typed text means most likely, so that Enter adds what the cashier thinks of."""

from pos_app.domain.product import Product
from pos_app.domain.sizes import in_order


def ranked(products: list[Product], text: str) -> list[Product]:
    """Those that ``text`` finds, likeliest first.

    First names that start with the text, then names where every typed word starts a word (led by the first word, then
    anywhere), then names that hold them all, then the rest. Among equals goods on hand come before those sold out,
    then the alphabet decides, and sizes from small to large. Each typed word must be in a word of its own of name,
    producer or SKU: the ``t`` of ``telur ayam t`` is not the one of ``Telur``.
    """
    typed = text.casefold().split()
    found = [product for product in products if _each_has_its_own(typed, _words(product))]
    return sorted(
        found,
        key=lambda product: (_distance(product, typed), product.in_corner <= 0, in_order(product.name), product.sku),
    )


def _words(product: Product) -> list[str]:
    return f"{product.name} {product.producer_name} {product.sku}".casefold().split()


def _distance(product: Product, typed: list[str]) -> int:
    words = product.name.casefold().split()
    if " ".join(words).startswith(" ".join(typed)):
        return 0
    if _each_has_its_own(typed, words, from_start=True):
        return 1 if typed and words[0].startswith(typed[0]) else 2
    return 3 if _each_has_its_own(typed, words) else 4


def _each_has_its_own(typed: list[str], words: list[str], *, from_start: bool = False) -> bool:
    """Whether the typed words can be told apart in ``words``; a bipartite matching by augmenting paths."""
    fits = [
        [place for place, word in enumerate(words) if (word.startswith(each) if from_start else each in word)]
        for each in typed
    ]
    taken: dict[int, int] = {}

    def give_place(number: int, tried: set[int]) -> bool:
        for place in fits[number]:
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or give_place(taken[place], tried):
                taken[place] = number
                return True
        return False

    return all(give_place(number, set()) for number in range(len(typed)))
