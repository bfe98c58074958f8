#!/bin/sh
# Three countries: who held the evidence when is proven by cosignatures from abroad, on a
# page, in a file that anybody checks offline, and by OpenSSL and a shell alone; what was
# changed or left out is named.
. "$(dirname "$0")/lib.sh"

three_offices
small_tree seized
must B evidence add seized --by 'Sgt Onwe' --from 'Host' --tool none --method copy \
	--when 2026-11-20

try 5 'evidence that nobody else has had has no custody' B custody show 0001
said 'comity evidence seal' 'and is told how to go on'

# hop FROM TO: a stick from one to the other; parcels, or only what ledgers tell.
n=0
hop() {
	n=$((n + 1))
	must "$1" bundle write stick-$n --to "X$2" --ledger
	must "$2" bundle read stick-$n
}
must second B evidence send 0001 --to XA
try 10 'before anybody abroad has seen it, it is only claimed' B custody show 0001
said 'that XA-' 'and it is said that the receiver has not got it yet'
hop B A
must A evidence open 0001 --out opened
hop A B
hop B A
hop A C
hop C A
hop B C
hop C B
hop A B

try 0 'the receiver proves sealing, receiving and opening' A custody show 0001
said 'Sealed for XA-' 'the sealing is in it, by the other'
said 'Opened' 'and who opened it here'
said 'cosigned by XB XC' 'cosigned by both other States'
try 0 'the sender proves sealing, sending and receiving' B custody show 0001
said 'Handed to the carrier for XA-' 'with the carrier'
said 'Received from XB-' 'and the receipt'
said_not 'Opened' 'and does not learn who opened it'
A custody show 0001 --json >show.json
holds 'the same for a program' [ \
	"$(json show.json standing) $(json show.json exit_code) $(json show.json links 0 event)" \
	= 'proven 0 made' ]

# ---- a stick that somebody made up ----
mkdir -p evil/parcels evil/ledger/handed
python3 - stick-1 evil <<'P'
import json, os, sys
name = os.listdir(sys.argv[1] + "/ledger/handed")[0]
c = json.load(open(sys.argv[1] + "/ledger/handed/" + name))
r = json.loads(c["links"][0]["record"])
r["files"][1]["sha256"] = "0" * 64
def link(n):
    r["at"] += n
    return {"record": json.dumps(r, separators=(",", ":")), "salt": os.urandom(32).hex(),
        "proofs": [], "place": None}
c["links"] = [link(n) for n in range(512)]
json.dump(c, open(sys.argv[2] + "/ledger/handed/" + name, "w"), separators=(",", ":"))
b = json.load(open(sys.argv[1] + "/bundle.json"))
b["parcels"] = []
json.dump(b, open(sys.argv[2] + "/bundle.json", "w"))
P
try 0 'a stick with copied records in it, a digest changed' A bundle read evil
try 0 'leaves proven what was proven' A custody show 0001
said '3 of 3 links are proven' 'with no link more'

# ---- reports ----
try 0 'a page' A custody report 0001 --out custody.html --lang fr
holds 'in French, that runs and fetches nothing' sh -c \
	'grep -q "Chaque remise ci-dessous est prouv" custody.html &&
	! grep -q -e "<script" -e "src=" custody.html'
try 0 'a file' A custody report 0001 --out custody.json
try 0 'a text' A custody report 0001 --out custody.txt
try 9 'nothing that is there is overwritten' A custody report 0001 --out custody.txt
try 2 'an ending that says no form' A custody report 0001 --out custody.doc

# ---- anybody, offline ----
for p in 1 2; do must C ledger policy --states $p --out policy-$p; done
try 0 'who believes Cascada alone finds it proven' comity-check --policy policy-1 custody.json
try 0 'and it is told in Arabic too' comity-check --policy policy-1 --lang ar custody.json
said 'مثبت' 'by the word for proven'
try 2 'a language there are no words in is said so' comity-check --policy policy-1 --lang tlh custody.json
try 10 'who asks for two States finds what lacks' comity-check --policy policy-2 custody.json
echo 'quorum none' >policy-0
try 10 'who believes no ledger finds nothing proven' comity-check --policy policy-0 custody.json
sed 's/\(\\"at\\":[0-9]*\)0,/\11,/; t; s/\(\\"at\\":[0-9]*\)[1-9],/\10,/' custody.json >forged.json
try 3 'another time in a record is found' comity-check --policy policy-1 forged.json
sed 's/"salt":"/&00/' custody.json >long.json
try 2 'what is longer than it can be is no custody file' comity-check --policy policy-1 long.json
sed 's/"as_of":[0-9]*/"as_of":1000000000/' custody.json >early.json
try 0 'a cosignature later than the file itself' comity-check --policy policy-1 early.json
said 'the clock of a witness is wrong' 'is remarked upon'
python3 - <<'P'
import json
c = json.load(open("custody.json"))
def put(name, c):
    open(name, "w").write(json.dumps(c, separators=(",", ":")))
c["links"].reverse()
put("reversed.json", c)
c["links"].reverse()
c["links"] = [l for l in c["links"] if '"received"' not in l["record"]]
put("dropped.json", c)
P
try 3 'links in another order' comity-check --policy policy-1 reversed.json
try 10 'a receiving that was left out' comity-check --policy policy-1 dropped.json
said 'is not told' 'is missed by name'

# ---- a ledger that was closed ----
must A ledger succeed --reason key --yes
must B peer pair a/card.card --words "$(words a)"
must C peer pair a/card.card --words "$(words a)"
must A evidence open 0001 --out again
for pair in 'A B' 'B A' 'A C' 'C A' 'A B' 'B A'; do
	# shellcheck disable=SC2086 # two words
	hop $pair
done
try 0 'behind a successor the receiver still proves all of it' A custody show 0001
cp said shown
log=$(grep -o 'comity-ledger/XA-[A-Z0-9]*/' shown | head -n 1)
holds 'what the closed ledger has, by that one' \
	grep -q "^ *Entry [0-9]* of the log ${log}1, cosigned by XB XC" shown
holds 'what was opened since, by its successor' \
	grep -q "^ *Entry [0-9]* of the log ${log}2, cosigned by XB XC" shown
try 0 'and so does the sender' B custody show 0001
must A custody report 0001 --out after.json
must C ledger policy --states 1 --out policy-after
try 0 'who believes both ledgers finds it proven' comity-check --policy policy-after after.json
try 10 'who knows the closed one alone does not' comity-check --policy policy-1 after.json
said "The policy does not name the log ${log}2" 'and is told which one lacks'
grep -v "^log ${log}1+" policy-after >policy-late
try 10 'and so who knows the successor alone' comity-check --policy policy-late after.json
said "The policy does not name the log ${log}1" 'told, too'

# ---- one record, by OpenSSL and a shell alone ----
must A ledger prove 0001 --out proofs
try 0 'proof files' comity-check --policy policy-after proofs
try 10 'of two ledgers, for who knows one' comity-check --policy policy-1 proofs
for f in proofs/*.tlog-proof; do
	s=${f%.tlog-proof}
	holds "$(basename "$s") holds for OpenSSL and a shell" \
		sh "$TOP/doc/check-custody.sh" "$f" "$s.json" "$s.salt" policy-after 1
done
done_testing
