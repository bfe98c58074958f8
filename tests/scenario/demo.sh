#!/bin/sh
# The demo holds at every step, and leaves what it promises.
. "$(dirname "$0")/lib.sh"

export COMITY_BIN="$BIN"
try 0 'every step of the demo holds' sh "$TOP/scripts/demo" --once --keep kept
said 'Every step held' 'and it says so'
for f in parcel.comity receiver.agekey roots.pem tsa.pem bag/act.json acts custody.html \
	custody.json policy home-a/ledger/checkpoint home-b/ledger/checkpoint \
	home-c/ledger/checkpoint; do
	[ -e "kept/$f" ] && ok "it leaves $f" || not_ok "it leaves $f"
done
[ ! -e kept/order.txt ] && ok 'and no order of a court' || not_ok 'and no order of a court'
try 2 'a folder that is not empty is not written over' \
	sh "$TOP/scripts/demo" --once --keep kept
done_testing
