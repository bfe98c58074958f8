#!/bin/sh
# What two persons destroyed opens nowhere again: not here, not out of an old backup, not
# by the copy of a stick; the other side is told by a signed act, and tells it back to a
# home that came out of a backup. One person alone destroys nothing; a loss is told too.
. "$(dirname "$0")/lib.sh"
two_offices
small_tree seized
for p in 2 3; do (umask 077; echo "passphrase of person $p" >"pass$p"); done
# By person N of office b: P N command...
P() {
	who=$1
	shift
	file=pass$who
	[ "$who" != 1 ] || file=pass
	comity --home "$H" --as "$who" --passphrase-file "$file" --no-input --progress none "$@"
}
H=b
must add seized
must second A evidence send 0001 --to XB --purpose 'Case 17 only'
must A bundle write stick --to XB
must B bundle read stick --later
must B evidence receive

# ---- at rest ----
parcel=b/parcels/$(basename "$(ls stick/parcels/*.comity)")
holds 'a kept parcel has no header' sh -c "! grep -qa age-encryption.org '$parcel'"
try 0 'it opens all the same' B evidence open 0001 --out bag
try 2 'by itself it says what it is' B verify "$parcel"
said 'without its header' 'and that it opens in its home'

# ---- one person ----
try 2 'it has to be typed' B evidence destroy 0001 --reason retention_ended
said '--confirm 0001' 'with the number of the evidence'
try 2 'another number is no yes' B evidence destroy 0001 --reason retention_ended \
	--confirm 0002
try 2 'nor is --yes' B --yes evidence destroy 0001 --reason retention_ended
try 2 'a reason is needed' B evidence destroy 0001 --confirm 0001
try 6 'in a home of one nobody destroys' B evidence destroy 0001 \
	--reason retention_ended --confirm 0001
said 'wo persons destroy' 'and the sentence says why'
try 6 'what waits for its receipt is not destroyed' A evidence destroy 0001 \
	--reason returned --confirm 0001
said 'outbox' 'and the sentence says why'

# ---- a backup of before ----
must B person add 'Bo Ek' --role prosecutor --new-passphrase-file pass2
must P 1 person add 'Cem Arslan' --role administrator --new-passphrase-file pass3
must P 1 person role 1 --remove administrator
must P 1 person let-in 2
# Evidence of its own, which waits for the next carrier.
must P 1 evidence add seized --by 'Unit 4' --from 'Mail Berun' --tool none \
	--method 'Copied before the owner' --when 2026-11-20T09:00:00Z
try 6 'evidence of its own leaves by two' P 1 evidence send 0002 --to XA \
	--purpose 'Case 18 only'
id=$(sed -n 's/.*approval give \([0-9a-f]*\).*/\1/p' said | head -1)
must P 2 approval give "$id"
must P 1 evidence send 0002 --to XA --purpose 'Case 18 only'
mkdir safe safe/old
try 0 'a backup' P 3 backup safe/b.age
said 'Package keys: 2' 'its package keys lie beside it'
said 'keep only the newest' 'and only the newest is kept'
keys=$(echo safe/*.package-keys)
cp "$keys" safe/old/

# ---- two persons ----
try 6 'one person prepares it' P 1 evidence destroy 0001 --reason retention_ended \
	--order order.txt --confirm 0001
said 'approval give' 'and another approves'
id=$(sed -n 's/.*approval give \([0-9a-f]*\).*/\1/p' said | head -1)
try 6 'never the same' P 1 approval give "$id"
must P 2 approval give "$id"
try 6 'an approval is for one reason' P 1 evidence destroy 0001 --reason court_order \
	--confirm 0001
try 0 'then it is destroyed' P 1 evidence destroy 0001 --reason retention_ended \
	--order order.txt --confirm 0001
said 'Not reached: copies on sticks' 'what it does not reach is said'
said 'is told by act' 'and the other side is told'
said 'keys-only' 'the file of package keys is to be written anew'
holds 'the parcel is gone' [ ! -e "$parcel" ]
try 0 'again changes nothing' P 1 evidence destroy 0001 --reason retention_ended \
	--confirm 0001
said 'nothing was done twice' 'and says so'
try 6 'it does not open' P 1 evidence open 0001 --out bag2
said 'was destroyed here' 'and the sentence says why'
try 6 'nor is it exported' P 1 evidence export 0001 --out court
said 'was destroyed here' 'and the sentence says why'
for verb in 'pass-on 0001 --to XA' 'defence-bundle 0001 --out court' \
	'disclose 0001 --files seized --out court --why court' \
	'inspect 0001 --by Defence --where Here --control Us'; do
	try 6 "no ${verb%% *}" P 1 evidence $verb
	said 'was destroyed here' 'and the sentence says why'
done
P 1 evidence show 0001 >said 2>&1
said 'destroyed here on' 'it is shown as destroyed'
P 1 evidence list >said 2>&1
said 'destroyed here on' 'and listed so'
P 1 doctor >said 2>&1
said '1 more destroyed here by two persons' 'and the doctor tells it apart'
try 0 'a check of the ledger, with every parcel, misses nothing of it' P 1 ledger check --parcels
P 1 custody show 0001 >said 2>&1
said 'Destroyed: the time for keeping it was over' 'its custody says so, with the reason'
P 1 custody show 0001 --lang zh >said 2>&1
said '已销毁：保存期限届满' 'in the language of who reads'
must B --as 1 bundle read stick --later
P 1 evidence receive >said 2>&1
said 'was destroyed on' 'the copy of the stick is not taken in again'
try 6 'and it still does not open' P 1 evidence open 0001 --out bag2

# ---- the other side ----
must P 1 bundle write back --to XA
must A bundle read back
A custody show 0001 >said 2>&1
said '. Destroyed' 'its custody shows it'
said 'retention_ended' 'with the reason'
said 'sticks' 'and what it does not reach'
A custody report 0001 --out report.html >said 2>&1
holds 'the printed report has it as a row' sh -c "grep -q '>Destroyed<' report.html &&
	grep -q 'sticks' report.html"
A custody report 0001 --out report.txt --lang fr >said 2>&1
holds 'so has the one in words, in its language' sh -c \
	"grep -q '. Détruit' report.txt && grep -q sticks report.txt"
A custody report 0001 --out report.json >said 2>&1
holds 'and the one for a program, in a file of its own' sh -c "python3 -c '
import json
t = json.load(open(\"report-told.json\"))[\"told\"]
assert [x[\"event\"] for x in t] == [\"destroyed\"] and \"sticks\" in t[0][\"text\"], t'"
A --json custody show 0001 >shown.json
holds 'as the verdict has it' sh -c "python3 -c '
import json
assert json.load(open(\"shown.json\"))[\"told\"] == json.load(open(\"report-told.json\"))[\"told\"]'"

# ---- the old backup ----
try 0 'the package keys are written anew' P 3 backup --keys-only --keys "$keys"
said 'Package keys: 1' 'without the one'
must P 3 backup safe/after.age --keys safe/after.keys
H=e
try 0 'a backup of after is tried, as its help says' P 3 restore safe/after.age \
	--keys safe/after.keys
try 0 'its ledger is whole' P 1 ledger check --parcels
said_not 'is gone' 'and misses no parcel that was destroyed'
P 1 doctor >said 2>&1
said '1 more destroyed here by two persons' 'which its doctor tells apart'
H=c
try 0 'the old backup with the newest keys' P 3 restore safe/b.age
said 'do not open here' 'says what does not open'
must P 1 ledger resume --yes
try 5 'does not open it' P 1 evidence open 0001 --out bag3
said 'destroyed after that' 'and the sentence says why'
H=d
try 0 'the old backup with old keys' P 3 restore safe/b.age --keys "$(echo safe/old/*)"
try 6 'opens nothing before its peers have spoken' P 1 evidence open 0001 --out bag4
said 'Exchange bundles' 'and says what to do'
try 6 'passes nothing on' P 1 evidence pass-on 0001 --to XA
said 'came out of a backup' 'for the same reason'
try 6 'seals for nobody outside' P 1 evidence seal 0002 --to-passphrase \
	--receiver-passphrase-file pass2 --out x.age --purpose 'Case 18 only'
said 'came out of a backup' 'for the same reason'
try 0 'and carries no evidence' P 1 bundle write held --to XA
said 'Not in it: 1 package' 'which is said'
must P 1 bundle write asks --to XA --ledger
must A bundle read asks
must A bundle write tells --to XB --ledger
try 0 'the peer tells what it was told' P 1 bundle read tells --later
said 'again now' 'and it is destroyed again'
try 6 'for good' P 1 evidence open 0001 --out bag4
said 'was destroyed here' 'as before'

# ---- loss ----
rm a/parcels/*.damaged 2>/dev/null
own=$(python3 -c '
import json, subprocess, sys
out = subprocess.run(["comity", "--home", "a", "evidence", "show", "0001", "--json"],
    capture_output=True, text=True).stdout
print(json.loads(out)["parcels"][0]["act"])' 2>/dev/null)
holds 'the parcel of the sender is there' [ -e "a/parcels/$own.comity" ]
rm -f "a/parcels/$own.comity"
A ledger check --parcels >said 2>&1
said 'it is gone' 'a check finds what is missing'
said 'told to the other side' 'and tells the other side'
must A bundle write lost --to XB
H=d
P 1 bundle read lost >said 2>&1
P 1 custody show 0001 >said 2>&1
said '. Lost' 'where its custody shows it'
done_testing
