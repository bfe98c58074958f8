#!/bin/sh
# Evidence from Berun goes on to Cascada only with Berun's consent, and shows both
# hand-overs and both sets of limits to whoever opens it there.
. "$(dirname "$0")/lib.sh"
three_offices
small_tree evidence

must preserve XB
must second A request send 1 --yes
carry A B
must B request confirm 1
echo 'from 198.51.100.7 (XC)' >path.txt
try 0 'preserved traffic data that shows a third State is told at once (Article 43)' \
	B request new traffic_path --to XA --follows 1 \
	--set further_provider.name='Cascada Net' --set further_provider.state=XC \
	--set 'traffic_data[0].what=One line of the log' --attach path.txt
try 0 'and goes out' second B request send 2 --yes
said_not 'answer is due' 'a notice asks for no answer'
carry B A
try 0 'Aldora reads of Cascada' A request show 1
said traffic_path 'in a notice'
said 'Cascada Net' 'that names the provider'

must stored XB
must second A request send 2 --yes
carry A B
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
must B request confirm 3 --condition 'use_limit=This proceeding only'
must second B request answer 3 --authorisation order.txt --evidence 1 --purpose 'Case XA 1 only'
carry B A

try 6 'without consent it does not go on' A evidence pass-on 1 --to XC
said 'consent' 'and it says whose consent is needed'
must A request new use_consent --to XB --evidence 1 --recipient-state XC \
	--set new_use.purpose='Identify the holder of the address'
must second A request send 3 --yes
carry A B
try 6 'asking is not having' A evidence pass-on 1 --to XC
must B request confirm 4 --condition 'use_limit=Identification only'
carry B A
try 0 'with consent it goes on' second A evidence pass-on 1 --to XC
carry A C
try 0 'Cascada has it' C evidence list
try 0 'and opens it' C evidence open 1 --out bag
for what in 'This proceeding only' 'Identification only' 'Case XA 1 only'; do
	holds "the limit \"$what\" is in the signed act" grep -q "$what" bag/act.json
done
must C peer roots --out roots.pem
must C peer roots --tsa --out tsa.pem
try 0 'it is intact' check bag
inner=$(find bag/data -name 'hand-over-*.tar' | head -n 1)
try 0 "and so is Berun's own package inside it" check "$inner"
said 'Berun' 'signed by Berun'
try 2 'only who gave a consent takes it back' A request revoke 3 --yes
try 0 'Berun takes its consent back' B request revoke 4 --reason 'The proceeding has ended' --yes
carry B A
try 6 'and then nothing more goes on' A evidence pass-on 1 --to XC
try 6 'consent for Cascada is none for who has no consent at all' \
	C evidence pass-on 1 --to XB
done_testing
