#!/bin/sh
# A link of custody is checked with OpenSSL and a shell alone (doc/check-custody.sh), and
# with comity-check: both say the same of what holds, and of every change.
. "$(dirname "$0")/../scenario/lib.sh"

V=$TOP/tests/vectors/custody
cp "$V"/* .
stranger() { sh "$TOP/doc/check-custody.sh" "$@"; }

# same CODE 'what' STATES: the three files of `x`, by both.
same() {
	try "$1" "$2, by OpenSSL and a shell" stranger x.tlog-proof x.json x.salt policy "$3"
	p=policy
	[ "$3" -le 2 ] || p=policy-three
	try "$1" "$2, by comity-check" comity-check --policy $p x.tlog-proof
}
fresh() {
	for e in json salt tlog-proof; do cp received.$e x.$e; done
}
# other LINE FILE: the 10th character of that line becomes another.
other() {
	awk -v n="$1" 'NR == n { c = substr($0, 10, 1); $0 = substr($0, 1, 9) \
		(c == "A" ? "B" : "A") substr($0, 11) } { print }' "$2" >x.new && mv x.new "$2"
}

fresh
same 0 'a proof cosigned by two States holds' 2
said 'PROVEN' 'in that word'
same 10 'where three are asked for, two are too few' 3
sed -i 's/1795423560/1795423561/' x.json
same 3 'a record that says another time is broken' 2
fresh
sed 'y/0123456789abcdef/123456789abcdef0/' received.salt >x.salt
same 3 'another salt is broken' 2
fresh
sed -i 's/^index 2$/index 1/' x.tlog-proof
same 3 'another place is broken' 2
for n in 3 4 8; do
	fresh
	other $n x.tlog-proof
	same 3 "a change in line $n of the proof is broken" 2
done
fresh
sed -i '4d' x.tlog-proof
same 3 'a path that ends early is broken' 2
fresh
sed -i '4p' x.tlog-proof
same 3 'a path that goes on is broken' 2
fresh
sed -i 's/^4$/5/' x.tlog-proof
same 3 'another size is broken' 2
fresh
sed -i '/comity-ledger.*=$/d' x.tlog-proof
same 3 'a checkpoint that the ledger did not sign is broken' 2
fresh
sed -i '/comity-witness.XC/d' x.tlog-proof
same 10 'a cosignature taken away is missed' 2
# The time of a cosignature: 4 bytes of key id, 8 of time, behind the name.
fresh
sed -i '/comity-witness.XC/s/AAAABrBAOJ/AAAABrBAOK/' x.tlog-proof
same 3 'a cosignature at another time is broken' 2
fresh
grep -v '^log comity-ledger/XA' policy >p && mv p policy
same 10 'a ledger that the policy does not name proves nothing' 2
cp "$V/policy" policy

# Whole chains, by comity-check.
try 0 'a chain that is proven' comity-check --policy policy proven.json
said '3 of 3 links are proven' 'counts its links'
try 10 'the same for who asks for three States' comity-check --policy policy-three proven.json
try 3 'a forged record in it' comity-check --policy policy forged.json
said 'link 3' 'is found by its number'
try 3 'links in another order' comity-check --policy policy swapped.json
try 10 'a hand-over whose receiving is not told' comity-check --policy policy not-received.json
try 2 'what is no custody file' comity-check --policy policy policy
try 2 'a policy that is none' comity-check --policy proven.json proven.json
try 5 'a file that is not there' comity-check --policy policy absent.json
try 2 'options of packages have no meaning there' comity-check --policy policy \
	--roots policy proven.json
try 2 'a record without its salt' comity-check --policy policy --leaf-record x.json \
	received.tlog-proof
fresh
mkdir three && mv x.* three/
try 0 'a folder of proof files' comity-check --policy policy three
mv three/x.json r && mv three/x.salt s
try 0 'record and salt by name' comity-check --policy policy --leaf-record r \
	--leaf-salt s three/x.tlog-proof
comity-check --policy policy --json forged.json >answer.json
[ "$(json answer.json standing) $(json answer.json exit_code) $(json answer.json links 2 reason)" \
	= 'broken 3 proof' ] && ok 'the answer for a program says why' ||
	not_ok 'the answer for a program says why'
done_testing
