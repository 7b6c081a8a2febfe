"""What the till registered goes to the centre, for an officer to confirm: over the network and on a stick alike."""

import msgspec

from sync.client.caller import Caller, Clock, Gap, Stopped, TooLarge
from sync.client.faults import CERTIFICATES, UNREACHABLE
from sync.protocol.local import Link, LocalStore, Proposed
from sync.protocol.messages import PROPOSALS, Proposal, Proposals, ProposalsTaken, proposals_path
from sync.protocol.sealing import seal_to
from sync.protocol.wire import Malformed, deflate, unseal

AT_ONCE = 200
"""Proposals of one request; they stay below its bound whatever they say."""


def propose(caller: Caller, store: LocalStore, link: Link, clock: Clock) -> None:
    """Send what waits, each once. A centre that takes none holds nothing else up: it is asked again after a while.

    Raises ``Stopped`` where it cannot be reached, or is busy.
    """
    after, taken = "", set[str]()
    try:
        while waiting := store.proposals(AT_ONCE, clock(), after):
            after = waiting[-1].code
            if not store.seal_key():
                _send(caller, store, link, ())
            taken |= _taken(caller, store, link, waiting)
    except (Gap, TooLarge, Malformed):
        taken.clear()
    except Stopped as stop:
        if stop.status == "busy" or stop.reason in {UNREACHABLE, *CERTIFICATES}:
            raise
        taken.clear()
    if after and not taken:
        store.hold_proposals(clock())


def _taken(caller: Caller, store: LocalStore, link: Link, some: list[Proposed]) -> set[str]:
    """The codes that the centre took of ``some``. What it cannot read, or is too much, is halved, so that one that it
    never takes keeps no other back."""
    try:
        answer = _send(caller, store, link, _sealed(some, link.device, store.seal_key()))
    except (TooLarge, Stopped) as stop:
        if isinstance(stop, Stopped) and stop.reason != "malformed":
            raise
        half = len(some) // 2
        return _taken(caller, store, link, some[:half]) | _taken(caller, store, link, some[half:]) if half else set()
    return {code for code, _mark in answer.taken}


def _send(caller: Caller, store: LocalStore, link: Link, proposals: tuple[Proposal, ...]) -> ProposalsTaken:
    def read(data: bytes, nonce: str) -> ProposalsTaken:
        answer = unseal(data, ProposalsTaken, PROPOSALS, link.centre_key)
        if (answer.nonce, answer.device) != (nonce, link.device):
            raise Malformed("an answer to another question")
        return answer

    answer = caller.ask("POST", proposals_path(link.device), _pack(proposals), read)
    store.proposals_taken(answer)
    return answer


def pack_proposals(store: LocalStore, link: Link, at: str) -> bytes:
    """What waits, for a bundle; empty where nothing does.

    What is known of persons goes along when the centre's key is known; else the reply brings it, and they go with the
    next bundle.
    """
    waiting, key = store.proposals(AT_ONCE, at), store.seal_key()
    ready = waiting if key else [one for one in waiting if not one.personal]
    return _pack(_sealed(ready, link.device, key)) if waiting else b""


def _pack(proposals: tuple[Proposal, ...]) -> bytes:
    return deflate(msgspec.msgpack.encode(Proposals(proposals=proposals)))


def _sealed(waiting: list[Proposed], device: str, key: bytes) -> tuple[Proposal, ...]:
    return tuple(
        Proposal(
            code=one.code,
            kind=one.kind,
            facts=one.facts,
            sealed=seal_to(key, one.personal, PROPOSALS, device, one.code) if one.personal and key else b"",
            mark=one.mark,
        )
        for one in waiting
    )
