# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of credentials as Mesos reads them; source: docs/mesos/security.md §2.2."""

import os
import stat

from . import picojson
from .flag_protos import CREDENTIAL_MESSAGE, CREDENTIALS_MESSAGE
from .protobuf import MessageError


class CredentialsError(ValueError):
    """A file that cannot be read or understood; the message is the one Mesos gives."""


def read_credentials(path, log):
    """Return {principal: secret or None} of a file of many, or None if it is empty.

    The last entry of a principal counts.  Raises CredentialsError.
    """
    message = _read(path, "credentials", CREDENTIALS_MESSAGE, log)
    if message is None:
        return None
    return {entry["principal"]: entry.get("secret") for entry in message.get("credentials", [])}


def read_credential(path, log):
    """Return {"principal", "secret"?} of a file of one, or None if it is empty.  Raises CredentialsError."""
    return _read(path, "credential", CREDENTIAL_MESSAGE, log)


def warn_if_open(path, warning, log, file):
    """Say *warning* if others may do anything with the file."""
    if stat.S_IMODE(os.stat(path).st_mode) & stat.S_IRWXO:
        log.warning(file, warning)


def _read(path, what, message, log):
    log.info("credentials.hpp", f"Loading {what} for authentication from '{path}'")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            text = stream.read()
    except OSError as error:
        raise CredentialsError(f"Failed to read {what} file '{path}': {os.strerror(error.errno)}") from None
    if not text:
        return None
    warn_if_open(path, f"Permissions on {what} file '{path}' are too open; it is recommended that your {what} file "
                       "is NOT accessible by others", log, "credentials.hpp")
    try:
        return message.read(picojson.parse_as(dict, text))
    except picojson.JsonError as error:
        raise CredentialsError(f"Invalid json format: {error}") from None
    except MessageError as error:
        raise CredentialsError(f"Failed to parse {what}: {error}") from None
