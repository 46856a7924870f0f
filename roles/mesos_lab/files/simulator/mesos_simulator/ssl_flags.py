# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LIBPROCESS_SSL_*: which there are, how they are read, and what is said about them.

Source: docs/mesos/security.md §1.1, §1.2, §1.4.
"""

import re
from dataclasses import dataclass, replace

FILE = "openssl.cpp"
DEFAULT_CIPHERS = ("AES128-SHA:AES256-SHA:RC4-SHA:DHE-RSA-AES128-SHA:DHE-DSS-AES128-SHA:"
                   "DHE-RSA-AES256-SHA:DHE-DSS-AES256-SHA")
SCHEMES = ("legacy", "openssl")
PATHS = ("cert_file", "key_file", "ca_dir", "ca_file")


@dataclass(frozen=True)
class SslFlags:
    """One field per variable, in lower case and without prefix; the type of the default is the type of the value."""

    enabled: bool = False
    support_downgrade: bool = False
    cert_file: str | None = None
    key_file: str | None = None
    verify_cert: bool = False
    verify_server_cert: bool = False
    require_cert: bool = False
    require_client_cert: bool = False
    verify_ipadd: bool = False
    verification_depth: int = 4
    ca_dir: str | None = None
    ca_file: str | None = None
    ciphers: str = DEFAULT_CIPHERS
    ecdh_curves: str = "auto"
    hostname_validation_scheme: str = "legacy"
    enable_ssl_v3: bool = False
    enable_tls_v1_0: bool = False
    enable_tls_v1_1: bool = False
    enable_tls_v1_2: bool = True
    enable_tls_v1_3: bool = False


class BadFlag(ValueError):
    """A value that cannot be loaded, in Mesos' words."""


def load(environ, log):
    """Return the tls.TlsConfig that *environ* asks for, or None when TLS is off.  Ends the program on bad settings."""
    values, mismatches = read(environ)
    for name in mismatches:
        log.warning(FILE, f"Mismatched values for SSL environment variables SSL_{name} and LIBPROCESS_SSL_{name}")
    try:
        flags = parse(values)
    except BadFlag as error:
        log.exit_with(1, "Failed to load flags from environment variables prefixed by LIBPROCESS_SSL_ or SSL_ "
                         f"(deprecated): {error}", file=FILE)
    if not flags.enabled:
        return None
    flags = announce(flags, log)
    from .tls import TlsConfig

    return TlsConfig(flags, log, environ)


def read(environ):
    """Return ({name: value}, [names whose SSL_ value differs]); LIBPROCESS_SSL_ wins, unknown names are dropped."""
    old, new = ({name[len(prefix):].lower(): value for name, value in environ.items()
                 if name.startswith(prefix) and _flag_of(name[len(prefix):].lower())}
                for prefix in ("SSL_", "LIBPROCESS_SSL_"))
    return {**old, **new}, sorted(name for name in old if name in new and old[name] != new[name])


def _flag_of(name):
    """Return the field that a name sets, or None; "no-x" sets x to false."""
    fields = SslFlags.__dataclass_fields__
    if name.startswith("no-") and name[3:] in fields:
        return name[3:]
    return name if name in fields else None


def parse(values):
    """Return SslFlags.  Raises BadFlag for the first value, in the order of names, that does not fit."""
    found = {}
    for name, value in sorted(values.items()):
        field = _flag_of(name)
        default = SslFlags.__dataclass_fields__[field].default
        if field != name:
            if not isinstance(default, bool):
                raise BadFlag(f"Failed to load non-boolean flag '{field}' via '{name}'")
            if value != "":
                raise BadFlag(f"Failed to load boolean flag '{field}' via '{name}' with value '{value}'")
            found[field] = False
            continue
        try:
            found[field] = value.removeprefix("file://") if name in PATHS else _value(value, default)
        except BadFlag as error:
            raise BadFlag(f"Failed to load flag '{name}': Failed to load value '{value}': {error}") from error
    return SslFlags(**found)


def _value(text, default):
    if isinstance(default, bool):
        if text in ("true", "1", ""):
            return True
        if text in ("false", "0"):
            return False
        raise BadFlag("Expecting a boolean (e.g., true or false)")
    if isinstance(default, int):
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text) % 2 ** 32
        raise BadFlag("Failed to convert into required type")
    return text


def announce(flags, log):
    """Say what TLS will be like, in Mesos' order, and return the flags with all that they imply.

    Ends the program when the key, the certificate or a known scheme is missing.
    """
    if flags.support_downgrade:
        log.warning(FILE, "Failed SSL connections will be downgraded to a non-SSL socket")
    for old, new in (("verify_cert", "verify_server_cert"), ("require_cert", "require_client_cert")):
        if getattr(flags, old):
            log.warning(FILE, f"Usage of LIBPROCESS_SSL_{old.upper()} is deprecated; it was renamed to "
                              f"LIBPROCESS_SSL_{new.upper()}")
            flags = replace(flags, **{new: True})
    if flags.support_downgrade and (flags.verify_server_cert or flags.require_client_cert):
        log.warning(FILE, "TLS certificate verification was enabled by setting one of LIBPROCESS_SSL_VERIFY_CERT or "
                          "LIBPROCESS_SSL_REQUIRE_CERT, but can be bypassed because TLS downgrades are enabled.")
    for field, what in (("key_file", "key"), ("cert_file", "certificate")):
        if getattr(flags, field) is None:
            log.exit_with(1, f"SSL requires {what}! NOTE: Set path with LIBPROCESS_SSL_{field.upper()}", file=FILE)
    if flags.ca_file is None:
        log.info(FILE, "CA file path is unspecified! NOTE: Set CA file path with LIBPROCESS_SSL_CA_FILE=<filepath>")
    if flags.ca_dir is None:
        log.info(FILE, "CA directory path unspecified! NOTE: Set CA directory path with "
                       "LIBPROCESS_SSL_CA_DIR=<dirpath>")
    if flags.require_client_cert:
        log.info(FILE, "Will require client certificates for incoming TLS connections.")
    if flags.verify_ipadd:
        log.info(FILE, "Will use IP address verification in subject alternative name certificate extension.")
    if flags.require_client_cert and not flags.verify_server_cert:
        log.info(FILE, "LIBPROCESS_SSL_REQUIRE_CERT implies server certificate verification.\n"
                       "LIBPROCESS_SSL_VERIFY_CERT set to true")
        flags = replace(flags, verify_server_cert=True)
    if flags.verify_server_cert:
        log.info(FILE, "Will verify server certificates for outgoing TLS connections.")
    else:
        log.info(FILE, "Will not verify server certificates!\n"
                       "NOTE: Set LIBPROCESS_SSL_VERIFY_SERVER_CERT=1 to enable peer certificate verification")
    if flags.hostname_validation_scheme not in SCHEMES:
        log.exit_with(1, f"Unknown value for hostname_validation_scheme: {flags.hostname_validation_scheme}",
                      file=FILE)
    log.info(FILE, f"Using '{flags.hostname_validation_scheme}' scheme for hostname validation")
    return flags
