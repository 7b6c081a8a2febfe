"""Rules of the network card in Settings: where the centre is and how it is reached. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.services import exchange
from pos_app.services.context import Counter
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from sync.protocol.local import Network


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """As typed; texts are empty for none."""

    address: str
    proxy: str
    ca_file: str
    plain_http: bool

    @property
    def network(self) -> Network:
        """How the centre is reached."""
        return Network(self.proxy.strip(), self.ca_file.strip(), self.plain_http)


class NetworkPresenter:
    """Reads, checks and keeps them."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def settings(self) -> NetworkSettings:
        """As they are."""
        found = exchange.network(self.counter.ledger)
        address = exchange.centre_address(self.counter.ledger)
        return NetworkSettings(address, found.proxy, found.ca_file, found.plain_http)

    def obstacle(self, typed: NetworkSettings) -> Message | None:
        """What is wrong with what was typed."""
        if typed == self.settings():
            return None
        try:
            exchange.checked_address(typed.address, plain_http=typed.plain_http)
        except ExchangeFailed as error:
            return Message("E", str(error))
        if typed.network.ca_file and not Path(typed.network.ca_file).is_file():
            return Message("E", str(ExchangeFailed("unknown", "no_ca_file", during="trial")))
        if typed.network.proxy and not typed.network.proxy.startswith(("http://", "https://")):
            return Message("E", _("Write the proxy as http://proxy:port."))
        return None

    def save(self, typed: NetworkSettings) -> None:
        """Keeps them; they hold from the next exchange on. Raises the faults of the disk."""
        if typed == self.settings():
            return
        ledger, by = self.counter.ledger, typed.network
        exchange.set_network(ledger, proxy=by.proxy, ca_file=Path(by.ca_file), plain_http=by.plain_http)
        exchange.set_address(ledger, typed.address, plain_http=by.plain_http)

    def answers(self) -> Message:
        """After a trial that went well."""
        return Message("S", _("The centre answers at this address."))

    def failed(self, error: Exception) -> Message:
        """What is wrong on the way. Errors that are bugs are raised again."""
        if not isinstance(error, PosError):
            raise error
        return Message("E", str(error) if isinstance(error, ExchangeFailed) else describe(error))
