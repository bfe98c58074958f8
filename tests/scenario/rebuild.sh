#!/bin/sh
# A docket that is lost or damaged is told, never silently replaced by an empty one, and
# made anew from packages and ledger: people find their lists as they were.
. "$(dirname "$0")/lib.sh"
three_offices
small_tree evidence

# A folder that is read a second time makes the receipts go again, which no record tells.
carry() {
	CARRIED=$((${CARRIED:-0} + 1))
	must "$1" bundle write "stick$CARRIED" --to "X$2"
	must "$2" bundle read "stick$CARRIED"
}

must preserve XB
must second A request send 1 --yes
carry A B
must B request confirm 1
must B request new traffic_path --to XA --follows 1 \
	--set further_provider.name='Cascada Net' --set further_provider.state=XC \
	--set 'traffic_data[0].what=One line of the log'
must second B request send 2 --yes
carry B A
must stored XB
must second A request send 2 --yes
carry A B
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
must B request confirm 3 --condition 'use_limit=This proceeding only'
must second B request answer 3 --authorisation order.txt --evidence 1 --purpose 'Case XA 1 only'
carry B A
must A request new use_consent --to XB --evidence 1 --recipient-state XC \
	--set new_use.purpose='Identify the holder of the address'
must second A request send 3 --yes
carry A B
must B request confirm 4 --condition 'use_limit=Identification only'
carry B A
must second A evidence pass-on 1 --to XC
carry A C
carry C A

# lists HOME FILE: what people of this office are shown, but for the rows of the law by which
# a basis was chosen: rebuild says that only the docket had them.
lists() {
	: >"$2"
	for what in 'request list' 'evidence list' 'evidence show 1' 'desk' 'status'; do
		# shellcheck disable=SC2086 # words of a command
		"$1" $what >>"$2" 2>&1
	done
	for n in 1 2 3 4; do
		"$1" request show "$n" 2>&1 | grep -v '^ *chosen [0-9-]* by X[A-C]: ' >>"$2"
	done
}
lose() { rm -f "$1"/docket.sqlite "$1"/docket.sqlite-wal "$1"/docket.before-rebuild*; }

for office in A B C; do
	home=$(echo $office | tr A-C a-c)
	lists $office before
	lose "$home"
	try 10 "$office: a lost docket is told" $office request list
	said 'comity rebuild' 'with what to do'
	[ ! -e "$home/docket.sqlite" ] && ok 'and none takes its place' ||
		not_ok 'and none takes its place'
	try 0 'it is made anew' $office rebuild
	said 'names of cases' 'and says what only the docket had'
	said 'rows of the law tables' 'the rows of a basis too'
	lists $office after
	holds 'people see what they saw' diff before after
done

must A case new 'The forged invoice'
must preserve XB --case 1
lists A before
try 0 'one that is well is made anew too' A rebuild
lists A after
holds 'and nothing differs' diff before after
must A case list
said 'The forged invoice' 'the case is there'
[ -s a/docket.before-rebuild ] && ok 'the old one is kept' || not_ok 'the old one is kept'
dd if=/dev/zero of=a/docket.sqlite bs=4096 seek=1 count=30 conv=notrunc 2>/dev/null
try 10 'a damaged one is told' A request list
said 'comity rebuild' 'with what to do'
try 0 'and made anew' A rebuild
try 0 'people go on' A request list

parcel=$(find b/parcels -name '*.comity' | head -n 1)
mv "$parcel" gone
try 8 'a parcel that is not here is counted' B rebuild
said '1 parcel' 'in words'
mv gone "$parcel"
try 0 'and when it is back all is' B rebuild

B request show 1 --json >show.json
parcel=b/parcels/$(python3 -c '
import json
print([a["act"] for a in json.load(open("show.json"))["acts"]
    if a["direction"] == "out" and a["kind"].startswith("granted")][0])').comity
mv "$parcel" gone
try 8 'an answer that is not here is counted' B rebuild
said '1 of these acts is marked where it belongs' 'and marked'
try 0 'its thread is shown' B request show 1
said 'its parcel is missing' 'with what it lacks'
try 1 'the doctor finds it' B doctor
said 'A parcel of request 1 is missing' 'by name'
mv gone "$parcel"
must B rebuild
try 0 'until it is back' B request show 1
said_not 'its parcel is missing' 'and all is well'
try 0 'the ledger holds' B ledger check --parcels
done_testing
