#!/bin/sh
# Nobody is asked under a treaty that does not bind both on that day; what binds whom
# comes with signed updates, and a date that is only remembered is confirmed once.
. "$(dirname "$0")/lib.sh"
office a FI 'Test Central Authority of Finland' --self-ca
office b FR 'Test Central Authority of France' --self-ca
pair

# ---- as the release has it ----

try 0 'the Convention is looked up for a day' A treaty show --at 2026-11-22
said 'on 2026-11-22: not in force' 'and is not in force on 22 November 2026'
said '0 of 40 instruments' 'no instrument being known'
said 'built-in' 'with the age of the data'
try 0 'one State is looked up' A treaty show US
said 'memory' 'and says how sure each date is'
try 0 'who has no home reads what is built in' env HOME="$WORK" comity treaty show FR
said 'There is no home here' 'and is told so'
try 5 'a home that is named must be there' comity --home "$WORK/none" treaty show
try 2 'a State that there is not is use' A treaty show QQ
try 2 'a day that there is not is use' A treaty show --at 2026-02-30

# ---- a date that is only remembered ----

try 0 'a draft goes to a State of which nobody is known yet' A request new preserve --to US
said 'no authority of it is known here yet' 'and says who is missing'
try 5 'to no State at all it does not' A request new preserve --to ZZ
try 0 'it is shown so' A request show 1
said 'US  nobody there is known yet' 'in words'
try 6 'and it does not leave' A request send 1 --yes
must A correspondent new --country US --name 'Office of International Affairs'
try 0 'an authority is known' A request show 1
said 'Office of International Affairs' 'and the draft has found it'
try 0 'a draft to the United States is saved' A request edit 1 --not-secret
said 'comity treaty confirm US Budapest' 'names no basis before somebody confirms'
try 6 'and is not whole' A request check 1
try 0 'who names it without a look' A request edit 1 --basis Budapest
try 6 'is stopped' A request send 1 --by letter --yes
try 2 'a confirmation names its source' A treaty confirm US Budapest
try 6 'what is in no doubt is not confirmed' A treaty confirm DE Budapest --source books
try 6 'nor what is not so' A treaty confirm VN UNCAC-CYBER --source books
try 0 'it is confirmed once' A treaty confirm US Budapest --source 'Treaty Office, today'
try 0 'and kept' A treaty list
said 'Treaty Office, today' 'with its source'
try 0 'now a new request' preserve US
try 0 'is shown' A request show 2
said 'basis  Budapest 16;29' 'with Budapest Article 29'
said 'chosen' 'and when it was chosen'
said 'US: built-in' 'by which rows'
said_not 'UNCAC' 'not with the Convention'
must second A request send 2 --by letter --yes
must A request letter 2 --out letter.html
holds 'its letter names Budapest' grep -q 'Budapest 29(2)(b)' letter.html
holds 'and not the Convention' sh -c \
	'! grep -qE "against Cybercrime|Art 4[0-9]|UNCAC|of the Convention" letter.html'
try 0 'who names the Convention' A request new preserve --to US --basis 'UNCAC-CYBER 42'
said 'does not bind both' 'is told that it does not bind both'
try 6 'and is stopped' A request check 3

# ---- an update ----

today=$(date -u +%Y-%m-%d)
ago() { date -u -d "$today -$1 days" +%Y-%m-%d; }
in_days() { date -u -d "$today +$1 days" +%Y-%m-%d; }
# update SERIAL DEPOSITS: so many States, the last of them 30 days ago; one came 10 days ago.
update() {
	printf 'comity.treaty/1\nseries\tun-collection\nserial\t%s\ndated\t%s\n' "$1" "$today"
	printf 'source\tUN Treaty Collection XVIII-16, as of today\n'
	n=0
	for s in FI FR AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS \
		BT BW BY BZ CA CD CF CG CH CI CK CL CM CN; do
		n=$((n + 1))
		[ "$n" -lt "$2" ] || break
		printf 'party\t%s\tUNCAC-CYBER\t2025-10-25\t%s\t\t\ttext\n' "$s" "$(ago 60)"
	done
	printf 'party\tZM\tUNCAC-CYBER\t2025-10-25\t%s\t\t\ttext\n' "$(ago 30)"
	printf 'party\tEU\tUNCAC-CYBER\t2025-10-25\t%s\t\t\ttext\n' "$(ago 90)"
}
update 1 39 >u1.tsv
update 2 40 >u2.tsv
{ update 3 40; printf 'party\tZW\tUNCAC-CYBER\t\t%s\t\t\ttext\n' "$today"; } >u3.tsv
try 0 'a neighbour signs an update' B treaty sign u1.tsv
must B treaty sign u2.tsv
must B treaty sign u3.tsv
try 2 'nothing vouches for itself' A treaty import u1.tsv
try 10 'who did not sign it does not vouch for it' A treaty import u1.tsv --signer self
said 'not by whom you named' 'and that is said'
sed 's/ZM/ZW/' u1.tsv >changed.tsv
try 3 'a changed document is refused' \
	A treaty import changed.tsv --signature u1.tsv.p7s --signer FR
try 5 'without its signature too' A treaty import changed.tsv --signer FR
try 0 'the neighbour vouches for it' A treaty import u1.tsv --signer FR
try 0 'with 39 instruments' A treaty show --at "$(in_days 400)"
said 'not in force' 'it is not in force a year on; a region is not counted'
said '39 of 40' 'one is missing'
try 0 'the next number takes its place' A treaty import u2.tsv --signer FR
said "in force from $(in_days 60) on" 'and says from when on'
try 0 'the same again' A treaty import u2.tsv --signer FR
said 'Nothing changed' 'changes nothing'
try 6 'an older one is refused' A treaty import u1.tsv --signer FR
said 'the newer one stays' 'in words'
try 0 'the day before the ninetieth' A treaty show --at "$(in_days 59)"
said 'not in force' 'it is not in force'
try 0 'on the ninetieth day' A treaty show --at "$(in_days 60)"
said 'in force since' 'it is in force'
try 0 'between two of the forty' A treaty show FR --at "$(in_days 60)" --measure freeze
said '* UNCAC-CYBER' 'it is suggested for what Budapest has not'
try 0 'but not the day before' A treaty show FR --at "$(in_days 59)" --measure freeze
said '* reciprocity' 'then there is courtesy'
try 0 'a later party' A treaty import u3.tsv --signer FR
A treaty show ZW --at "$(in_days 59)" --json >zw.json
holds 'waits for the general day, thirty days being sooner' \
	test "$(json zw.json instruments 0 since)" = "$(in_days 60)"
holds 'the day before it is not bound' test "$(json zw.json instruments 0 binds)" = no
try 0 'what is here' A treaty list
said 'un-collection/3' 'is the newest number'
said 'Test Central Authority of France' 'with who signed it'
try 0 'the request stands as it was sent' A request show 2
said 'basis  Budapest 16;29' 'on its own basis'
holds 'imports and confirmations are in the journal' sh -c \
	'test "$(grep -c treaty.imported a/journal/records)" -ge 1 &&
	grep -q treaty.confirmed a/journal/records'
try 0 'the ledger holds' A ledger check
printf 'x' >>a/law/un-collection.tsv
try 2 'a law that was changed on the disk is asked for nothing' A treaty show
said 'import that update again' 'and what to do is said'
done_testing
