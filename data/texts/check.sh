#!/bin/sh
# Checks a Comity package with other people's programs: sha256sum and openssl.
# USE YOUR OWN COPY: a script that came with evidence proves nothing about it.
#
# Go into the package's folder and type:
#     sh /path/to/check.sh ROOTS.pem [TSA-ROOTS.pem [SECONDS-SINCE-1970]]
# ROOTS.pem: certificates you trust to say who signed; TSA-ROOTS.pem: to say when.
# SECONDS: judge certificates as of then; needed once they have expired.
# Exit: 0 no line says NO (read the lines with -- too), 1 one does, 2 not checked.
# It does not check revocation, the sender's card, ledgers, or the finer rules
# for signature files: comity-check does.  Nothing here says that content is true.
LC_ALL=C; export LC_ALL
tags=tagmanifest-sha256.txt list=manifest-sha256.txt bad=0 at=
if [ $# -lt 1 ] || [ $# -gt 3 ] || [ ! -f "$1" ] || [ ! -f "${2:-$1}" ]; then
	echo "usage: sh check.sh ROOTS.pem [TSA-ROOTS.pem [SECONDS-SINCE-1970]]"; exit 2
fi
if [ ! -f $tags ] || ! openssl version >/dev/null || ! sha256sum </dev/null >/dev/null
then echo "need a package's folder to stand in, and openssl and sha256sum"; exit 2; fi
case "${3-0}" in *[!0-9]* | '') echo "not a number of seconds: $3"; exit 2; esac
[ $# -lt 3 ] || at="-attime $3"

show() { tr -c '[:print:]\n' '?' | head -n 20 | sed 's/^/       /'; }
try() { what=$1; shift		# yes when the command succeeds, else NO and why
	if out=$("$@" 2>&1); then echo "yes  $what"; return; fi
	echo "NO   $what"; bad=1; printf '%s\n' "$out" | show; }
pairs() { odd=$(sort | uniq -c | grep -v "^ *2 "); printf "%s\n" "$odd"; [ -z "$odd" ]; }
payload() { { find data ! -type d; cut -c67- $list; } | pairs; }
beside() { odd=$(find . ! -type d ! -type f); printf "%s\n" "$odd"; [ -z "$odd" ] &&
	{ ls -A; cut -c67- $tags; printf '%s\n' data $tags $tags.p7s signature.bin
	[ ! -f signature.tst ] || echo signature.tst; } | pairs; }
octets() { a=$(openssl asn1parse -inform DER -in $tags.p7s |
	sed -n '$s/.*OCTET STRING *\[HEX DUMP\]://p' | tr A-F a-f)
	[ -n "$a" ] && [ "$a" = "$(od -An -v -tx1 signature.bin | tr -d ' \n')" ]; }

try "1 the accompanying files agree with the signed list" \
	sha256sum -c --strict --quiet $tags
try "2 the evidence files agree with their list" \
	sha256sum -c --strict --quiet $list
try "3 no evidence file was added or taken away" payload
try "4 no accompanying file was added or taken away" beside
try "5 the signature holds and leads to a root you trust" \
	openssl cms -verify -binary -cades -inform DER -in $tags.p7s -content $tags \
	-out /dev/null -signer /dev/stdout -CAfile "$1" -no-CApath -no-CAstore \
	-partial_chain -purpose smimesign $at
printf '%s\n' "$out" | openssl x509 -noout -subject -issuer 2>/dev/null | show
try "6 signature.bin is the value inside the signature" octets
if [ ! -f signature.tst ]; then
	echo "--   7 no time stamp: only the signer says when this was"
elif [ -z "${2-}" ]; then
	echo "--   7 time stamp not checked: give TSA-ROOTS.pem"
else
	try "7 the time stamp holds and leads to a root you trust" openssl ts -verify \
		-data signature.bin -in signature.tst -token_in -CAfile "$2" $at
	openssl ts -reply -token_in -in signature.tst -text 2>/dev/null |
		sed -n 's/^Time stamp: /it says: /p' | show
fi
echo "     8 act id: $(sha256sum <$tags | cut -c1-64)"
[ $bad -eq 0 ] && exit 0
echo "At least one line says NO: what you hold is not as it was sealed, or not proven."
exit 1
