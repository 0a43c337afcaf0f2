"""Time-stamps by somebody outside (RFC 3161): that bytes were there at a moment, signed by a time
stamp authority (TSA) whose root certificate one has.

Needs the library `rfc3161-client` (the extra `timestamps`).
"""

from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography import x509

from amhk.errors import HouseClosed

_WAIT, _MOST = 20.0, 100_000  # seconds, bytes
_ASKS = "application/timestamp-query"


def ask(url: str, roots: Path, told: bytes) -> tuple[bytes, datetime]:
    """Give the answer (DER) of the TSA at an address about these bytes, and the moment (UTC) in it;
    HouseClosed in a sentence when there is none, or it does not hold.
    """
    from rfc3161_client import TimestampRequestBuilder  # only who has such a service needs it

    request = TimestampRequestBuilder().data(told).cert_request(cert_request=True).build()
    asked = Request(url, request.as_bytes(), {"content-type": _ASKS})
    try:
        with urlopen(asked, timeout=_WAIT) as answer:
            found: bytes = answer.read(_MOST)
    except HTTPError as wrong:
        wrong.close()
        raise HouseClosed(f"De tijdstempeldienst antwoordt {wrong.code}.") from wrong
    except (OSError, HTTPException) as wrong:
        raise HouseClosed("De tijdstempeldienst is niet te bereiken.") from wrong
    return found, moment_of(found, roots, told, request.nonce)


def moment_of(answer: bytes, roots: Path, told: bytes, nonce: int | None = None) -> datetime:
    """Give at which moment (UTC) the TSA signed that these bytes were there; HouseClosed when the
    answer is of something else, or is not signed under one of the root certificates (PEM).
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        found = decode_timestamp_response(answer)
        builder = VerifierBuilder()
        for root in x509.load_pem_x509_certificates(roots.read_bytes()):
            builder = builder.add_root_certificate(root)
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify_message(found, told)
        return found.tst_info.gen_time.astimezone(UTC)
    except (ValueError, OSError, VerificationError) as wrong:
        raise HouseClosed("Dit tijdstempel klopt niet, of is van een andere dienst.") from wrong
