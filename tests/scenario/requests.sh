#!/bin/sh
# A request that lacks something cannot be sent; a whole one goes out, is answered,
# and each side sees the same thread; what comes twice changes nothing.
. "$(dirname "$0")/lib.sh"
two_offices
small_tree evidence

# ---- drafts ----

try 0 'a draft is saved whatever is missing' \
	A request new preserve --to XB --account maria.k@example.org --offence 'art. 13'
said 'Art 42' 'and says what is missing, with its article'
try 6 'an incomplete request cannot be sent' A request send 1 --yes
said 'cannot be sent' 'and it says so'
try 6 'request check has an exit code of its own' A request check 1
try 6 'in the language of who reads' A request check 1 --lang vi
said 'Thiếu: Vì sao cần bảo quản (Art 42(3)(e)). Cần ghi: necessity.' 'what is missing, its article, what to give'
said_not Missing 'and no English sentence'
try 5 'a State in small letters' A request new preserve --to xb
said 'two capitals' 'is told how it is written'
try 2 'an unknown kind is use' A request new surveil --to XB
said 'status_query, use_consent and domestic_order' 'and which there are is said'
try 2 'a field that there is not is named' A request edit 1 --set nonsense=1
try 5 'an unknown request is not found' A request show 99
try 2 'an identifier that cannot be right is refused' \
	A request edit 1 --identifier 'imei:490154203237519'
try 2 'help on a kind that there is not' comity help act nonsense
said 'comity help act' 'says where they are'
try 0 'the kinds can be read' A request fields
said 'use_consent' 'all of them'
try 0 'what a kind asks for can be read' A request fields preserve
said '42(3)' 'with its article'
try 0 'a draft is edited' A request edit 1 --provider 'Berun Mail' --facts 'A forged invoice' \
	--data 'Traffic data of the account' --necessity 'Kept 30 days' \
	--intend stored_data --intend-by "$(day '+40 days')" --not-secret
said 'Nothing is missing' 'until nothing is missing'
must A request edit 1 --secret-until "$(day '+20 days')" --secret-reason 'The suspect would hide'
try 0 'secrecy is taken back, and identifiers begin anew, in one command' A request edit 1 \
	--not-secret --set system_or_account= --account maria.k@example.org
said 'Nothing is missing' 'with the new one in it'
A --json request show 1 >v.json
holds 'no end of a secrecy stays beside "not secret", no old account, no member twice' \
	python3 -c '
import json
def once(pairs):
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)
f = json.load(open("v.json"), object_pairs_hook=once)["fields"]
assert f["secrecy"] == {"wanted": False}, f
assert len(f["system_or_account"]) == 1, f'
try 0 'check says so too' A request check 1
try 0 'a dry run sends nothing' second A request send 1 --dry-run
said 'Nothing was sent' 'and says so'

# ---- there and back ----

try 0 'it is sent' second A request send 1 --yes
try 0 'asked for again by letter' A request send 1 --by letter --yes
said 'it waits in the outbox' 'it is told as it went'
try 9 'once sent it is no draft any more' A request edit 1 --provider 'Another'
try 0 'the desk says what waits' A
said 'to be carried 1' 'one act waits for a carrier'
carry A B
try 0 'Berun has it' B request list
said 'preserve' 'as a preservation'
said 'we owe an answer' 'and owes an answer'
try 0 'it shows every field' B request show 1
said 'maria.k@example.org' 'the account'
said 'A forged invoice' 'the facts'
try 0 'and finds nothing missing' B request check 1
try 6 'what is not held is not let go' B request release 1 --reason 'Over'
said 'Nothing is held on it yet' 'and it says so'
try 6 'a consultation says something' B request consult 1
said 'what stands in the way' 'and it is told what'
try 0 'a question is asked' B request ask 1 --text 'Which days?' --field provider
carry B A
try 0 'the asking side sees it' A request show 1
said 'needs_info' 'as a question'
try 0 'and replies' A request reply 1 --text 'The first week of November'
carry A B
try 6 'a refusal needs its ground' B request refuse 1 --reason 'We do not like it'
try 6 'and one of the menu' B request refuse 1 --ground R13 --reason 'Data protection'
try 0 'the preservation is confirmed' B request confirm 1
try 6 'what holds cannot be refused any more' B request refuse 1 --ground R02 --reason 'Changed our mind'
said 'until its hold ends' 'and it says why'
carry B A
A --json request show 1 >v.json
holds 'the state is accepted on both sides' test "$(json v.json state)" = accepted
B --json request show 1 >w.json
holds 'and there' test "$(json w.json state)" = accepted
holds 'the hold has an end' test "$(json v.json hold_until)" != None
holds 'that both know' test "$(json v.json hold_until)" = "$(json w.json hold_until)"

# ---- evidence as the answer ----

must stored XB
must second A request send 2 --yes
carry A B
must B case new 'Assistance'
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
must B case add 1 --evidence 1 --request 2
try 6 'content goes on an order of their own State only (S06)' \
	B request answer 2 --limit 'use_limit=This proceeding only'
said 'S06' 'and the safeguard is named'
try 0 'one step from the evidence of a case to the answer' \
	second B request answer 2 --authorisation order.txt --limit 'use_limit=This proceeding only'
carry B A
try 0 'the evidence is here' A evidence list
try 0 'and opens' A evidence open 1 --out bag
must A peer roots --out roots.pem
must A peer roots --tsa --out tsa.pem
try 0 'and is intact for a stranger' check bag
A --json request show 2 >v.json
holds 'the thread is delivered' test "$(json v.json state)" = delivered
holds 'with its limit signed' grep -q 'This proceeding only' bag/act.json

# ---- again, and in another order ----

carry A B
before=$(A --json request list --all; B --json request list --all)
must B bundle read stick-A-B
must A bundle read stick-B-A
must A evidence receive
holds 'what comes twice changes nothing' \
	test "$before" = "$(A --json request list --all; B --json request list --all)"
try 0 'receipts are here' A --json request show 1
holds 'every act of ours has its receipt' sh -c "! grep -q 'no receipt' '$WORK/said'"

must preserve XB
must second A request send 3 --yes
must A request withdraw 3 --reason 'Settled'
must A bundle write late --to XB
mkdir -p first/parcels second/parcels
# The withdrawal comes before the request it follows.
must B bundle read late
B --json request list --all >v.json
holds 'order does not matter: the request is withdrawn there too' \
	sh -c "grep -q withdrawn v.json"

try 0 'a thread is exported as opened bags' A request export 1 --out acts
holds 'each checks by itself' sh -c 'for d in acts/*/; do comity-check --roots roots.pem --tsa tsa.pem "$d" >/dev/null || [ $? -eq 10 ] || exit 1; done'
try 0 'closing is local' A request close 1
try 0 'the desk is quiet' A status

# ---- an answer to what is closed here ----

must A request close 2
echo 'a second mailbox' >second.txt
must B evidence add second.txt --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method Copied --when 2026-11-20T09:00:00Z
must second B request answer 2 --evidence 2 --limit 'use_limit=This proceeding only' \
	--authorisation order.txt
must B bundle write late-answer --to XA
must A bundle read late-answer
said 'It came late, to request XA-2026-000002, which was closed here on' 'a late answer names its request, and how that ended'
said 'It lies here as evidence 0002' 'where the evidence lies'
said 'a new request' 'and what can be done'
A --json request show 2 >v.json
holds 'the request stays closed' test "$(json v.json state)" = closed
try 0 'the evidence opens' A evidence open 2 --out late-bag
must preserve XB
must second A request send 4
must A bundle write fourth --to XB
must B bundle read fourth
must A request withdraw 4 --reason 'Settled'
must B request confirm 4
must B bundle write late-yes --to XA
must A bundle read late-yes
said 'It (granted) came late, to request XA-2026-000004, which was withdrawn' 'a late yes is told the same way'

# ---- granted, and nothing handed over ----

must stored XB
must second A request send 5
must A bundle write fifth --to XB
must B bundle read fifth
number=$(B --json request list --all >v.json; json v.json requests -1 id)
must B request confirm "$number"
try 6 'what was granted is not closed without a word' B request close "$number"
said '--reason nothing_found' 'and the ways are named'
try 2 'nor with any word' B request close "$number" --reason whatever
try 0 'with a reason it is' B request close "$number" --reason nothing_found
must B bundle write yes --to XA
must A bundle read yes
try 6 'who asked is asked again' A request close 5
said 'nothing has come yet' 'as they said yes'
try 0 'and may' A request close 5 --yes
done_testing
