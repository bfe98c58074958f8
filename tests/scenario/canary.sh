#!/bin/sh
# Names, accounts, texts, file names and case names that go through a whole case are
# nowhere in a home, a backup or a bundle outside what is sealed.
. "$(dirname "$0")/lib.sh"
two_offices
mkdir -p evidence
echo 'canary-content-7731' >'evidence/canary-file-name.txt'

must A case new 'canary-case-name'
must preserve XB --case 1 --set offence.facts='canary-facts-text' \
	--set provider.name='canary-provider' --set 'system_or_account[0].value=canary.account@example.org'
must second A request send 1 --yes
carry A B
must B request ask 1 --text 'canary-question-text'
carry B A
must A request reply 1 --text 'canary-reply-text'
carry A B
must B request confirm 1 --text 'canary-answer-text'
carry B A
must stored XB --case 1
must second A request send 2 --yes
carry A B
must B evidence add evidence --label 'canary-label' --by 'canary-person' --from 'canary-custodian' \
	--tool canary-tool --method 'canary-method' --when 2026-11-20T09:00:00Z
must second B request answer 2 --authorisation order.txt --evidence 1 --description 'canary-description' \
	--purpose 'canary-purpose' --limit 'use_limit=canary-limit'
carry B A
must A evidence receive
must A backup a.backup
must B backup b.backup
must A correspondent new --country XD --name 'canary-correspondent' --address 'canary-street' \
	--email canary.mail@example.org

# The words are where they belong: opened, they are there.
must A request export 1 --out acts
holds 'opened, the words are there' grep -rq canary-facts-text acts
must A evidence open 1 --out bag
holds 'and the evidence' grep -rq canary-content-7731 bag
mkdir -p scan
mv a b a.backup b.backup stick-A-B stick-B-A scan/
grep -rail canary scan >found 2>/dev/null
find scan -name '*canary*' >>found
cp found said
if [ -s found ]; then not_ok 'nothing readable has them'; else ok 'nothing readable has them'; fi
# Also not in UTF-16, hexadecimal or base64 of the whole word.
for form in 63616e617279 Y2FuYXJ5 2FuYXJ5 jYW5hcn; do
	grep -rail "$form" scan >found 2>/dev/null
	if [ -s found ]; then not_ok "nor as $form"; else ok "nor as $form"; fi
done
done_testing
