#!/bin/sh
# One credential alone can neither obtain nor release evidence: an office of four, where
# one drafts, another approves, a third hands over, and the fourth runs the machine and
# reads nothing; what a thief of any one of them tries is refused with its sentence.
. "$(dirname "$0")/lib.sh"
two_offices
small_tree evidence
for p in 2 3 4 5 6; do (umask 077; echo "passphrase of person $p" >"pass$p"); done
# By person N of office a: P N command...
P() {
	who=$1
	shift
	file=pass$who
	[ "$who" != 1 ] || file=pass
	comity --home a --as "$who" --passphrase-file "$file" --no-input --progress none "$@"
}
person() { must P 1 person add "$@"; }

# ---- who there is ----

try 2 'each person has a passphrase of its own' A person add 'Ana Lima' --role investigator
said '--new-passphrase-file' 'and the option is named'
try 0 'the first person names a second' A person add 'Ana Lima' --role investigator \
	--new-passphrase-file pass2
said 'You are person 1' 'and the home is one of persons'
try 2 'who is at work has to be named' A person list
said '--as' 'as in --as 2'
try 6 'one human being is one person here' P 1 person add 'ana  LIMA' --role prosecutor \
	--new-passphrase-file pass6
said 'One human being is one person' 'and is told what to do if it is another'
person 'Bo Ek' --role prosecutor --new-passphrase-file pass3
person 'Cem Arslan' --role officer --role administrator --new-passphrase-file pass4
person 'Dee Okoro' --role auditor --new-passphrase-file pass5
try 4 'the passphrase of one is not that of another' \
	comity --home a --as 3 --passphrase-file pass2 --no-input person list
try 0 'the list' P 5 person list
said 'Bo Ek' 'names who works here'
holds 'no name of a person is readable on the disk' sh -c '! grep -rqa -e "Bo Ek" -e "Dee Okoro" a'
try 6 'an auditor is nothing else' P 1 person role 5 --add investigator
said 'auditor' 'and the sentence says so'
try 6 'who names people lets nobody in' P 1 person let-in 3
said 'make itself a second' 'and the sentence says why'
try 0 'another one does, who reads drafts' P 2 person let-in 3
said 'person let-in 3' 'and gives the keys it has; the others are given by who has them'
try 0 'the first person gives up administration' P 1 person role 1 --remove administrator
must P 1 person let-in 3
must P 1 person let-in 4
try 6 'and cannot name persons any more' P 1 person add 'Eve' --role prosecutor \
	--new-passphrase-file pass6
said 'administrator' 'the sentence names who can'
try 6 'the last administrator stays one' P 4 person role 4 --remove administrator

# ---- obtain: a request for data ----

draft() {
	P "$1" request new stored_data --to XB --account maria.k@example.org \
		--provider 'Berun Mail' --matter 'Investigation of an invoice fraud' \
		--matter-by 'Prosecution Office 3' --offence 'fraud, art. 13' \
		--facts 'A forged invoice was paid' --assistance 'Copy of the mailbox' \
		--purpose 'Proof of who wrote the invoice' --data 'Mails about the invoice' \
		--since 2026-10-01 --until 2026-10-08 \
		--request-language en --accepts en \
		--set human_rights.statements=not_political \
		--set human_rights.by='Head of Office 3' \
		--set human_rights.domestic_offence='Fraud by means of a computer'
}
try 0 'the investigator drafts' draft 2
try 6 'and sends nothing alone' P 2 request send 1 --yes
said 'request approve 1' 'it is told how it goes on'
try 6 'nor does any other one person' P 1 request send 1 --yes
# Every variable that the program reads, and some that somebody might hope for.
hoping() {
	env COMITY_HOME=b COMITY_LANG=fr HOME=/ COMITY_YES=1 COMITY_AS=3 COMITY_SECOND=3 \
		COMITY_TRAINING=0 COMITY_POLICY=off LANG=C LC_ALL=C TZ=XXX-99 OPENSSL_CONF=/dev/null \
		comity --home a --as 1 --passphrase-file pass --yes --no-input --quiet --verbose \
		--progress none "$@"
}
try 6 'nor with any flag and any variable' hoping request send 1
said 'never leaves by one person alone' 'it is told the same'
try 6 'nor said as JSON' hoping --json request send 1
said '"people.second"' 'by the same name'
try 2 'no option names a second person' hoping request send 1 --second 3
holds 'the program reads three variables and no more' sh -c '[ "$(grep -rhoE \
	"(world_env\([^\"]*|getenv\()\"[A-Z_]+" "$1"/src --include=*.c --exclude=*_test.c --exclude=*kit.c |
	grep -oE "[A-Z_]+$" | sort -u | tr "\n" " ")" = "COMITY_HOME COMITY_LANG HOME " ]' sh "$TOP"
try 6 'who drafted does not approve' P 2 request approve 1 --yes
said 'Who wrote, changed or prepared it' 'whatever other role that person has'
try 6 'nor with a role that approves' sh -c '
	comity --home a --as 4 --passphrase-file pass4 --no-input person role 2 --add officer &&
	comity --home a --as 1 --passphrase-file pass --no-input person let-in 2 &&
	comity --home a --as 2 --passphrase-file pass2 --no-input request approve 1 --yes'
said 'Who wrote, changed or prepared it' 'a second role of one person is no second person'
must P 4 person role 2 --remove officer
must P 1 person let-in 2
try 4 'who reads figures approves nothing' P 5 request approve 1 --yes
try 0 'another person approves' P 3 request approve 1 --yes
try 0 'it is seen who did' P 1 request approvals 1
said 'P3 (prosecutor)' 'by pseudonym and role'
said 'counts' 'and it counts'
must P 2 request edit 1 --set purpose='Proof of who wrote and who paid'
try 6 'a draft that was changed since is not approved' P 3 request send 1 --yes
said 'changed since' 'and the sentence says so'
try 6 'by whoever sends it' P 1 request send 1 --yes
try 2 'nobody approves what was not shown' P 3 request approve 1
said '--id' 'and is told how to name what was read'
must P 3 request approvals 1
was=$(head -c 16 said)
said '"Proof of who wrote and who paid"' 'each value stands on a line of its own'
must P 2 request edit 1 --set purpose='Something else'
try 5 'what was read is approved, not what came in between' P 3 request approve 1 --id "$was"
must P 2 request edit 1 --set purpose='Proof of who wrote and who paid'
try 2 'a few digits of an id name nothing' P 3 request approve 1 --id "$(echo "$was" | head -c 8)"
# typed ANSWER COMMAND...: at a terminal, where ANSWER is typed once it is asked.
typed() {
	python3 -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, asked = b"", False
while True:
    try:
        more = os.read(fd, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
    if not asked and b"Type yes to approve it: " in seen:
        asked = True
        os.write(fd, sys.argv[1].encode() + b"\n")
sys.stdout.write(seen.decode().replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if asked else 98)' "$@"
}
at_terminal() {
	answer=$1
	shift
	typed "$answer" comity --home a --as 3 --passphrase-file pass3 --progress none "$@"
}
holds 'at a terminal a no signs nothing' sh -c '[ "$1" -ne 0 ] && [ "$1" -ne 98 ]' sh \
	"$(at_terminal no request approve 1 >typed.no; echo $?)"
holds 'and it was shown before' grep -q '"Proof of who wrote and who paid"' typed.no
try 6 'so nothing leaves' P 1 request send 1 --yes
try 0 'a yes signs it' at_terminal yes request approve 1
said '"Proof of who wrote and who paid"' 'after it was shown'
try 0 'as JSON' P 3 --json request approve 1 --yes
said '"content"' 'what was signed is told'
try 0 'by its id it is approved' P 3 request approve 1 --id "$was"
said '"Proof of who wrote and who paid"' 'and printed as it is signed'
try 6 'the investigator sends nothing, approved or not' P 2 request send 1 --yes
said 'Who may: prosecutor' 'and is told who may'
try 0 'who may send it does' P 3 request send 1 --yes
holds 'the approvals are used up' sh -c '! ls a/approvals/*.json 2>/dev/null | grep -q .'

# ---- copied, forged, hand-made ----

must draft 2
must draft 2
must P 3 request approve 2 --yes
id2=$(basename a/approvals/*-P3.json -P3.json)
P 1 --json approval list >list.json
id3=$(python3 -c '
import json
print([m["id"] for m in json.load(open("list.json"))["waits"] if m["request"] == 3][0])')
cp "a/approvals/$id2-P3.json" "a/approvals/$id3-P3.json"
try 6 'an approval of another request is none of this one' P 1 request send 3 --yes
try 0 'why' P 1 request approvals 3
said 'for another request' 'the sentence says it was copied'
rm "a/approvals/$id3-P3.json"
python3 - "$id2" "$id3" <<'F'
import json, sys
a = json.load(open("a/approvals/%s-P3.json" % sys.argv[1]))
a["statement"] = a["statement"].replace(sys.argv[1], sys.argv[2]).replace("request 2", "request 3")
json.dump(a, open("a/approvals/%s-P3.json" % sys.argv[2], "w"))
F
try 6 'one written by hand is none' P 1 request send 3 --yes
must P 1 request approvals 3
said 'not that of the person it names' 'the signature does not hold'
rm "a/approvals/$id3-P3.json"
cp -r a/people people.kept
list=$(find a/people -name 'list-*.json' | sort -V | tail -n 1)
sed -i 's/"investigator"/"prosecutor"/' "$list"
try 10 'a list of persons that was changed by hand stops everything' P 1 request send 3 --yes
said 'by hand' 'and says why'
rm -r a/people && mv people.kept a/people
cp -r a/people people.before
must P 4 person disable 3 --reason 'left the office'
mv a/people people.now && cp -r people.before a/people
try 10 'an older list that was put back, with who left in it, stops everything' P 3 request approve 2 --yes
said 'put an older list back' 'and says why'
said 'comity restore' 'and how it goes on'
rm -r a/people && mv people.now a/people
try 6 'who left approves nothing any more, and did not' P 1 request send 2 --yes
must P 1 request approvals 2
said 'does not work here any more' 'the sentence says so'
try 6 'and opens nothing' P 3 request approve 2 --yes

# ---- release: evidence ----

must comity --home a --as 1 --passphrase-file pass --no-input evidence add evidence \
	--by 'Unit 4' --from 'Harbour Ltd' --tool none --method 'Copied before the owner' \
	--when 2026-11-20T09:00:00Z
try 6 'evidence is sealed for nobody by one person' P 1 evidence seal 1 --to XB --purpose 'case 12 only'
said 'approval give' 'it is told how it goes on'
id=$(sed -n 's/.*approval give \([0-9a-f]*\).*/\1/p' said | head -n 1)
try 6 'nor approved by who prepared it' P 1 approval give "$id"
try 0 'another person looks at it' P 4 approval show "$id"
said 'fingerprint' 'it is the fingerprint that is approved'
try 0 'and approves' P 4 approval give "$id"
try 6 'not for another purpose' P 1 evidence seal 1 --to XB --purpose 'any case'
cp -r a/approvals approvals.kept
try 0 'then it is sealed' P 1 evidence seal 1 --to XB --purpose 'case 12 only'
try 6 'once' P 1 evidence seal 1 --to XB --purpose 'case 12 only'
rm -r a/approvals && cp -r approvals.kept a/approvals
try 6 'also when its approval is put back' P 1 evidence seal 1 --to XB --purpose 'case 12 only'
said 'This approval was used on' 'which is said'
try 0 'and sent' P 1 evidence send 1 --to XB
must P 1 bundle write s1 --to XB
must B bundle read s1
must B evidence open 1 --out bag
holds 'the package says how it was done' grep -q '"how": "two"' bag/act.json
holds 'and by whom, by pseudonyms' grep -q '"person": "P4"' bag/act.json
holds 'and no name' sh -c '! grep -rqa "Cem" bag'

try 6 'the key that opens every parcel is no file of one person' P 1 key export-identity \
	--out agekey --yes
id=$(sed -n 's/.*approval give \([0-9a-f]*\).*/\1/p' said | head -n 1)
try 6 'nor of who approves its own' P 1 approval give "$id"
must P 1 approval list
said 'export_key' 'it waits'
must P 4 approval give "$id"
echo taken >taken
try 9 'a name that is taken is told before an approval is used' P 1 key export-identity \
	--out taken --yes
try 0 'but of two' P 1 key export-identity --out agekey --yes
try 6 'once' P 1 key export-identity --out agekey2 --yes

# ---- who runs the machine ----

try 6 'an administrator does not open evidence' P 4 evidence open 1 --out x
try 4 'nor the program for it' P 4 request show 1
try 0 'and looks after its health' P 4 doctor
said_not BAD 'where what its role leaves out is no fault'
said 'P1 has them' 'and the doctor says who can try it'
if command -v age >/dev/null; then
	# The key of person 4 out of its own file, and every other key file with it.
	cat >hand.py <<'H'
import glob, json, os, pty, subprocess
def run(pw, path):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp("age", ["age", "-d", "-o", "key4.json", path])
    os.read(fd, 4096); os.write(fd, (pw + "\n").encode())
    try:
        while os.read(fd, 4096): pass
    except OSError: pass
    return os.waitpid(pid, 0)[1]
assert run(open("pass4").read().strip(), "a/people/4/key.age") == 0
open("key4", "w").write(json.load(open("key4.json"))["identity"] + "\n")
ok = subprocess.run(["age", "-d", "-i", "key4", "a/people/4/log.age"], capture_output=True)
assert ok.returncode == 0, ok.stderr
open("log4", "wb").write(ok.stdout)
for f in glob.glob("a/keys/sealing*.age") + glob.glob("a/people/1/*.age") + \
    glob.glob("a/parcels/*") + glob.glob("a/keys/signing*.key.age") + ["a/keys/docket.age"]:
    r = subprocess.run(["age", "-d", "-i", "key4", "-i", "log4", f], capture_output=True)
    if f.endswith("name.age"): continue
    assert r.returncode != 0, f
H
	holds 'with its own key, the files and age alone it opens no evidence' python3 hand.py
else
	skip 'age is not installed'
fi
try 0 'the auditor sees the ledger' P 5 ledger show
try 6 'and no request' P 5 request show 1
try 6 'nor evidence' P 5 evidence open 1 --out x

# ---- the night, and who signs later ----

stored_b() {
	B request new preserve --to XA --account maria.k@example.org --provider 'Aldora Mail' \
		--offence 'fraud, art. 13' --facts 'A forged invoice was paid' \
		--data 'Subscriber and traffic data that show who wrote it' \
		--necessity 'Traffic data is kept 30 days' --intend stored_data \
		--intend-by "$(day '+40 days')" --not-secret
}
must stored_b
must B request send 2 --yes
must B bundle write s2 --to XA
must P 1 bundle read s2
must P 1 request list
n=$(sed -n 's/.*XA-2026-0*\([0-9]*\).*preserve.*/\1/p' said | tail -n 1)
try 0 'one person alone confirms a preservation' P 1 request confirm "$n"
try 0 'the desk' P 1 status
said 'second signature is still owed' 'shows what is owed'
try 6 'who confirmed does not sign as the second' P 1 request approve "$n" --yes
try 0 'another person signs later' P 4 request approve "$n" --yes
must P 1 status
said_not 'still owed' 'and nothing is owed any more'

# ---- an office of one ----

try 0 'a judge elsewhere makes keys' comity --passphrase-file pass6 --no-input \
	approval key --out judge.key --public judge.pub
must B person add 'Judge on duty' --role prosecutor --public judge.pub
must B evidence add evidence --by 'Unit 1' --from 'Harbour Ltd' --tool none \
	--method 'Copied before the owner' --when 2026-11-20T09:00:00Z
try 6 'an office of one hands nothing over alone' B evidence seal 2 --to XA
id=$(sed -n 's/.*approval give \([0-9a-f]*\).*/\1/p' said | head -n 1)
try 6 'not even to itself' B approval give "$id"
must B approval give "$id" --by 2 --out question.age
try 0 'the judge reads the question' comity --passphrase-file pass6 --no-input \
	approval make question.age --key judge.key
said 'fingerprint' 'with what would leave'
try 0 'and signs' comity --passphrase-file pass6 --no-input \
	approval make question.age --key judge.key --out answer.json
sed 's/person 2/person 1/' answer.json >changed.json
try 6 'an answer that was changed is none' B approval give "$id" --file changed.json
try 0 'the answer comes back' B approval give "$id" --file answer.json
try 0 'and the office of one hands over' B evidence seal 2 --to XA
must B evidence send 2 --to XA
must B bundle write s3 --to XA
must P 1 bundle read s3
must P 1 evidence list
try 0 'in whose package it stands' P 1 evidence open 2 --out bag2
holds 'that the second signed from afar' grep -q '"how": "from_afar"' bag2/act.json
try 0 'the ledger has a leaf of every approval' P 5 ledger check

done_testing
