"""The network settings with which a till joins a centre: kept when it joined, else as they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.services.exchange import ExchangeFailed, set_network


@contextmanager
def joining_by(ledger: Ledger, *, proxy: str | None, ca_file: Path | None, plain_http: bool | None) -> Iterator[None]:
    """Within it the centre is reached by these settings, as ``set_network`` takes them; any error takes them back, and
    the till goes on with the centre that it has. Raises ``ExchangeFailed`` where ``ca_file`` holds no certificates.
    """
    store = LedgerStore(ledger)
    before = store.network()
    _check(ca_file)
    set_network(ledger, proxy=proxy, ca_file=ca_file, plain_http=plain_http)
    try:
        yield
    except BaseException:
        store.save_network(proxy=before.proxy, ca_file=before.ca_file, plain_http=before.plain_http)
        raise


def _check(ca_file: Path | None) -> None:
    import ssl

    if ca_file is None or not ca_file.is_file():  # one that is not there: set_network says so
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_file)
    except OSError:  # also of ssl
        raise ExchangeFailed("unknown", "bad_ca_file", str(ca_file)) from None
