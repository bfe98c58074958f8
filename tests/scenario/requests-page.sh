#!/bin/sh
# What doc/requests.md prints is played as it is printed, line by line, in an office of two
# that asks, is asked, and passes evidence on: where two persons are needed, two do it.
. "$(dirname "$0")/lib.sh"
three_offices
(umask 077; echo 'passphrase of person 2' >pass2)
must A person add 'Bo Ek' --role prosecutor --new-passphrase-file pass2
A() { comity --home a --as 1 --passphrase-file pass --no-input --progress none "$@"; }
# Who runs the machine hands over no evidence: here the prosecutor does both of these.
must comity --home a --as 1 --passphrase-file pass --no-input person role 2 --add administrator
must A person role 1 --remove administrator
must A person let-in 2
small_tree evidence
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
cp order.txt order.pdf
echo 'Officer Ek, 22 November: fraud is an offence here, too (section 12).' >reasons.txt
homes() {	# save NAME or back NAME: all three as they are, or as they were
	case $1 in
	save) mkdir "$2" && cp -r a b c "$2" ;;
	back) rm -rf a b c stick-* && cp -r "$2/." . ;;
	esac
}
homes save start
must A evidence add evidence --by 'Unit 4' --from 'Aldora Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z

cat >lines.py <<'P'
import re, sys
for line in open(sys.argv[1] + "/doc/requests.md").read().split("\n"):
    if line.startswith("    comity "):
        print(re.sub(r" {2,}.*", "", line.strip()))
P
python3 lines.py "$TOP" >lines
holds 'the page prints commands' sh -c '[ "$(wc -l <lines)" -ge 30 ]'

# Who types it, and what only a person at a terminal would be asked for.
comity_typed() {
	who=1 file=pass
	if [ "$1" = --as ]; then
		who=$2 file=pass$2
		shift 2
	fi
	command comity --home a --as "$who" --passphrase-file "$file" --no-input --yes \
		--progress none "$@"
}
approved_by_2() {
	comity_typed --as 2 --json approval list >list.json
	try 0 'approval give ID, by person 2' comity_typed --as 2 approval give "$(python3 -c '
import json
print([m["id"] for m in json.load(open("list.json"))["waits"] if m["evidence"] == 1][-1])')"
}
# Two requests of theirs: 3, and 4, which does not say that it is an offence in both States.
ask_us() {	# KIND [option...]
	kind=$1
	shift
	must B request new "$kind" --to XA --account ines@example.org --provider 'Aldora Mail' \
		--matter 'Investigation of an invoice fraud' --matter-by 'Prosecution Office 1' \
		--offence 'fraud, art. 13' --facts 'A forged invoice was paid' \
		--data 'What shows who wrote it' --purpose 'Who wrote the invoice' \
		--assistance 'Copy of the data' --request-language en --accepts en \
		--set human_rights.statements=not_political \
		--set human_rights.by='Head of Office 1' "$@"
}
they_ask() {
	ask_us subscriber --set human_rights.domestic_offence='Fraud by means of a computer'
	must second B request send 1 --yes
	carry B A
	ask_us stored_data --since "$(day '-30 days')" --until "$(day '-1 day')"
	must second B request send 2 --yes
	carry B A
}
consented() {
	try 6 'the question is prepared' A request send 1 --yes
	must comity_typed --as 2 request approve 1
	must A request send 1 --yes
	carry A B
	must B request confirm 1
	carry B A
}

while read -r line; do
	want=0
	case $line in
	# What the sentences around it say happens before, or how it ends.
	*'request check 1') want=6 ;;
	'comity request send 1')
		must A request edit 1 --offence 'fraud, art. 13' --facts 'A forged invoice was paid' \
			--data 'Subscriber data' --necessity 'Kept 30 days' --intend stored_data \
			--intend-by "$(day '+40 days')" --not-secret --request-language en \
			--accepts en
		homes save unsent ;;
	'comity request send 2')
		[ -f asked-2 ] || { must stored XB; want=6; }
		: >asked-2 ;;
	*'send 1 --by oral') homes save sent; homes back unsent ;;
	*'request show 3')
		homes back sent
		they_ask
		homes save asked ;;
	'comity request confirm 3') homes save before ;;
	*'confirm 3 --condition'*) homes back before ;;
	*'request answer 3'*)
		[ -f answered-3 ] || want=6
		: >answered-3 ;;
	*'request consult 3'*) homes back asked ;;
	*'new use_consent'*)
		homes back start
		must second B evidence send 1 --to XA --purpose 'Case 12 only'
		carry B A ;;
	*'pass-on'*)
		[ -f asked-on ] || { consented; want=6; }
		: >asked-on ;;
	*'approval give ID') approved_by_2; continue ;;
	*'withdraw 1'*) homes back sent ;;
	*'execute 4 --auth'*)
		homes back asked
		must A request confirm 4 ;;
	esac
	eval "set -- ${line#comity }"
	try $want "$line" comity_typed "$@"
done <lines
done_testing
