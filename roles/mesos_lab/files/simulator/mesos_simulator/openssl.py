# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Mesos asks of OpenSSL and Python's ssl module has no words for: verify callbacks, depth, lists of curves, the
numbers of errors.

Works on the contexts of the ssl module, through the very library that module is linked with.  CPython keeps the
SSL_CTX pointer right behind the head of its context objects; that is checked before it is used.
"""

import _ssl
import ctypes
import re
import ssl

SSL_LIBRARY = 20                    # ERR_LIB_SSL
SET_GROUPS_LIST = 92                # SSL_CTRL_SET_GROUPS_LIST
PEM = 1                             # SSL_FILETYPE_PEM
VERIFY = {"none": 0, "server": 1, "client": 1 | 2}      # SSL_VERIFY_PEER, SSL_VERIFY_FAIL_IF_NO_PEER_CERT
PYTHON_TEXT = re.compile(r"^(?:\[.*?\] )?(.*?)(?: \(_ssl\.c:\d+\))?$", re.S)


class OpenSslError(Exception):
    """A call that failed: `number` and text as Mesos prints them."""

    def __init__(self, number, text):
        super().__init__(text)
        self.number = number


class Unusable(Exception):
    """This Python hides its OpenSSL."""


def _load():
    try:
        library = ctypes.CDLL(_ssl.__file__)
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        for name, result, *arguments in (
            ("SSL_CTX_get_options", ctypes.c_uint64, pointer),
            ("SSL_CTX_use_certificate_chain_file", number, pointer, text),
            ("SSL_CTX_use_PrivateKey_file", number, pointer, text, number),
            ("SSL_CTX_load_verify_locations", number, pointer, text, text),
            ("SSL_CTX_set_default_verify_paths", number, pointer),
            ("SSL_CTX_set_cipher_list", number, pointer, text),
            ("SSL_CTX_ctrl", ctypes.c_long, pointer, number, ctypes.c_long, text),
            ("SSL_CTX_set_verify", None, pointer, number, CALLBACK),
            ("SSL_CTX_set_verify_depth", None, pointer, number),
            ("X509_STORE_CTX_get_error", number, pointer),
            ("X509_STORE_CTX_get_error_depth", number, pointer),
            ("X509_STORE_CTX_get_current_cert", pointer, pointer),
            ("X509_get_issuer_name", pointer, pointer),
            ("X509_get_subject_name", pointer, pointer),
            ("X509_NAME_oneline", text, pointer, text, number),
            ("X509_verify_cert_error_string", text, ctypes.c_long),
            ("ERR_get_error", ctypes.c_ulong),
            ("ERR_clear_error", None),
            ("ERR_error_string_n", None, ctypes.c_ulong, text, ctypes.c_size_t),
            ("ERR_reason_error_string", text, ctypes.c_ulong),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        return library
    except (AttributeError, OSError) as error:
        raise Unusable(f"TLS needs a Python whose ssl module is linked with OpenSSL as a shared library, "
                       f"as Debian's is: {error}") from error


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
LIBRARY = _load()


class Context:
    """A context of the ssl module, with the calls that module lacks.  They raise OpenSslError."""

    def __init__(self, context):
        self.context = context
        self._pointer = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
        if LIBRARY.SSL_CTX_get_options(self._pointer) != context.options & 0xFFFFFFFFFFFFFFFF:
            raise Unusable("TLS needs a CPython whose ssl contexts are laid out as in 3.10 to 3.14")

    def _call(self, name, *arguments):
        LIBRARY.ERR_clear_error()
        if getattr(LIBRARY, name)(self._pointer, *arguments) == 1:
            LIBRARY.ERR_clear_error()
            return
        number = LIBRARY.ERR_get_error()
        LIBRARY.ERR_clear_error()
        raise OpenSslError(number, _text(number))

    def use_certificate(self, path):
        self._call("SSL_CTX_use_certificate_chain_file", _path(path))

    def use_key(self, path):
        self._call("SSL_CTX_use_PrivateKey_file", _path(path), PEM)

    def trust(self, file, directory):
        """Load the authorities of a file, a directory of hashed names, or both; OpenSSL's own when neither is given."""
        if file is None and directory is None:
            self._call("SSL_CTX_set_default_verify_paths")
        else:
            self._call("SSL_CTX_load_verify_locations", _path(file), _path(directory))

    def set_ciphers(self, ciphers):
        self._call("SSL_CTX_set_cipher_list", ciphers.encode())

    def set_curves(self, curves):
        self._call("SSL_CTX_ctrl", SET_GROUPS_LIST, 0, curves.encode())

    def verify(self, whom, depth, complain):
        """Verify "none", the "server" or the "client"; *complain*(depth, issuer, subject, error, text) on a failure."""

        def callback(good, store):
            if good != 1:
                certificate = LIBRARY.X509_STORE_CTX_get_current_cert(store)
                error = LIBRARY.X509_STORE_CTX_get_error(store)
                complain(LIBRARY.X509_STORE_CTX_get_error_depth(store),
                         _name(LIBRARY.X509_get_issuer_name(certificate)) if certificate else "",
                         _name(LIBRARY.X509_get_subject_name(certificate)) if certificate else "",
                         error, LIBRARY.X509_verify_cert_error_string(error).decode())
            return good

        # OpenSSL keeps no reference; and it would call back even where nothing is verified
        self._callback = CALLBACK(callback) if VERIFY[whom] else CALLBACK()
        LIBRARY.SSL_CTX_set_verify_depth(self._pointer, depth)
        LIBRARY.SSL_CTX_set_verify(self._pointer, VERIFY[whom], self._callback)


def describe(error):
    """Return what OpenSSL prints for an ssl.SSLError: "error:0A0000C1:SSL routines::no shared cipher"."""
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        reason = "unexpected eof while reading"
    elif isinstance(error, ssl.SSLCertVerificationError):
        reason = "certificate verify failed"
    else:
        reason = PYTHON_TEXT.match(error.strerror or str(error)).group(1)
    number = _numbers().get(reason)
    return _text(number) if number else reason


def _numbers():
    """Return {reason: number} of the SSL library's errors, as this OpenSSL knows them."""
    if not _NUMBERS:
        for reason in range(100, 1400):
            number = SSL_LIBRARY << 23 | reason
            text = LIBRARY.ERR_reason_error_string(number)
            if text:
                _NUMBERS.setdefault(text.decode(), number)
    return _NUMBERS


_NUMBERS = {}


def _text(number):
    buffer = ctypes.create_string_buffer(256)
    LIBRARY.ERR_error_string_n(number, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _name(name):
    buffer = ctypes.create_string_buffer(1024)
    return LIBRARY.X509_NAME_oneline(name, buffer, len(buffer)).decode("utf-8", "replace")


def _path(path):
    return None if path is None else path.encode()
