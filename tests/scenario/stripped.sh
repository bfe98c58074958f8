#!/bin/sh
# A copy of a known act whose time stamp somebody took away is kept beside the first and
# told; it never takes its place, and the thread stays as it was.
. "$(dirname "$0")/lib.sh"
two_offices
must preserve XB
must second A request send 1 --yes
must A bundle write stick --to XB
must second A key export-identity --out a.key --yes
must second B key export-identity --out b.key --yes
parcel=$(echo stick/parcels/*.comity)
age -d -i a.key "$parcel" >whole.tar || not_ok 'the sender opens its own archive copy'
cat >strip.py <<'P'
# Takes the last entry (signature.tst) out of the tar; all else stays as it is.
import sys
b = open("whole.tar", "rb").read()
at = 0
while b[at:at + 512].strip(b"\0"):
    last, name = at, b[at:at + 100].rstrip(b"\0").decode()
    at += 512 + (int(b[at + 124:at + 135], 8) + 511) // 512 * 512
assert name.endswith("/signature.tst"), name
out = b[:last] + b"\0" * 1024
open("stripped.tar", "wb").write(out + b"\0" * (-len(out) % 10240 if len(b) % 10240 == 0 else 0))
P
must python3 strip.py
must sh -c 'age -r "$(age-keygen -y b.key)" -r "$(age-keygen -y a.key)" -o stripped.comity stripped.tar'

must B bundle read stick
B --json request list --all >before
try 10 'a copy without its time stamp is kept, and incomplete' \
	B --json evidence receive stripped.comity
said other_package 'as another package of the same act'
B --json request list --all >after
holds 'the thread is as it was' cmp before after
try 0 'the thread shows both' B --json request show 1
said '"other_package": true' 'the second as another package'
said '"other_package": false' 'beside the first, which counts'

done_testing
