#!/bin/sh
# A log of 1,000,000 leaves is read wholly by a stranger's script in another language, from
# the files alone; any change in them is found.
. "$(dirname "$0")/../scenario/lib.sh"
MAKE=$BIN/../ledger/log_make
[ -x "$MAKE" ] || { skip 'log_make is not built'; done_testing; exit 0; }
tiles() { python3 "$TOP/tests/strangers/tiles.py" "$@"; }

root=$("$MAKE" home 1000000) || { not_ok 'a log of 1,000,000 leaves'; exit 1; }
try 0 'all of it is verified' tiles home/ledger
said "1000000 leaves, root $root, verified" 'with the root that the log signed'
rm -rf home

# Small ones, changed: every kind of file.
for n in 1 2 255 256 257 65536 70000; do
	"$MAKE" "h$n" "$n" >root || exit 1
	try 0 "a log of $n leaves is verified" tiles "h$n/ledger"
done
for f in tile/0/x001/000 tile/1/001 tile/2/000.p/1 tile/0/273.p/112 tile/entries/100 \
	tile/entries/273.p/112 checkpoint; do
	[ -f "h70000/ledger/$f" ] || continue
	flip "h70000/ledger/$f" 20
	try 1 "a changed bit of $f is found" tiles h70000/ledger
	flip "h70000/ledger/$f" 20
done
rm h70000/ledger/tile/0/100
try 1 'so is a missing tile' tiles h70000/ledger
done_testing
