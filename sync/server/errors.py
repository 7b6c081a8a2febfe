"""What the centre's commands say when they cannot do what was asked: a stable code with data, and an English sentence.

Whoever shows them to people translates the sentence and fills in the data.
"""

from typing import Any

SENTENCES = {
    "bad_url": "This is no address of a database. Write it as sqlite:///centre.db or postgresql://user@host/pojok; in "
    "a password write @ as %40, : as %3A and / as %2F.",
    "unknown_engine": "The centre keeps its data in SQLite or PostgreSQL. Write the database as sqlite:///centre.db "
    "or postgresql://user@host/pojok",
    "no_centre": "There is no centre in {path}. Make one with: pojok centre init --database {database}",
    "unfinished": "The centre's database is not complete. Wait for the end of its restore, or restore it again.",
    "no_folder": "The folder {path} does not exist. Make it, or choose another one.",
    "no_access": "{path}: {reason}. Check the path and its permissions.",
    "old_sqlite": "SQLite {version} is too old; 3.51.3 or newer is needed. Reinstall the program.",
    "bad_setting": "SQLite does not take PRAGMA {name} = {value}. Reinstall the program.",
    "database_failed": "The centre's database failed: {reason}. Nothing was half done; check the disk and try again.",
    "database_busy": "Another program holds the centre's database ({reason}). Nothing was done; wait for it to end, or "
    "stop it, then try again.",
    "disk_full": "There is no room left for the centre's database ({reason}). Nothing was half done; make room on its "
    "disk, then try again.",
    "only_reads": "This is a copy of the centre that only reads ({reason}). Name the server that writes, or check who "
    "may write the file.",
    "no_file": "The centre's file cannot be opened ({reason}). Check that the path names a file, and who may read "
    "it and write in its folder.",
    "no_rights": "The database does not allow this ({reason}). Use the account that owns the centre's tables.",
    "not_a_centre": "There is something else than a centre in this database. Nothing was written; name an empty "
    "database, or the centre's.",
    "no_server": "The database server does not answer: {reason}. Start it, check the address, or make the database.",
    "newer": "This centre is of version {version}; this program knows version {known}. Update the program.",
    "older": "This centre is of version {version}; this program needs version {known}. Make a backup, then run: "
    "pojok centre init --database {database}",
    "one_worker": "With SQLite one worker serves. Leave --workers out, or keep the centre in PostgreSQL.",
    "unknown_role": "The role {role} does not exist. Choose one of {roles}.",
    "no_name": "An account needs a name of 60 Latin letters, digits or signs at most.",
    "wrong_password": "The name or the password is wrong. Check both and try again.",
    "wait": "Too many wrong passwords. Try again in {minutes} minutes, or ask an administrator for a new one.",
    "short_password": "A password has {least} to {most} characters. Take a longer one, for example four words.",
    "weak_password": "This password is easy to guess. Take four words that do not belong together, without your name.",
    "one_time_ended": "This password was good for {hours} hours. Ask an administrator for a new one.",
    "same_password": "The new password must be another one than the old.",
    "officer_exists": "There is an account {name} already. Choose another name.",
    "no_officer": "There is no account {name}. Look it up in the list.",
    "own_account": "Nobody changes the own account. Ask another administrator.",
    "unknown_corner": "There is no corner {corner} at the centre. Check the code, or import the corners first.",
    "unknown_officer": "{name} may not decide this. Make an account with the role {roles}: pojok centre officer",
    "no_repair": "{till} waits for no repair. See who does with: pojok centre repairs",
    "repair_approved": "{till} was approved already: it is too late to refuse. Call the corner before it joins again.",
    "repair_moved": "{till} has changed at the centre since it asked. Let the till exchange once more, then decide.",
    "bad_till": "{till} is no name of a till. Use one or two capital letters, for example A.",
    "till_not_done": "{till} still has something to do at its corner: {why}. Finish it there, or say that it moves "
    "anyway.",
    "till_there": "{till} is enrolled already. Choose another letter for the till at its new corner.",
    "no_words": "Write what the corner shall read, in at most {most} letters.",
    "no_remark": "Say what became of the document, in at most {most} letters.",
    "no_finding": "Entry {entry} is no closing and no payment. See what differs on the page about figures computed "
    "anew.",
    "not_revoked": "{till} is a till that sells. Only what a revoked till owed can be taken over.",
    "nothing_taken": "What {till} owed was not taken over by another till. Nothing was changed.",
    "other_till": "{till} is no till that sells. Choose the till that took over what is owed.",
    "which_till": "{till} names several tills. Say which one with --device: {devices}.",
    "bad_version": "{version} is no version of a program. Write it as 0.6.0; 0 lets every program pull.",
    "no_quarantined": "{entry} is not set aside. See what is on the page about quarantine.",
    "merged_already": "{proposal} is merged into {target} already. Take that back first, or choose {target}.",
    "not_merged": "{proposal} is not merged into another code. Nothing was changed.",
    "row_changed": "{proposal} was changed by somebody else since it was shown. Look at it again, then change it.",
    "no_purpose": "Say what for, in a few words: it is kept with your name.",
    "person_erased": "What identified the person behind {proposal} was erased. It is not filled in again.",
    "person_owed": "{proposal} cannot be erased yet: at {tills} tills money or goods are open. Settle them first.",
    "bad_request_kind": "Choose what was asked: {kinds}.",
    "no_request": "This request is answered already, or there is none. See the list.",
    "no_answer": "Write how the request was met.",
    "no_breach": "Write what happened and whose data it was.",
    "unknown_breach": "There is no such breach. See the list.",
    "breach_changed": "Somebody else wrote down what became of this breach since it was shown. Look at it again.",
    "corner_changed": "{corner} was changed by somebody else since it was shown. Look at it again, then change it.",
    "corner_closed": "{corner} is closed. Open it again first, on its page.",
    "corner_open": "{corner} is not closed. Nothing was changed.",
    "corner_had_tills": "{corner} had a till, and its documents stay. Close it instead.",
    "corner_without_tills": "{corner} never had a till. Remove it instead.",
    "no_holiday_name": "Say why offices are closed, in at most {most} letters.",
    "bad_holiday": "These are no days of a holiday. Write the first and the last, {most} days at most, as 2026-08-17.",
    "no_holiday": "{day} is in no list of days on which offices are closed. Nothing was changed.",
    "bad_moment": "This is no moment that has come. Write it as 2026-11-22T08:30.",
    "bad_day": "This is no day. Write it as 2026-11-22.",
    "no_certificate": "There is no such certificate of this producer. See the list.",
    "bad_certificate_kind": "Choose the kind of certificate: {kinds}.",
    "bad_certificate_number": "This is no number of such a certificate. Compare it with the paper, sign by sign.",
    "bad_nib_number": "A NIB has 13 digits. Compare it with the paper, digit by digit.",
    "bad_pirt_number": "A P-IRT number has 13 digits, a dash and two digits: 2101872010001-30. Compare it with the "
    "paper.",
    "bad_halal_number": "A halal number is ID and 14 to 17 digits: ID18110000112233344. Compare it with the paper.",
    "no_document": "There is no such document. Nothing was opened.",
    "document_too_large": "A document has {mib} MiB at most. Scan it with fewer dots, or as black and white.",
    "document_unknown": "This is neither PDF nor JPEG nor PNG, whatever its name says. Choose another file.",
    "document_broken": "This picture is damaged. Open it on your computer and save it again.",
    "producer_full": "The documents of one producer have {mib} MiB at most. Remove an old one first.",
    "documents_full": "The documents of all producers have reached {mib} MiB. Tell the administrator.",
    "cannot_listen": "Cannot listen on {address}: {reason}. Choose another address or stop the other program.",
    "unknown_kind": "The centre does not import {kind}. Choose one of {kinds}.",
    "no_till": "No till of {till} is enrolled. Make a code with: pojok centre code",
    "broken_chain": "{till}: entry {seq} does not continue the chain. Restore the centre from its backup.",
    "missing_end": "{till}: the journal ends at entry {seq} of {expected}. Restore the centre from its backup.",
    "wrong_figures": "{till}: {what} do not follow from the entries ({difference}). Restore the centre from backup.",
    "wrong_report": "{till}: {what} do not follow from the entries ({difference}). Make them anew with: pojok centre "
    "rebuild",
    "unknown_proposal": "No till proposed {proposal}. See what waits with: pojok centre proposals",
    "proposal_waiting": "{proposal} still waits for a decision. Nothing was changed.",
    "proposal_confirmed": "{proposal} is in the registry already. Nothing was changed. Correct it with: pojok centre "
    "confirm --set FACT=VALUE",
    "proposal_merged": "{proposal} is merged into {target}. Take that back first with: pojok centre unmerge",
    "proposal_refused": "{proposal} is declined already. Nothing was changed.",
    "proposal_changed": "{proposal} changed since it was listed. See it again with: pojok centre proposals --all",
    "merged_into_itself": "{into} is {proposal} itself. Choose another code.",
    "not_in_registry": "{proposal} is not in the registry. Confirm it first, or choose another code.",
    "no_reason": "Say why {proposal} is declined: the corner reads it.",
    "unknown_fact": "There is no {name} to change. Choose one of {names}.",
    "bad_fact": "This cannot be: {reason}. Nothing was changed.",
    "cannot_open": "What {proposal} tells of a person was sealed for another centre. Ask the corner to send it again.",
    "bundle_refused": "The bundle was not taken: {reason} ({name}). Nothing was changed; the reply tells the till.",
    "bundle_fork": "{till} has a history that differs from the centre's. Nothing was taken; the reply tells the till.",
    "bundle_gap": "{till}: entries from {expected} on are missing in this file. Take the reply to the till, export "
    "again.",
    "bundle_revoked": "{till} was revoked. Nothing was taken; make a code and let the till join again.",
    "bundle_unknown": "{path} is of a till that has not joined this centre ({name}). Nothing was taken.",
    "file_no_bundle": "{path} is no file of this exchange. Choose the file that the till exported.",
    "file_other_way": "{path} is a reply of the centre. Take it to its till; here belongs the file that the till "
    "exported.",
    "file_newer_file": "{path} was written by a newer program. Update the centre, then load it again.",
    "file_cut_off": "{path} is cut off: its end is missing. Export it again at the till.",
    "file_changed": "{path} is damaged: it is not what the till signed. Export it again at the till.",
    "file_too_large": "{path} is larger than a file of this exchange may be. Export it again at the till.",
    "no_picture": "This is no picture that the centre can read. Choose a JPEG, PNG or WebP file.",
    "picture_too_large": "The picture is larger than {most}. Choose a smaller one.",
    "picture_too_small": "The picture is smaller than {least} pixels. Choose a larger one.",
    "day_to_come": "This day has not come yet. Choose the day on which the producer agreed.",
    "file_other_key": "{path} is signed by somebody else than its till. Export it again at the till.",
}


class CentreError(Exception):
    """One plain sentence for an administrator; ``code`` is one of ``SENTENCES``, ``data`` fills it in."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(SENTENCES[code].format(**data))
        self.code = code
        self.data = data
