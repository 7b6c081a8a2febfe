"""What the centre's commands say when they cannot do what was asked: a stable code with data, and an English sentence.

Whoever shows them to people translates the sentence and fills in the data.
"""

from typing import Any

SENTENCES = {
    "bad_url": "{database} is no address of a database. Write it as sqlite:///centre.db",
    "only_sqlite": "The centre keeps its data in SQLite for now. Write the database as sqlite:///centre.db",
    "no_centre": "There is no centre in {path}. Make one with: pojok centre init --database {database}",
    "no_folder": "The folder {path} does not exist. Make it, or choose another one.",
    "no_access": "{path}: {reason}. Check the path and its permissions.",
    "old_sqlite": "SQLite {version} is too old; 3.51.3 or newer is needed. Reinstall the program.",
    "bad_setting": "SQLite does not take PRAGMA {name} = {value}. Reinstall the program.",
    "database_failed": "The centre's database failed: {reason}. Nothing was half done; check the disk and try again.",
    "newer": "This centre is of version {version}; this program knows version {known}. Update the program.",
    "unknown_role": "The role {role} does not exist. Choose one of {roles}.",
    "no_name": "An account needs a name.",
    "unknown_corner": "There is no corner {corner} at the centre. Check the code, or import the corners first.",
    "bad_till": "{till} is no name of a till. Use one or two capital letters, for example A.",
    "cannot_listen": "Cannot listen on {address}: {reason}. Choose another address or stop the other program.",
    "unknown_kind": "The centre does not import {kind}. Choose one of {kinds}.",
    "no_till": "No till of {till} is enrolled. Make a code with: pojok centre code",
    "broken_chain": "{till}: entry {seq} does not continue the chain. Restore the centre from its backup.",
    "missing_end": "{till}: the journal ends at entry {seq} of {expected}. Restore the centre from its backup.",
    "wrong_figures": "{till}: {what} do not follow from the entries ({difference}). Restore the centre from backup.",
    "bundle_refused": "The bundle was not taken: {reason} ({name}). Nothing was changed.",
    "no_bundle": "{path} is no bundle of a till: {reason}. Export it again at the till.",
}


class CentreError(Exception):
    """One plain sentence for an administrator; ``code`` is one of ``SENTENCES``, ``data`` fills it in."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(SENTENCES[code].format(**data))
        self.code = code
        self.data = data
