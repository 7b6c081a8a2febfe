"""Why no answer came, in one word, from what the libraries below raised."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

UNREACHABLE: Final = "unreachable"
CERTIFICATES: Final = frozenset({"untrusted", "no_ca_file", "bad_ca_file"})
"""Faults that waiting does not mend: somebody has to choose the right certificates."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what led to it, the newest first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            yield found
            waiting += [found.__cause__, found.__context__, getattr(found, "original_error", None), *found.args]


def kind_of(error: BaseException, *, proxy: bool, ca_file: bool) -> str:
    """One of ``untrusted``, ``no_ca_file``, ``bad_ca_file`` (the certificates), ``proxy_password``, ``proxy``,

    ``no_name`` (the host's name is not found), ``refused`` (nobody listens), ``not_a_centre`` (no TLS there), ``slow``
    or, for all else, ``unreachable``. ``proxy`` and ``ca_file`` say whether one is set.
    """
    from urllib3.exceptions import NameResolutionError, ProxyError

    found = list(causes(error))
    text = " ".join(map(str, found))
    by_proxy = proxy and any(isinstance(one, ProxyError) for one in found)
    if "407" in text and by_proxy:
        return "proxy_password"
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in found):
        return "untrusted"
    if ca_file and ("invalid path" in text or "TLS CA certificate bundle" in text):
        return "no_ca_file"
    if ca_file and any(isinstance(one, ssl.SSLError) and "X509" in str(one) for one in found):
        return "bad_ca_file"
    if by_proxy or "proxy URL" in text:
        return "proxy"
    if any(isinstance(one, (socket.gaierror, NameResolutionError)) for one in found):
        return "no_name"
    if any(isinstance(one, ConnectionRefusedError) for one in found):
        return "refused"
    if any(isinstance(one, ssl.SSLError) for one in found):
        return "not_a_centre"
    if any(isinstance(one, TimeoutError) for one in found):
        return "slow"
    return UNREACHABLE
