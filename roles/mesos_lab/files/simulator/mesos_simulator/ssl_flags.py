# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LIBPROCESS_SSL_*: which there are, how they are read, what is said about them."""


def load(environ, log):
    """Return the TlsConfig that *environ* asks for, or None when TLS is off."""
    return None
