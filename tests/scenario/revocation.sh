#!/bin/sh
# An office with a certificate from its national PKI puts that PKI's revocation list
# into every package; what was stamped before a revocation stays proven, what was
# signed by a certificate revoked before is not, and a list that cannot be had is said.
. "$(dirname "$0")/lib.sh"

# ---- a national PKI in two tiers, with its lists on a web server ----
mkdir pki web
cat >pki/ca.cnf <<'C'
[ca]
default_ca = sub
[sub]
database = pki/index
crlnumber = pki/crlnumber
serial = pki/serial
new_certs_dir = pki
certificate = pki/sub.pem
private_key = pki/sub.key
default_md = sha256
default_days = 700
default_crl_days = 30
policy = any
email_in_dn = no
unique_subject = no
[any]
countryName = supplied
organizationName = supplied
commonName = supplied
[subca]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
C
(cd web && exec python3 -c '
import http.server, sys
h = http.server.SimpleHTTPRequestHandler
h.log_message = lambda *a: None
s = http.server.HTTPServer(("127.0.0.1", 0), h)
print(s.server_port, flush=True)
s.serve_forever()') >port 2>/dev/null &
WEB=$!
n=0
while [ ! -s port ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
PORT=$(cat port)
cat >>pki/ca.cnf <<C
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://127.0.0.1:$PORT/sub.crl
C
: >pki/index
echo 01 >pki/crlnumber
echo 1000 >pki/serial
must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -sha384 -days 3650 \
	-keyout pki/root.key -out pki/root.pem -subj '/C=SN/O=State/CN=National root' \
	-addext keyUsage=critical,keyCertSign,cRLSign
must openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout pki/sub.key -out pki/sub.csr -subj '/C=SN/O=State/CN=Issuing authority'
must openssl x509 -req -in pki/sub.csr -CA pki/root.pem -CAkey pki/root.key -CAcreateserial \
	-days 3000 -extfile pki/ca.cnf -extensions subca -out pki/sub.pem
list() {
	must openssl ca -config pki/ca.cnf -gencrl -out pki/sub.crl.pem "$@"
	must openssl crl -in pki/sub.crl.pem -outform DER -out web/sub.crl
}
list

# ---- two real offices ----
tsa_start
office a SN 'Direction des affaires' --csr --tsa "$TSA_URL" --tsa-roots tsa/root.pem
office b ML 'Bureau central' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem
must openssl ca -batch -config pki/ca.cnf -in a/request.csr -extensions signer \
	-notext -out pki/office.pem
cat pki/root.pem pki/sub.pem pki/office.pem >chain.pem
try 0 'a chain in any order, with the root among it, is imported' \
	A key import chain.pem --roots pki/root.pem
wa=$(words a) wb=$(words b)
must A peer pair b/card.card --words "$wb"
must B peer pair a/card.card --words "$wa"
echo 'the record' >paper.txt
must add paper.txt
try 0 'sealing fetches the list' second A evidence send 1 --to ML
said_not 'revocation list' 'and has nothing to say about it'
must A bundle write stick --to ML
must B bundle read stick --later
try 0 'the receiver finds it intact' B evidence receive --details
said 'not revoked' 'and is told by which list'
must B evidence open 1 --out bag
holds 'the list is in the package' grep -q 'BEGIN X509 CRL' bag/revocation.pem
must B peer roots SN --out roots.pem
must B peer roots --tsa --out tsa.pem
try 0 'check.sh agrees' sh -c 'cd bag && sh check.sh ../roots.pem ../tsa.pem'

# ---- revoked afterwards, and before ----
sleep 3
must openssl ca -config pki/ca.cnf -revoke pki/office.pem -crl_reason superseded
list
try 0 'revoked after the stamp: still intact' check --crl pki/sub.crl.pem bag
said 'revoked' 'and the revocation is told'
sed "s/^R\(\t[0-9Z]*\t\)[0-9Z]*/R\1260101000000Z/" pki/index >pki/index.new
mv pki/index.new pki/index
list
try 10 'revoked before the stamp: the signer is not believed' \
	check --crl pki/sub.crl.pem bag
said 'REVOKED' 'and the word is REVOKED'
sed 's/BEGIN X509 CRL/BEGIN X509 CRX/' pki/sub.crl.pem >broken.pem
try 2 'a file that is no list is refused by name' check --crl broken.pem bag

# ---- nobody publishes lists today ----
kill "$WEB" 2>/dev/null
must add paper.txt
try 0 'sealing goes on when the list cannot be had' second A evidence seal 2 --to ML
said 'no revocation list of' 'and says so'
done_testing
