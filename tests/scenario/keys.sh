#!/bin/sh
# A certificate that cannot do is refused when it is brought, one that ends or is revoked
# takes nothing from what was stamped before, and new keys leave old parcels readable.
. "$(dirname "$0")/lib.sh"

# ---- certificates from a national PKI ----
tsa_start
(umask 077; echo 'correct horse, wrong battery' >pass)
for c in SN BR; do pki "$c"; done
must comity --home a --passphrase-file pass --no-input init --country SN \
	--authority 'Central Authority' --csr --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
	--scrypt-log-n 15
must A key csr --out a.csr
bring() { A key import chain.pem --roots "pki/${1:-SN}/root.pem"; }
refused() {	# 'what': the import just made must not work, and nothing may be half-done
	bring "${2:-SN}" >said 2>&1
	got=$?
	if [ "$got" -ne 0 ] && [ "$got" -lt 126 ]; then ok "$1 is refused ($got)"; else
		not_ok "$1 is refused ($got)"; fi
	[ ! -e a/card.card ] || not_ok "$1: a card was made of it"
}
certify SN a.csr leaf_tls
refused 'a certificate for web servers'
certify SN a.csr leaf_encrypt
refused 'a certificate for encryption'
certify SN a.csr
cp pki/SN/leaf.pem chain.pem
refused 'a chain without its issuing authority'
certify BR a.csr
refused 'a chain under other roots' SN
must openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.key
must openssl req -new -key other.key -subj '/C=SN/O=X/CN=X' -out other.csr
certify SN other.csr
refused 'a certificate of another key'
must openssl req -new -key other.key -subj '/C=BR/O=X/CN=X' -out foreign.csr
printf 'no certificate\n' >chain.pem
refused 'what is no certificate'
if faketime_works; then
	faketime -f '-2000d' openssl x509 -req -in a.csr -CA pki/SN/sub.pem -CAkey pki/SN/sub.key \
		-CAcreateserial -days 100 -extfile pki/SN/cnf -extensions leaf \
		-out old.pem 2>/dev/null
	cat old.pem pki/SN/sub.pem >chain.pem
	refused 'a certificate that has ended'
	faketime -f '+400d' openssl x509 -req -in a.csr -CA pki/SN/sub.pem -CAkey pki/SN/sub.key \
		-CAcreateserial -days 100 -extfile pki/SN/cnf -extensions leaf \
		-out early.pem 2>/dev/null
	cat early.pem pki/SN/sub.pem >chain.pem
	refused 'a certificate that has not begun'
else
	skip 'certificates that have ended: faketime does not work here'
fi
certify SN a.csr
crl SN clean.crl
try 0 'the right one is taken' A key import chain.pem --roots pki/SN/root.pem --crl clean.crl

must comity --home b --passphrase-file pass --no-input init --country BR \
	--authority 'Public Ministry' --csr --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
	--scrypt-log-n 15
must B key csr --out b.csr
certify BR b.csr
must B key import chain.pem --roots pki/BR/root.pem
pair

# ---- revocation ----
small_tree seized
must add seized
must second A evidence seal 0001 --to BR --out one.comity
must B evidence receive one.comity
must B evidence open 0001 --out bag
[ -s bag/revocation.pem ] && ok 'the package carries the list of that day' ||
	not_ok 'the package carries the list of that day'
stranger_kit
try 0 'intact without further lists' check bag
utc() { date -u -d "$1" +%y%m%d%H%M%SZ; }
crl SN later.crl "$(utc '+1 hour')"
try 0 'revoked after the stamp: still proven' check --crl later.crl bag
said KNOWN 'and known'
crl SN before.crl "$(utc '-1 hour')"
try 10 'revoked before the stamp: not established' check --crl before.crl bag
said REVOKED 'and it says revoked'
said YES 'which changes no byte'
rm -rf bare
cp -R bag bare
rm bare/signature.tst
try 10 'revoked later, without a stamp: whatever time is claimed' check --crl later.crl bare
said REVOKED 'it counts as revoked'
printf 'no list' >junk.crl
try 2 'a list that is none' check --crl junk.crl bag
: >empty
try 2 'an empty list' check --crl empty bag
for flag in roots tsa crl identity; do
	try 2 "comity verify with an empty file for --$flag does not do without it" \
		B verify "--$flag" empty one.comity
done
crl BR foreign.crl "$(utc '-1 hour')"
try 0 'a list of somebody else says nothing about ours' check --crl foreign.crl bag
openssl crl -in before.crl -outform DER -out bent.der 2>/dev/null
flip bent.der -5
openssl crl -inform DER -in bent.der -out bent.crl 2>/dev/null
check --crl bent.crl bag >said 2>&1
got=$?
[ "$got" -ne 10 ] || ! grep -q REVOKED said && ok 'a list with a false signature revokes nobody' ||
	not_ok 'a list with a false signature revokes nobody'

# ---- cards ----
try 0 'with the card of the signer' check --card a/card.card bag
check --card b/card.card bag >said 2>&1
got=$?
[ "$got" -eq 10 ] && ok 'with the card of somebody else it is not established' ||
	not_ok "with the card of somebody else it is not established ($got)"
try 10 'under another PKI nobody is known' comity-check --roots pki/BR/root.pem \
	--tsa tsa.pem bag

# ---- new keys ----
kill "$TSA_PID"; wait "$TSA_PID" 2>/dev/null
rm -rf a b bag one.comity roots.pem tsa.pem agekey
two_offices
must add seized
must second A evidence seal 0001 --to XB --out one.comity
must B evidence receive one.comity
try 0 'a new sealing key' B key rotate --what sealing
try 0 'what was sealed to the old one still opens' B evidence open 0001 --out bag
try 0 'the other side takes the new card without words: the old key signed it' \
	A peer pair b/card.card
said_not 'NOT confirmed' 'and it stays confirmed'
must second A evidence seal 0001 --to XB --out two.comity
try 0 'what is sealed to the new one opens too' B evidence receive two.comity
try 0 'a new signing key' A key rotate --what signing
try 0 'with a card that the old one signed' B peer pair a/card.card
must second A evidence seal 0001 --to XB --out three.comity
try 0 'and what it signs is known' B evidence receive three.comity
said KNOWN 'it says so'
try 0 'what the old one signed stays known' B verify one.comity
try 0 'a third authority signs a card of its own for our name' true
office c XC 'Aldora Central Authority' --self-ca
cp c/card.card false.card
try 0 'which is another authority, whatever its name' B peer pair false.card
said 'NOT confirmed' 'and not confirmed'

# ---- kinds of keys ----
for kind in p384 rsa3072; do
	office "k$kind" XD "Delmar Court $kind" --self-ca --key "$kind" --tsa "$TSA_URL" \
		--tsa-roots tsa/root.pem
	k() { comity --home "k$kind" --passphrase-file pass --no-input --progress none "$@"; }
	must k peer pair b/card.card --words "$(words b)"
	must B peer pair "k$kind/card.card" --words "$(words "k$kind")"
	must k evidence add seized --by U --from H --tool none --method copied --when 2026-11-20
	must second k evidence seal 0001 --to XB --out "$kind.comity"
	try 0 "a package signed with $kind is intact" B verify "$kind.comity"
	rm -f agekey roots.pem tsa.pem
	stranger_kit
	rm -rf t
	mkdir t
	age -d -i agekey "$kind.comity" | tar x -C t --strip-components=1
	holds "openssl accepts it ($kind)" openssl cms -verify -binary -cades -inform DER \
		-in t/tagmanifest-sha256.txt.p7s -content t/tagmanifest-sha256.txt \
		-CAfile roots.pem -out /dev/null
	if command -v certtool >/dev/null; then
		holds "GnuTLS accepts it ($kind)" certtool --p7-verify --inder \
			--infile t/tagmanifest-sha256.txt.p7s --load-data t/tagmanifest-sha256.txt \
			--load-ca-certificate roots.pem
	else
		skip 'certtool is not installed'
	fi
done

done_testing
