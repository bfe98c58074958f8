#!/bin/sh
# Ten years later, when every certificate has ended, the package still proves itself
# from its stamp's time, and says which revocation data it used or missed.
. "$(dirname "$0")/lib.sh"
faketime_works || { skip 'faketime does not work here'; done_testing; exit; }

two_offices
small_tree seized
must add seized
must second A evidence send 0001 --to XB
must second A evidence seal 0001 --to XB --out parcel.comity
over stick
must B evidence open 0001 --out bag
stranger_kit
stamped=$(openssl ts -reply -token_in -in bag/signature.tst -text 2>/dev/null |
	sed -n 's/^Time stamp: //p' | sed 's/\.[0-9]*//')
seconds=$(date -u -d "$stamped" +%s)

later() { faketime -f '+3650d' "$@"; }
try 0 'comity-check, ten years later' later comity-check --roots roots.pem --tsa tsa.pem bag
said PROVEN 'from its stamp'
said KNOWN 'the signer is known as of then'
grep -qi 'revo' "$WORK/said" && ok 'it says what is known of revocation' ||
	not_ok 'it says what is known of revocation'
try 0 'the parcel too' later comity-check --roots roots.pem --tsa tsa.pem \
	--identity agekey parcel.comity
cd bag || exit 1
try 0 'check.sh, as of the stamp' later sh check.sh ../roots.pem ../tsa.pem "$seconds"
cd ..
mkdir bare
cp -R bag/. bare/
rm bare/signature.tst
later comity-check --roots roots.pem --tsa tsa.pem bare >said 2>&1
got=$?
[ "$got" -eq 10 ] && ok 'without its stamp the signer is no longer established' ||
	not_ok "without its stamp the signer is no longer established ($got)"
try 10 'but as of then it is, when somebody says when' \
	later comity-check --roots roots.pem --tsa tsa.pem --at "@$seconds" bare

# A clock that is years off, either way, takes nothing from what is proven.
try 0 'a clock ten years slow' faketime -f '-3650d' comity-check --roots roots.pem \
	--tsa tsa.pem bag
faketime -f '-3650d' comity --home a --passphrase-file pass --no-input evidence seal 0001 \
	--to XB >said 2>&1
got=$?
[ "$got" -ne 0 ] && ok 'nothing is sealed before the certificate begins' ||
	not_ok 'nothing is sealed before the certificate begins'
faketime -f '+3650d' comity --home a --passphrase-file pass --no-input evidence seal 0001 \
	--to XB >said 2>&1
got=$?
[ "$got" -ne 0 ] && ok 'nothing is sealed after it has ended' ||
	not_ok 'nothing is sealed after it has ended'
grep -qE 'ended|expired|valid' said && ok 'and it says so' || not_ok 'and it says so'
done_testing
