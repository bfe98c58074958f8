/*
 * The shapes that values of fields have: named parts, so that one codec, one editor and
 * one printer serve every field.  Which field has which shape stands in
 * data/law/request_fields.tsv.
 */
#include "law/tables.h"

#define OFFENCES "7;8;9;10;11;12;13;14;15;16;17;18;19"
#define IDENTIFIERS "email;phone;ip;url;account;imei;wallet;sha256;other"
/* Article 42(3)(f) with 42(1): search, seizure or disclosure will be asked for. */
#define ASSISTANCE "subscriber;stored_data;mla_general"
#define ROLES "witness;expert;victim;suspect;other"
#define PROPERTY "account;virtual_asset;cash;real_estate;vehicle;securities;company;other"
/* Article 22: territory, craft, a national as victim or as doer, the State, no extradition. */
#define JURISDICTIONS "territory;craft;passive_personality;active_personality;" \
	"against_state;no_extradition"
#define LOSERS "victim;owner;third_party"
#define AGES "child;adult;not_known"
#define CONSENTS "own;representative;none"
#define RISKS "life;safety"			/* Article 2(o): of a natural person */
#define ORDERS "preserve;produce;search;collect;intercept;freeze;remove"
#define DATA_CLASSES "subscriber;traffic;content;other"

#define CODE_MAX 64		/* bytes of one code: the longest of the tables is 22 */
#define CODES_MAX 400		/* of a list */
#define LANG_MAX 11		/* as act/act.h keeps it */
#define LANGS_MAX 200
#define STATE_MAX 2
#define DIGEST_MAX 64
#define AUTHORITY_MAX 19	/* "XA-" and 16 letters */

#define MUST_HAVE true
#define MAY_HAVE false
#define TEXT(name, label, must) { name, label, PART_TEXT, must, LAW_NAME_MAX, NULL }
#define MARKED(name, label, must) { name, label, PART_MARKED, must, LAW_TEXT_MAX, NULL }
#define CODE(name, label, must, codes) { name, label, PART_CODE, must, CODE_MAX, codes }
#define CODES(name, label, must, codes) \
	{ name, label, PART_CODES, must, CODES_MAX, codes }
#define STATE(name, label) { name, label, PART_STATE, MAY_HAVE, STATE_MAX, NULL }
#define INSTANT(name, label, must) { name, label, PART_INSTANT, must, 0, NULL }
#define NUMBER(name, label) { name, label, PART_NUMBER, MAY_HAVE, 0, NULL }
#define YES(name, label) { name, label, PART_YES, MUST_HAVE, 0, NULL }
#define DIGEST(name, label) { name, label, PART_DIGEST, MAY_HAVE, DIGEST_MAX, NULL }
#define ZONE TEXT("zone", "time zone", MAY_HAVE)

const struct law_shape law_shapes[] = {
	[SHAPE_TEXT] = { "text", 1, {
		MARKED("text", "text", MUST_HAVE) }, 1 },
	[SHAPE_MATTER] = { "matter", 1, {
		MARKED("subject", "subject and nature of the proceedings", MUST_HAVE),
		TEXT("authority", "authority that conducts them", MAY_HAVE),
		TEXT("functions", "functions of that authority", MAY_HAVE) }, 3 },
	[SHAPE_OFFENCE] = { "offence", 1, {
		CODES("articles", "articles of the Convention", MAY_HAVE, OFFENCES),
		TEXT("statute", "provision of domestic law", MAY_HAVE),
		NUMBER("max_penalty_months", "maximum penalty in months"),
		MARKED("facts", "facts of the case", MUST_HAVE),
		CODES("jurisdiction", "basis of jurisdiction (Article 22)", MAY_HAVE,
		    JURISDICTIONS) }, 5 },
	[SHAPE_PARTY] = { "party", 1, {
		TEXT("name", "name", MUST_HAVE),
		TEXT("unit", "unit", MAY_HAVE),
		STATE("state", "State"),
		TEXT("contact", "how to reach it", MAY_HAVE) }, 4 },
	[SHAPE_PERSON] = { "person", 16, {
		TEXT("name", "name", MAY_HAVE),
		TEXT("born", "date of birth", MAY_HAVE),
		STATE("nationality", "nationality"),
		TEXT("place", "place", MAY_HAVE) }, 4 },
	[SHAPE_IDENTIFIER] = { "identifier", 64, {
		CODE("type", "type", MUST_HAVE, IDENTIFIERS),
		{ "value", "value", PART_TEXT, MUST_HAVE, LAW_VALUE_MAX, NULL },
		TEXT("service", "service or network", MAY_HAVE),
		NUMBER("port", "port"),
		INSTANT("at", "time of use", MAY_HAVE),
		ZONE }, 6 },
	[SHAPE_INTERVAL] = { "interval", 1, {
		INSTANT("from", "from", MUST_HAVE),
		INSTANT("to", "to", MUST_HAVE),
		ZONE }, 3 },
	[SHAPE_INTENT] = { "intent", 1, {
		CODE("measure", "kind of the request to come", MUST_HAVE, ASSISTANCE),
		INSTANT("planned_at", "planned date", MUST_HAVE) }, 2 },
	[SHAPE_SECRECY] = { "secrecy", 1, {
		YES("wanted", "secrecy wanted"),
		MARKED("reasons", "reasons", MAY_HAVE),
		INSTANT("until", "until", MAY_HAVE) }, 3 },
	[SHAPE_REFERENCE] = { "reference", 1, {
		DIGEST("act", "act id"),
		TEXT("number", "number", MAY_HAVE) }, 2 },
	[SHAPE_CODES] = { "codes", 1, {
		CODES("codes", "codes", MUST_HAVE, NULL),
		MARKED("note", "note", MAY_HAVE) }, 2 },
	[SHAPE_LANGUAGES] = { "languages", 1, {
		{ "request", "language of the request", PART_LANG, MUST_HAVE, LANG_MAX,
		  NULL },
		{ "accepts", "languages of acceptable replies", PART_LANGS, MUST_HAVE,
		  LANGS_MAX, NULL } }, 2 },
	[SHAPE_ATTESTATION] = { "attestation", 1, {
		CODES("statements", "statements", MUST_HAVE, NULL),
		TEXT("by", "made by", MUST_HAVE),
		MARKED("domestic_offence", "the offence in domestic law", MAY_HAVE) }, 3 },
	[SHAPE_DOCUMENT] = { "document", 1, {
		TEXT("title", "title", MUST_HAVE),
		TEXT("issuer", "issuer", MAY_HAVE),
		INSTANT("dated", "date", MAY_HAVE),
		MARKED("scope", "scope", MAY_HAVE),
		TEXT("file", "file", MAY_HAVE),
		DIGEST("sha256", "SHA-256 of the file") }, 6 },
	[SHAPE_CONDITION] = { "condition", 16, {
		CODE("code", "kind of condition", MUST_HAVE, NULL),
		MARKED("text", "condition", MAY_HAVE),
		INSTANT("until", "until", MAY_HAVE) }, 3 },
	[SHAPE_ITEM] = { "item", 64, {
		TEXT("what", "what it is", MUST_HAVE),
		DIGEST("sha256", "SHA-256"),
		NUMBER("bytes", "bytes"),
		INSTANT("at", "time", MAY_HAVE) }, 4 },
	[SHAPE_CONTACT] = { "contact", 1, {
		TEXT("name", "name", MUST_HAVE),
		TEXT("phone", "phone", MAY_HAVE),
		TEXT("email", "e-mail", MAY_HAVE),
		TEXT("hours", "office hours", MAY_HAVE),
		ZONE }, 5 },
	[SHAPE_USE] = { "use", 1, {
		MARKED("purpose", "new purpose", MAY_HAVE),
		{ "recipient", "new recipient", PART_AUTHORITY, MAY_HAVE, AUTHORITY_MAX,
		  NULL },
		STATE("recipient_state", "State of the new recipient") }, 3 },
	[SHAPE_FLAG] = { "flag", 1, {
		YES("yes", "yes or no"),
		MARKED("note", "note", MAY_HAVE) }, 2 },
	[SHAPE_COURT] = { "court", 1, {
		TEXT("office", "office or court", MAY_HAVE),
		TEXT("number", "case number", MUST_HAVE) }, 2 },
	[SHAPE_HOURS] = { "hours", 1, {
		TEXT("hours", "office hours", MUST_HAVE),
		ZONE,
		TEXT("reply_by", "preferred reply channel", MAY_HAVE) }, 3 },
	[SHAPE_EXTENDED] = { "extended", 1, {
		INSTANT("until", "new end", MUST_HAVE),
		MARKED("reasons", "reasons", MUST_HAVE) }, 2 },
	[SHAPE_DURATION] = { "duration", 1, {
		INSTANT("from", "from", MUST_HAVE),
		INSTANT("to", "to", MUST_HAVE),
		ZONE,
		MARKED("reasons", "reasons", MUST_HAVE) }, 4 },
	[SHAPE_EMERGENCY] = { "emergency", 1, {
		CODE("risk", "risk to", MUST_HAVE, RISKS),
		TEXT("who", "who is at risk", MUST_HAVE),
		INSTANT("when", "when it is expected", MAY_HAVE),
		MARKED("text", "what is feared, and from where it is known", MUST_HAVE) }, 4 },
	[SHAPE_HEARING] = { "hearing", 8, {
		TEXT("person", "person to be heard", MUST_HAVE),
		CODE("role", "role of the person", MUST_HAVE, ROLES),
		{ "language", "language of the person", PART_LANG, MUST_HAVE, LANG_MAX, NULL },
		INSTANT("at", "time", MUST_HAVE),
		ZONE,
		TEXT("link", "technical link", MAY_HAVE),
		TEXT("presides", "who presides", MAY_HAVE),
		MARKED("questions", "what the person is to be asked", MAY_HAVE) }, 8 },
	[SHAPE_ASSET] = { "asset", 16, {
		TEXT("what", "what it is", MUST_HAVE),
		CODE("kind", "kind of property", MUST_HAVE, PROPERTY),
		TEXT("place", "where it is", MAY_HAVE),
		STATE("state", "State"),
		TEXT("reference", "account, address or register number", MAY_HAVE),
		TEXT("amount", "estimated value", MAY_HAVE),
		TEXT("currency", "currency or token", MAY_HAVE) }, 7 },
	[SHAPE_MONEY] = { "money", 16, {
		TEXT("amount", "amount", MUST_HAVE),
		TEXT("currency", "currency or token", MUST_HAVE),
		TEXT("what", "for what", MAY_HAVE) }, 3 },
	[SHAPE_VICTIM] = { "victim", 64, {
		TEXT("pseudonym", "pseudonym", MUST_HAVE),
		CODE("role", "role", MUST_HAVE, LOSERS),
		TEXT("amount", "loss", MAY_HAVE),
		TEXT("currency", "currency or token", MAY_HAVE) }, 4 },
	[SHAPE_PSEUDONYM] = { "pseudonym", 1, {
		TEXT("pseudonym", "pseudonym", MUST_HAVE),
		CODE("age_class", "age class", MUST_HAVE, AGES),
		CODE("consent", "whose consent there is", MUST_HAVE, CONSENTS),
		MARKED("note", "note", MAY_HAVE) }, 4 },
	[SHAPE_CONTENT] = { "content", 32, {
		{ "url", "exact address", PART_TEXT, MAY_HAVE, LAW_VALUE_MAX, NULL },
		TEXT("platform", "platform", MAY_HAVE),
		DIGEST("sha256", "SHA-256 of the file"),
		DIGEST("pdq", "perceptual hash (PDQ)"),
		INSTANT("seen_at", "last seen", MAY_HAVE) }, 5 },
	[SHAPE_COLLECTED] = { "collected", 1, {
		TEXT("by", "collected by", MUST_HAVE),
		TEXT("from", "collected from", MUST_HAVE),
		INSTANT("at", "time", MUST_HAVE),
		TEXT("tool", "tool and version", MUST_HAVE),
		MARKED("method", "method", MAY_HAVE) }, 5 },
	[SHAPE_TRANSFER] = { "transfer", 16, {
		INSTANT("at", "time of the transfer", MUST_HAVE),
		ZONE,
		TEXT("reference", "reference of the transfer", MUST_HAVE),
		TEXT("sender", "from which account", MAY_HAVE) }, 4 },
	[SHAPE_ORDER] = { "order", 1, {
		CODE("kind", "kind of order", MUST_HAVE, ORDERS),
		TEXT("number", "number", MUST_HAVE),
		CODE("data_class", "class of data", MUST_HAVE, DATA_CLASSES),
		TEXT("issuer", "issuer", MAY_HAVE) }, 4 },
	[SHAPE_DEADLINE] = { "deadline", 1, {
		INSTANT("by", "by when", MUST_HAVE),
		MARKED("reasons", "reasons", MAY_HAVE) }, 2 },
	[SHAPE_ENVELOPE] = { "envelope", 1, { { 0 } }, 0 },
};
const size_t LAW_SHAPES = sizeof law_shapes / sizeof *law_shapes;
_Static_assert(sizeof law_shapes / sizeof *law_shapes == LAW_SHAPE_COUNT,
    "every shape has its row");
