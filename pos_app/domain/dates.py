"""Dates and times of the counter: all of Metro lives in WIB, seven hours ahead of UTC, without summer time."""

from datetime import date, datetime, timedelta, timezone
from typing import Literal

Language = Literal["id", "en"]

WIB = timezone(timedelta(hours=7), "WIB")

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# fmt: off
MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni",
           "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}
# fmt: on


def in_wib(moment: datetime) -> datetime:
    """The same moment on the wall clock of Metro. A time without an offset is a mistake of ours: ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(WIB)


def business_date(moment: datetime) -> date:
    """The day in WIB to which the books count this moment."""
    return in_wib(moment).date()


def short_date(day: date) -> str:
    """``21/11/2026``, in both languages."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def bar_date(day: date, language: Language = "id") -> str:
    """``Sab 21 Nov``, for the bar at the top of the window."""
    return f"{DAYS[language][day.weekday()][:3]} {day.day} {MONTHS[language][day.month - 1][:3]}"


def time_text(moment: datetime, language: Language = "id") -> str:
    """``14.05`` (English ``14:05``) in WIB, 24 hours."""
    local = in_wib(moment)
    return f"{local.hour:02d}{'.' if language == 'id' else ':'}{local.minute:02d}"


def short_moment(moment: datetime, language: Language = "id") -> str:
    """``21/11/2026 14.05`` in WIB."""
    return f"{short_date(business_date(moment))} {time_text(moment, language)}"
