# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of Apache Mesos: its programs' flags, words, ports and security, without its containers.

It says so wherever a person could take it for the real thing (``--version``, ``/version``).
"""

VERSION = "1.12.0"
