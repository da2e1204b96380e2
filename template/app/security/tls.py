"""TLS as the service speaks it itself: Mozilla's "intermediate", or "modern" from TLS 1.3 on."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

TlsVersion = Literal["1.2", "1.3"]

# "Intermediate" without finite-field Diffie-Hellman: forward secrecy and AEAD only.
_CIPHERS_OF_1_2: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
_GROUPS: Final = "X25519:prime256v1:secp384r1"
_VERSIONS: Final[dict[TlsVersion, ssl.TLSVersion]] = {
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True, slots=True)
class Tls:
    """The service's own end of TLS.

    Attributes:
        certificate: PEM file of the certificate chain.
        key: PEM file of its private key; None when that is in the certificate's file.
        minimum: the oldest version that is spoken.
    """

    certificate: Path
    key: Path | None = None
    minimum: TlsVersion = "1.2"

    def context(self) -> ssl.SSLContext:
        """Return the context of a server.

        Raises:
            OSError: a file is unreadable or no PEM, the key is encrypted or another's.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _VERSIONS[self.minimum]
        context.set_ciphers(_CIPHERS_OF_1_2)
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        if hasattr(context, "set_groups"):  # Python 3.15
            context.set_groups(_GROUPS)
        else:
            context.set_ecdh_curve("prime256v1")  # one group is all that older versions can set
        # An empty passphrase (what `str` returns) opens no key, and keeps OpenSSL from asking.
        context.load_cert_chain(self.certificate, self.key, password=str)
        return context

    def for_uvicorn(self, _config: object, _default: object) -> ssl.SSLContext:
        """Return the context, as uvicorn asks for it in every process that it starts."""
        return self.context()
