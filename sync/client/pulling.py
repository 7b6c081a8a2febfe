"""The pulling half of an exchange: what is new in each feed, page by page, and whether both sides then hold the same.

A feed whose rows differ from the centre's, by count and digest, is fetched anew: once in an exchange.
"""

from collections.abc import Iterator

from sync.client.caller import Caller, Clock, Gap, Stopped, Tell, TooLarge, tell_nobody
from sync.protocol.local import Link, LocalStore
from sync.protocol.messages import PAGE, SCOPES, Ack, Page, pull_path
from sync.protocol.wire import Malformed, Oversize, unseal


def pull_all(
    caller: Caller,
    store: LocalStore,
    link: Link,
    ack: Ack,
    cursors: dict[str, str],
    clock: Clock,
    tell: Tell = tell_nobody,
) -> Iterator[int]:
    """Pull every feed that ``ack`` names and that has something new, or was not compared for a day; gives the rows of
    each page once they are stored.

    Raises ``Stopped``.
    """
    for scope in SCOPES:
        wanted, cursor = ack.cursors.get(scope), cursors.get(scope, "")
        if wanted is None or (cursor == wanted and not store.compare_due(scope, clock())):
            continue
        yield from _pull_feed(caller, store, link, scope, cursor, tell)
        if not store.agrees(scope, clock()):
            store.begin_anew(scope)
            yield from _pull_feed(caller, store, link, scope, "", tell)
            store.agrees(scope, clock())


def _pull_feed(caller: Caller, store: LocalStore, link: Link, scope: str, cursor: str, tell: Tell) -> Iterator[int]:
    more, rows, total = True, 0, 0
    while more:
        page = _pull_page(caller, link, scope, cursor)
        try:
            applied = store.apply_page(page)
        except (Malformed, Oversize) as error:
            raise Stopped("unknown", "nonsense", f"{scope}: {error}") from error
        yield applied
        rows += applied
        if not page.after or page.restart:
            total = page.count or 0
        tell(scope, rows, total)
        cursor, more = page.cursor, page.more


def _pull_page(caller: Caller, link: Link, scope: str, cursor: str) -> Page:
    def read(body: bytes, nonce: str) -> Page:
        page = unseal(body, Page, PAGE, link.centre_key)
        if (page.nonce, page.device, page.scope, page.after) != (nonce, link.device, scope, cursor):
            raise Malformed("an answer to another question")
        if page.more and page.cursor == cursor:
            raise Malformed("a page that leads nowhere")
        return page

    try:
        return caller.ask("GET", pull_path(link.device, scope, cursor), b"", read)
    except (Gap, TooLarge) as error:
        raise Stopped("unknown", "nonsense", type(error).__name__) from error
