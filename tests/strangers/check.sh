#!/bin/sh
# Other people's tools prove our package, and notice every change: age, GNU tar, bsdtar,
# sha256sum, openssl, GnuTLS, a BagIt validator.  Nothing of ours takes part.
. "$(dirname "$0")/../scenario/lib.sh"

two_offices
small_tree seized
echo accent >'seized/été 100%.txt'
must add seized
must second A evidence seal 0001 --to XB --out parcel.comity
stranger_kit

holds 'age opens the parcel' sh -c 'age -d -i agekey parcel.comity >package.tar'
mkdir gnu bsd
holds 'GNU tar unpacks it' tar xf package.tar -C gnu
holds 'through a pipe too' bash -c 'set -o pipefail
	mkdir piped && age -d -i agekey parcel.comity | tar x -C piped'
bag=$(echo gnu/comity-*)
if command -v bsdtar >/dev/null; then
	holds 'bsdtar unpacks it' bsdtar xf package.tar -C bsd
	holds 'to the same files' diff -r gnu bsd
	tar tf package.tar >list.gnu
	bsdtar tf package.tar >list.bsd
	holds 'both list the same entries in the same order' cmp list.gnu list.bsd
else
	skip 'bsdtar is not installed'
fi
nonce=${bag#gnu/}
made=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["made_at"])' "$bag/act.json")
tar tf package.tar >list
holds 'GNU tar writes the same bytes' sh -c "cd gnu && tar --format=ustar --no-recursion \
	--owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@$made \
	--verbatim-files-from -T ../list -cf - | cmp - ../package.tar"

seconds() {
	date -u -d "$(openssl ts -reply -token_in -in "$1" -text 2>/dev/null |
		sed -n 's/^Time stamp: //p' | sed 's/\.[0-9]*//')" +%s
}
at=$(seconds "$bag/signature.tst")
cat >lines.sh <<L
set -eu
cd "\$1"
sha256sum -c --strict --quiet tagmanifest-sha256.txt
sha256sum -c --strict --quiet manifest-sha256.txt
find data ! -type d | LC_ALL=C sort >$WORK/found
cut -c67- manifest-sha256.txt | LC_ALL=C sort | cmp - $WORK/found
openssl ts -verify -data signature.bin -in signature.tst -token_in -CAfile $WORK/tsa.pem
openssl cms -verify -binary -cades -attime $at -inform DER \\
	-in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt \\
	-CAfile $WORK/roots.pem -out /dev/null
L
holds 'sha256sum and openssl prove it' sh lines.sh "$bag"
holds 'check.sh proves it' sh -c "cd $bag && sh check.sh $WORK/roots.pem $WORK/tsa.pem $at"
holds 'check.sh under dash with no roots of a TSA does not say yes to them' sh -c \
	"cd $bag && sh check.sh $WORK/roots.pem; test \$? -le 1"
if command -v certtool >/dev/null; then
	holds 'GnuTLS agrees about the signature' sh -c "certtool --p7-verify --inder \
		--infile $bag/tagmanifest-sha256.txt.p7s --load-data $bag/tagmanifest-sha256.txt \
		--load-ca-certificate roots.pem"
else
	skip 'certtool is not installed'
fi
holds 'a BagIt validator by RFC 8493 accepts the folder' \
	python3 "$TOP/tests/strangers/bagit.py" "$bag"
if python3 -c 'import bagit' 2>/dev/null; then
	holds 'the Library of Congress validator accepts it' \
		python3 -m bagit --validate "$bag"
else
	skip 'the Library of Congress validator is not installed'
fi
[ "$(openssl asn1parse -inform DER -in "$bag/tagmanifest-sha256.txt.p7s" | tail -n 1 |
	sed 's/.*\[HEX DUMP\]://' | tr A-F a-f)" = "$(od -An -v -tx1 "$bag/signature.bin" | tr -d ' \n')" ] &&
	ok 'signature.bin is the value in the signature' ||
	not_ok 'signature.bin is the value in the signature'
[ "$(sed -n 2p "$bag/tree-head.txt")" = "$(wc -l <"$bag/files.jsonl")" ] &&
	ok 'the tree head counts the lines' || not_ok 'the tree head counts the lines'
cat >root.py <<'P'
import hashlib, sys
lines = open(sys.argv[1] + "/files.jsonl", "rb").read().splitlines(True)
h = lambda b: hashlib.sha256(b).digest()
def root(l):
    if len(l) == 1: return h(b"\0" + l[0])
    k = 1
    while k * 2 < len(l): k *= 2
    return h(b"\1" + root(l[:k]) + root(l[k:]))
want = open(sys.argv[1] + "/tree-head.txt").read().split("\n")[2]
assert root(lines).hex() == want
P
holds 'the tree head is the RFC 6962 root of the lines' python3 root.py "$bag"
[ "$(sha256sum <"$bag/tagmanifest-sha256.txt" | cut -c1-64)" = \
	"$(basename a/parcels/*.comity .comity)" ] && ok 'the act id is what is said' ||
	not_ok 'the act id is what is said'

# Every tampering makes the standard tools say no.
says_no() {
	rm -rf t
	cp -R "$bag" t
	(cd t && eval "$2") || { not_ok "on the way: $2"; return; }
	sh lines.sh t >no 2>&1
	a=$?
	(cd t && sh "$WORK/$bag/check.sh" "$WORK/roots.pem" "$WORK/tsa.pem" "$at") >no2 2>&1
	b=$?
	[ "$b" -ne 0 ] && ok "$1: check.sh says no" || not_ok "$1: check.sh says no"
	[ "${3:-}" = script ] && return
	[ "$a" -ne 0 ] && ok "$1: the typed lines say no" || not_ok "$1: the typed lines say no"
}
says_no 'a payload byte changed' 'flip data/numbers.txt 77'
grep -q 'data/numbers.txt' no2 && ok 'and the file is named' || not_ok 'and the file is named'
says_no 'a file added' 'echo x >data/x'
says_no 'a tag file added' 'echo x >x.txt' script
says_no 'an act changed' 'flip act.json 40'
says_no 'a signature changed' 'flip signature.bin 8'
says_no 'a stamp changed' 'flip signature.tst -9'
says_no 'a manifest changed' 'flip manifest-sha256.txt 3'
says_no 'a list rewritten to fit' 'flip data/numbers.txt 1
	(cut -c67- manifest-sha256.txt | xargs sha256sum) >n; mv n manifest-sha256.txt
	(cut -c67- tagmanifest-sha256.txt | xargs sha256sum) >n; mv n tagmanifest-sha256.txt'
: "$nonce"
done_testing
