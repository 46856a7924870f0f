# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of libprocess processes: "name@ip:port".  Pure."""

from typing import NamedTuple


class Upid(NamedTuple):
    """A process and where it is; prints as Mesos prints it."""

    id: str
    ip: str
    port: int

    @classmethod
    def parse(cls, text):
        """Return the Upid in *text*.  Raises ValueError naming the text if it is none."""
        name, at, address = text.rpartition("@")
        ip, colon, port = address.rpartition(":")
        if not (name and at and ip and colon and port.isdigit()):
            raise ValueError(f"{text!r} is not a process address (name@ip:port)")
        return cls(name, ip, int(port))

    @property
    def address(self):
        return f"{self.ip}:{self.port}"

    def __str__(self):
        return f"{self.id}@{self.ip}:{self.port}"
