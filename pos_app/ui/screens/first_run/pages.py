"""The pages of the first start: look, corner, manager, and what was made. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, language
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Typed
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import PinField, TextField, field_row
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.scroll import Scrolling

CENTRE: Final = "pojok.metrokota.go.id"


class Page(QWidget):
    """A card that scrolls."""

    def __init__(self, theme: Theme, kind: str = "plain") -> None:
        super().__init__()
        self.theme = theme
        frame, self.column = padded_card(kind)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scrolling(frame))

    def words(self, text: str, *, step: str = "row", weight: int = 400, tone: str = "text") -> None:
        """One more sentence."""
        words = Text(self.theme, text, step=step, weight=weight, tone=tone)
        words.setWordWrap(True)
        self.column.addWidget(words)


class LookPage(Page):
    """Step 1: language and theme, both at once."""

    def __init__(self, theme: Theme, on_language: Callable[[str], None]) -> None:
        super().__init__(theme)
        self.words(_("Language and look"), step="title", weight=700)
        self.language_chips = ChipRow(theme, [("id", "Bahasa Indonesia"), ("en", "English")])
        self.language_chips.choose(language())
        self.language_chips.chosen.connect(on_language)
        self.theme_chips = ChipRow(theme, [("light", _("Light")), ("dark", _("Dark"))])
        self.theme_chips.choose("dark" if theme.dark else "light")
        self.theme_chips.chosen.connect(self._on_theme)
        self.column.addWidget(self.language_chips)
        self.column.addWidget(self.theme_chips)
        self.words(_("Both can be changed at any time in Settings, also the size of the text."), tone="muted")
        self.column.addStretch(1)

    def _on_theme(self, which: str) -> None:
        self.theme.set_dark(which == "dark")


class CornerPage(Page):
    """Step 2: office, code and till; to join the centre also its address and the one-time code."""

    def __init__(self, theme: Theme, presenter: FirstRunPresenter, window: QWidget) -> None:
        super().__init__(theme)
        self.presenter = presenter
        self.office_field = PickField(theme, placeholder=_("Type a part of the office's name"))
        self.code_field = TextField(theme, placeholder="MTR-001")
        self.till_field = TextField(theme)
        self.till_field.setText("A")
        self.till_field.setMaxLength(2)
        self.finder = Finder(
            theme, self.office_field, window, self._find, empty=_("Not in the list; type code and name.")
        )
        self.finder.picked.connect(self._on_office)
        self.office_field.tapped.connect(self._on_office_focus)
        self.column.addWidget(field_row(theme, _("&Office"), self.office_field))
        codes = QHBoxLayout()
        codes.setSpacing(12)
        codes.addWidget(field_row(theme, _("Corner &code"), self.code_field), 2)
        codes.addWidget(field_row(theme, _("Letter of this &till (A, B, …)"), self.till_field), 1)
        self.column.addLayout(codes)
        self.centre_field = TextField(theme, placeholder=CENTRE)
        self.enrolment_field = TextField(theme)
        self._centre = QWidget()
        self._centre.setLayout(_centre_row(theme, self.centre_field, self.enrolment_field))
        self.column.addWidget(self._centre)
        self.column.addStretch(1)
        self.show_mode()

    def fields(self) -> list[QWidget]:
        """In the order in which Enter goes through them."""
        centre = [self.centre_field, self.enrolment_field] if self.presenter.mode == "join" else []
        return [self.office_field, self.code_field, self.till_field, *centre]

    def show_mode(self) -> None:
        """After another way was chosen."""
        self._centre.setVisible(self.presenter.mode == "join")

    def _find(self, text: str) -> list[Result]:
        return [
            Result(one.code, one.name, f"{one.code} · {one.address}") for one in self.presenter.matching_offices(text)
        ]

    def _on_office_focus(self) -> None:
        if not self.office_field.text():
            self.finder.show_all()

    def _on_office(self, code: str) -> None:
        office = self.presenter.office(code)
        if office is not None:
            self.office_field.setText(office.name)
            self.code_field.setText(office.code)
            self.till_field.setFocus()


class ManagerPage(Page):
    """Step 3: the first manager; the PIN is typed twice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.manager_field = TextField(theme)
        self.pin_field = PinField(theme)
        self.pin_again_field = PinField(theme)
        self.column.addWidget(field_row(theme, _("&Manager's name"), self.manager_field))
        pins = QHBoxLayout()
        pins.setSpacing(12)
        pins.addWidget(field_row(theme, _("&PIN (6 digits)"), self.pin_field), 1)
        pins.addWidget(field_row(theme, _("PIN &again"), self.pin_again_field), 1)
        self.column.addLayout(pins)
        self.words(_("A manager allows discounts, payments and changes. Cashiers are added in Settings."), tone="muted")
        self.column.addStretch(1)

    def fields(self) -> list[QWidget]:
        """In the order in which Enter goes through them."""
        return [self.manager_field, self.pin_field, self.pin_again_field]


class DemoPage(Page):
    """What the demo corner is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.words(_("A corner with goods on its shelves"), step="title", weight=700)
        self.words(
            _("60 producers, 250 goods, 80 staff; all invented. Sell, settle and close as you like: it is not real.")
        )
        self.column.addStretch(1)


class JoinPage(Page):
    """The corner is made and did not join yet: the address and the code once more, to be corrected."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.words(_("Joining the centre"), step="title", weight=700)
        self.words(_("The corner is made and safe on this computer. It can also join later, in Sync (Ctrl+8)."))
        self.same_words = Text(
            theme, _("Try again with the same code: the centre knows it, also when its answer was lost."), step="row"
        )
        self.same_words.setWordWrap(True)
        self.column.addWidget(self.same_words)
        self.centre_field = TextField(theme, placeholder=CENTRE)
        self.enrolment_field = TextField(theme)
        self.column.addLayout(_centre_row(theme, self.centre_field, self.enrolment_field))
        self.column.addStretch(1)

    def fields(self) -> list[QWidget]:
        """In the order in which Enter goes through them."""
        return [self.centre_field, self.enrolment_field]

    def fill(self, centre: str, enrolment: str, *, lost: bool) -> None:
        """What was typed; ``lost``: whether the same code will do, for no answer to it came."""
        self.centre_field.setText(centre)
        self.enrolment_field.setText(enrolment)
        self.same_words.setVisible(lost)


def _centre_row(theme: Theme, centre: TextField, enrolment: TextField) -> QHBoxLayout:
    pair = QHBoxLayout()
    pair.setContentsMargins(0, 0, 0, 0)
    pair.setSpacing(12)
    pair.addWidget(field_row(theme, _("A&ddress of the centre"), centre), 1)
    pair.addWidget(field_row(theme, _("E&nrolment code"), enrolment), 1)
    return pair


class DonePage(Page):
    """What was made and what comes next."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "success")
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "check-circle-outline", 28, "success"))
        self.title = Text(theme, step="title", weight=700)
        self.title.setWordWrap(True)
        head.addWidget(self.title, 1)
        self.column.addLayout(head)
        self.facts = Facts(theme)
        self.column.addWidget(self.facts)
        self.column.addStretch(1)

    def show_steps(self, steps: Sequence[str], icon: str) -> None:
        """What to do next."""
        self.facts.show_facts([(text, icon, "text") for text in steps])


def typed_on(corner: CornerPage, manager: ManagerPage) -> Typed:
    """Both forms as they stand."""
    return Typed(
        corner.code_field.text(),
        corner.office_field.text(),
        corner.till_field.text(),
        manager.manager_field.text(),
        manager.pin_field.text(),
        manager.pin_again_field.text(),
        corner.centre_field.text(),
        corner.enrolment_field.text(),
    )
