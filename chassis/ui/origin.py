"""Where a browser comes from: counted under a keyed hash, never written and never read."""

from hashlib import blake2b
from ipaddress import IPv6Address, IPv6Network, ip_address

from aiohttp import web

NETWORK_BITS = 64
"""An IPv6 household has a whole network of this length: its addresses count as one."""


class Origins:
    """Hashes addresses with a key of its own, derived from the signing key."""

    def __init__(self, secret: str, trusted_proxies: int):
        self._key = blake2b(secret.encode(), digest_size=32, person=b"origin").digest()
        self._proxies = trusted_proxies

    def of(self, request: web.Request) -> str:
        """The hash of the address that the request came from."""
        place = network_of(self.address_of(request))
        return blake2b(place.encode(), key=self._key, digest_size=32).hexdigest()

    def address_of(self, request: web.Request) -> str:
        """What our outermost proxy saw; what stands further left anybody may have written."""
        lines = request.headers.getall("X-Forwarded-For", [])
        passed = [part.strip() for line in lines for part in line.split(",")]
        if self._proxies and len(passed) >= self._proxies:
            return passed[-self._proxies]
        return request.remote or ""


def network_of(address: str) -> str:
    """The address as it is counted; anything that is none counts as one and the same."""
    try:
        place = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(place, IPv6Address):
        return str(place)
    if place.ipv4_mapped:
        return str(place.ipv4_mapped)
    return str(IPv6Network((int(place), NETWORK_BITS), strict=False))
