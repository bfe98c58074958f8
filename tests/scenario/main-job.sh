#!/bin/sh
# Evidence crosses a border in a folder and arrives provably intact; doing any step
# twice changes nothing; and the homes at rest tell a thief nothing of the matter.
. "$(dirname "$0")/lib.sh"

two_offices
small_tree seized
try 0 'evidence is added with its collection record' \
	add seized --label canary-label --note canary-note --order canary-order
said 0001 'it has a number'
try 0 'sending seals it and puts it into the outbox' \
	second A evidence send 0001 --to XB --reference canary-ref --description canary-desc \
	--purpose 'Case 17 only'
try 0 'sending it again does not seal it again' second A evidence send 0001 --to XB
[ "$(find a/parcels -name '*.comity' | wc -l)" -eq 1 ] &&
	ok 'there is one parcel' || not_ok 'there is one parcel'
try 0 'the folder that travels is written' A bundle write stick --to XB
try 0 'writing it again is harmless' A bundle write stick --to XB
[ "$(find stick/parcels -type f | wc -l)" -eq 1 ] &&
	ok 'the folder holds one parcel and nothing half-written' ||
	not_ok 'the folder holds one parcel and nothing half-written'
try 0 'the other side copies the folder' B bundle read stick --later
try 0 'reading it again is harmless' B bundle read stick --later
try 0 'the parcel is received' B evidence receive
said 'Intact' 'it is intact'
said YES 'it is unchanged'
said KNOWN 'its sender is known'
said PROVEN 'its time is proven'
try 0 'the same parcel by mail is recognised' B evidence receive --lang fr \
	stick/parcels/*.comity
said 'Inchangé ? OUI' 'in the language of the reader'
B evidence list --json >list.json
grep -c '"id"' list.json >count
[ "$(cat count)" -eq 1 ] && ok 'it is one piece of evidence' ||
	not_ok "it is one piece of evidence, not $(cat count)"

try 0 'it opens' B evidence open 0001 --out bag
cmp -s seized/numbers.txt bag/data/numbers.txt &&
	cmp -s seized/letters/invoice.txt bag/data/letters/invoice.txt &&
	ok 'the files are what they were' || not_ok 'the files are what they were'
grep -q '"t":"link","name":"link"' bag/files.jsonl &&
	grep -q '"t":"dir","name":"empty"' bag/files.jsonl &&
	ok 'links and empty folders are told of' ||
	not_ok 'links and empty folders are told of'
[ -z "$(find . -maxdepth 1 -name '.comity-*')" ] && ok 'no quarantine is left' ||
	not_ok 'no quarantine is left'
B evidence open 0001 --out bag >said 2>&1
[ $? -ne 0 ] && ok 'it does not open over a folder that is there' ||
	not_ok 'it does not open over a folder that is there'
cmp -s seized/numbers.txt bag/data/numbers.txt && ok 'and that folder is as before' ||
	not_ok 'and that folder is as before'
try 0 'the sender can open what it sent' env COMITY_LANG=es comity --home a \
	--passphrase-file pass --no-input --progress none evidence open 0001 --out own
said '¿Sin cambios? SÍ' 'and is told so in its language'
try 2 'a language without words is no language' A evidence open 0001 --out own2 --lang xx
diff -r bag own >/dev/null && ok 'and has the same bag' || not_ok 'and has the same bag'

stranger_kit
parcel=$(echo stick/parcels/*.comity)
try 0 'comity verify, with the registry' B verify "$parcel"
try 0 'comity verify, of the bag' B verify bag
try 0 'comity-check, of the parcel' check --identity agekey "$parcel"
try 0 'comity-check, of the bag' check bag
must sh -c "age -d -i agekey '$parcel' >package.tar"
try 0 'comity-check, of the tar' check package.tar
try 0 'the same in French' check --lang fr bag
said 'Inchangé ? OUI' 'three lines in French'
check --lang ar --details bag >verdict.ar
grep -q 'سليم' verdict.ar && ! grep -q '^  holds' verdict.ar &&
	ok 'and every finding in Arabic' || not_ok 'and every finding in Arabic'
check bag --json >verdict.json
[ "$(json verdict.json schema)" = comity.verdict/1 ] && ok 'the verdict as JSON' ||
	not_ok 'the verdict as JSON'
try 0 'an export for a court' B evidence export 0001 --out court --tar
for f in bag roots.pem tsa.pem HOW-TO-CHECK.txt package.tar; do
	[ -e "court/$f" ] && ok "it has $f" || not_ok "it has $f"
done
# stamp_of BAG: what HOW-TO-CHECK.txt has compared, typed as it stands there.
stamp_of() {
	sed -n '/asn1parse/,/signature.bin/p' court/HOW-TO-CHECK.txt >two.sh
	(cd "$1" && sh "$WORK/two.sh") | uniq
}
holds 'the value in its signature is the one that was stamped' \
	test "$(stamp_of court/bag | wc -l)" -eq 1
must cp -r court/bag other-stamp
flip other-stamp/signature.bin 10
holds 'and of another one that is seen' test "$(stamp_of other-stamp | wc -l)" -eq 2
cmp -s court/package.tar package.tar && ok 'its tar is the one that travelled' ||
	not_ok 'its tar is the one that travelled'
try 0 'which comity-check finds intact' \
	comity-check --roots court/roots.pem --tsa court/tsa.pem court/bag

# At rest: what was typed must not lie in either home, nor in the folder that travels.
for word in canary-label canary-note canary-order canary-ref canary-desc seized \
	invoice 'Unit 4' 'Harbour Ltd' 'wrong battery'; do
	if grep -raqF -- "$word" a b stick; then
		not_ok "a thief does not read \"$word\""
		grep -ralF -- "$word" a b stick | sed 's/^/# /'
	else
		ok "a thief does not read \"$word\""
	fi
done
[ -z "$(find a/tmp b/tmp -type f 2>/dev/null)" ] && ok 'no temporary file is left' ||
	not_ok 'no temporary file is left'
try 0 'status' A status
try 0 'doctor finds nothing wrong' A doctor
done_testing
