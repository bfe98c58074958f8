#!/bin/sh
# What is due is listed with its rule, its owner and its stage, on both sides, also when
# the clock is ten years off; the calendar file names nobody.
. "$(dirname "$0")/lib.sh"
two_offices

try 0 'a new home owes nothing' A deadline list
said 'Nothing is due' 'and says so'
must A request new preserve --to XB --account maria.k@example.org --provider 'Berun Mail' \
	--offence 'fraud, art. 13' --facts 'A forged invoice was paid' --data 'Traffic data' \
	--necessity 'Traffic data is kept 30 days' --intend stored_data \
	--intend-by "$(day '+40 days')" --secret-until "$(day '+30 days')" \
	--secret-reason 'The suspect would run'
must second A request send 1 --yes
over stick

try 0 'who asked sees what the other owes' A deadline list
said 'they owe it: a first answer' 'a first answer'
said 'D61' 'by which rule'
said 'memory' 'and how sure that is'
try 0 'who was asked sees it too' B deadline list --within 2
said 'we owe it: a first answer' 'as its own'
said 'Comity policy' 'which is no law'
said_not 'the secrecy ends' 'but not what is sealed in it'
try 0 'who may look into it' B deadline list --secrecy
said 'they owe it: the secrecy ends' 'sees when its secrecy ends'
said 'D62' 'by our own rule'
try 2 'days are a number' B deadline list --within soon

must B request confirm 1
carry B A
must A evidence receive
for side in A B; do
	try 0 "the hold's end is listed by $side" $side deadline list
	said 'the hold ends' 'on both sides'
	said '42(8)' 'with its article'
done
try 0 'not as due this week' A deadline list --within 7
said_not 'the hold ends' 'for it is not'

# ---- the calendar ----

try 2 'a calendar file is asked for by its form' A deadline export
try 0 'it is written' A deadline export --ics --out due.ics
holds 'an event with its reminders' grep -q 'BEGIN:VALARM' due.ics
holds 'each line ends as RFC 5545 asks' sh -c '! grep -qv "$(printf "\r")\$" due.ics'
holds 'none is longer than 75 octets' sh -c '! LC_ALL=C grep -qE "^.{77,}$" due.ics'
holds 'it names nobody, and no data' sh -c \
	'! grep -qiE "maria|berun|aldora|authority|invoice" due.ics'
grep '^UID' due.ics >uids
try 0 'again' A deadline export --ics --out again.ics
grep '^UID' again.ics >uids-again
holds 'its events are the same ones' cmp uids uids-again

# ---- clocks ----

faketime_works || { skip 'faketime does not work here'; done_testing; exit; }
clock() {
	shift_by=$1
	shift
	faketime -f "$shift_by" comity --home a --passphrase-file pass --no-input "$@"
}
A deadline list --json | sed -n 's/.*"at":"\([^"]*\)".*/\1/p' >at
try 0 'forty days on' clock +40d deadline list
said 'warned 21 days before' 'it warns of the end'
try 0 'after the end' clock +70d deadline list
said 'OVERDUE' 'it is late'
try 0 'a clock ten years fast' clock +3650d deadline list
said 'OVERDUE' 'says late'
must clock +3650d hold list --all
try 0 'what it noted as lapsed meanwhile' A deadline list
said 'the hold ends' 'hides no deadline once it is put right'
try 0 'a clock ten years slow' clock -3650d deadline list
said 'the hold ends' 'still lists it'
A deadline list --json | sed -n 's/.*"at":"\([^"]*\)".*/\1/p' >at-again
holds 'and put right, the deadlines are what they were' cmp at at-again
done_testing
