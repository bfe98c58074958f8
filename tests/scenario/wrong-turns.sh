#!/bin/sh
# Whoever takes a wrong turn with a request, an answer, a bundle or a backup is told what
# happened and what to do instead, and nothing has changed.
. "$(dirname "$0")/lib.sh"
two_offices
three=$(printf 'one\ntwo\nthree')

# ---- the wrong number, the wrong side ----

must preserve XB
must second A request send 1
carry A B
try 0 'the number of the other side finds the request' B request show XA-2026-000001
said 'XB-2026-000001' 'and shows ours'
try 5 'another number of theirs finds nothing' A request show XB-2026-000001
said 'ours or theirs' 'and says where it looked'
try 5 'nor does the number of another year' A request show XA-2020-000001
try 6 'nobody confirms a request of his own' A request confirm 1
said 'our own' 'and is told whose it is'
try 6 'nor refuses it' A request refuse 1 --ground R02 --reason 'Not ours'
try 6 'nor delivers for it' A request answer 1
try 6 'nor asks what he asked himself' A request ask 1 --text 'What?'
try 6 'who is asked cannot withdraw' B request withdraw 1
said 'confirm, refuse or ask' 'and is told what he can do'
try 6 'nor reply' B request reply 1 --text 'Yes'
try 6 'while they still owe the answer it is not closed' A request close 1
said 'withdraw 1' 'but withdrawn'
must A request new preserve --to XB
try 2 'a draft has nothing to withdraw' A request withdraw 2
said 'draft' 'and it says so'
try 0 'a draft is dropped' A request close 2
try 9 'and is not edited any more' A request edit 2 --provider 'Berun Mail'

# ---- words that nothing matches ----

try 2 'a state that there is not is no empty list' A request list --state granted
try 2 'nor a kind' A request list --kind surveil
try 5 'nor a case' A request list --case 9
try 5 'nor an authority' A request list --peer XZ
try 2 'a case needs a name' A case new ''
try 2 'of one line' A case new "$three"
try 2 'a correspondent is in a State' A correspondent new --country ZQ --name 'Nowhere'
try 2 'a filter of one field only' A request new preserve --to XB --set nonsense=1
try 2 'nobody is asked' A request new preserve --to ''
try 2 'a text that is no text' A request new preserve --to XB --facts "$(printf '\377')"
try 2 'a text that is too long' \
	A request new preserve --to XB --facts "$(head -c 8001 /dev/zero | tr '\0' x)"
try 0 'one that just fits' \
	A request new preserve --to XB --facts "$(head -c 8000 /dev/zero | tr '\0' x)"
try 0 'a planned day that is over is saved' \
	A request new preserve --to XB --intend stored_data --intend-by 2020-01-01
said 'in the past' 'and named'

# ---- letters that look like others ----

try 0 'an account in two scripts is saved' \
	preserve XB --account "$(printf 'p\320\260ypal')"
said 'different scripts' 'and pointed at'
try 0 'a text that would turn the line is kept' \
	preserve XB --facts "$(printf 'see \342\200\256gnp.exe \033[31mred')"
number=$(A --json request list --all >v.json; json v.json requests -1 id)
try 0 'and shown' A request show "$number"
said '\u{202E}' 'spelt out'
said '\x1B[31m' 'also what steers a terminal'
holds 'and never sent to one' sh -c "! grep -q '$(printf '\033')' said"

# ---- attachments ----

echo 'order of the court' >order.txt
must preserve XB --attach order.txt
number=$((number + 1))
try 0 'what is attached is shown' A request show "$number"
said 'order.txt' 'by name'
echo 'another order' >order.txt
try 9 'an attachment that changed is not sent' A request send "$number"
rm order.txt
try 5 'nor one that is gone' A request send "$number"
try 0 'it is taken out' A request edit "$number" --no-attachments
head -c 8388609 /dev/zero >large
try 1 'one of more than 8 MiB goes as evidence' preserve XB --attach large
said 'evidence add' 'and it says so'

# ---- answers ----

try 2 'a hold is not handed over: evidence answers another request' \
	B request answer 1
try 0 'the grounds stand with the request' B request show 1
said 'R02' 'those of its basis'
said_not 'R13' 'and no other'
try 6 'a refusal needs its ground' B request refuse 1 --reason 'We do not like it'
try 6 'and its reasons' B request refuse 1 --ground R02
try 6 'a hold does not end before it begins' B request confirm 1 --until 2020-01-01
must B request confirm 1
try 0 'the same yes once more is the one that was given' B request confirm 1
said 'nothing was made a second time' 'and says so'
try 6 'one yes counts' B request confirm 1 --text 'Gladly'
try 6 'and no becomes of it' B request refuse 1 --ground R02 --reason 'Not after all'
try 2 'a refusal on paper names its ground' \
	A request record 1 --kind refused --by oral --text 'They said no'
said '--ground' 'and is asked for it'

# ---- bundles ----

try 6 'a bundle of somebody else' A bundle read stick-A-B
must preserve XB
must second A request send "$((number + 1))"
must A bundle write whole --to XB
mkdir half && cp -r whole/. half
for f in half/parcels/*; do head -c 999 "$f" >cut.part && cp cut.part "$f"; done
try 3 'a bundle that was cut is not taken in' B bundle read half
rm -f half/parcels/*
try 8 'one with nothing in it lacks its parcels' B bundle read half
try 0 'the whole one is' B bundle read whole
try 0 'again it brings nothing' B bundle read whole
said 'here already' 'and says so'

# ---- backup ----

echo 'another passphrase of words' >bad
must A backup office.age
try 9 'a backup overwrites nothing' A backup office.age
try 2 'nor lies in the home' A backup a/office.age
R() { comity --home r --passphrase-file "${P:-pass}" --no-input "$@"; }
P=bad
try 4 'it opens with its own passphrase only' R restore office.age
P=pass
cp office.age cut.age && truncate -s -100 cut.age
try 3 'a backup that was cut is changed' R restore cut.age
holds 'and leaves nothing' test ! -e r
try 9 'it is not laid over a home' A restore office.age
try 2 'nor made of another file' R restore pass
try 0 'it becomes a home again' R restore office.age
said 'beside' 'that must not live beside the old one'
holds 'both hold the same requests' test "$(A --json request list --all)" = \
	"$(R --json request list --all)"

# ---- the home ----

try 5 'no home, no list' comity --home nowhere request list
said 'init' 'but a way to one'
: >none
try 2 'no passphrase and nobody to type it' comity --home a request show 1
try 4 'an empty one is none' comity --home a --passphrase-file none request show 1
A --json request list --all >before
A case list 2>told >/dev/full
holds 'an answer that nobody can read is told on the other stream' grep -q 'could not be written' told
A case new One >one 2>&1 </dev/null &
first=$!
A case new Two >two 2>&1 </dev/null
wait "$first"
# shellcheck disable=SC2016 # for the inner shell
holds 'of two at once both are done, or one is told to wait' sh -c \
	'for f in one two; do grep -q "opened\|at work" $f || exit 1; done; grep -q opened one two'
A --json request list --all >after
holds 'nothing of this changed a request' cmp before after

# ---- whom nothing may reach ----

try 0 'a draft to Berun' preserve XB
said 'Nothing is missing' 'is complete'
draft=$(sed -n 's/^Draft XA-[0-9]*-0*\([0-9]*\) saved.*/\1/p' said)
try 0 'Berun is revoked here' A peer revoke XB --reason 'key lost' --yes
try 0 'another draft to it' preserve XB
said 'is revoked here' 'is told at once'
try 0 'the first one, edited' A request edit "$draft" --facts 'Two invoices'
said 'is revoked here' 'is told too'
try 6 'its check' A request check "$draft"
said 'is revoked here' 'says it'
try 6 'and it does not leave' A request send "$draft"
said 'is revoked here' 'for that reason'
done_testing
