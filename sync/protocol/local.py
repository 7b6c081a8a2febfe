"""Between the exchange's client and the till: what the client needs of a ledger, and what it reports.

The till implements ``LocalStore`` without knowing the client; each method is one short transaction.
"""

from typing import Literal, NamedTuple, Protocol

import msgspec

from sync.protocol.entry import Head
from sync.protocol.facts import Kind
from sync.protocol.messages import Ack, Approval, Enrolment, EpochBegun, KeptEntries, Page, ProposalsTaken


class Till(msgspec.Struct, frozen=True):
    """Whose ledger it is; ``epoch`` is the first of its chain, which the genesis binds."""

    ledger_id: str
    corner: str
    till: str
    epoch: int


class Link(msgspec.Struct, frozen=True):
    """What the till knows of its centre since it enrolled; ``centre_key`` is the raw public key."""

    url: str
    device: str
    timeline: str
    centre_key: bytes


class Kept(NamedTuple):
    """An entry of the journal as it is stored."""

    body: bytes
    prev: bytes
    hash: bytes


class Network(msgspec.Struct, frozen=True):
    """How the centre is reached: a proxy and a CA file as office networks have them, both empty where there is none.

    ``plain_http`` allows http beyond this machine.
    """

    proxy: str = ""
    ca_file: str = ""
    plain_http: bool = False


class Standing(msgspec.Struct, frozen=True):
    """Where the exchange stands: how far the centre has confirmed, the pull of each scope, the problem noted last.

    ``problem`` is empty after an ack; ``link`` is None before enrolment.
    """

    link: Link | None
    acked_seq: int = 0
    problem: str = ""
    cursors: dict[str, str] = {}


class Search(msgspec.Struct, frozen=True):
    """What is known of two histories that differ: they agree up to ``common`` and no longer at ``differs`` (0: not
    known). Holds for all that continues ``own`` and ``centre``.
    """

    common: int
    differs: int
    own: Head
    centre: Head


class Proposed(NamedTuple):
    """What a till registered, for the centre to confirm. ``personal`` is JSON about the person behind a producer, in
    plain form: it is sealed before it leaves. ``mark`` tells this state of the row from a later one.
    """

    code: str
    kind: Kind
    facts: bytes
    personal: bytes
    mark: str


Status = Literal["ok", "unknown", "busy", "refused", "fork", "outdated", "stuck", "not_enrolled"]


class Report(msgspec.Struct, frozen=True):
    """How an exchange went. ``reason`` is a stable name and ``detail`` what the centre said.

    ``unknown``: no valid answer, try again with backoff. ``busy``: try again after ``retry_after`` seconds.
    ``refused``: the centre does not take this till (401, 403). ``fork``: histories differ, pushing stops;
    ``reason`` is then ``repair_waiting``, ``repair_approved`` or ``repair_refused``; ``fork`` or ``behind`` where the
    centre is too old for repairs.
    ``outdated``: pushed, but pulls wait for an update. ``stuck``: a single entry is larger than a request may be.
    """

    status: Status
    pushed: int = 0
    acked: int = 0
    pulled: int = 0
    reason: str = ""
    detail: str = ""
    retry_after: float | None = None


class LocalStore(Protocol):
    """A till's side of the exchange. Entries are ``seq > pointer``; an ack moves the pointer and deletes nothing."""

    def till(self) -> Till:
        """Whose ledger this is."""

    def network(self) -> Network:
        """How the centre is reached from here."""

    def standing(self) -> Standing:
        """Where the exchange stands."""

    def save_link(self, url: str, enrolment: Enrolment) -> None:
        """Remember the centre that answered."""

    def save_centre_key(self, raw: bytes) -> None:
        """From now on the centre signs with this public key (32 bytes); nothing else about it changes."""

    def head(self) -> Head:
        """The last entry of the journal; the genesis when there is none."""

    def epochs(self) -> tuple[EpochBegun, ...]:
        """The later epochs of the journal, in order, without their approvals."""

    def approval(self, epoch: int) -> bytes:
        """The sealed approval of a later epoch of the journal. Raises ``KeyError`` for any other."""

    def keep_approval(self, sealed: bytes, approval: Approval) -> None:
        """Keep that an officer allowed the next epoch, until the ledger begins it. A newer approval takes its place."""

    def drop_approval(self) -> None:
        """Forget an approval that was not acted on: it holds no more."""

    def search(self) -> Search | None:
        """What was found out of where the histories part; None where nothing was since the last ack."""

    def keep_search(self, search: Search) -> None:
        """Remember it until the next ack."""

    def take_back(self, kept: KeptEntries) -> int:
        """Append entries that this till had sent and lost, byte for byte, and the epoch that begins there; how many.

        In short transactions, each of which leaves a whole journal that an interrupted call goes on from: entries that
        are here already (the same hash) are passed over. The pointer stays. Raises ``wire.Malformed`` when ``kept``
        does not continue the chain (``epochs.continues``) or an entry cannot be projected; nothing of the transaction
        that met it is kept then.
        """

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of entry ``seq``, of the genesis for 0; None when there is no such entry."""

    def entries(self, first_seq: int, limit: int) -> list[Kept]:
        """The entries from ``first_seq``, at most ``limit`` of them."""

    def accept_ack(self, ack: Ack, at: str) -> None:
        """Move the pointer to what ``ack`` confirms and note what it says; clears an earlier problem."""

    def rewind(self, seq: int) -> None:
        """Move the pointer back to ``seq``: the centre lacks what follows. Replies by file of before are past."""

    def await_reply(self, nonce: str) -> None:
        """A file with this nonce goes to the centre."""

    def awaits(self, nonce: str) -> bool:
        """Whether a reply by file holds: to a file since the last ``rewind`` and the last change of the timeline."""

    def note_problem(self, name: str, detail: str, at: str) -> None:
        """Remember why the exchange did not finish, for the top bar."""

    def apply_page(self, page: Page) -> int:
        """Store the rows of a page, and its cursor no sooner than all of them; the number of rows applied.

        A page whose ``after`` is not where this scope stands is left alone.

        Raises ``wire.Malformed`` or ``wire.Oversize`` for rows that cannot be read; then neither is stored.
        """

    def compare_due(self, scope: str, at: str) -> bool:
        """Whether the rows of ``scope`` are to be compared with the centre's although nothing is new."""

    def agrees(self, scope: str, at: str) -> bool:
        """Whether the rows of ``scope`` are those that its last page told of; true where it told nothing.

        What is found is kept until the next comparison, for the top bar.
        """

    def proposals(self, limit: int, at: str, after: str = "") -> list[Proposed]:
        """What is to be proposed, producers first: at most ``limit`` that follow the code ``after``; nothing for a
        while after ``hold_proposals``."""

    def proposals_taken(self, answer: ProposalsTaken) -> None:
        """Note what the centre has, and the key to which it wants personal data sealed."""

    def hold_proposals(self, at: str) -> None:
        """The centre takes none now."""

    def seal_key(self) -> bytes:
        """The centre's X25519 key; empty while it is not known."""

    def begin_anew(self, scope: str) -> None:
        """Forget how far ``scope`` was pulled, and which of its rows the centre has."""
