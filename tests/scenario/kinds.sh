#!/bin/sh
# Every kind of request goes the one path: what it lacks is named with its place in the
# law, then it is sent, received, decided, answered and closed, all in one pair of bundles.
. "$(dirname "$0")/lib.sh"
two_offices
office d XA 'Aldora Mail Ltd' --self-ca --tsa "$TSA_URL" --tsa-roots tsa/root.pem
D() { comity --home d --passphrase-file pass --no-input --progress none "$@"; }
wd=$(words d) && must A peer pair d/card.card --words "$wd"
wa=$(words a) && must D peer pair a/card.card --words "$wa"
small_tree evidence
# Collection in real time is off until a named person sets it (safeguards.sh).
for i in UNCAC-CYBER Budapest; do
	must A policy realtime XB --instrument $i --on --reason 'Decision 4/26'
	must B policy realtime XA --instrument $i --on --reason 'Decision 7/26'
done
id_of() { comity --home "$1" --json >desk.json && json desk.json authority; }

# The second person: when an office asks for one, `comity request approve` stands here.
approve() { :; }

# ---- the table ----

# What a field is set to.  A kind is given those that it needs.
cat >values <<V
matter.subject=Investigation of a fraud
facts_and_offence.articles=13
facts_and_offence.facts=A forged invoice was paid
facts_and_offence.max_penalty_months=60
assistance=Copy of the records
persons[0].name=Witness 4
identifiers[0].type=email
identifiers[0].value=maria.k@example.org
period.from=$(day '-30 days')
period.to=$(day '-1 day')
purpose=To prove who wrote the invoice
offence.articles=13
offence.facts=A forged invoice was paid
data_sought=Log of sign-ins, shows who paid
provider.name=Berun Mail
necessity=Kept 30 days
intent.measure=stored_data
intent.planned_at=$(day '+40 days')
secrecy.wanted=no
related_request.number=XA-2026-000001
related_request.act=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
extension.until=$(day '+120 days')
extension.reasons=The request for assistance is being written
further_provider.name=Cascada Net
further_provider.state=XC
traffic_data[0].what=One line of the log
traffic_data[0].sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
domestic_order_basis.title=Code of Criminal Procedure, section 94
authorisation.title=Order of 12 November
authorisation.issuer=Investigating judge of Aldora
communications=Between the two accounts; they agree on payments there
need_for_real_time=Nothing is stored
collection_period.from=$(day '+1 day')
collection_period.to=$(day '+8 days')
collection_period.reasons=One delivery is expected within it
emergency.risk=life
emergency.who=A child of nine
emergency.text=A threat with a date was posted
why_not_slower=The date is tomorrow
message=How is an order served in Berun?
hearing[0].person=Witness 4
hearing[0].role=witness
hearing[0].language=en
hearing[0].at=$(day '+30 days')
hearing[0].presides=Court of Aldora
why_it_helps=The account is in your State
team_agreement.title=Agreement of 3 November
team_agreement.sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
property[0].what=Balance of an account
property[0].kind=account
property[0].reference=XB33 0000 1111
property[0].amount=1250.50
property[0].currency=XBD
property_facts=The money of the fraud went there
property_actions=freeze
limb=new_order
order_exists=no
victims[0].pseudonym=V-17
victims[0].role=victim
victims[0].amount=1250.50
victims[0].currency=XBD
compensation_plan=By the court office, by the share of each loss
victim_reference.pseudonym=V-17
victim_reference.age_class=adult
victim_reference.consent=own
content[0].url=https://example.org/p/17
content[0].platform=Example Pictures
unlawfulness.statements=no_consent
unlawfulness.by=Support body of Aldora
notifier.name=Support body of Aldora
legal_class=article_16
support_wanted=legal
new_use.recipient_state=XC
confirming_contact.name=Head of Office 3
confirming_contact.phone=+99900001111
languages.request=en
languages.accepts=en
human_rights.statements=not_political;not_religious;not_expression;not_discriminatory
human_rights.by=Head of Office 3
human_rights.domestic_offence=Fraud by means of a computer
account_to_hold[0].type=account
account_to_hold[0].service=Berun Bank
account_to_hold[0].value=XB33 0000 1111
amount[0].amount=1250.50
amount[0].currency=XBD
transfer[0].at=$(day '-3 hours')
transfer[0].reference=TX-1
order_kind.kind=produce
order_kind.number=17/2026
order_kind.data_class=subscriber
provider_deadline.by=$(day '+5 days')
freeze_to_follow.by=$(day '+2 days')
V

# KIND, the field left out at first, its place in the law, what Berun (or the provider)
# does with it, and the state that Aldora then sees.
cat >kinds <<'V'
preserve necessity 42(3)(e) confirm accepted
preserve_extend extension practice confirm accepted
provider_locate offence 42(3)(b) words accepted
traffic_path further_provider 43(1) notice closed
subscriber purpose 40(15)(g) answer delivered
stored_data data_sought own_rules answer delivered
realtime_traffic communications 45(3)(c) consult accepted
intercept_content authorisation own_rules confirm accepted
emergency_data emergency 2(o) answer delivered
tech_legal_advice message 41(3) words accepted
locate_suspect human_rights own_rules words accepted
mla_general matter 40(15)(b) postpone accepted
hearing_video hearing 40(18) confirm accepted
spontaneous why_it_helps 40(4) notice closed
police_info message 47 notice closed
joint_team team_agreement 48 confirm accepted
freeze property 50(3)(a) confirm accepted
freeze_alert freeze_to_follow own_rules notice closed
confiscate property_facts 50(3)(a) refuse refused
return_assets victims own_rules confirm accepted
remove_content content own_rules confirm accepted
victim_support support_wanted own_rules confirm accepted
status_query message common words accepted
use_consent new_use 40(19) confirm accepted
domestic_order order_kind own_rules provider accepted
V
cat >settings.py <<'P'
import json, sys
asked = json.load(open(sys.argv[1]))["fields"]
left_out = sys.argv[2]
needed, group = [], False
for f in asked:
    if f["need"] == "needed":
        needed.append(f["name"])
    elif f["need"] == "one of these" and not group and f["name"] != "system_or_account":
        needed.append(f["name"])
        group = True
out = {True: open("left-out", "w"), False: open("given", "w")}
for line in open("values"):
    name = line.split("=")[0].split(".")[0].split("[")[0]
    if name in needed:
        out[name == left_out].write("--set\n" + line)
P
# The options of a file, one a line, behind a command.
with() {
	file=$1
	shift
	while IFS= read -r option; do set -- "$@" "$option"; done <"$file"
	"$@"
}

# ---- asked ----

try 0 'without a kind, kinds are offered by what one wants to say' A request new
said 'who has this account or address?' 'in plain words'
said 'extradition' 'and what is no form is named'
d_id=$(id_of d) n=0
while read -r kind field place does state; do
	n=$((n + 1))
	to=XB
	[ "$kind" != domestic_order ] || to=$d_id
	must A request fields "$kind" --json
	cp said fields.json
	must python3 settings.py fields.json "$field"
	if [ "$kind" = emergency_data ]; then
		printf '%s\n' --set identifiers[0].type=email --set \
			identifiers[0].value=maria.k@example.org >>given
	fi
	with given try 0 "$kind: a draft is kept though something is missing" \
		A request new "$kind" --to "$to"
	said 'Missing: ' "$kind: what is missing is said"
	case $place in
	own_rules) said '(our own rules)' "$kind: and that our own rules ask for it" ;;
	*) said "$place" "$kind: and where the law asks for it" ;;
	esac
	try 6 "$kind: it cannot be sent so" A request send "$n" --yes
	with left-out try 0 "$kind: what was missing is added" A request edit "$n"
	said 'Nothing is missing' "$kind: then nothing is missing"
	approve A "$n"
	try 0 "$kind: it is signed and sealed" second A request send "$n" --yes
done <kinds

# ---- carried, decided ----

carry A B
must A bundle write stick-A-D --to "$d_id"
must D bundle read stick-A-D
number_in() {	# HOME KIND: its number there
	comity --home "$1" --passphrase-file pass --no-input --json request list --all \
		--kind "$2" >list.json && json list.json requests 0 number
}
must B evidence add evidence --by 'Unit 4' --from 'Berun Mail' --tool none \
	--method 'Handed over' --when 2026-11-20T09:00:00Z
while read -r kind field place does state; do
	here=b who=B
	[ "$does" != provider ] || { here=d who=D; }
	m=$(number_in "$here" "$kind") || { not_ok "$kind: it came"; continue; }
	try 0 "$kind: it is here, and every field can be read" $who request show "$m"
	said "$kind" "$kind: under its name"
	case $does in
	confirm) try 0 "$kind: yes" B request confirm "$m" ;;
	words)
		try 6 "$kind: a yes without words says nothing" B request confirm "$m"
		said 'says nothing' "$kind: and that is told"
		try 0 "$kind: answered in words" B request confirm "$m" --text 'In Berun City' ;;
	answer)
		[ "$kind" != emergency_data ] || must B request called "$m" \
			--dialled '+999 01 100' --answered-by 'Duty officer' --result yes
		try 0 "$kind: evidence goes over" second B request answer "$m" --evidence 1 \
		--authorisation order.txt \
		--purpose 'This proceeding only' ;;
	consult)
		try 0 "$kind: before a no, they are told what would do" B request consult "$m" \
			--text 'A week is too long for us' --ground R16 --condition case_only
		try 0 "$kind: and then it is a yes" B request confirm "$m" ;;
	postpone)
		try 6 "$kind: no ground of refusal postpones" B request postpone "$m" \
			--ground R02 --reason 'A search of ours is near'
		said '40(27)' "$kind: and the article is named"
		try 6 "$kind: first they are consulted" B request postpone "$m" --ground R09 \
			--reason 'A search of ours is near'
		said '40(28)' "$kind: and the article is named"
		try 0 "$kind: not now" B request postpone "$m" --ground R09 \
			--waive-consultation urgent \
			--reason 'A search of ours is near' --until "$(day '+20 days')"
		try 0 "$kind: and later yes" B request confirm "$m" ;;
	refuse) try 0 "$kind: no, with ground and reasons" B request refuse "$m" \
		--waive-consultation consulted_otherwise \
		--ground R18 --reason 'The property is of trifling value' ;;
	provider)
		try 6 "$kind: a provider's answer has an outcome" D request provider-answer "$m" \
			--provider 'Aldora Mail'
		said 'outcome' "$kind: and that is told"
		try 6 "$kind: what is produced has its certificate" D request provider-answer "$m" \
			--provider 'Aldora Mail' --set outcome=produced
		said 'certificate' "$kind: and that is told"
		try 0 "$kind: not held, and why" second D request provider-answer "$m" \
			--provider 'Aldora Mail' --set outcome=not_held \
			--set why_not='Logs are kept for seven days' ;;
	notice)
		try 6 "$kind: a notice is not answered" B request confirm "$m"
		said 'told unasked' "$kind: and it says why" ;;
	esac
	[ "$does" = notice ] || [ "$does" = refuse ] ||
		try 0 "$kind: it is closed there" $who request close "$m" --reason not_needed
done <kinds

# ---- answered, closed ----

carry B A
must D bundle write stick-D-A --to "$(id_of a)"
must A bundle read stick-D-A
n=0
while read -r kind field place does state; do
	n=$((n + 1))
	must A --json request show "$n"
	cp said show.json
	holds "$kind: Aldora has the answer ($state)" \
		test "$(json show.json state)" = "$state"
	[ "$does" != answer ] || try 0 "$kind: what went over is acknowledged" \
		A request acknowledge "$n" --text 'All of it can be read'
	case $state in
	closed | refused) ;;
	*) try 0 "$kind: it is closed" A request close "$n" ;;
	esac
done <kinds
try 0 'nothing is open any more' A request list
said_not 'accepted' 'at the side that asked'
done_testing
