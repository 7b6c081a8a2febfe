"""What a till does when its history differs from the centre's: find what both have, fetch what it lost, or ask for a
repair. Nothing is sent meanwhile, nothing is dropped, and selling goes on.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from sync.client.caller import Caller, Gap, Stopped, TooLarge
from sync.protocol.batch import MAX_ENTRIES, chain
from sync.protocol.entry import Head
from sync.protocol.epochs import fork_before, read_approval
from sync.protocol.judging import find_base
from sync.protocol.local import Link, LocalStore, Search
from sync.protocol.messages import KEPT, REPAIR, KeptEntries, Repair, RepairRequest, kept_path, repair_path
from sync.protocol.wire import Malformed, deflate, unseal

T = TypeVar("T")
TOO_OLD = ("not_found", "method_not_allowed")
"""Problems by which a centre says that it knows nothing of repairs."""


class Standings(NamedTuple):
    """Where the two histories end, and the last entry that both have."""

    base: Head
    own: Head
    centre: Head


def compare(caller: Caller, store: LocalStore, link: Link) -> Standings:
    """Look for the last common entry, from where an earlier search stood. Raises ``Stopped``."""
    own = store.head()
    end = _fetch(caller, link, 0, 0)
    centre = Head(end.head_seq, end.head_hash)

    def theirs(seq: int) -> bytes:
        return centre.hash if seq == centre.seq else _fetch(caller, link, seq, 0).last_hash

    base = _search(store, own, centre, theirs)
    digest = store.hash_at(base)
    if digest is None:
        raise Stopped("stuck", "damaged", f"entry {base} is not there")
    return Standings(Head(base, digest), own, centre)


def _search(store: LocalStore, own: Head, centre: Head, theirs: Callable[[int], bytes]) -> int:
    """The last common entry. What each answer tells is kept, so that a line which breaks loses nothing.

    Who only came back from a backup has nothing but common entries; so their end is looked at first.
    """
    most = min(own.seq, centre.seq)
    known = _known(store, centre, theirs) or Search(0, 0, own, centre)
    if not known.differs and store.hash_at(most) == theirs(most):
        return most

    def learned(common: int, last: int) -> None:
        store.keep_search(Search(common, last + 1, own, centre))

    last = (known.differs or most) - 1
    learned(known.common, last)
    return find_base(last, store.hash_at, theirs, known.common, learned)


def _known(store: LocalStore, centre: Head, theirs: Callable[[int], bytes]) -> Search | None:
    """What an earlier search found, where both histories continue those that it was about."""
    kept = store.search()
    if kept is None or store.hash_at(kept.own.seq) != kept.own.hash:
        return None
    holds = kept.centre.seq <= centre.seq and theirs(kept.centre.seq) == kept.centre.hash
    return kept if holds else None


def fetch_after(caller: Caller, link: Link, after: int) -> Iterator[KeptEntries]:
    """Everything that the centre keeps of this till after entry ``after``. Raises ``Stopped``."""
    while True:
        kept = _fetch(caller, link, after, MAX_ENTRIES)
        if kept.entries:
            yield kept
        after += len(kept.entries)
        if not kept.entries or after >= kept.head_seq:
            return


def take_back(caller: Caller, store: LocalStore, link: Link, after: int) -> int:
    """Fetch and append what this till lost after ``after``; its last entry then. Raises ``Stopped``."""
    for kept in fetch_after(caller, link, after):
        try:
            store.take_back(kept)
        except Malformed as error:
            raise Stopped("unknown", "nonsense", f"entries after {kept.first_seq - 1}: {error}") from error
        after = kept.first_seq + len(kept.entries) - 1
    return after


def ask_repair(caller: Caller, store: LocalStore, link: Link, found: Standings) -> Stopped:
    """Ask an officer for a new epoch, and keep the approval when there is one; why the till does not send meanwhile.

    An epoch that was begun here, and that the centre does not have, is begun anew from the fork that it was for.

    Raises ``Stopped``.
    """
    fork = fork_before(store.epochs(), found.base.seq)
    digest = store.hash_at(fork)
    if digest is None:
        raise Stopped("stuck", "damaged", f"entry {fork} is not there")
    base = Head(fork, digest)
    request = RepairRequest(
        base_seq=base.seq,
        base_hash=base.hash,
        own_seq=found.own.seq,
        own_hash=found.own.hash,
        head_seq=found.centre.seq,
        head_hash=found.centre.hash,
    )

    def read(body: bytes, nonce: str) -> Repair:
        repair = unseal(body, Repair, REPAIR, link.centre_key)
        if (repair.nonce, repair.device) != (nonce, link.device):
            raise Malformed("an answer to another question")
        if repair.state == "approved":
            _keep(store, link, repair.approval, (base, found.centre))
        else:
            store.drop_approval()
        return repair

    body = deflate(msgspec.msgpack.encode(request))
    repair = _asked(lambda: caller.ask("POST", repair_path(link.device), body, read))
    common = f"{found.base.seq} entries are common; the centre has {found.centre.seq}, this till {found.own.seq}"
    return Stopped("fork", f"repair_{repair.state}", common)


def _keep(store: LocalStore, link: Link, sealed: bytes, about: tuple[Head, Head]) -> None:
    """``about`` are base and head that were asked for."""
    approval = read_approval(sealed)
    whose = (approval.device, approval.ledger_id)
    ends = (Head(approval.base_seq, approval.base_hash), Head(approval.head_seq, approval.head_hash))
    if whose != (link.device, store.till().ledger_id) or ends != about:
        raise Malformed("an approval of something else")
    store.keep_approval(sealed, approval)


def _fetch(caller: Caller, link: Link, after: int, limit: int) -> KeptEntries:
    def read(body: bytes, nonce: str) -> KeptEntries:
        kept = unseal(body, KeptEntries, KEPT, link.centre_key)
        if (kept.nonce, kept.device, kept.first_seq) != (nonce, link.device, after + 1):
            raise Malformed("an answer to another question")
        if [kept.prev, *chain(kept.prev, kept.entries)][-1] != kept.last_hash or len(kept.entries) > limit:
            raise Malformed("these entries are not whole")
        return kept

    return _asked(lambda: caller.ask("GET", kept_path(link.device, after, limit), b"", read))


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except (Gap, TooLarge) as error:
        raise Stopped("unknown", "nonsense", type(error).__name__) from error
