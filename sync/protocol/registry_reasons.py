"""Why a row of the registry's spreadsheets is refused or reported, and why a file cannot be read.

Stable codes with data and an English sentence each; whoever shows them translates the sentence and fills in the
data. Values that identify a person are never among the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as data_field

REASONS: Mapping[str, str] = {
    "required": "is required",
    "field_count": "has {found} fields, the header has {expected}",
    "broken_quotes": "has a quotation mark that does not belong there or is not closed",
    "duplicate_code": "{value} is there already",
    "slash_code": "{value} has a slash in it: take a code without, since pages are called by it",
    "unknown_producer": "no producer has the code {value}",
    "bad_barcode": "{value} is not 13 digits with a right check digit",
    "duplicate_barcode": "{value} is the barcode of another product",
    "unknown_word": "{value} is not one of these: {words}",
    "bad_money": "{value} cannot be understood as whole rupiah",
    "not_positive": "must be above 0",
    "negative": "must not be below 0",
    "above_sell_price": "is above the selling price",
    "bad_commission": "{value} is not a whole number from 0 to 10000 (hundredths of a percent)",
    "personal_code": "is a person's own number (NIP or NIK): give a code such as S001, since codes stay in the books",
    "no_text": "has a sign in it that belongs to no text",
    "too_long": "is longer than {limit} characters",
    "unused": "is not used with {pricing} and was left out",
    "bad_number": "{value} is not allowed here and was left empty",
    "bad_date": "{value} is not a date that can be understood and was left empty",
    "no_day": "{value} is no day: write it as 2026-08-17",
    "future_date": "{value} is after today and was left empty",
    "bad_identifier": "is not well formed and was left empty",
    "unknown_kelurahan": "{value} is not a kelurahan of Metro and was left empty",
}

FILE_REASONS: Mapping[str, str] = {
    "missing_file": "The file {path} is not there.",
    "no_access": "The file {path} cannot be opened.",
    "not_utf8": "Line {line} is not UTF-8. Save the file as CSV UTF-8 and try again.",
    "not_a_spreadsheet": "The file {path} is neither CSV nor a readable XLSX file.",
    "too_large": "The file {path} is larger than {mib} MiB, so it is no list. Choose the right file.",
    "too_many_rows": "The file has more than {most} rows. Cut it into several.",
    "too_many_columns": "The file has more than {most} columns, so it is no list. Choose the right file.",
    "no_header": "The first line does not name the columns.",
    "missing_columns": "These columns are missing: {columns}.",
    "repeated_columns": "These columns stand there more than once: {columns}.",
}

_LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Rejection:
    """One bad field. ``line`` is the physical line; ``field`` is empty when the row as a whole is meant."""

    line: int
    field: str
    code: str
    data: Mapping[str, str] = data_field(default_factory=dict)

    @property
    def english(self) -> str:
        """The reason as an English clause, to stand after the field's name."""
        return REASONS[self.code].format(**self.data)


class UnreadableFile(Exception):
    """The file as a whole is refused; ``code`` is one of ``FILE_REASONS``."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(FILE_REASONS[code].format(**data))
        self.code = code
        self.data: Mapping[str, str] = data


class Problem(Exception):
    """One field is not in order: the row is refused, or the value is left out and reported."""

    def __init__(self, code: str, *, refuse: bool, **data: str) -> None:
        super().__init__(code)
        self.code = code
        self.refuse = refuse
        self.data: Mapping[str, str] = data


def shortened(value: str) -> str:
    """A value as it stands in a message; a long one is cut."""
    return value if len(value) <= _LONGEST_VALUE else f"{value[: _LONGEST_VALUE - 1]}…"
