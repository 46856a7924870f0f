# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flags that libprocess reads from LIBPROCESS_* variables."""

from ..flag_types import ADDRESS, BOOL, INT
from ..flags import Flag
from .common import HELP


def _port(name):
    def check(value):
        if value is not None and not 0 <= value <= 65535:
            return f"LIBPROCESS_{name}={value} is not a valid port"
        return None
    return check


FLAGS = (
    *HELP,
    Flag("ip", ADDRESS, None,
         "The IP address for communication to and from libprocess.\n"
         "If not specified, libprocess will attempt to reverse-DNS lookup\n"
         "the hostname and use that IP instead."),
    Flag("ip6", ADDRESS, None,
         "The IPv6 address that `libprocess` will use in future to perform communication of IPv6 sockets."),
    Flag("advertise_ip", ADDRESS, None,
         "The IP address that will be advertised to the outside world\n"
         "for communication to and from libprocess.  This is useful,\n"
         "for example, for containerized tasks in which communication\n"
         "is bound locally to a non-public IP that will be inaccessible\n"
         "to the master."),
    Flag("port", INT, None,
         "The port for communication to and from libprocess.\n"
         "If not specified or set to 0, libprocess will bind it to a random\n"
         "available port.", check=_port("PORT")),
    Flag("advertise_port", INT, None,
         "The port that will be advertised to the outside world\n"
         "for communication to and from libprocess.  NOTE: This port\n"
         "will not actually be bound (only the local '--port' will be), so\n"
         "redirection to the local IP and port must be provided separately.", check=_port("ADVERTISE_PORT")),
    Flag("require_peer_address_ip_match", BOOL, "false",
         "If set, the IP address portion of the libprocess UPID in\n"
         "incoming messages is required to match the IP address of\n"
         "the socket from which the message was sent. This can be a\n"
         "security enhancement since it prevents unauthorized senders\n"
         "impersonating other libprocess actors. This check may\n"
         "break configurations that require setting LIBPROCESS_IP,\n"
         "or LIBPROCESS_ADVERTISE_IP. Additionally, multi-homed\n"
         "configurations may be affected since the address on which\n"
         "libprocess is listening may not match the address from\n"
         "which libprocess connects to other actors.\n"),
    Flag("memory_profiling", BOOL, "false",
         "If set to false, disables the memory profiling functionality\n"
         "of libprocess."),
)
