#!/bin/sh
# Every hand-over leaves a leaf that nobody can rewrite unseen: three authorities cosign
# each other over bundles, a stranger proves it offline; a forged, dropped or re-ordered
# leaf, a split view, a rolled-back copy and a clone are each found and say what to do.
. "$(dirname "$0")/lib.sh"
three_offices
small_tree evidence

# tell FROM TO: a bundle that carries what ledgers have to say, parcels or not.
NO=0
tell() {
	NO=$((NO + 1))
	must "$1" bundle write "led-$NO" --to "X$2" --ledger
	"$2" bundle read "led-$NO" >"$WORK/said" 2>&1 </dev/null
	GOT=$?
}
round() {
	for pair in 'A B' 'B A' 'A C' 'C A' 'B C' 'C B' 'A B' 'B A' 'A C' 'C A' 'B C' 'C B'; do
		# shellcheck disable=SC2086 # two words
		tell $pair
		[ "$GOT" -eq 0 ] || { not_ok "the round $pair (ended with $GOT)"; exit 1; }
	done
}
leaf_count() { "$1" ledger show --json >show.json && json show.json entries; }

# ---- the hand-over, proven offline by all three ----

must add evidence
must second A evidence seal 1 --to XB --purpose 'Case 12 only'
must second A evidence send 1 --to XB
carry A B
carry B A
round
try 0 'the sender sees how its ledger stands' A ledger show
said 'cosigned by XB' 'the receiver cosigned it'
said 'cosigned by XC' 'and so did a third authority'
try 0 'the hand-over is proven for the sender' A custody show 1
said 'proven' 'in a word'
try 0 'and for the receiver' B custody show 1
must B custody report 1 --out custody.html
must B custody report 1 --out custody.json
must C ledger policy --states 1 --out policy
try 0 'the third one proves it offline, from the report and its own policy' \
	comity-check --policy policy custody.json
try 0 'proof files of the evidence' A ledger prove 1 --out proofs
try 0 'each checked by the small verifier' comity-check --policy policy proofs
must A ledger policy --states 2 --out policy2
try 0 'also when two States are asked for' comity-check --policy policy2 custody.json
try 2 'more States than there are cards is no policy' A ledger policy --states 9

# A link rewritten, dropped, or in another order is broken or at least not proven.
python3 - <<'P'
import json
c = json.load(open('custody.json'))
raw = open('custody.json').read()
end = raw[len(raw.rstrip('\n')):]
def put(name, c): open(name, 'w').write(json.dumps(c, separators=(',', ':')) + end)
d = json.loads(json.dumps(c))
r = json.loads(d['links'][0]['record']); r['at'] += 1
d['links'][0]['record'] = json.dumps(r, separators=(',', ':')); put('forged.json', d)
d = json.loads(json.dumps(c))
d['links'] = [l for l in d['links'] if json.loads(l['record'])['event'] != 'received']
put('dropped.json', d)
d = json.loads(json.dumps(c))
a, b = d['links'][0], d['links'][1]
a['record'], b['record'] = b['record'], a['record']; put('turned.json', d)
P
try 3 'a record that was rewritten is broken' comity-check --policy policy forged.json
try 10 'a hand-over whose receipt was dropped is not proven' \
	comity-check --policy policy dropped.json
try 3 'records in the place of others are broken' comity-check --policy policy turned.json

# ---- the files of the ledger ----

try 0 'all of the ledger is as it was written' A ledger check --parcels
NEWEST=$(ls a/ledger/tile/0/000.p | sort -n | tail -n 1)
cp -R a/ledger/tile kept-tiles
flip "a/ledger/tile/0/000.p/$NEWEST" 5
try 3 'a changed tile is found' A ledger check
said "tile/0/000.p/$NEWEST" 'and named'
holds 'and is made again from the journal' \
	cmp "a/ledger/tile/0/000.p/$NEWEST" "kept-tiles/0/000.p/$NEWEST"
flip "a/ledger/tile/entries/000.p/$NEWEST" 5
try 3 'so is a changed entry' A ledger check
try 0 'and then all is well again' A ledger check
OLD=$(ls a/ledger/cosigned | head -n 1)
cp "a/ledger/cosigned/$OLD" kept
letter "a/ledger/cosigned/$OLD" -20
try 3 'a changed cosignature is found' A ledger check
said "cosigned/$OLD" 'and named'
cp kept "a/ledger/cosigned/$OLD"
LAST=$(ls a/ledger/cosigned | sort -n | tail -n 1)
letter "a/ledger/cosigned/$LAST" -20
cp "a/ledger/cosigned/$LAST" a/ledger/checkpoint
try 3 'so is one of the latest' A ledger check
said 'new cosignatures come' 'with what to do'
try 0 'the others prove what they proved' A custody show 1
round
try 0 'and another comes in its place' A ledger check
# A file that is no checkpoint at all proves nothing, and gives way in the same manner.
cp "a/ledger/cosigned/$LAST" kept
truncate -s 50 "a/ledger/cosigned/$LAST"
try 3 'one that was cut short is found' A ledger check
said "cosigned/$LAST" 'and named'
round
try 0 'and is whole again' A ledger check
try 0 'the hand-over is proven' A custody show 1
cp -R a/ledger kept-ledger
rm -rf a/ledger/tile a/ledger/tree
cp -R b/ledger/tile b/ledger/tree a/ledger
try 3 'tiles of another ledger are found' A ledger check
try 0 'and made again' A ledger check
NEWEST=entries/000.p/$(ls kept-ledger/tile/0/000.p | sort -n | tail -n 1)
holds 'as they were' cmp "a/ledger/tile/$NEWEST" "kept-ledger/tile/$NEWEST"
sed -i '2s/.*/3/' a/ledger/checkpoint
try 3 'a checkpoint over another size is found' A ledger check
said 'comity ledger checkpoint' 'with what to do'
try 0 'it is signed again' A ledger checkpoint
said 'comity-witness/' 'with the cosignatures it had'
MIRROR=$(find a/ledger/others -path '*tile/entries*' -type f | head -n 1)
flip "$MIRROR" 5
try 3 'and so is a changed mirror of another ledger' A ledger check
said "${MIRROR#a/}" 'by its name'
said 'This copy is given up' 'and what comes of it'
round
try 0 'its owner sends it anew' A ledger check
MIRROR=$(find a/ledger/others -path '*tile/entries*' -type f | wc -l)
holds 'to the last entry' test "$MIRROR" -ge 2
# What rots stops no bundle: one leaves, one comes in, and the file is named.
rot() { for f in a/ledger/others/*/checkpoint; do flip "$f" 5; done; }
must B bundle write led-rot --to XA --ledger
rot
try 8 'a bundle leaves whatever rots about ledgers of others' \
	A bundle write led-rotten --to XB --ledger
said '/checkpoint is damaged' 'and says which file'
try 8 'one comes in' A bundle read led-rot
try 3 'the rest of the ledger is shown' A ledger show
said '/checkpoint is damaged' 'with the file'
said 'cosigned by XB' 'and who cosigned'
try 0 'the desk tells it' A status
said 'comity ledger check' 'and what to do'
rot
try 0 'when they are put back all is well' A ledger check
try 0 'for the desk, too' A status
said_not 'comity ledger check' 'which says no more of it'
cp a/journal/records kept
flip a/journal/records 200
try 3 'a changed record is found' A ledger check
cp kept a/journal/records
size=$(wc -c <a/journal/records)
truncate -s $((size - 400)) a/journal/records
A ledger checkpoint >"$WORK/said" 2>&1
[ $? -ne 0 ] && ok 'a ledger with dropped records signs nothing' ||
	not_ok 'a ledger with dropped records signs nothing'
cp kept a/journal/records
rm -f a/ledger/standing
holds 'and is whole again when they are back' A ledger checkpoint

# A stranger's own reader of tiles, in another language.
must A ledger checkpoint
holds 'a stranger reads the whole ledger with a script of his own' \
	python3 "$TOP/tests/strangers/tiles.py" a/ledger

# ---- a copy out of a backup ----

must A backup safe.age
must preserve XB
must second A request send 1 --yes
carry A B
carry B A
round
before=$(leaf_count A)
mv a a-lost
try 0 'the office comes back out of its backup' \
	comity --home a --passphrase-file pass --no-input restore safe.age
try 6 'it signs nothing at first' A ledger checkpoint
said 'backup' 'and says why'
try 0 'its ledger says what to do' A ledger show
said 'comity' 'with the command'
tell A B
tell B A
[ "$GOT" -eq 0 ] || [ "$GOT" -eq 3 ] && ok 'one peer has shown what it knows' ||
	not_ok "one peer has shown what it knows ($GOT)"
tell A C
tell C A
tell A B
tell B A
try 0 'when all have, it signs again' A ledger checkpoint
after=$(leaf_count A)
[ "$after" -ge "$before" ] && ok 'the entries it had lost are back' ||
	not_ok "the entries it had lost are back ($after of $before)"
round
try 0 'and is cosigned as before' A ledger show
said 'good' 'in good standing'
try 0 'the hand-over is proven still' A custody show 1

# ---- a clone ----

cp -R a a-clone
A2() { comity --home a-clone --passphrase-file pass --no-input --progress none "$@"; }
must preserve XB
must second A request send 1 --yes
must A2 ledger checkpoint
must A2 request new preserve --to XC --account x@example.org --provider 'P' \
	--offence 'fraud, art. 13' --facts f --data d --necessity n --intend stored_data \
	--intend-by "$(day '+40 days')" --not-secret
must second A2 request send 1 --yes
tell A B
[ "$GOT" -eq 0 ] && ok 'the first copy is cosigned' || not_ok "the first copy is cosigned ($GOT)"
tell A2 C
[ "$GOT" -eq 0 ] && ok 'and so is the other, elsewhere' ||
	not_ok "and so is the other, elsewhere ($GOT)"
tell B C
tell C B
said 'two histories' 'two that showed each other what they saw find it'
said 'call' 'and are told what to do'
try 0 'the desk says so' B status
said 'two histories' 'until there is a successor'
tell B A
[ "$GOT" -eq 3 ] && ok 'the first copy is told' || not_ok "the first copy is told ($GOT)"
said 'copy' 'in words'
try 6 'and signs nothing any more' A ledger checkpoint
try 0 'a successor goes on' A ledger succeed --reason split --yes
try 0 'it signs' A ledger checkpoint
must B peer pair a/card.card --words "$(words a)"
must C peer pair a/card.card --words "$(words a)"
# Receipts for what the lost copy sent are told as such, and stop nothing.
for pair in 'A B' 'B A' 'A C' 'C A' 'A B' 'B A' 'A C' 'C A'; do
	# shellcheck disable=SC2086 # two words
	tell $pair
	case $GOT in 0|6) ;; *) not_ok "the round $pair (ended with $GOT)" ;; esac
done
try 0 'and is cosigned' A ledger show
said 'cosigned by XC' 'by the third one too'
said '/2' 'under its own name'
must B status
said_not 'two histories' 'and the desk of the other says no more of it'

# ---- a docket that is lost ----

# When a draft was begun only the docket knew.
list() { A request list --all --json | grep -v opened_at; }
list >before.json
rm -f a/docket.sqlite*
try 0 'a lost docket is made anew from packages and ledger' A rebuild
list >after.json
holds "with the same requests" diff before.json after.json
done_testing
