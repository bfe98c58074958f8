#!/usr/bin/env python3
"""A training time-stamping authority on the loopback, over `openssl ts`.

  tsa.py init DIR                  makes its CA and certificate in DIR
  tsa.py serve DIR [--answer HOW]  serves until ended; first line out is its URL
  tsa.py reply DIR QUERY ANSWER    one answer, by file, no network

HOW: granted (default) | rejected | garbage | empty | error500 | slow | othernonce
For training and tests only: its key lies open in DIR and anybody could use it.
Only the standard library; every signature is made by the openssl program.
"""
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time

CONFIG = """
[ tsa ]
default_tsa = t
[ t ]
dir = {dir}
serial = {dir}/serial
crypto_device = builtin
signer_cert = {dir}/tsa.crt
certs = {dir}/tsa.crt
signer_key = {dir}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
clock_precision_digits = 3
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = dn
prompt = no
[ dn ]
O = Training
CN = {cn}
[ ca ]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ leaf ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*args, data=None):
    done = subprocess.run(["openssl", *args], input=data, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError("openssl " + " ".join(args) + ": " + done.stderr.decode())
    return done.stdout


def write_config(folder, cn):
    path = os.path.join(folder, "openssl.cnf")
    with open(path, "w") as f:
        f.write(CONFIG.format(dir=os.path.abspath(folder), cn=cn))
    return path


def init(folder, days="7300"):
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    for name in ("root", "tsa"):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-out", at(name + ".key"))
    cnf = write_config(folder, "Training time stamp root")
    openssl("req", "-x509", "-new", "-key", at("root.key"), "-config", cnf,
            "-extensions", "ca", "-days", days, "-sha256", "-out", at("root.pem"))
    cnf = write_config(folder, "Training time stamp")
    openssl("req", "-new", "-key", at("tsa.key"), "-config", cnf, "-out", at("tsa.csr"))
    openssl("x509", "-req", "-in", at("tsa.csr"), "-CA", at("root.pem"), "-CAkey",
            at("root.key"), "-CAcreateserial", "-days", days, "-sha256", "-extfile", cnf,
            "-extensions", "leaf", "-out", at("tsa.crt"))
    with open(at("serial"), "w") as f:
        f.write("1000\n")


def reply(folder, query, how="granted"):
    """The bytes of the answer to the bytes of a query."""
    if how == "garbage":
        return b"<html>It works!</html>"
    if how == "empty":
        return b""
    if how == "rejected":
        # TimeStampResp { status 2, "training: rejected", failInfo badRequest }
        text = b"training: rejected"
        status = b"\x02\x01\x02" + b"\x30" + bytes([len(text) + 2]) + b"\x0c" + \
            bytes([len(text)]) + text + b"\x03\x02\x05\x20"
        info = b"\x30" + bytes([len(status)]) + status
        return b"\x30" + bytes([len(info)]) + info
    if how == "othernonce":
        query = openssl("ts", "-query", "-digest", "00" * 32, "-sha256", "-cert")
    with tempfile.NamedTemporaryFile(dir=folder) as f:
        f.write(query)
        f.flush()
        return openssl("ts", "-reply", "-config", os.path.join(folder, "openssl.cnf"),
                       "-section", "t", "-queryfile", f.name)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("Content-Length", "0"))
        if size > 65536:
            self.send_error(413)
            return
        query = self.rfile.read(size)
        how = self.server.how
        if how == "slow":
            time.sleep(3600)
        try:
            with self.server.one_at_a_time:     # the serial number is a file
                answer = reply(self.server.folder, query, how)
        except RuntimeError as e:
            print(e, file=sys.stderr)
            answer = None
        if answer is None or how == "error500":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        self.send_error(405, "POST a time stamp query")

    def log_message(self, *args):
        pass


def serve(folder, how):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.folder, server.how = folder, how
    server.one_at_a_time = threading.Lock()
    print("http://127.0.0.1:%d/" % server.server_address[1], flush=True)
    server.serve_forever()


def main(args):
    if len(args) == 2 and args[0] == "init":
        init(args[1])
    elif len(args) == 4 and args[0] == "reply":
        with open(args[2], "rb") as f:
            answer = reply(args[1], f.read())
        with open(args[3], "wb") as f:
            f.write(answer)
    elif len(args) in (2, 4) and args[0] == "serve":
        how = args[3] if len(args) == 4 and args[2] == "--answer" else "granted"
        serve(args[1], how)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
