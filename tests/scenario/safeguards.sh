#!/bin/sh
# Before a yes somebody calls back, reads what was refused before, and is as careful with a
# State as this office set; after a secrecy the person is told, and no clock says that it
# was done.
. "$(dirname "$0")/lib.sh"
two_offices
small_tree evidence
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z

# ---- the emergency lane (S15) ----

emergency() {
	A request new emergency_data --to XB --account maria.k@example.org \
		--provider 'Berun Mail' --set offence.articles=13 \
		--set offence.facts='Threats of harm' --set emergency.risk=life \
		--set emergency.who='A child of nine' \
		--set emergency.text='A threat with a date was posted' \
		--set why_not_slower='The date is tomorrow' \
		--set confirming_contact.name='Head of Office 3' \
		--set confirming_contact.phone=+99900001111 "$@"
}
must emergency
must emergency
must second A request send 1 --yes
must second A request send 2 --yes
carry A B
try 0 'the desk' B
said 'EMERGENCY: a life may be in danger' 'says it first'
said 'is owed in 30 minutes' 'with the half hour of D60'
said 'Next: comity request show 1' 'and it comes next'
try 0 'shown, the next step' B request show 1
said 'Next: comity request called 1' 'is the call'
try 0 'an emergency that came in says that somebody has to call' B request check 1
said 'Nobody called back yet' 'before a yes'
try 6 'without the call there is no yes' B request confirm 1
try 6 'and nothing goes over' B request answer 1 --evidence 1 --authorisation order.txt
try 6 'the number in the request is the number of whoever wrote it' B request called 1 \
	--dialled +99900001111 --answered-by 'A voice' --result yes
said '+999 01 100' 'the one of the card is named'
try 2 'who answered is named' B request called 1 --dialled '+999 01 100' --result yes
try 0 'nobody answered' B request called 1 --dialled '+999 01 100' --result nobody
try 6 'which is no yes' B request confirm 1
try 0 'the call is written down' B request called 1 --dialled '00999 01-100' \
	--answered-by 'Duty officer Zimbel' --result yes
try 0 'then evidence goes over' second B request answer 1 --evidence 1 --authorisation order.txt
try 0 'the desk' B
said_not 'XB-2026-000001 from XA' 'has one less of them'
holds 'who answered stands in no file in the clear' sh -c '! grep -rqa Zimbel b'
try 0 'of the other they know nothing' B request called 2 --dialled '+999 01 100' \
	--answered-by 'Duty officer' --result no
said 'SUSPECTED FORGERY' 'it is set aside'
try 0 'a yes after that' B request called 2 --dialled '+999 01 100' \
	--answered-by 'Somebody else' --result yes
try 6 'changes nothing' B request confirm 2
said 'suspected forgery' 'as it says'
carry B A
try 0 'the formal request is owed' A deadline list
said 'the formal request after the emergency' 'and clocked'
said D79 'by its rule'
try 0 'it stands on the desk' A
said 'formal requests after emergencies: we owe 1' 'of who asked'

# ---- the same again in other words ----

subscriber() {
	A request new subscriber --to XB --provider 'Berun Mail' \
		--matter 'Investigation of an invoice fraud' --matter-by 'Office 3' \
		--offence 'fraud, art. 13' --facts 'A forged invoice was paid' \
		--assistance 'Who holds the account' --purpose 'Proof' \
		--request-language en --accepts en \
		--set human_rights.statements=not_political --set human_rights.by='Head 3' \
		--set human_rights.domestic_offence='Fraud by means of a computer' "$@"
}
must subscriber --account otto.f@example.org
must second A request send 3 --yes
carry A B
must B request refuse 3 --ground R08 --reason 'The account is of a journalist' \
	--waive-consultation urgent
must subscriber --set 'identifiers[0].type=account' \
	--set 'identifiers[0].value=Otto.F@Example.ORG' \
	--set 'identifiers[0].service=Berun Mail'
must second A request send 4 --yes
carry A B
try 0 'the same account in another spelling is recognised' B request check 4
said 'XB-2026-000003 of XA (R08)' 'with the earlier refusal and its ground'
try 6 'no yes before somebody read it' B request confirm 4
try 2 'a request that was not refused about the same is none' B request seen 4 --earlier 1
try 0 'it was read' B request seen 4 --earlier 3
try 0 'then it is a yes' B request confirm 4
holds 'the account stands in no row of the docket' \
	sh -c '! grep -qai "otto.f" b/docket.sqlite b/docket.sqlite-wal'

# ---- a State is read with more care ----

try 2 'reasons are needed' B policy risk XA --level heightened
try 0 'more care with one State in one measure' B policy risk XA --measure stored_data \
	--level heightened --reason 'Report of May'
try 0 'it is listed without a passphrase' comity --home b --no-input policy list
said heightened 'with its level'
said_not 'Report of May' 'and without the reason, which is sealed'
must stored XB
must second A request send 5 --yes
carry A B
try 0 'it stands with the request' B request check 5
said 'with more care' 'in words'
try 6 'a yes without an assurance is none' B request confirm 5
said 'S22' 'says the safeguard'
try 0 'with the condition it is' B request confirm 5 --condition assurance='No death penalty'
try 6 'data wait for their reply' B request execute 5 --authorisation order.txt
try 0 'blocked' B policy risk XA --level blocked --reason 'Decision 9/26'
must preserve XB --account lena@example.org
must second A request send 6 --yes
carry A B
try 6 'is a no to each measure' B request confirm 6
said 'consult, then refuse' 'by the procedure of a refusal'
try 0 'back to the tables' B policy risk XA --level normal --reason 'Decision 10/26'
try 0 'and it is a yes' B request confirm 6

# ---- in real time only where it was set (S13) ----

try 0 'a draft of real-time collection' A request new realtime_traffic --to XB \
	--account maria.k@example.org --provider 'Berun Mail'
said 'Collection in real time is off' 'says that it is off'
try 6 'and cannot be sent' A request send 7 --yes
try 2 'a switch is set with a reason' A policy realtime XB --instrument Budapest --on
try 2 'for a treaty that has it' A policy realtime XB --instrument UNTOC --on --reason R
for i in UNCAC-CYBER Budapest; do
	try 0 "set for $i" A policy realtime XB --instrument $i --on --reason 'Decision 4/26'
done
try 6 'then other things stand in the way' A request check 7
said_not 'Collection in real time is off' 'and this one no more'

# ---- who is told afterwards (S04, S05) ----

must preserve XB --account ines@example.org --set secrecy.wanted=yes \
	--set secrecy.until="$(day '+30 days')" --set secrecy.reasons='He would delete it'
must second A request send 8 --yes
carry A B
must B request confirm 7
try 0 'the side that holds owes a notice' comity --home b --no-input notice list
said 'N-1  person 1 of XB-2026-000007 (preserve)' 'by a number and no name'
said 'N-2  person 2 of' 'a notice for each person'
try 0 'so does the side that asked' A notice list
try 6 'while the secrecy runs nobody is told' B notice done 1 --how letter
try 6 'a yes was said: something was done' B notice done 1 --how nothing_done
try 6 'it is put off for a reason' B notice defer 1 --until "$(day '+60 days')" \
	--reason because
try 6 'and for 90 days at most' B notice defer 1 --until "$(day '+91 days')" --reason danger
try 0 'so it is' B notice defer 1 --until "$(day '+60 days')" --reason danger
said 'put off 1 time, last for: danger' 'and told'
try 0 'the sheet for the person, in two languages' B notice sheet 1 --langs ar,en \
	--out sheet.html
said 'is not handed over before' 'and while the secrecy runs it says so'
holds 'it names no account and no provider' \
	sh -c '! grep -qi "ines@\|Berun Mail\|delete" sheet.html'
holds 'and the article' grep -q '42\|29' sheet.html
if faketime_works; then
	late() { faketime -f "$@"; }
	try 0 'when it is over it is due' late '+70d' comity --home b --no-input notice list
	said 'due 2' 'for a person to do'
	try 0 'and on the desk' late '+70d' comity --home b --no-input
	said '2 persons are to be told' 'of the duty officer'
	try 0 'ten years later it is no more than due' late '+3650d' comity --home b \
		--no-input notice list
	said '2 not told' 'and not lost'
	try 0 'a clock that fell ten years back is doubted' late '-3650d' comity --home b \
		--no-input notice list
	said DOUBT 'as it says'
fi
try 0 'a secrecy that was lifted ends in words to the person' B notice done 1 \
	--how letter --lifted
must B notice done N-2 --how lawyer --lifted
try 0 'nobody waits any more' B notice list
said 'No person waits' 'there'
try 0 'a docket made anew knows all of it' B rebuild --yes
must B notice list --all
said 'told (letter)' 'who was told'
try 6 'and the forgery' B request confirm 2
said 'suspected forgery' 'as before'
must comity --home b --no-input policy list
said normal 'and what was set'

# ---- what an overseer reads of it ----

must B oversight report --out before.json
cat >look.py <<'P'
import json, sys
r = json.load(open("before.json"))
t = {x["name"]: x for x in r["tables"]}
for name in "notices", "notices_put_off":
    assert t[name]["total"] == {"n": "<5"} and t[name]["withheld"], t[name]
for name in "evidence_destroyed", "evidence_lost":
    assert t[name]["total"] == {"n": 0}, t[name]
assert not [x for x in t["decisions"]["rows"] if x["key"] == "notice"], t["decisions"]
said = {(x["state"], x["measure"]): x["level"] for x in r["rules"]["levels"]}
assert said == {("XA", "all"): "normal", ("XA", "stored_data"): "heightened"}, said
assert "P1" not in json.dumps(r) and "ines" not in json.dumps(r)
P
holds 'an overseer sees notices, levels, what was destroyed or lost, and no person' python3 look.py
done_testing
