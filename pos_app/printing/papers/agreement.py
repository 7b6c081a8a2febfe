"""The consignment agreement between corner and producer, to be signed over a duty stamp: A4, one or two pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pos_app.domain.dates import DAYS, MONTHS
from pos_app.domain.formats import thousands
from pos_app.i18n import N_, _, language
from pos_app.printing.layout import (
    Block,
    Clause,
    Columns,
    Cut,
    Facts,
    Paper,
    Picture,
    Rule,
    Signatures,
    Space,
    StampBox,
    Text,
)
from pos_app.printing.papers.common import percent_text, training_mark

if TYPE_CHECKING:
    from pos_app.printing.papers.common import Letterhead

TERMS: Final = {
    "harian": N_("on every working day"),
    "mingguan": N_("once a week"),
    "bulanan": N_("once a month"),
}
PAYS: Final = {"cash": N_("in cash at the corner"), "transfer": N_("by transfer to the account {bank}")}
WAYS: Final = {
    "titip": N_("Fixed price to the producer"),
    "komisi": N_("Commission {rate}"),
    "putus": N_("Bought outright"),
}
MOST_GOODS: Final = 12
"""Goods that stand in the agreement itself; the delivery notes name the others."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed with a producer; the words are those of the registry, days whole numbers."""

    producer: str
    agreed_on: date
    payout_terms: str
    pays_by: str
    loss_bearer: str
    collect_days: int
    notice_days: int


@dataclass(frozen=True, slots=True)
class Party:
    """The producer: business, and its owner as far as known."""

    business_name: str
    owner_name: str
    nik: str
    address: str
    kelurahan: str
    nib: str


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods and how they are supplied; rupiah per unit, ``commission_bp`` in basis points."""

    name: str
    pricing: str
    consign_price: int | None
    commission_bp: int | None
    sell_price: int


def agreement_paper(
    terms: Terms, party: Party, goods: Sequence[Supply], letterhead: Letterhead, *, manager: str, bank: str
) -> Paper:
    """``manager`` is who signs for the corner; ``bank`` names the account, covered."""
    title = _("CONSIGNMENT AGREEMENT")
    number = f"PK-{terms.producer}-{terms.agreed_on:%Y%m%d}"
    blocks: list[Block] = [training_mark()] if letterhead.training else []
    if letterhead.logo:
        blocks.append(Picture(letterhead.logo))
    blocks += [
        Text(title, "centre", bold=True, double=True),
        Text(_("Number {number}").format(number=number), "centre"),
        Rule(strong=True),
        Text(_("On {day}, in Kota Metro, these two have agreed:").format(day=_long_day(terms.agreed_on))),
        Space(),
        *_parties(party, letterhead, manager),
        *_goods(goods),
        *_clauses(terms, bank),
        Space(),
        Signatures(
            _("First party (corner)"),
            _("Second party (producer)"),
            manager,
            party.owner_name or party.business_name,
            StampBox(_("Duty stamp Rp 10.000")),
        ),
        Cut(),
    ]
    return Paper("agreement", number, title, tuple(blocks), size="sheet")


def _parties(party: Party, letterhead: Letterhead, manager: str) -> list[Block]:
    line = "." * 40
    corner = (
        (_("Name"), manager or line),
        (_("Acts for"), f"{_('POJOK UMKM')} {letterhead.corner_name} ({letterhead.corner_code})"),
        (_("Address"), letterhead.address or line),
    )
    address = ", ".join(part for part in (party.address, party.kelurahan) if part)
    producer = (
        (_("Name"), party.owner_name or line),
        (_("NIK"), party.nik or line),
        (_("Business"), party.business_name),
        (_("Address"), address or line),
        (_("NIB"), party.nib or "-"),
    )
    return [
        Text(_("1. FIRST PARTY, the corner"), bold=True),
        Facts(corner),
        Text(_("2. SECOND PARTY, the producer"), bold=True),
        Facts(producer),
        Rule(),
    ]


def _goods(goods: Sequence[Supply]) -> list[Block]:
    opening = _(
        "The producer gives the corner goods to be sold for the producer. The goods stay the producer's until they are"
        " sold; goods bought outright are the corner's from receiving on. Each delivery is written on a delivery note"
        " with quantity, prices and last day of sale, which both sign."
    )
    blocks: list[Block] = [Space(), _article(1, _("Goods and prices"), opening)]
    if goods:
        blocks.append(Columns(_("Item"), _("To the producer / selling price"), bold=True))
    for one in goods[:MOST_GOODS]:
        share = thousands(one.consign_price) if one.consign_price is not None else "-"
        blocks.append(Columns(f"{one.name} · {_way(one)}", f"{share} / {thousands(one.sell_price)}"))
    if len(goods) > MOST_GOODS:
        more = _("and {count} more, as on the delivery notes.").format(count=len(goods) - MOST_GOODS)
        blocks.append(Text(more))
    closing = _(
        "Of goods at a fixed price the producer gets that price for every piece sold; of goods with a commission the"
        " producer gets the selling price less the commission."
    )
    return [*blocks, Text(closing)]


def _way(one: Supply) -> str:
    return _(WAYS[one.pricing]).format(rate=percent_text(one.commission_bp or 0))


Words = tuple[str, str]
"""Heading and text of an article."""


def _clauses(terms: Terms, bank: str) -> list[Block]:
    articles = _agreed(terms, bank) + _general(terms)
    blocks: list[Block] = []
    for number, (heading, words) in enumerate(articles, start=2):
        blocks += [Space(), _article(number, heading, words)]
    blocks.append(Space())
    blocks.append(
        Text(_("Made in two copies of equal force, one for each side; signed without pressure from anybody."))
    )
    return blocks


def _agreed(terms: Terms, bank: str) -> tuple[Words, ...]:
    """What the terms decide."""
    pays = _(PAYS[terms.pays_by]).format(bank=bank or "." * 30)
    bearers = {
        "producer": _(
            "Goods that are lost or damaged in the corner without anybody's intent are borne by the producer; the"
            " corner keeps them with care and tells the producer at once."
        ),
        "corner": _(
            "Goods that are lost or damaged in the corner are borne by the corner: it pays the producer's share as if"
            " they had been sold."
        ),
    }
    return (
        (
            _("Payment"),
            _(
                "The corner pays the producer's share of what was sold {when}, {how}, with a numbered slip that lists"
                " the goods. What a buyer was given back after the payment is taken off the next one;"
                " anything else only where the producer has agreed to it in writing. Cash is paid in whole hundreds of"
                " rupiah; the rest is carried over to the next payment."
            ).format(when=_(TERMS[terms.payout_terms]), how=pays),
        ),
        (_("Loss and damage"), bearers[terms.loss_bearer]),
        (
            _("Last day of sale and return"),
            _(
                "Goods are not sold after their last day. Expired, damaged and unsold goods are given back with a"
                " return note; the producer fetches them within {days} days after the corner's call. What is not"
                " fetched by then may be disposed of by the corner, with a note of it."
            ).format(days=terms.collect_days),
        ),
        (
            _("Change of prices"),
            _(
                "Who wants to change a price or a commission tells the other in writing at least {days} days before."
                " Goods that were sold before keep the terms of their day."
            ).format(days=terms.notice_days),
        ),
    )


def _general(terms: Terms) -> tuple[Words, ...]:
    """What holds for everybody."""
    return (
        (
            _("Permits and quality"),
            _(
                "The producer answers for the goods being fit for sale and for the permits that the law asks for, such"
                " as P-IRT and the halal certificate, and tells the corner before one lapses."
            ),
        ),
        (
            _("Personal data"),
            _(
                "The corner uses the producer's personal data for this agreement, payments and duties under the law"
                " only, keeps them sealed, and hands them out, corrects or erases them when the producer asks, as UU"
                " 27/2022 on personal data protection says."
            ),
        ),
        (
            _("Duration and disputes"),
            _(
                "This agreement holds from the day of signing until one side ends it in writing; goods and money that"
                " are open then are settled within {days} days. Disputes are settled by talking with each other first,"
                " with the help of the city's office for cooperatives and small business, and else before the court in"
                " Metro."
            ).format(days=max(terms.collect_days, 1)),
        ),
    )


def _article(number: int, heading: str, words: str) -> Block:
    return Clause(_("Article {number}. {heading}").format(number=number, heading=heading), words)


def _long_day(day: date) -> str:
    names = language()
    return f"{DAYS[names][day.weekday()]}, {day.day} {MONTHS[names][day.month - 1]} {day.year}"
