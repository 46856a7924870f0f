# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node may be called in a certificate.  Pure; source: docs/mesos/security.md §1.3.

Mesos connects by IP address and, in its legacy scheme, compares DNS names exactly; so a certificate carries every
address the node advertises, every DNS name as it is, and the first name as CN.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
CN_LIMIT = 64


class BadName(ValueError):
    """A name or address that cannot stand in a certificate; the message says which, why, and what to write."""


@dataclass(frozen=True)
class Names:
    """Who a certificate is for: the CN, DNS names in lower case, addresses in their canonical spelling."""

    common_name: str
    dns: tuple = ()
    addresses: tuple = ()

    def __str__(self):
        return ", ".join(self.dns + self.addresses)


def dns_name(text):
    """Return *text* in lower case, or raise BadName."""
    name = str(text)
    if not name:
        raise BadName("an empty name cannot stand in a certificate; remove it from names")
    if "*" in name:
        raise BadName(f"the name {name!r} has a wildcard, and Mesos compares names exactly; write each name out")
    if is_address(name):
        raise BadName(f"{name!r} is an address, not a name; put it among the addresses")
    if not name.isascii():
        raise BadName(f"the name {name!r} is not ASCII; write its xn-- form")
    wrong = re.search(r"[^A-Za-z0-9._-]", name)
    if wrong:
        hint = "; ports and schemes are no part of a name" if wrong[0] in ":/" else ""
        raise BadName(
            f"the name {name!r} holds {wrong[0]!r}; only letters, digits, '-', '_' and '.' can stand in it{hint}")
    if len(name) > 253 or any(len(label) > 63 for label in name.split(".")):
        raise BadName(f"the name {name!r} is too long: 63 characters between two dots and 253 in all is the limit")
    lower = name.lower()
    if not all(LABEL.fullmatch(label) for label in lower.split(".")):
        raise BadName(f"the name {name!r} has an empty part, or one that begins or ends with '-'; correct it")
    return lower


def address(text):
    """Return the canonical spelling of an IPv4 or IPv6 address, or raise BadName."""
    bare = str(text)
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        hint = "write it without brackets, port, prefix length or spaces" if re.search(r"[]\[/:\s]", bare) else (
            "put names among the names")
        raise BadName(f"{bare!r} is no IPv4 or IPv6 address; {hint}") from None
    if getattr(parsed, "scope_id", None):
        raise BadName(f"the address {bare!r} has a zone, which a certificate cannot hold; leave out %{parsed.scope_id}")
    if parsed.is_unspecified or parsed.is_multicast:
        raise BadName(f"the address {bare!r} is not one that a node can be reached at; write the address it advertises")
    return str(parsed)


def is_address(text):
    """Tell whether *text* is the spelling of an IP address."""
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def names_of(names, addresses, common_name=None):
    """Return Names from what a user wrote: order kept, doubles dropped, every entry checked.

    The CN is *common_name*, else the first name, else the first address.  Raises BadName.
    """
    dns = tuple(dict.fromkeys(dns_name(name) for name in names or ()))
    numbers = tuple(dict.fromkeys(address(number) for number in addresses or ()))
    if not dns and not numbers:
        raise BadName("neither a name nor an address is given; a certificate must be for somebody")
    if common_name:
        cn = address(common_name) if is_address(common_name) else dns_name(common_name)
    else:
        cn = (dns + numbers)[0]
    if len(cn) > CN_LIMIT:
        raise BadName(
            f"the name {cn!r} has {len(cn)} characters and a CN can have {CN_LIMIT}; set a shorter common_name")
    return Names(cn, dns, numbers)
