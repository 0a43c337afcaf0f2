"""A time stamp authority of our own: openssl behind HTTP, on loopback."""

import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_SETTINGS = """
[tsa]
default_tsa = own
[own]
dir = {here}
serial = $dir/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[signs]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
"""


@dataclass
class Tsa:
    """Where it is asked, its root certificate, and how often; `fails` makes it answer 503."""

    url: str
    roots: Path
    asked: int = 0
    fails: bool = False


def _openssl(here, *told):
    subprocess.run(["openssl", *told], cwd=here, check=True, capture_output=True)


def _keys(here):
    """A root, and a certificate under it that may stamp and nothing else."""
    (here / "tsa.cnf").write_text(_SETTINGS.format(here=here))
    (here / "serial").write_text("01\n")
    make = ("req", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf", "-subj")
    _openssl(
        here,
        *make,
        "/CN=Wortel",
        "-x509",
        "-days",
        "30",
        "-extensions",
        "root",
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
    )
    _openssl(here, *make, "/CN=Tijd", "-keyout", "tsa.key", "-out", "tsa.csr")
    _openssl(
        here,
        "x509",
        "-req",
        "-in",
        "tsa.csr",
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-CAcreateserial",
        "-days",
        "30",
        "-extfile",
        "tsa.cnf",
        "-extensions",
        "signs",
        "-out",
        "tsa.pem",
    )


@contextmanager
def time_stamp_authority(here):
    """Give one that answers, with its files in a folder."""
    here.mkdir()
    _keys(here)

    class Answers(BaseHTTPRequestHandler):
        """Answers what is asked with what openssl says of it."""

        def do_POST(self):
            """Stamp."""
            told = self.rfile.read(int(self.headers["content-length"]))
            tsa.asked += 1
            if tsa.fails:
                self.send_error(503)
                return
            (here / "query").write_bytes(told)
            _openssl(
                here,
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "query",
                "-signer",
                "tsa.pem",
                "-inkey",
                "tsa.key",
                "-out",
                "reply",
            )
            answer = (here / "reply").read_bytes()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *told):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    tsa = Tsa(f"http://127.0.0.1:{server.server_port}/tsa", here / "root.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield tsa
    finally:
        server.shutdown()
        server.server_close()
