#!/bin/sh
# What an office did can be counted by an outside body that opens nothing: no person is in
# it, no small count, none that can be computed, and the same ledger gives the same bytes.
. "$(dirname "$0")/lib.sh"
two_offices

try 0 'an office that did nothing has figures' A statistics
said 'nothing to count' 'and says so'
for n in 1 2 3 4 5 6; do
	must preserve XB
	must second A request send "$n" --yes
done
carry A B
for n in 1 2 3 4 5; do must B request confirm "$n"; done
must B request refuse 6 --ground R02 --reason 'No offence named here'
carry B A
try 0 'the office that asked has figures' A statistics --out a1.json
try 0 'and the one that answered' B statistics --csv --out b1.csv
try 0 'twice' A statistics --out a2.json
holds 'the same ledger gives the same bytes' cmp a1.json a2.json
must A rebuild --yes
must A statistics --out a3.json
holds 'also after a rebuild' cmp a1.json a3.json
cat >look.py <<'P'
import csv, json
a = json.load(open("a1.json"))
assert a["schema"] == "comity.statistics/1", a
t = {x["name"]: x for x in a["tables"]}
asked = t["requests_asked_by_kind"]
assert asked["total"] == {"n": 6}, asked
assert asked["rows"][0] == {"key": "preserve", "n": 6, "parts_withheld": True}, asked
hold = t["asked_time_to_hold"]
assert hold["total"]["n"] == 5 and hold["total"]["median"] >= 0, hold
assert t["answers_received"]["rows"] == [{"key": "granted", "n": 5}], t["answers_received"]
assert t["refusals_received_by_state"]["total"] == {"n": "<5"}
assert t["refusals_received_by_state"]["withheld"] is True
assert not t["refusals_received_by_state"]["rows"]
assert t["refusals_received_by_ground"]["total"] == {"n": "<5"}
b = list(csv.DictReader(open("b1.csv", newline="")))
said = {(r["table"], r["key"], r["part"]): r["n"] for r in b}
assert said["requests_received_by_state", "XA", ""] == "6", said
assert said["refusals_given_by_ground", "total", ""] == "<5", said
assert ("refusals_given_by_ground", "R02", "") not in said
P
holds 'what is counted is right, and what is small is hidden' python3 look.py
must B oversight report --out b2.json
cat >cases.py <<'P'
import json
r = json.load(open("b2.json"))
one = r["refusals"]
assert len(one) == 1 and one[0]["why"] == "R02" and one[0]["state"] == "XA", one
assert one[0]["version"] and one[0]["role"] and one[0]["leaf"] > 0, one
assert r["waivers"] == [] and r["more"] is False, r["waivers"]
P
holds 'who oversees reads the refusal that no count may show, and by which rules' \
	python3 cases.py
holds 'nobody is named' sh -c '! grep -q -e maria -e Aldora -e P1 a1.json b1.csv b2.json'
try 2 'a period ends after it begins' A statistics --from 2027-01-01 --to 2026-01-01
must A statistics --to 2020-01-01
said 'nothing to count' 'what happened later is not counted'

# ---- the body from outside ----

(umask 077; echo 'passphrase of person 3' >pass3; echo 'passphrase of person 4' >pass4)
judge_named A
must A person add 'Dee Okoro' --role auditor --new-passphrase-file pass3
must comity --home a --as 1 --passphrase-file pass --no-input person add 'Ines Vale' \
	--role oversight --new-passphrase-file pass4
cp pass pass1
as() {
	who=$1
	shift
	comity --home a --as "$who" --passphrase-file "pass$who" --no-input --progress none "$@"
}
A() { as 1 "$@"; }
small_tree evidence
must add evidence
must second A evidence seal 1 --to XB --purpose 'Case 12'
try 0 'an office of one that is watched is still one: its evidence opens' A evidence open 1 --out own
try 6 'who watches decides on nothing' A person role 4 --add lawyer
said 'oversight' 'and the sentence says so'
holds 'and has no key of the office' sh -c '[ "$(ls a/people/4)" = "$1" ]' sh 'key.age
name.age'
before=$(ls -l a/journal/records | awk '{ print $5 }')
try 0 'a body from outside, which opens no key, reads the report' as 4 oversight report
said 'requests_asked_by_kind' 'with its figures'
said 'built-in' 'and the version of the law'
tables=$(LC_ALL=C; cat "$TOP"/data/law/*.tsv | sha256sum | cut -d ' ' -f 1)
said "$tables" 'and the digest of its tables, which anybody with the source finds'
said 'people  sha256' 'and that of the table of persons'
must comity --version
said "$tables" 'the program says by which tables it was built'
try 0 'as JSON too' as 4 --json oversight report
said 'comity.oversight/1' 'by its name'
try 6 'and opens no request' as 4 request show 1
try 6 'no evidence' as 4 evidence open 1 --out stolen
try 6 'does not read who works here' as 4 person list
try 6 'nor proves a leaf' as 4 ledger prove 1 --out proofs
try 0 'an auditor reads figures too' as 3 statistics
try 6 'and no request' as 3 request show 1
holds 'reading figures leaves a leaf' sh -c \
	'[ "$(ls -l a/journal/records | awk "{ print \$5 }")" -gt "$1" ] &&
	grep -aq "\"reason\":\"statistics\"" a/journal/records' sh "$before"
done_testing
