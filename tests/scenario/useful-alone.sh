#!/bin/sh
# A counterpart that has only mail, a printer, OpenSSL and age is asked to preserve,
# answers, asks itself and gets evidence that it can check; every clock and state runs
# as between two offices with Comity.
. "$(dirname "$0")/lib.sh"
tsa_start
office a XA 'Aldora Central Authority' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
	--phone '+000 555 0100' --carrier stick --carrier mailto:desk@aldora.example
small_tree evidence
must A peer roots --out roots.pem
must A peer roots --tsa --out tsa.pem
printf '%%PDF-1.4 a scan\n' >scan.pdf
state() { A --json request show "$1" >state.json && json state.json state; }
is() { holds "$3" test "$(state "$1")" = "$2"; }

# ---- noted ----

try 2 'a correspondent is of a State' A correspondent new --country ZZ --name Nobody
try 0 'a correspondent is noted' A correspondent new --country XB \
	--name 'Court of Berun, Chamber 3' --address '1 Harbour Street' \
	--email registry@court.berun.example --languages 'es;en'
try 0 'and listed' A correspondent list
said 'Court of Berun' 'with its name'

# ---- asked by letter ----

must preserve XB
try 2 'it cannot go by Comity' A request send 1 --yes
said '--by letter' 'and the other ways are named'
try 0 'a preservation goes by letter' second A request send 1 --by letter --out letter.html --yes
is 1 sent 'it is sent'
try 0 'the list' A request list
said 'preserve     XB sent' 'has the State of who is asked on paper'
holds 'the letter is in Spanish' grep -q 'Solicitud de conservaci' letter.html
holds 'and in English' grep -q 'Request to preserve data' letter.html
holds 'it is marked as an exercise' grep -q 'TRAINING' letter.html
holds 'it names the account' grep -q 'maria.k@example.org' letter.html
holds 'it says whom to call' grep -q '+000 555 0100' letter.html
holds 'nothing in it runs or is fetched' sh -c \
	'! grep -qiE "<script|javascript:|(src|href)=|url\(" letter.html'
cat >letter.py <<'P'
import html.parser
class P(html.parser.HTMLParser):
    stack = []
    def handle_starttag(self, t, a):
        if t not in ("br", "meta"): self.stack.append(t)
    def handle_endtag(self, t): assert self.stack.pop() == t, t
p = P(); p.feed(open("letter.html", encoding="utf-8").read()); assert not p.stack
P
holds 'it is well formed' python3 letter.py
try 0 'the same as a signed mail' A request letter 1 --by mail --out mail.eml
holds 'openssl checks the mail' openssl cms -verify -in mail.eml -CAfile roots.pem -out inner
sed 's/^\(.*[A-Za-z0-9+]\)A/\1B/;' mail.eml >changed.eml
holds 'and a changed one does not hold' sh -c \
	'! openssl cms -verify -in changed.eml -CAfile roots.pem -out /dev/null'
cat >mail.py <<'P'
import email, email.policy, json
m = email.message_from_binary_file(open("mail.eml", "rb"), policy=email.policy.default)
assert m["From"].addresses[0].addr_spec == "desk@aldora.example"
assert m["To"].addresses[0].addr_spec == "registry@court.berun.example"
assert m["To"].addresses[0].display_name == "Court of Berun, Chamber 3"
assert "maria" not in m["Subject"] and "TRAINING" in m["Subject"]
names = {p.get_filename(): p for p in m.walk() if p.get_filename()}
assert json.loads(names["act.json"].get_content())["kind"] == "preserve"
assert [p for p in m.walk() if p.get_content_type() == "text/html"]
P
holds 'any mail program reads it' python3 mail.py

# ---- written in one language, read in another ----

try 0 'a sheet has two languages side by side' A request letter 1 --langs ar,es --out sheet.html
holds 'Arabic runs from right to left' grep -q '<td lang="ar" dir="rtl">' sheet.html
holds 'Spanish stands beside it' grep -q 'Solicitud de conservaci' sheet.html
holds 'the account keeps its direction' grep -q '<bdi>maria.k@example.org</bdi>' sheet.html
holds 'drafts say what they are' grep -q 'Borrador de traducci' sheet.html
try 2 'a language that has no words is named' A request letter 1 --langs ar,eo --out no.html
holds 'and nothing was written' test ! -e no.html
try 0 'the request is read in French' A request show 1 --lang fr
said 'Demande de conservation de données' 'its kind'
said "Infraction visée et bref exposé des faits" 'its fields'
said 'Projet de traduction' 'that its words are a draft'
said "13 vol ou fraude au moyen d'un système d'information" 'and its codes'
said '[English]' 'what was written stands as it was, with its language'
A --json request show 1 >plain.json
A --json request show 1 --lang fr >french.json
holds 'programs read codes, in no language' cmp plain.json french.json
try 2 'in a language without words it is not' A request show 1 --lang eo
export COMITY_LANG=zh
try 0 'a reader sets the language once' A request show 1
unset COMITY_LANG
said '快速保全电子数据请求' 'and reads Chinese'

# ---- what comes back on paper ----

try 2 'paper is kept with its scan' A request record 1 --kind receipt --by letter
try 0 'their receipt is recorded' A request record 1 --kind receipt --by mail --scan scan.pdf \
	--reference 'B 12/26'
is 1 received 'the request is received'
try 0 'their question' A request record 1 --kind question --by mail --scan scan.pdf \
	--text 'Which days?'
is 1 needs_info 'more is needed'
try 0 'is answered by letter' A request reply 1 --text 'The first week' --by letter
try 0 'and their yes comes by letter' A request record 1 --kind granted --by letter \
	--scan scan.pdf --held-until "$(day '+70 days')"
is 1 accepted 'the preservation is confirmed'
holds 'the hold has its end' test "$(json state.json hold_until)" != None
try 6 'an answer that cannot be now is refused' A request record 1 --kind reply --by letter \
	--scan scan.pdf

# ---- they ask ----

try 0 'their request on paper is recorded' A request record --from XB --kind subscriber \
	--by diplomatic --scan scan.pdf --reference 'B 77/26' --facts 'A false shop' \
	--identifier email:shop@mail.example --offence 'fraud, art. 13'
is 2 received 'an answer is owed'
try 6 'what it lacks is said' A request check 2
said 'asked with: comity request ask 2' 'as of one that came in'
try 0 'the desk says so' A
try 0 'it is granted by letter' A request confirm 2 --by letter
is 2 accepted 'and stands as granted'
must add evidence
echo 'orange lamp seven rivers' >theirs
try 2 'a short passphrase is refused' sh -c 'echo short >short; comity --home a \
	--passphrase-file pass --no-input evidence seal 0001 --to-passphrase \
	--receiver-passphrase-file short --request 2 --out for-berun.age'
try 0 'the evidence is sealed under a passphrase' second A evidence seal 0001 --to-passphrase \
	--receiver-passphrase-file theirs --request 2 --out for-berun.age \
	--purpose 'Case B 77/26 only'
is 2 delivered 'the request is delivered'
try 0 'again it is only written' second A evidence seal 0001 --to-passphrase \
	--receiver-passphrase-file theirs --request 2 --out again.age
A --json evidence show 0001 >e.json
holds 'nothing was sealed a second time' python3 -c \
	'import json; assert len(json.load(open("e.json"))["parcels"]) == 1'

# ---- they check it, with what they have ----

stranger() {
	(cd "$1" && tar -xf package.tar && cd comity-* &&
	sha256sum -c --quiet tagmanifest-sha256.txt &&
	sha256sum -c --quiet manifest-sha256.txt &&
	openssl cms -verify -binary -cades -inform DER -in tagmanifest-sha256.txt.p7s \
		-content tagmanifest-sha256.txt -CAfile ../../roots.pem -out /dev/null &&
	openssl ts -verify -data signature.bin -in signature.tst -token_in \
		-CAfile ../../tsa.pem)
}
mkdir by-age by-cert
if command -v age >/dev/null; then
cat >age.py <<'P'
import os, pty, sys
secret = open("theirs").read().strip()
pid, fd = pty.fork()
if pid == 0:
    os.execvp("age", ["age", "-d", "-o", "by-age/package.tar", "for-berun.age"])
seen = b""
while b"assphrase" not in seen:
    seen += os.read(fd, 1000)
os.write(fd, secret.encode() + b"\n")
try:
    while os.read(fd, 1000): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
	holds 'age opens it with the passphrase' python3 age.py
	holds 'tar, sha256sum and openssl check it' stranger by-age
	holds 'comity-check says the same' sh -c \
		'comity-check --roots roots.pem --tsa tsa.pem by-age/package.tar | grep -q Intact'
else
	skip 'age is not installed'
fi
must openssl req -x509 -newkey rsa:3072 -nodes -keyout court.key -out court.pem -days 30 \
	-subj '/C=XB/CN=Court of Berun' -addext keyUsage=critical,keyEncipherment
try 0 'or for a certificate' second A evidence seal 0001 --to-cert court.pem --out for-court.p7m
holds 'openssl opens that' openssl cms -decrypt -inform DER -in for-court.p7m \
	-inkey court.key -out by-cert/package.tar
holds 'and it checks the same' stranger by-cert

# ---- the file of it all ----

try 0 'the thread is exported' A request export 2 --out thread
holds 'with what came in and what went out' test "$(find thread -maxdepth 1 -name '0*' | wc -l)" = 3
holds 'what came in is a record of ours, with the scan' sh -c \
	'cmp -s scan.pdf thread/01-subscriber-in/data/paper-1.pdf &&
	grep -q "did not sign this act" thread/01-subscriber-in/collection.json'
holds 'no name lies readable in the home' sh -c \
	'! grep -rqaE "Court of Berun|Harbour Street|maria\.k|A false shop" a'

# ---- and home again ----

try 0 'a backup' A backup home.age
try 2 'it never lies in the home itself' A backup a/home.age
rm -rf a
try 4 'not with another passphrase' comity --home a --passphrase-file theirs --no-input \
	restore home.age
holds 'then there is nothing' test ! -e a
try 0 'the home comes back' A restore home.age
is 1 accepted 'the first request stands as it did'
is 2 delivered 'and the second'
holds 'the certificates of before still hold' sh -c \
	'comity --home a peer roots --out again.pem && cmp -s roots.pem again.pem'
done_testing
