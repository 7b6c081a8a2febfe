"""What the audit tells, in words: what was done, to what, and what changed."""

from typing import Any

from sync.server.pages.registry_words import CERTIFICATES, COLUMNS, PERSON, REQUESTS
from sync.server.pages.texts import _, mark

DEEDS = {
    "sign_in": mark("signed in"),
    "sign_in_failed": mark("typed a wrong password"),
    "sign_in_locked": mark("locked for a while after wrong passwords"),
    "sign_out": mark("signed out"),
    "sign_out_everywhere": mark("signed out everywhere"),
    "audit_exported": mark("saved the audit as a file"),
    "own_password": mark("changed the own password"),
    "officer_made": mark("made an account"),
    "officer_role": mark("changed a role"),
    "officer_disabled": mark("closed an account"),
    "officer_enabled": mark("opened an account again"),
    "officer_password": mark("gave a one-time password"),
    "confirm": mark("confirmed a proposal"),
    "merge": mark("merged codes"),
    "unmerge": mark("took a merging back"),
    "decline": mark("declined a proposal"),
    "approve": mark("approved a repair"),
    "refuse": mark("refused a repair"),
    "corner": mark("made or changed a corner"),
    "corner_removed": mark("removed a corner without tills"),
    "corner_closed": mark("closed a corner"),
    "corner_reopened": mark("opened a corner again"),
    "holiday": mark("wrote a holiday down"),
    "holiday_removed": mark("took a holiday out"),
    "code": mark("made a code for a till"),
    "move": mark("moved a till"),
    "revoke": mark("took the key of a till away"),
    "key": mark("changed the centre's key"),
    "message": mark("sent a message"),
    "version": mark("set the oldest version that may receive"),
    "stick": mark("loaded a stick"),
    "check": mark("asked for a check of figures"),
    "quarantine": mark("remarked on a document set aside"),
    "finding": mark("remarked on a recomputed document"),
    "take_over": mark("said which till owes what a revoked one owed"),
    "give_back": mark("took back which till owes what a revoked one owed"),
    "producer_added": mark("took a producer in"),
    "producer_changed": mark("corrected a producer"),
    "product_added": mark("took goods in"),
    "product_changed": mark("corrected goods"),
    "product_picture": mark("showed a picture of goods"),
    "product_picture_removed": mark("removed a picture of goods"),
    "import": mark("imported a spreadsheet"),
    "not_same": mark("told two producers apart"),
    "certificate": mark("wrote a certificate down"),
    "certificate_removed": mark("removed a certificate"),
    "document_seen": mark("saved a document"),
    "producer_link": mark("made a producer's link"),
    "producer_link_revoked": mark("took a producer's link away"),
    "contact_agreed": mark("wrote down that the telephone may be shown"),
    "contact_withdrawn": mark("took the telephone out of the catalogue"),
    "person_seen": mark("looked at a person's data"),
    "person_copied": mark("made a copy of a person's data"),
    "person_corrected": mark("corrected a person's data"),
    "person_erased": mark("erased a person's data"),
    "person_request": mark("wrote a request down"),
    "person_answered": mark("answered a request"),
    "breach": mark("wrote a breach down"),
}
"""Every deed that some part of the centre notes, in words."""
SHEETS = {
    "corners": mark("Corners"),
    "producers": mark("Producers"),
    "products": mark("Goods"),
    "holidays": mark("Holidays"),
}
FIELDS = (
    PERSON
    | COLUMNS
    | {
        "pirt_number": "P-IRT",
        "halal_cert": mark("Halal certificate"),
        "halal_expiry": mark("Halal until"),
        "producer": mark("Code of the producer"),
        "commission_bp": mark("Commission"),
        "needs_pirt": mark("Needs P-IRT"),
        "needs_halal": mark("Needs a halal certificate"),
        "e_katalog": mark("In the e-Katalog"),
        "tkdn_bp": "TKDN",
    }
)
"""Fields of producers and goods as the audit names those that changed."""


def deed(code: str) -> str:
    """What was done."""
    return _(DEEDS[code]) if code in DEEDS else code


def about(row: Any) -> str:
    """To what it was done."""
    match row.what, row.of:
        case "check" | "message", "*":
            return _("all corners")
        case "version", "0":
            return _("all versions")
        case "import", kind:
            return _(SHEETS.get(kind, kind))
    return str(row.of)


def detail(row: Any) -> str:
    """What changed, or what it was done for."""
    text = str(row.detail)
    match row.what:
        case "producer_changed" | "product_changed" | "person_corrected":
            return ", ".join(_(FIELDS.get(name, name)) for name in text.split(", "))
        case "certificate" | "certificate_removed":
            kind = text.partition(" ")[0]
            return _(CERTIFICATES.get(kind, kind))
        case "person_request" | "person_answered":
            return _(REQUESTS.get(text, text))
    return text
