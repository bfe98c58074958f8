#!/bin/sh
# What doc/paper.md prints is played as it is printed, line by line, in an office of two:
# an authority that has paper and mail only is asked, answered, and handed evidence.
. "$(dirname "$0")/lib.sh"
tsa_start
office a XA 'Aldora Central Authority' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
	--phone '+999 01 100' --carrier mailto:desk@office.example
(umask 077; echo 'passphrase of person 2' >pass2; echo 'four words of them' >receiver)
must A person add 'Bo Ek' --role prosecutor --new-passphrase-file pass2
# Who runs the machine hands over no evidence: here the prosecutor does both of these.
must comity --home a --as 1 --passphrase-file pass --no-input person role 2 --add administrator
must comity --home a --as 1 --passphrase-file pass --no-input person role 1 --remove administrator
must comity --home a --as 1 --passphrase-file pass --no-input person let-in 2
A() { comity --home a --as 1 --passphrase-file pass --no-input --progress none "$@"; }
small_tree evidence
must A evidence add evidence --by 'Unit 4' --from 'Aldora Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
echo 'Officer Ek, 22 November: fraud is an offence here, too (section 12).' >reasons.txt
for f in answer.pdf theirs.pdf; do printf '%%PDF-1.4\n%%of paper\n' >$f; done
printf 'From: court@court.example\nSubject: Which days?\n\nWhich days?\n' >mail.eml
must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout KEY.pem -out court.pem -subj /CN=Court \
	-days 30

cat >lines.py <<'P'
import sys
text = open(sys.argv[1] + "/doc/paper.md").read()
for line in text.split("\n"):
    if line.startswith("    comity "):
        print(line.strip())
P
python3 lines.py "$TOP" >lines
holds 'the page prints commands' sh -c '[ "$(wc -l <lines)" -ge 14 ]'

# Who types it, and what only a person at a terminal would be asked for.
comity_typed() {
	who=1 file=pass
	if [ "$1" = --as ]; then
		who=$2 file=pass$2
		shift 2
	fi
	case "$*" in
	*--to-passphrase*) set -- "$@" --receiver-passphrase-file receiver --purpose 'Case 9' ;;
	*--to-cert*) set -- "$@" --receiver 'Court of Berun' --purpose 'Case 9' ;;
	esac
	command comity --home a --as "$who" --passphrase-file "$file" --no-input --yes \
		--progress none "$@"
}
approved_by_2() {
	comity_typed --as 2 --json approval list >list.json
	must comity_typed --as 2 approval give "$(python3 -c '
import json
print([m["id"] for m in json.load(open("list.json"))["waits"] if m["evidence"] == 1][-1])')"
}
while read -r line; do
	want=0
	case $line in
	# What the sentence around it says happens before.
	*'request send 1 '*)
		must A request edit 1 --account maria.k@example.org --provider 'Berun Mail' \
			--offence 'fraud, art. 13' --facts 'A forged invoice was paid' \
			--data 'Subscriber data' --necessity 'Kept 30 days' --intend stored_data \
			--intend-by "$(day '+40 days')" --not-secret --request-language en \
			--accepts en ;;
	*'request confirm 2'*) rm -rf before; cp -r a before ;;
	*'request refuse 2'*) mv a confirmed; cp -r before a ;;
	*'request execute 2'*) rm -rf a; mv confirmed a ;;
	*'--to-passphrase --request 2'*)
		[ -n "${asked:-}" ] || want=6
		asked=yes ;;
	*'approval give ID') approved_by_2; continue ;;
	*'--to-cert'*)
		comity_typed evidence seal 0001 --to-cert court.pem --out for-court.p7m >said 2>&1
		approved_by_2 ;;
	esac
	# The days of the page are those of its own story.
	line=$(echo "$line" | sed "s/--dated 2026-11-24/--dated $(date -u +%F)/
		s/--held-until 2027-01-23/--held-until $(day '+60 days')/")
	eval "set -- ${line#comity }"
	try $want "$line" comity_typed "$@"
	case $line in *"langs fr,ar"*) holds 'as a page in two languages' \
		grep -q 'Demande de conservation' sheet.html ;; esac
done <lines
holds 'the letter names the account' grep -q 'maria.k@example.org' letter.html
holds 'the mail is signed' sh -c 'grep -q multipart/signed request.eml'
try 0 'they open what was sealed for their certificate with OpenSSL' openssl cms -decrypt \
	-inform DER -in for-court.p7m -inkey KEY.pem -out package.tar
holds 'and it is a package' sh -c 'tar -tf package.tar | grep -q act.json'
done_testing
