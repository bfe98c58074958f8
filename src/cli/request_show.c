/* request show and fields: one request with its acts, and what a kind asks for. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "flow/treaty.h"
#include "text/words.h"

/*
 * The row of its basis, of this node's own treaties too.  Where the law of this home
 * cannot be read, that is told by what asks for it; here the built-in one is shown.
 */
static const struct law_basis *
basis_of(struct cli *c, const char *kind, const char *instrument)
{
	const struct law_status *s = NULL;
	struct err ignored = ERR_INIT;

	return flow_law(&c->flow, &s, &ignored) ?
	    law_status_basis(s, kind, instrument) : law_basis(kind, instrument);
}

/* ---- in the reader's language, when one was asked for ---- */

static const char *
word(const struct cli *c, const char *key, const char *otherwise)
{
	return c->lang == NULL ? otherwise : words_say(c->lang, key);
}

static struct words_time
instant_of(const struct cli *c, int64_t at)
{
	struct words_time t;

	if (c->lang != NULL)
		return words_instant(c->lang, at);
	(void)snprintf(t.s, sizeof t.s, "%s", when_people(at).s);
	return t;
}

/* The language a text was written in: its tag, or its own name. */
static void
written_say(struct cli *c, const char *tag)
{
	if (tag[0] != '\0')
		say(c, "  [%s]", c->lang == NULL ? tag : words_lang_name(tag));
}

#define CODE_SHOWN 80		/* bytes of one code: those of the law have 22 at most */

/* "13;volatile_data": what each means; a code without a word stands for itself. */
static void
codes_say(struct cli *c, const struct law_shape *shape, const struct law_part *p,
    const char *list)
{
	bool offences = strcmp(shape->name, "offence") == 0 &&
	    strcmp(p->name, "articles") == 0;

	for (bool first = true; *list != '\0'; first = false) {
		size_t n = strcspn(list, ";");
		char code[CODE_SHOWN];
		const struct law_offence *o;
		const char *said;

		(void)snprintf(code, sizeof code, "%.*s",
		    (int)(n < sizeof code ? n : sizeof code - 1), list);
		o = offences ? law_offence(code) : NULL;
		said = offences ? NULL : words_code(c->lang, code);
		if (!first)
			say(c, "%s ", words_say(c->lang, "comma"));
		if (said != NULL)
			say(c, "%s", said);
		else
			say_text(c, code);
		if (o != NULL)
			say(c, " %s", words_offence(c->lang, o));
		list += n + (list[n] == ';');
	}
}

static void
part_label_say(struct cli *c, const char *in, const struct law_shape *shape,
    const struct law_part *p)
{
	if (c->lang == NULL)
		say(c, "%s  %-18s ", in, p->label);
	else
		say(c, "%s  %s: ", in, words_part(c->lang, shape, p));
}

static void
part_say(struct cli *c, const char *in, const struct law_shape *shape,
    const struct law_part *p, const struct field_part *v)
{
	if (!v->has)
		return;
	part_label_say(c, in, shape, p);
	if (p->kind == PART_INSTANT)
		say(c, "%s", instant_of(c, v->n).s);
	else if (p->kind == PART_NUMBER)
		say(c, "%lld", (long long)v->n);
	else if (p->kind == PART_YES)
		say(c, "%s", v->n ? word(c, "yes", "yes") : word(c, "no", "no"));
	else if (v->text != NULL && c->lang != NULL &&
	    (p->kind == PART_CODE || p->kind == PART_CODES))
		codes_say(c, shape, p, v->text);
	else if (v->text != NULL)
		say_text(c, v->text);
	if (p->kind == PART_MARKED)
		written_say(c, v->lang);
	say(c, "\n");
}

/* Each line begins with `in`; basis NULL: every place that asks for it. */
static void
fields_say(struct cli *c, const char *in, const struct fields *fs,
    const struct law_basis *basis)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->list[i];

		struct span place = basis != NULL ? law_basis_place(basis, f->law) :
		    span_text(f->law->source);

		say(c, place.n > 0 ? "%s%s (%.*s)\n" : "%s%s\n", in,
		    c->lang == NULL ? f->law->label : words_field(c->lang, f->law),
		    (int)place.n, place.p);
		for (size_t e = 0; e < f->n; e++)
			for (size_t p = 0; p < f->law->shape->parts_n; p++)
				part_say(c, in, f->law->shape,
				    &f->law->shape->parts[p], &f->entries[e].parts[p]);
	}
}

/* ---- its acts ---- */

#define ACTS_SHOWN 256		/* of one thread; more are counted */
struct acts_gathered {
	struct docket_act *list;	/* ACTS_SHOWN of them */
	size_t n, more;
};

static bool
act_gather(void *arg, const struct docket_act *a, struct err *err)
{
	struct acts_gathered *g = arg;

	(void)err;
	if (g->n < ACTS_SHOWN)
		g->list[g->n++] = *a;
	else
		g->more++;
	return true;
}

static void
marked_say(struct cli *c, const char *what, const struct marked_text *t)
{
	if (t->text == NULL)
		return;
	say(c, "      %s: ", what);
	say_text(c, t->text);
	written_say(c, t->lang);
	say(c, "\n");
}

static void
asked_say(struct cli *c, const char *name)
{
	const struct law_field *f = c->lang == NULL ? NULL : law_field(name);

	say(c, "      %s %s\n", word(c, "show.asks", "asks for"),
	    f == NULL ? name : words_field(c->lang, f));
}

/* What people wrote in it, so that nobody decides on a kind alone. */
static void
act_words_say(struct cli *c, const struct act *a)
{
	const struct answer_body *w = &a->body.answer;
	const struct delivered_body *d = &a->body.delivered;

	switch (act_kind_class(a->kind)) {
	case ACT_IS_ANSWER:
		for (size_t i = 0; i < w->grounds_n; i++) {
			const struct law_ground *g = law_ground(w->grounds[i]);

			say(c, "      %s %s: %s (%s)\n", word(c, "show.ground", "ground"),
			    w->grounds[i], g == NULL ? "not one we know" : c->lang == NULL ?
			    g->summary : words_ground(c->lang, g), g != NULL ? g->article :
			    "?");
		}
		marked_say(c, a->kind == ACT_QUESTION ? word(c, "show.question", "question") :
		    word(c, "show.text", "text"), &w->text);
		marked_say(c, word(c, "answer.better", "acceptable when"), &w->better);
		for (size_t i = 0; i < w->asks_n; i++)
			asked_say(c, w->asks[i]);
		fields_say(c, "      ", &w->fields, NULL);
		break;
	case ACT_IS_EVIDENCE:
		marked_say(c, word(c, "delivered.description", "description"),
		    &d->description);
		marked_say(c, word(c, "delivered.purpose", "may be used for"), &d->purpose);
		fields_say(c, "      ", &d->limits, NULL);
		for (size_t i = 0; i < d->origins_n; i++) {
			say(c, "      before: %s to %s, act %s%s\n", d->origins[i].from.s,
			    d->origins[i].to.s, id_short(&d->origins[i].act).s,
			    d->origins[i].has_consent ? ", with consent" : "");
			marked_say(c, "limits then", &d->origins[i].limits);
		}
		break;
	case ACT_IS_REQUEST:
		fields_say(c, "      ", &a->body.request.fields,
		    basis_of(c, act_kind_name(a->kind), a->instrument));
		break;
	case ACT_IS_NOTICE:
		marked_say(c, word(c, "show.text", "what happened"), &a->body.notice.text);
		break;
	case ACT_IS_CARD:
	case ACT_IS_RECEIPT:
	case ACT_IS_TIME_STAMP:
		break;
	}
}

/* What is owed, and what came later than the act itself. */
static void
stamp_say(struct cli *c, const struct docket_act *a)
{
	bool ours = a->direction == ACT_OUT || a->peer[0] == '\0';

	if (a->stamp == STAMP_PENDING && ours)
		say(c, "  its time stamp is owed");
	else if (a->stamp == STAMP_KEPT && !ours && strcmp(a->when, "PROVEN") != 0)
		say(c, " (on arrival; since then stamped: before %s)",
		    when_people(a->stamped_at).s);
}

static bool
act_say(struct cli *c, const struct docket_act *a, bool words)
{
	struct act *act;
	bool ok;

	say(c, "    %s %-3s %-24s %s", instant_of(c, a->at).s,
	    a->direction == ACT_OUT ? word(c, "show.out", "out") :
	    word(c, "show.in", "in"), c->lang == NULL ? a->kind :
	    words_kind(c->lang, a->kind), id_short(&a->act).s);
	if (a->other)
		say(c, "  another package of the same act");
	if (a->direction == ACT_OUT && a->receipted_at != 0)
		say(c, "  receipt %s", when_people(a->receipted_at).s);
	else if (a->outbox == OUTBOX_WAITS || a->outbox == OUTBOX_ONCE)
		say(c, a->carried_at != 0 ? "  carried, no receipt yet" :
		    "  waits for a carrier");
	if (a->direction == ACT_IN && a->who[0] != '\0')
		say(c, "  %s, %s, %s", a->verdict, a->who, a->when);
	stamp_say(c, a);
	if (a->bytes == 0)
		say(c, "  its parcel is missing");
	say(c, "\n");
	if (!words || a->bytes == 0 || strcmp(a->kind, "receipt") == 0 ||
	    strcmp(a->kind, "time_stamp") == 0)
		return true;
	act = mem_new(sizeof *act, &c->err);
	if (act == NULL)
		return false;
	act_init(act, ACT_RECEIPT);
	ok = flow_act_read(&c->flow, &a->act, act, &c->err);
	if (ok)
		act_words_say(c, act);
	act_clear(act);
	mem_free(act);
	return ok;
}

static void
act_json(struct json_out *j, const struct docket_act *a)
{
	json_out_object(j, NULL);
	json_out_digest(j, "act", &a->act);
	json_out_digest(j, "package", &a->package);
	json_out_str(j, "kind", a->kind);
	json_out_str(j, "direction", a->direction == ACT_OUT ? "out" : "in");
	json_out_int(j, "evidence", a->evidence);
	instant_json(j, "at", a->at);
	json_out_bool(j, "other_package", a->other);
	json_out_bool(j, "parcel_missing", a->bytes == 0);
	instant_json(j, "carried_at", a->carried_at);
	instant_json(j, "receipted_at", a->receipted_at);
	json_out_str(j, "verdict", a->verdict);
	json_out_str(j, "who", a->who);
	json_out_str(j, "when", a->when);
	json_out_str(j, "stamp", stamp_state_word(a->stamp));
	instant_json(j, "stamped_at", a->stamped_at);
	json_out_close_object(j);
}

static bool
finds(const struct request_findings *f, const char *reason)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->list[i].reason, reason) == 0)
			return true;
	return false;
}

static void
request_next(struct cli *c, const struct request_view *v)
{
	const struct docket_request *r = &v->row;
	unsigned n = r->number;

	if (finds(&v->findings, "guard.call-back"))
		say(c, "  Next: comity request called %u --dialled PHONE --answered-by NAME --result yes   (the number: comity peer show %.2s)\n",
		    n, v->peer_state);
	else if (v->has_draft)
		say(c, v->findings.stops > 0 ? "  Next: comity request edit %u ...\n" :
		    "  Next: comity request send %u\n", n);
	else if (!r->ours && (strcmp(r->state, "received") == 0 ||
	    strcmp(r->state, "needs_info") == 0))
		say(c, strcmp(r->kind, "preserve") == 0 ?
		    "  Next: comity request confirm %u   (or refuse, ask)\n" :
		    "  Next: comity request confirm %u   (or refuse, ask, answer)\n", n);
	else if (!r->ours && strcmp(r->state, "consulting") == 0)
		say(c, "  Next: wait for their reply, or comity request confirm %u   (or refuse, postpone)\n", n);
	else if (!r->ours && strcmp(r->state, "postponed") == 0)
		say(c, "  Next: comity request confirm %u   (or refuse), when it is taken up again\n", n);
	else if (r->ours && strcmp(r->state, "consulting") == 0)
		say(c, "  Next: comity request reply %u --text \"...\"   (or withdraw)\n", n);
	else if (r->ours && strcmp(r->state, "delivered") == 0)
		say(c, "  Next: when it was examined, comity request acknowledge %u\n", n);
	else if (!r->ours && (strncmp(r->state, "accepted", 8) == 0 ||
	    strcmp(r->state, "executing") == 0) &&
	    strcmp(r->kind, "preserve") != 0 && strcmp(r->kind, "use_consent") != 0)
		say(c, "  Next: comity request answer %u --evidence ID\n", n);
	else if (r->ours && strcmp(r->state, "needs_info") == 0)
		say(c, "  Next: comity request reply %u --text \"...\"\n", n);
}

/* What goes along, or came along, with the request itself. */
static void
attached_say(struct cli *c, const struct request_view *v)
{
	const struct act *a = &v->draft.act;

	for (size_t i = 0; v->has_draft && i < v->draft.attach_n; i++) {
		say(c, "  attached  ");
		say_text(c, v->draft.attach[i]);
		say(c, " (%s)\n", size_people(v->draft.attach_bytes[i]).s);
	}
	if (!v->has_draft && act_kind_class(a->kind) == ACT_IS_REQUEST &&
	    a->payload_files > 0)
		say(c, "  attached  %s, %s: comity request export %u --out DIR\n",
		    count_people(a->payload_files, "file", "files").s,
		    size_people(a->payload_bytes).s, v->row.number);
}

/* Who is asked may refuse on these grounds and on no other. */
#define GROUND_ID_MAX 15

/* The next ground of "R02;R03;P01" that a refusal may name: never P and N rows. */
static const struct law_ground *
ground_next(const char **list)
{
	const struct law_ground *g = NULL;

	while (**list != '\0' && g == NULL) {
		size_t n = strcspn(*list, ";");
		char id[GROUND_ID_MAX + 1];

		(void)snprintf(id, sizeof id, "%.*s", (int)(n < GROUND_ID_MAX ? n :
		    GROUND_ID_MAX), *list);
		g = id[0] == 'P' || id[0] == 'N' ? NULL : law_ground(id);
		*list += n + ((*list)[n] != '\0');
	}
	return g;
}

static void
grounds_say(struct cli *c, const char *list)
{
	const struct law_ground *g = ground_next(&list);

	if (g != NULL)
		say(c, "  %s\n", word(c, "show.grounds",
		    "grounds on which it may be refused"));
	for (; g != NULL; g = ground_next(&list))
		say(c, "    %s  %s (%s)\n", g->id, c->lang == NULL ? g->summary :
		    words_ground(c->lang, g), g->article);
}

static void
grounds_json(struct json_out *j, const char *list)
{
	const struct law_ground *g;

	json_out_array(j, "grounds");
	while ((g = ground_next(&list)) != NULL)
		json_out_str(j, NULL, g->id);
	json_out_close_array(j);
}

/* Is it on us to answer it? */
static bool
answer_owed(const struct docket_request *r)
{
	return !r->ours && r->answered_at == 0 && (strcmp(r->state, "received") == 0 ||
	    strcmp(r->state, "needs_info") == 0);
}

static void
state_say(struct cli *c, const struct docket_request *r)
{
	say(c, "\n  %s  %s", word(c, "show.state", "state"), c->lang == NULL ? r->state :
	    words_state(c->lang, r->state));
	if (r->due_at != 0 && c->lang != NULL)
		say(c, "; %s: %s", words_say(c->lang, "show.due"),
		    instant_of(c, r->due_at).s);
	else if (r->due_at != 0)
		say(c, "; %s %s", rule_people(r),
		    due_people(r->due_at, world_now(c->world)).s);
	say(c, "\n");
}

static void
basis_say(struct cli *c, const struct docket_request *r, const struct law_basis *basis)
{
	if (r->instrument[0] != '\0')
		say(c, "  %s  %s %s", word(c, "show.basis", "basis"), c->lang == NULL ?
		    r->instrument : words_instrument(c->lang, r->instrument), r->article);
	if (r->instrument[0] != '\0' && basis != NULL)
		say(c, " (%s: %s)", word(c, "show.our_text", "our text"),
		    c->lang == NULL ? law_certainty_name(basis->certainty) :
		    words_certainty(c->lang, basis->certainty));
	if (r->instrument[0] != '\0')
		say(c, "\n");
	if (r->basis_at != 0 && c->lang == NULL)
		say(c, "         chosen %s by %s\n", when_day(r->basis_at).s, r->basis_rows);
	else if (r->basis_at != 0)
		say(c, "         %s: %s (%s)\n", words_say(c->lang, "show.chosen"),
		    instant_of(c, r->basis_at).s, r->basis_rows);
}

static void
view_say(struct cli *c, const struct request_view *v)
{
	const struct settings *s = home_settings(c->flow.home);
	const struct docket_request *r = &v->row;
	const struct law_measure *m = law_measure(r->kind);
	const struct law_basis *basis = basis_of(c, r->kind, r->instrument);

	say(c, "%s  %s", request_number_text(s->state, r).s, c->lang != NULL ?
	    words_kind(c->lang, r->kind) : m != NULL ? m->title : r->kind);
	if (s->training)
		say(c, "  %s", word(c, "show.training", "TRAINING"));
	say(c, "\n  %s %s  ", r->ours ? word(c, "show.to", "to  ") :
	    word(c, "show.from", "from"), v->peer_state);
	if (v->peer_name[0] != '\0')
		say_text(c, v->peer_name);
	else
		say(c, "%s", word(c, "show.nobody", "nobody there is known yet"));
	if (c->lang != NULL && words_are_draft(c->lang))
		say(c, "\n  %s", words_say(c->lang, "lang.draft"));
	state_say(c, r);
	basis_say(c, r, basis);
	if (r->reference[0] != '\0') {
		say(c, "  %s  ", word(c, "show.their_number", "their number"));
		say_text(c, r->reference);
		say(c, "\n");
	}
	if (r->hold_until != 0)
		say(c, c->lang == NULL ? "  %s from %s to %s\n" : "  %s: %s \xe2\x80\x93 %s\n",
		    word(c, "show.held", "held"), instant_of(c, r->hold_effected_at).s,
		    instant_of(c, r->hold_until).s);
	if (act_kind_class(v->draft.act.kind) == ACT_IS_REQUEST)
		fields_say(c, "  ", &v->draft.act.body.request.fields, basis);
	attached_say(c, v);
	if (answer_owed(r) && basis != NULL)
		grounds_say(c, basis->grounds);
	findings_say(c, &v->row, &v->findings);
}

static void
view_json(struct cli *c, const struct request_view *v, const struct acts_gathered *g)
{
	const struct law_basis *basis;
	struct json_out j;

	json_start(c, &j, "comity.request/1");
	request_json(c, &j, &v->row);
	json_shown(&j, "peer_name", v->peer_name);
	json_out_object(&j, "fields");
	if (act_kind_class(v->draft.act.kind) == ACT_IS_REQUEST)
		fields_encode(&v->draft.act.body.request.fields, &j);
	json_out_close_object(&j);
	findings_json(&j, &v->findings);
	json_out_array(&j, "attached");
	for (size_t i = 0; v->has_draft && i < v->draft.attach_n; i++) {
		json_out_object(&j, NULL);
		json_shown(&j, "path", v->draft.attach[i]);
		json_out_int(&j, "bytes", (int64_t)v->draft.attach_bytes[i]);
		json_out_digest(&j, "sha256", &v->draft.attach_sha256[i]);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_out_int(&j, "attached_files", (int64_t)(v->has_draft ? v->draft.attach_n :
	    v->draft.act.payload_files));
	basis = basis_of(c, v->row.kind, v->row.instrument);
	json_out_str(&j, "basis_at", v->row.basis_at != 0 ?
	    when_rfc3339(v->row.basis_at).s : "");
	json_out_str(&j, "basis_rows", v->row.basis_rows);
	grounds_json(&j, answer_owed(&v->row) && basis != NULL ? basis->grounds : "");
	json_out_array(&j, "acts");
	for (size_t i = 0; i < g->n; i++)
		act_json(&j, &g->list[i]);
	json_out_close_array(&j);
	json_done(c, &j);
}

int
run_request_show(struct cli *c, struct call *call)
{
	struct request_view *v = mem_new(sizeof *v, &c->err);
	struct acts_gathered g = { .list = mem_array(ACTS_SHOWN, sizeof *g.list,
		&c->err) };
	struct docket *d = NULL;
	unsigned number;
	bool ok;

	if (v == NULL || g.list == NULL) {
		mem_free(v);
		mem_free(g.list);
		return fail(c);
	}
	request_view_init(v);
	ok = reader_lang(c, call) && request_arg(c, call, &number) &&
	    flow_request_view(&c->flow, number, v, &c->err) &&
	    home_docket(c->flow.home, &d, &c->err);
	if (ok) {
		ok = docket_request_acts(d, number, act_gather, &g, &c->err);
		home_docket_done(c->flow.home);
	}
	if (ok && c->json) {
		view_json(c, v, &g);
	} else if (ok) {
		view_say(c, v);
		if (g.n > 0)
			say(c, "  %s\n", word(c, "show.acts", "acts"));
		/* The request itself stands above. */
		for (size_t i = 0; ok && i < g.n; i++)
			ok = act_say(c, &g.list[i], !v->row.has_act ||
			    !digest_eq(&g.list[i].act, &v->row.act));
		if (g.more > 0)
			say(c, "    and %zu more\n", g.more);
		request_next(c, v);
	}
	request_view_clear(v);
	mem_free(v);
	mem_free(g.list);
	return ok ? EXIT_DONE : fail(c);
}

/* ---- what a kind asks for ---- */

static const char *
need_word(enum law_need n)
{
	return n == LAW_REQUIRED ? "needed" : n == LAW_ONE_OF ? "one of these" :
	    n == LAW_CONDITIONAL ? "sometimes" : "optional";
}

static int
kinds_told(struct cli *c)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.request-kinds/1");
		json_out_array(&j, "kinds");
	}
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		const struct law_measure *m = act_kind_measure((enum act_kind)k);

		if (m == NULL)
			continue;
		if (c->json) {
			json_out_object(&j, NULL);
			json_out_str(&j, "kind", m->id);
			json_out_str(&j, "title", m->title);
			json_out_str(&j, "articles", m->articles);
			json_out_close_object(&j);
		}
		say(c, "  %-18s %s (Art %s)\n", m->id, m->title, m->articles);
	}
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	say(c, "  Next: comity request fields KIND\n");
	return EXIT_DONE;
}

int
run_request_fields(struct cli *c, struct call *call)
{
	const struct law_measure *m;
	enum act_kind kind;
	const struct law_field *all;
	struct json_out j;
	size_t n;

	if (call->args_n == 0)
		return kinds_told(c);
	m = act_kind_parse(call->args[0], &kind) ? act_kind_measure(kind) : NULL;
	if (m == NULL)
		return fail_use(c, "there is no kind of request \"%.40s\"; there are %s",
		    call->args[0], request_kinds_people().s);
	all = law_fields(&n);
	if (c->json) {
		json_start(c, &j, "comity.request-fields/1");
		json_out_str(&j, "kind", m->id);
		json_out_array(&j, "fields");
	}
	say(c, "%s (Art %s), certainty of our text: %s\n", m->title, m->articles,
	    law_certainty_name(m->certainty));
	for (size_t i = 0; i < n; i++) {
		const struct law_field *f = &all[i];
		enum law_need need = law_need(m, f);

		if (need == LAW_NOT_ASKED || law_field_is_envelope(f) ||
		    f->shape->parts_n == 0)
			continue;
		if (c->json) {
			json_out_object(&j, NULL);
			json_out_str(&j, "name", f->name);
			json_out_str(&j, "label", f->label);
			json_out_str(&j, "need", need_word(need));
			json_out_str(&j, "source", f->source);
			json_out_str(&j, "required_by", f->required_by);
			json_out_str(&j, "certainty", law_certainty_name(f->certainty));
			json_out_close_object(&j);
			continue;
		}
		say(c, "  %-22s %-12s %s (%s; %s)\n", f->name, need_word(need),
		    f->label, f->source, law_certainty_name(f->certainty));
		for (size_t p = 0; p < f->shape->parts_n; p++)
			say(c, "      .%-20s %s%s%s\n", f->shape->parts[p].name,
			    f->shape->parts[p].label, f->shape->parts[p].codes != NULL ?
			    ": " : "", f->shape->parts[p].codes != NULL ?
			    f->shape->parts[p].codes : "");
	}
	grounds_say(c, m->grounds);
	if (c->json) {
		json_out_close_array(&j);
		grounds_json(&j, m->grounds);
		json_done(c, &j);
	}
	return EXIT_DONE;
}
