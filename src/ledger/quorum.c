/* Reading a file of who is believed (C2SP tlog-policy).  quorum_reach.c counts. */
#include "ledger/quorum_internal.h"

#include <string.h>

#include "ledger/note_internal.h"

/* One line at a time. */
struct reader {
	struct quorum *q;
	struct span left;		/* of the line */
	unsigned line;
	bool has_quorum;
	/* With every cosignature there can be. */
	struct quorum_tally best[QUORUM_GROUPS_MAX];
	bool can[QUORUM_WITNESSES_MAX];
	struct err *err;
};

static bool
wrong(struct reader *r, const char *reason, const char *why)
{
	return err_set(r->err, ERR_INPUT, reason, "line %u %s", r->line, why);
}

static bool
full(struct reader *r, const char *what, unsigned most)
{
	return err_set(r->err, ERR_LIMIT, "quorum.limit",
	    "line %u is one %s more than the %u that are read", r->line, what, most);
}

/* ---- words ---- */

/* The next word, or an empty one at the end or before a comment. */
static struct span
word_next(struct reader *r)
{
	struct span *s = &r->left, word;
	size_t n = 0;

	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = span_from(*s, 1);
	if (s->n > 0 && s->p[0] == '#')
		*s = span_from(*s, s->n);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	word = span_part(*s, 0, n);
	*s = span_from(*s, n);
	return word;
}

static bool
line_ends(struct reader *r)
{
	return word_next(r).n == 0 || wrong(r, "quorum.form", "has a word too many");
}

/* As text; false when it is empty or longer than room - 1. */
static bool
word_text(struct span word, char *out, size_t room)
{
	if (word.n == 0 || word.n >= room)
		return false;
	memcpy(out, word.p, word.n);
	out[word.n] = '\0';
	return true;
}

static bool
name_next(struct reader *r, char out[QUORUM_WORD_MAX + 1])
{
	return word_text(word_next(r), out, QUORUM_WORD_MAX + 1) ||
	    wrong(r, "quorum.form", "lacks a name of 1 to 63 bytes");
}

/* Nothing is fetched from it here; a slip in it is told all the same. */
static bool
url_passes(struct reader *r)
{
	struct span url = word_next(r);

	return url.n == 0 || span_starts(url, "https://") || span_starts(url, "http://") ||
	    wrong(r, "quorum.url", "ends in something that is no URL");
}

/* ---- keys ---- */

/*
 * A key of a type that this version does not judge keeps its place, and its signatures
 * never count.
 */
static bool
key_next(struct reader *r, enum note_key_type type, struct vkey *out)
{
	char text[VKEY_TEXT_MAX + 1];
	struct err why = ERR_INIT;

	if (!word_text(word_next(r), text, sizeof text))
		return wrong(r, "quorum.form", "lacks a verifier key");
	memset(out, 0, sizeof *out);
	if (vkey_parse(text, out, &why))
		return out->type == type || wrong(r, "quorum.key",
		    type == NOTE_ED25519 ? "has the key of a witness for that of a log" :
		    "has a key that makes no cosignatures");
	if (why.kind == ERR_INPUT && strcmp(why.reason, "vkey.type") == 0) {
		size_t n = strcspn(text, "+");

		memcpy(out->name, text, n);
		out->type = NOTE_ML_DSA_44;
		return hex_decode(span_of(text + n + 1, 8), out->id, sizeof out->id);
	}
	if (why.kind != ERR_INPUT)
		return err_set(r->err, why.kind, why.reason, "%s", why.text);
	return err_set(r->err, ERR_INPUT, "quorum.key", "line %u: %s", r->line, why.text);
}

static bool
same_key(const struct vkey *a, const struct vkey *b)
{
	if (a->type != NOTE_ML_DSA_44 && b->type != NOTE_ML_DSA_44 &&
	    memcmp(a->point, b->point, sizeof a->point) == 0)
		return true;
	return strcmp(a->name, b->name) == 0 && memcmp(a->id, b->id, sizeof a->id) == 0;
}

/* One key, one role: whoever is a log does not vouch for itself. */
static bool
key_is_new(struct reader *r, const struct vkey *k)
{
	const struct quorum *q = r->q;
	bool known = false;

	for (size_t i = 0; i < q->logs_n; i++)
		known = known || same_key(&q->logs[i], k);
	for (size_t i = 0; i < q->witnesses_n; i++)
		known = known || same_key(&q->witnesses[i], k);
	return !known || wrong(r, "quorum.twice", "has a key that stands there before");
}

static bool
log_line(struct reader *r)
{
	struct quorum *q = r->q;
	struct vkey k;

	if (!key_next(r, NOTE_ED25519, &k) || !url_passes(r) || !line_ends(r) ||
	    !key_is_new(r, &k))
		return false;
	if (k.type != NOTE_ED25519)
		return true;	/* its other key may follow, which we can judge */
	if (quorum_log(q, k.name) != NULL)
		return wrong(r, "quorum.twice", "has a second key for a log");
	if (q->logs_n == QUORUM_LOGS_MAX)
		return full(r, "log", QUORUM_LOGS_MAX);
	q->logs[q->logs_n++] = k;
	return true;
}

/* ---- witnesses and groups ---- */

/* Who has this name; NULL none.  Only what stands above is known yet. */
static struct quorum_node *
node_named(struct quorum *q, const char *name)
{
	for (size_t i = 0; i < q->witnesses_n; i++)
		if (strcmp(q->witness_nodes[i].name, name) == 0)
			return &q->witness_nodes[i];
	for (size_t i = 0; i < q->groups_n; i++)
		if (strcmp(q->groups[i].node.name, name) == 0)
			return &q->groups[i].node;
	return NULL;
}

static bool
name_is_new(struct reader *r, const char *name)
{
	if (strcmp(name, "none") == 0)
		return wrong(r, "quorum.form", "gives the name \"none\", which means nobody");
	return node_named(r->q, name) == NULL ||
	    wrong(r, "quorum.twice", "gives a name that is given before");
}

static bool
witness_line(struct reader *r)
{
	struct quorum_node node = { .parent = NO_GROUP };
	struct quorum *q = r->q;
	struct vkey k;

	if (!name_next(r, node.name) || !key_next(r, NOTE_COSIGNATURE, &k) ||
	    !url_passes(r) || !line_ends(r) || !name_is_new(r, node.name) ||
	    !key_is_new(r, &k))
		return false;
	if (q->witnesses_n == QUORUM_WITNESSES_MAX)
		return full(r, "witness", QUORUM_WITNESSES_MAX);
	r->can[q->witnesses_n] = k.type != NOTE_ML_DSA_44;
	q->witnesses[q->witnesses_n] = k;
	q->witness_nodes[q->witnesses_n++] = node;
	return true;
}

/* "all", "any" or a number; 0 for all, as how many they are is not known yet. */
static bool
need_next(struct reader *r, uint64_t *need)
{
	struct span word = word_next(r);

	*need = span_is(word, "any") ? 1 : 0;
	if (span_is(word, "any") || span_is(word, "all"))
		return true;
	return (size_read(word, need) && *need > 0) || wrong(r, "quorum.threshold",
	    "says neither all nor any nor how many");
}

static bool
members_join(struct reader *r, struct quorum_group *g, int number)
{
	char name[QUORUM_WORD_MAX + 1];
	struct span word;

	while ((word = word_next(r)).n > 0) {
		struct quorum_node *m;

		m = word_text(word, name, sizeof name) ? node_named(r->q, name) : NULL;
		if (m == NULL)
			return wrong(r, "quorum.undefined",
			    "has a member that is not defined above it");
		if (m->parent != NO_GROUP)
			return wrong(r, "quorum.member",
			    "has a member that is one already, here or of another group");
		m->parent = number;
		g->members++;
	}
	return g->members > 0 || wrong(r, "quorum.form", "is a group without members");
}

static bool
group_line(struct reader *r)
{
	struct quorum_group g = { .node.parent = NO_GROUP };
	struct quorum *q = r->q;
	uint64_t need;

	if (!name_next(r, g.node.name) || !need_next(r, &need) ||
	    !name_is_new(r, g.node.name))
		return false;
	if (q->groups_n == QUORUM_GROUPS_MAX)
		return full(r, "group", QUORUM_GROUPS_MAX);
	if (!members_join(r, &g, (int)q->groups_n))
		return false;
	if (need > g.members)
		return wrong(r, "quorum.threshold", "wants more than there are members");
	g.all = need == 0;
	g.need = g.all ? g.members : (unsigned)need;
	q->groups[q->groups_n] = g;
	r->best[q->groups_n] = quorum_tally(q, r->best, r->can, q->groups_n);
	return r->best[q->groups_n++].reached || wrong(r, "quorum.unreachable",
	    "wants more than it can get: members of one State count once");
}

static bool
quorum_line(struct reader *r)
{
	char name[QUORUM_WORD_MAX + 1];

	if (r->has_quorum)
		return wrong(r, "quorum.twice", "is a second quorum");
	if (!name_next(r, name) || !line_ends(r))
		return false;
	r->has_quorum = true;
	if (strcmp(name, "none") == 0)
		return true;
	r->q->top = node_named(r->q, name);
	return r->q->top != NULL || wrong(r, "quorum.undefined",
	    "names a quorum that is not defined above it");
}

/* ---- the file ---- */

static bool
line_read(struct reader *r)
{
	static const struct {
		const char *word;
		bool (*read)(struct reader *r);
	} kinds[] = {
		{ "log", log_line },
		{ "witness", witness_line },
		{ "group", group_line },
		{ "quorum", quorum_line },
	};
	struct span word = word_next(r);

	if (word.n == 0)
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (span_is(word, kinds[i].word))
			return kinds[i].read(r);
	return wrong(r, "quorum.form",
	    "begins with another word than log, witness, group and quorum");
}

/* UTF-8 without control characters; the tab is one that the format allows. */
static bool
characters_good(struct reader *r, struct span line)
{
	uint32_t c;

	while (line.n > 0) {
		size_t n = utf8_next(line, &c);

		if (n == 0 || (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0))
			return wrong(r, "quorum.characters",
			    "has a byte that belongs in no such file (each line ends in "
			    "a line feed alone)");
		line = span_from(line, n);
	}
	return true;
}

static bool
lines_read(struct reader *r, struct span file)
{
	struct cursor in = cursor_of(file);
	struct span line;

	while (!cursor_done(&in)) {
		/* Editors leave the last line without its end. */
		if (!cursor_line(&in, &line)) {
			line = in.left;
			in.left = span_from(in.left, in.left.n);
		}
		r->line++;
		r->left = line;
		if (!characters_good(r, line) || !line_read(r))
			return false;
	}
	return r->has_quorum || err_set(r->err, ERR_INPUT, "quorum.missing",
	    "there is no quorum line: \"quorum NAME\", or \"quorum none\"");
}

bool
quorum_read(struct span file, struct quorum **out, struct err *err)
{
	struct reader r = { .err = err };

	if (file.n > QUORUM_FILE_MAX)
		return err_set(err, ERR_LIMIT, "quorum.size",
		    "a policy file of more than %u bytes is not read", QUORUM_FILE_MAX);
	r.q = mem_new(sizeof *r.q, err);
	if (r.q == NULL)
		return false;
	if (!lines_read(&r, file)) {
		quorum_free(r.q);
		return false;
	}
	*out = r.q;
	return true;
}

void
quorum_free(struct quorum *q)
{
	mem_free(q);
}

size_t
quorum_witnesses(const struct quorum *q)
{
	return q->witnesses_n;
}

const struct vkey *
quorum_witness(const struct quorum *q, size_t i)
{
	return &q->witnesses[i];
}

const struct vkey *
quorum_log(const struct quorum *q, const char *origin)
{
	for (size_t i = 0; i < q->logs_n; i++)
		if (strcmp(q->logs[i].name, origin) == 0)
			return &q->logs[i];
	return NULL;
}
