#!/bin/sh
# A time stamp may be late, refused or carried by hand: the evidence is never held up,
# the time is never more than claimed without it, and a late stamp reaches the receiver.
. "$(dirname "$0")/lib.sh"

two_offices
small_tree seized
must add seized
tsa_stop

try 0 'sealing goes on when the authority is away' second A evidence send 0001 --to XB
said PENDING 'and says that the stamp is pending'
try 7 'asking again while it is away' A stamp fetch 0001
must A bundle write stick --to XB
must B bundle read stick --later
try 10 'the receiver finds it incomplete' B evidence receive
said CLAIMED 'since the time is only claimed'
said KNOWN 'though the sender is known'
try 10 'and opens it' B evidence open 0001 --out before
[ ! -e before/signature.tst ] && ok 'without a stamp' || not_ok 'without a stamp'

# By file, for an office without a line.
try 0 'a query as a file' A stamp query 0001 --out q.tsq
must openssl ts -query -in q.tsq -text
must python3 "$TOP/scripts/lib/tsa.py" reply tsa q.tsq a.tsr
cp a.tsr bent.tsr
flip bent.tsr -20
A stamp add 0001 bent.tsr >said 2>&1
[ $? -ne 0 ] && ok 'a changed answer is refused' || not_ok 'a changed answer is refused'
printf 'junk' >junk.tsr
A stamp add 0001 junk.tsr >said 2>&1
[ $? -eq 2 ] && ok 'what is no answer is refused' || not_ok 'what is no answer is refused'
openssl ts -query -data seized/numbers.txt -sha256 -cert -out other.tsq 2>/dev/null
must python3 "$TOP/scripts/lib/tsa.py" reply tsa other.tsq other.tsr
A stamp add 0001 other.tsr >said 2>&1
[ $? -ne 0 ] && ok 'a stamp over something else is refused' ||
	not_ok 'a stamp over something else is refused'
try 0 'the answer is added' A stamp add 0001 a.tsr
try 0 'and now it is proven at home' A evidence open 0001 --out own
said PROVEN 'it says so'
[ -e own/signature.tst ] && ok 'the bag has the stamp' || not_ok 'the bag has the stamp'

try 0 'the late stamp travels by itself' A bundle write stick2 --to XB
must B bundle read stick2 --later
try 0 'and is received' B evidence receive
try 0 'now the receiver opens it intact' B evidence open 0001 --out after
said PROVEN 'the time is proven'
[ -e after/signature.tst ] && ok 'the bag has the stamp' || not_ok 'the bag has the stamp'
rm -f after/signature.tst
diff -r before after >/dev/null && ok 'nothing else in it has changed' ||
	not_ok 'nothing else in it has changed'

# An authority that is there again.
must add seized
must second A evidence send 0002 --to XB
tsa_start
try 0 'another address for the authority' A stamp authority --tsa "$TSA_URL" --tsa-roots tsa/root.pem
try 0 'asking again when it is back' A stamp fetch
must A bundle write stick3 --to XB
must B bundle read stick3 --later
B evidence receive >said 2>&1	# 10: the parcel, without its stamp, comes first
try 0 'and the receiver has both' B evidence open 0002 --out second
said PROVEN 'proven'
tsa_stop

# Requests and answers made while it was away.
tsa_stop
try 0 'a request leaves while the authority is away' preserve XB
must second A request send 1
said 'comity stamp fetch' 'and says how to ask again'
said 'there is no connection to the server' 'and in our words why'
said_not 'Failed to connect' 'not in those of a library'
try 7 'who keeps the machine' A --verbose stamp fetch
said 'Failed to connect' 'gets those too'
A --json stamp fetch >v.json 2>/dev/null
holds 'with a stable name of the reason' test "$(json v.json network_reason)" = http.connect
try 0 'the desk' A status
said 'time stamps owed 1' 'says what is owed'
try 7 'asking while it is away' A stamp fetch
must A bundle write stick4 --to XB
must B bundle read stick4
must B request confirm 1 --yes
try 0 'the receiver' B request show 1
said CLAIMED 'has the request with a time that is only claimed'
said 'its time stamp is owed' 'and owes a stamp of its own'
tsa_start
must A stamp authority --tsa "$TSA_URL" --tsa-roots tsa/root.pem
must B stamp authority --tsa "$TSA_URL" --tsa-roots tsa/root.pem
try 0 'asking when it is back' A stamp fetch
said 'Request 1, preserve: time-stamped' 'brings the stamp of the request'
try 0 'the desk' A status
said_not 'time stamps owed' 'owes nothing more'
try 0 'asking once more' A stamp fetch
said 'No time stamp is owed' 'has nothing to ask for'
must B stamp fetch
must A bundle write stick5 --to XB
must B bundle read stick5
try 0 'the receiver' B request show 1
said 'since then stamped' 'has the stamp'
must B request export 1 --out thread-b
holds 'the bag has it' test -e thread-b/01-preserve-in/signature.tst
holds 'and it is a stamp over that signature' openssl ts -verify -data thread-b/01-preserve-in/signature.bin \
	-in thread-b/01-preserve-in/signature.tst -token_in -CAfile tsa/root.pem
must B bundle write stick6 --to XA
must A bundle read stick6
try 0 'the answer has its stamp too' A request show 1
said 'since then stamped' 'at who asked'
must A request export 1 --out thread-a
holds 'in the bag' sh -c 'test -e thread-a/*-granted-in/signature.tst'

# Requests and answers by file, for an office without a line.
tsa_stop
must preserve XB
A --json request send 2 >v.json 2>/dev/null
act=$(json v.json sent_act | cut -c1-12)
try 0 'the query for a request, by the id that was shown' A stamp query "$act" --out r.tsq
said "comity stamp add $act" 'and how to bring its answer back'
cp r.tsq r1.tsq
must A stamp query "$act" --out r2.tsq
holds 'it is the same until the answer is here' cmp r1.tsq r2.tsq
must python3 "$TOP/scripts/lib/tsa.py" reply tsa r.tsq r.tsr
try 10 'an answer to something else is not kept' A stamp add "$act" a.tsr
try 0 'the answer is added' A stamp add "$act" r.tsr
said 'Request 2, preserve: time-stamped' 'and it says to what'
try 5 'once is enough' A stamp add "$act" r.tsr
try 5 'of what is not owed there is no query' A stamp query 0123456789ab --out no.tsq
must A bundle write stick7 --to XB
must B bundle read stick7
try 0 'the receiver' B request show 2
said 'since then stamped' 'has the stamp'
must B stamp authority --tsa '' --tsa-roots tsa/root.pem
B --json request confirm 2 --yes >v.json 2>/dev/null
act=$(json v.json sent_act)
try 0 'the query for an answer, by its whole id' B stamp query "$act" --out g.tsq
must python3 "$TOP/scripts/lib/tsa.py" reply tsa g.tsq g.tsr
try 0 'its stamp is added' B stamp add "$act" g.tsr
said 'granted: time-stamped' 'to the answer'
must B bundle write stick8 --to XA
must A bundle read stick8
must A request export 2 --out thread-2
holds 'who asked has a stamp over the signature of the answer' openssl ts -verify \
	-data thread-2/*-granted-in/signature.bin -in thread-2/*-granted-in/signature.tst \
	-token_in -CAfile tsa/root.pem

# Authorities that misbehave never stop the sealing, and never prove anything.
n=2
for how in rejected garbage empty error500 othernonce; do
	tsa_start "$how"
	must A stamp authority --tsa "$TSA_URL" --tsa-roots tsa/root.pem
	must add seized
	n=$((n + 1))
	number=$(printf %04d "$n")
	try 0 "an authority that answers \"$how\" does not stop the sealing" \
		second A evidence seal "$number" --to XB --out "$how.comity"
	said PENDING "and the stamp is pending ($how)"
	[ "$how" != rejected ] || said 'training: rejected' "with the authority's own words"
	rm -f roots.pem tsa.pem agekey
	stranger_kit
	try 10 "and the time is not proven ($how)" check --identity agekey "$how.comity"
	tsa_stop
done

# Somebody else's authority: its stamp proves nothing under our roots.
mv tsa tsa-known
tsa_start
must A stamp authority --tsa "$TSA_URL" --tsa-roots tsa-known/root.pem
must add seized
n=$((n + 1))
number=$(printf %04d "$n")
second A evidence seal "$number" --to XB --out foreign.comity >said 2>&1
[ $? -eq 0 ] && ok 'an authority under other roots does not stop the sealing' ||
	not_ok 'an authority under other roots does not stop the sealing'
try 10 'and its time is not proven' check --identity agekey foreign.comity
done_testing
