# Sourced by the scenarios: TAP, two training offices, a training time stamp authority.
#
# A scenario begins with the sentence it proves, and says only what a person at a
# shell could type and see.  It runs alone: sh tests/scenario/NAME.sh
# shellcheck disable=SC2034 # used by the scenarios
set -u
TOP=$(cd "$(dirname "$0")/../.." && pwd)
BIN=${COMITY_BIN:-$TOP/build/src/cli}
[ -x "$BIN/comity" ] || { echo "Bail out! $BIN/comity is not built"; exit 99; }
PATH=$BIN:$PATH:/usr/sbin:/sbin
export PATH LC_ALL=C.UTF-8 NO_COLOR=1
unset COMITY_HOME COMITY_LANG
WORK=$(mktemp -d) || exit 99
cd "$WORK" || exit 99
HOME=$WORK
export HOME
TESTS=0 TSA_PID='' MOUNTED=''

# shellcheck disable=SC2317,SC2329 # called by the trap
scenario_end() {
	status=$?
	[ -z "$TSA_PID" ] || kill "$TSA_PID" 2>/dev/null
	for m in $MOUNTED; do umount "$m" 2>/dev/null; done
	cd / || exit 99
	chmod -R u+rwX "$WORK" 2>/dev/null
	rm -rf "$WORK"
	exit "$status"
}
trap scenario_end EXIT
trap 'exit 130' INT TERM

# ---- TAP ----

ok() { TESTS=$((TESTS + 1)); echo "ok $TESTS - $1"; }
not_ok() {
	TESTS=$((TESTS + 1))
	echo "not ok $TESTS - $1"
	[ ! -f "$WORK/said" ] || tail -n 25 "$WORK/said" | sed 's/^/#   /'
}
skip() { TESTS=$((TESTS + 1)); echo "ok $TESTS # SKIP $1"; }
done_testing() { echo "1..$TESTS"; }

# try CODE 'what it proves' COMMAND...: runs it; what it said is in $WORK/said.
try() {
	want=$1 what=$2
	shift 2
	"$@" >"$WORK/said" 2>"$WORK/said.err" </dev/null
	got=$?
	cat "$WORK/said.err" >>"$WORK/said"
	if [ "$got" -eq "$want" ]; then
		ok "$what"
	else
		not_ok "$what: ended with $got, $want expected"
		return 1
	fi
}
# must COMMAND...: a step on the way, no test of its own; ends the scenario if not 0.
must() {
	"$@" >"$WORK/said" 2>&1 </dev/null || {
		not_ok "on the way: $* (ended with $?)"
		exit 1
	}
}
# said TEXT 'what': what the last command said has this text.
said() {
	if grep -qF -- "$1" "$WORK/said"; then ok "$2"; else not_ok "$2: it does not say \"$1\""; fi
}
said_not() {
	if grep -qF -- "$1" "$WORK/said"; then not_ok "$2: it says \"$1\""; else ok "$2"; fi
}
# holds 'what' COMMAND...: the command is the test.
holds() {
	what=$1
	shift
	if "$@" >"$WORK/said" 2>&1 </dev/null; then ok "$what"; else not_ok "$what"; fi
}
# json FILE MEMBER...: prints that member of the object.
json() {
	python3 -c '
import json, sys
v = json.load(open(sys.argv[1]))
for k in sys.argv[2:]:
    v = v[int(k)] if isinstance(v, list) else v[k]
print(v)' "$@"
}

# ---- offices ----

# office HOME COUNTRY NAME [init option...]
office() {
	home=$1 country=$2 name=$3
	shift 3
	[ -f pass ] || (umask 077; echo 'correct horse, wrong battery' >pass)
	case $country in X*) set -- --training "$@" ;; esac
	must comity --home "$home" --passphrase-file pass --no-input init \
		--country "$country" --authority "$name" --scrypt-log-n 15 "$@"
}
A() { comity --home a --passphrase-file pass --no-input --progress none "$@"; }
B() { comity --home b --passphrase-file pass --no-input --progress none "$@"; }
words() { comity --home "$1" peer words --json >words.json && json words.json words; }
pair() {
	wa=$(words a) && wb=$(words b) || { not_ok 'words of a card'; exit 1; }
	must A peer pair b/card.card --words "$wb"
	must B peer pair a/card.card --words "$wa"
}
# Two offices that know each other, a time stamp authority for both.
two_offices() {
	tsa_start
	echo 'Order 12 Gs 31/26' >order.txt	# of a court: content goes over on one only
	office a XA 'Aldora Central Authority' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
		--phone '+999 01 100'
	office b XB 'Berun Prosecutor General' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem \
		--phone '+999 02 100'
	pair
}
# second COMMAND...: what is done by two.  Where COMMAND is refused for want of a second
# person, a judge is named at that home if nobody was, signs on a machine elsewhere, and
# COMMAND is given again; how it ends and what it says are those of the last time.  Its
# first word is the office: A, B, C or another function like them.
second() {
	ahead "$@"
	[ -z "$id" ] || second_try "$@"
	cat second.out
	cat second.err >&2
	return "$got"
}
# ahead COMMAND...: only made ready so; what comes next is for whoever gives it.
ahead() {
	id=''
	second_try "$@"
	if [ "$got" -eq 6 ] && grep -q 'nobody is known here who could' second.out second.err; then
		judge_named "$1"
		second_try "$@"
	fi
	[ "$got" -eq 6 ] || return 0
	id=$(sed -n 's/.*comity approval give \([0-9a-f]\{16\}\).*/approval give \1/p
		s/.*comity request approve \([0-9][0-9]*\).*/request approve \1/p' \
		second.out second.err | head -n 1)
	[ -z "$id" ] || judge_signs "$1" "$id"
}
second_try() {
	"$@" >second.out 2>second.err
	got=$?
}
judge() { comity --passphrase-file pass --no-input --progress none "$@"; }
# Person 2 of an office of one, who signs from afar.
judge_named() {
	[ -f judge.key ] ||
		must judge approval key --out judge.key --public judge.pub --scrypt-log-n 15
	must "$1" person add 'Judge on duty' --role prosecutor --public judge.pub
}
judge_signs() {	# OFFICE 'approval give ID' or 'request approve N'
	rm -f question.age answer.json
	# shellcheck disable=SC2086 # words
	must "$1" $2 --by 2 --out question.age
	must judge approval make question.age --key judge.key --out answer.json
	# shellcheck disable=SC2086
	must "$1" $2 --file answer.json
}
C() { comity --home c --passphrase-file pass --no-input --progress none "$@"; }
# And a third one, known to both.
three_offices() {
	two_offices
	office c XC 'Cascada Central Authority' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem
	wa=$(words a) && wb=$(words b) && wc=$(words c) || { not_ok 'words of a card'; exit 1; }
	must A peer pair c/card.card --words "$wc"
	must B peer pair c/card.card --words "$wc"
	must C peer pair a/card.card --words "$wa"
	must C peer pair b/card.card --words "$wb"
}
# carry FROM TO: what waits in FROM's outbox goes to TO in a folder (A, B or C).
carry() {
	must "$1" bundle write "stick-$1-$2" --to "X$2"
	must "$2" bundle read "stick-$1-$2"
}
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
# A preservation with all it needs: preserve TO [option...].
preserve() {
	to=$1
	shift
	A request new preserve --to "$to" --account maria.k@example.org \
		--provider 'Berun Mail' --offence 'fraud, art. 13' \
		--facts 'A forged invoice was paid' \
		--data 'Subscriber and traffic data that show who wrote it' \
		--necessity 'Traffic data is kept 30 days' --intend stored_data \
		--intend-by "$(day '+40 days')" --not-secret "$@"
}
# A request for stored data with all it needs: stored TO [option...].
stored() {
	to=$1
	shift
	A request new stored_data --to "$to" --account maria.k@example.org \
		--provider 'Berun Mail' --matter 'Investigation of an invoice fraud' \
		--matter-by 'Prosecution Office 3' --offence 'fraud, art. 13' \
		--facts 'A forged invoice was paid' --assistance 'Copy of the mailbox' \
		--purpose 'Proof of who wrote the invoice' --data 'Mails about the invoice' \
		--since "$(day '-30 days')" --until "$(day '-1 day')" \
		--request-language en --accepts en \
		--set human_rights.statements=not_political \
		--set human_rights.by='Head of Office 3' \
		--set human_rights.domestic_offence='Fraud by means of a computer' "$@"
}
# add PATH [option...]: adds evidence to a.
add() {
	path=$1
	shift
	A evidence add "$path" --by 'Unit 4' --from 'Harbour Ltd' --tool none \
		--method 'Copied before the owner' --when 2026-11-20T09:00:00Z "$@"
}
# over BUNDLE: what lies in a's outbox goes to b and is received.
over() {
	must A bundle write "$1" --to XB
	must B bundle read "$1" --later
	must B evidence receive
}
# The roots and the key a stranger is handed: roots.pem tsa.pem agekey.
stranger_kit() {
	must B peer roots --out roots.pem
	must B peer roots --tsa --out tsa.pem
	must second B key export-identity --out agekey --yes
}
check() { comity-check --roots roots.pem --tsa tsa.pem "$@"; }

# It needs shared memory, which a bare chroot has not.
faketime_works() { faketime -f '+1d' true 2>/dev/null; }

# ---- time stamp authority ----

tsa_start() {	# [how it answers]
	[ -d tsa ] || must python3 "$TOP/scripts/lib/tsa.py" init tsa
	rm -f tsa/url
	python3 "$TOP/scripts/lib/tsa.py" serve tsa --answer "${1:-granted}" \
		>tsa/url 2>tsa/log &
	TSA_PID=$!
	for _ in $(seq 100); do
		[ ! -s tsa/url ] || break
		sleep 0.1
	done
	TSA_URL=$(cat tsa/url)
	[ -n "$TSA_URL" ] || { not_ok 'the training time stamp authority starts'; exit 1; }
}
tsa_stop() {
	kill "$TSA_PID" 2>/dev/null
	wait "$TSA_PID" 2>/dev/null
	TSA_PID=''
}

# ---- a national PKI, by openssl alone ----

# pki COUNTRY: a root and an issuing authority in pki/COUNTRY.
pki() {
	d=pki/$1
	mkdir -p "$d"
	cat >"$d/cnf" <<C
[req]
distinguished_name=dn
prompt=no
[dn]
C=$1
O=National PKI
CN=National root
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[sub]
basicConstraints=critical,CA:true,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[leaf]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature,nonRepudiation
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[leaf_tls]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[leaf_encrypt]
basicConstraints=critical,CA:false
keyUsage=critical,keyEncipherment
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[crl]
default_ca=c
[c]
database=$d/index.txt
crlnumber=$d/crlnumber
default_md=sha256
default_crl_days=30
crl_extensions=crl_ext
[crl_ext]
authorityKeyIdentifier=keyid
C
	: >"$d/index.txt"
	echo 01 >"$d/crlnumber"
	for k in root sub; do
		must openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$d/$k.key"
	done
	must openssl req -x509 -new -key "$d/root.key" -config "$d/cnf" -extensions ca \
		-days 3650 -out "$d/root.pem"
	must openssl req -new -key "$d/sub.key" -config "$d/cnf" \
		-subj "/C=$1/O=National PKI/CN=Issuing authority" -out "$d/sub.csr"
	must openssl x509 -req -in "$d/sub.csr" -CA "$d/root.pem" -CAkey "$d/root.key" \
		-CAcreateserial -days 3000 -extfile "$d/cnf" -extensions sub -out "$d/sub.pem"
}
# certify COUNTRY REQUEST [SECTION]: writes chain.pem (and pki/COUNTRY/leaf.pem).
certify() {
	d=pki/$1
	must openssl x509 -req -in "$2" -CA "$d/sub.pem" -CAkey "$d/sub.key" \
		-CAcreateserial -days 1000 -extfile "$d/cnf" -extensions "${3:-leaf}" \
		-out "$d/leaf.pem"
	cat "$d/leaf.pem" "$d/sub.pem" >chain.pem
}
# crl COUNTRY OUT [REVOKED-AT[,REASON]]: a list of the issuing authority; the
# certificate in pki/COUNTRY/leaf.pem stands on it when a time (YYMMDDhhmmssZ) is given.
crl() {
	d=pki/$1
	if [ -n "${3:-}" ]; then
		serial=$(openssl x509 -in "$d/leaf.pem" -noout -serial | cut -d= -f2)
		printf 'R\t300101000000Z\t%s\t%s\tunknown\t/CN=x\n' "$3" "$serial" >"$d/index.txt"
	else
		: >"$d/index.txt"
	fi
	must openssl ca -config "$d/cnf" -name c -gencrl -keyfile "$d/sub.key" \
		-cert "$d/sub.pem" -out "$2"
}

# ---- material ----

# small_tree DIR: a few files, a link, an empty folder.
small_tree() {
	mkdir -p "$1/letters" "$1/empty" || exit 1
	echo 'Invoice 4471' >"$1/letters/invoice.txt"
	seq 20000 >"$1/numbers.txt"
	: >"$1/nothing"
	ln -s numbers.txt "$1/link"
}
# letter FILE OFFSET: another letter of base64 for the one that stands there.
letter() {
	python3 -c '
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]), 2)
    at = f.tell(); b = f.read(1); f.seek(at); f.write(b"B" if b == b"A" else b"A")' "$1" "$2"
}
# flip FILE OFFSET: one bit of that byte.
flip() {
	python3 -c '
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]), 0 if int(sys.argv[2]) >= 0 else 2)
    at = f.tell(); b = f.read(1)[0]; f.seek(at); f.write(bytes([b ^ 1]))' "$1" "$2"
}
