"""Says when this computer has a network again, as far as the system can tell; else nothing is ever said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkInformation


class NetworkReturn(QObject):
    """``returned`` is called on this thread each time the network is back after it was away."""

    def __init__(self, returned: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._returned = returned
        self._away = False
        if QNetworkInformation.loadDefaultBackend():
            found = QNetworkInformation.instance()
            self.take(found.reachability())
            found.reachabilityChanged.connect(self.take)

    def take(self, reach: QNetworkInformation.Reachability) -> None:
        """What the system says now."""
        away = reach in (QNetworkInformation.Reachability.Disconnected, QNetworkInformation.Reachability.Local)
        if self._away and not away:
            self._returned()
        self._away = away
