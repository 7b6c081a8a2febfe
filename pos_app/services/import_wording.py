"""The import's refusals and reports in the user's language."""

from pos_app.i18n import _
from sync.protocol.registry_reasons import FILE_REASONS, REASONS, Rejection, UnreadableFile


def reason(rejection: Rejection) -> str:
    """Why a field is refused or reported, to stand after the field's name."""
    return _(REASONS[rejection.code]).format(**rejection.data)


def sentence(rejection: Rejection) -> str:
    """One line for people: where, which field, why."""
    if not rejection.field:
        return _("Line {line}: {reason}").format(line=rejection.line, reason=reason(rejection))
    return _("Line {line}, {field}: {reason}").format(
        line=rejection.line, field=rejection.field, reason=reason(rejection)
    )


def file_reason(error: UnreadableFile) -> str:
    """Why the file as a whole is refused."""
    return _(FILE_REASONS[error.code]).format(**error.data)
