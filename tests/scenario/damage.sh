#!/bin/sh
# A journal that rots, is cut or is taken away stops what rests on it, and never what leads out
# of it: one turned bit loses nothing, and of more only what nobody can read is asked again.
. "$(dirname "$0")/lib.sh"
two_offices
small_tree evidence
must add evidence
must second A evidence seal 1 --to XB --purpose 'Case 12 only'
must second A evidence send 1 --to XB
carry A B
carry B A
must A bundle write led --to XB --ledger
must B bundle read led
must B bundle write del --to XA --ledger
must A bundle read del
try 0 'a hand-over is proven' A custody show 1
cp -a a whole
# where TEXT: the offset of the first record that has it.
where() { grep -abo "$1" a/journal/records | head -n 1 | cut -d: -f1; }
again() { rm -rf a && cp -a whole a; }
# zeros OFFSET COUNT
zeros() { dd if=/dev/zero of=a/journal/records bs=1 seek="$1" count="$2" conv=notrunc 2>/dev/null; }

# ---- one bit ----

flip a/journal/records $(($(where '"event":"card"') + 20))
try 10 'one bit of an old record, and nobody is believed' A peer list
said 'comity ledger succeed --reason damaged' 'with the way out'
try 10 'nothing is shown as proven' A custody show 1
try 0 'the desk goes on' A status
said 'journal of records is damaged' 'and says it'
try 3 'so does the ledger' A ledger show
said 'DAMAGED' 'by name'
try 3 'its check finds it' A ledger check
said 'at byte 16' 'where'
try 0 'a backup is made' A backup rotten.age
cp a/journal/records rotten
try 0 'a successor goes on' A ledger succeed --reason damaged --yes
said 'nothing of it is lost' 'with all records'
holds 'the file is kept as it was' cmp rotten a/journal/damaged-1
try 0 'the peer is believed as before' A peer list
said 'confirmed' 'and nobody is asked'
try 0 'the hand-over is proven as before' A custody show 1
try 0 'all is as it was written' A ledger check --parcels
must preserve XB
try 0 'and the office works' second A request send 1 --yes

# ---- what nobody can read ----

again
zeros "$(where '"event":"card"')" 60
try 0 'of a record that is gone' A ledger succeed --reason damaged --yes
said '1 could not' 'the successor says so'
try 6 'nobody works' A request new preserve --to XB
said 'comity person confirm' 'before the list of persons is confirmed'
try 0 'it is read' A person list
try 0 'and confirmed' A person confirm --yes
must preserve XB
try 6 'nothing goes to a peer' second A request send 1 --yes
try 0 'before its words are compared again' A peer pair b/card.card --words "$(words b)"
try 0 'then it does' second A request send 1 --yes
carry A B
try 0 'old evidence is proven still' A custody show 1
try 6 'and counts as restricted' A evidence export 1 --out out
try 0 'all is as it was written' A ledger check --parcels
try 0 'the docket is made anew' A rebuild

# ---- the file itself ----

for how in 'rm a/journal/records' 'rm -r a/journal' 'truncate -s 900 a/journal/records' \
	'zeros 0 100000'; do
	again
	# shellcheck disable=SC2086 # words
	$how
	try 10 "$how: nobody is believed" A peer list
	try 0 'the desk goes on' A status
	try 0 'a successor goes on' A ledger succeed --reason damaged --yes
	must A person confirm --yes
	must A peer pair b/card.card --words "$(words b)"
	must A bundle write "stick-$TESTS" --to XB --ledger
	try 0 'and all is as it was written' A ledger check
done
done_testing
