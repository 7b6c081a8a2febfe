"""What may be wrong with a recovery code."""

from typing import ClassVar

from pos_app.domain.errors import RuleError


class MistypedCode(RuleError):
    """A recovery code that cannot be one; ``group`` is where to look (from 1), 0 where that is not known."""

    name: ClassVar[str] = "mistyped_recovery_code"
    group: int


class WrongCode(RuleError):
    """A recovery code of another ledger, or one that a newer code replaced."""

    name: ClassVar[str] = "wrong_recovery_code"


class NamesLocked(RuleError):
    """Names are sealed with a key that this computer lacks: a new recovery code would not open them."""

    name: ClassVar[str] = "names_locked"


class NoRecoveryCode(RuleError):
    """No recovery code was ever made for this ledger."""

    name: ClassVar[str] = "no_recovery_code"
