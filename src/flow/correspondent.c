/*
 * Who has no Comity: noted with a State, a name, an address; and what a letter or a
 * mail to them says, read back from the parcel that was kept.
 */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/people.h"

#define MAIL_MAX 254		/* RFC 5321 4.5.3.1.3 */

/* ---- noted ---- */

static bool
languages_valid(const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ";");
		char one[12];

		if (n >= sizeof one)
			return false;
		memcpy(one, list, n);
		one[n] = '\0';
		if (!lang_valid(one))
			return false;
		list += n;
		if (*list == ';' && *++list == '\0')
			return false;
	}
	return true;
}

static bool
mail_valid(const char *s)
{
	const char *at = strchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strlen(s) > MAIL_MAX)
		return false;
	for (; *s != '\0'; s++)
		if (*s <= 0x20 || *s >= 0x7f || strchr("<>()[]\\,;:\"", *s) != NULL)
			return false;
	return true;
}

static bool
text_valid(const char *s, size_t max)
{
	return strlen(s) <= max && utf8_valid(span_text(s));
}

static bool
wish_ask(const struct correspondent_wish *w, struct err *err)
{
	if (w->state == NULL || strlen(w->state) != 2 || law_state(w->state) == NULL)
		return err_set(err, ERR_USE, "correspondent.state",
		    "\"%.20s\" is the code of no State; write two capital letters, as in FR",
		    w->state == NULL ? "" : w->state);
	if (w->name == NULL || w->name[0] == '\0' || !text_valid(w->name, 200))
		return err_set(err, ERR_USE, "correspondent.name",
		    "the correspondent needs a name of 1 to 200 bytes of UTF-8");
	if (w->address != NULL && !text_valid(w->address, 400))
		return err_set(err, ERR_USE, "correspondent.address",
		    "the address is at most 400 bytes of UTF-8");
	if (w->email != NULL && !mail_valid(w->email))
		return err_set(err, ERR_USE, "correspondent.email",
		    "\"%.60s\" is no mail address", w->email);
	if (w->languages != NULL && (strlen(w->languages) > 63 ||
	    !languages_valid(w->languages)))
		return err_set(err, ERR_USE, "correspondent.languages",
		    "languages are written as in --languages \"pt;en\"");
	return true;
}

/* An empty text is none. */
static bool
text_take(char **out, const char *s, struct err *err)
{
	if (s == NULL || s[0] == '\0')
		return true;
	*out = mem_text_of(s, err);
	return *out != NULL;
}

static bool
correspondent_take(const struct correspondent_wish *w, struct correspondent *c,
    struct err *err)
{
	memset(c, 0, sizeof *c);
	memcpy(c->state, w->state, 3);
	if (w->languages != NULL)
		(void)snprintf(c->languages, sizeof c->languages, "%s", w->languages);
	return text_take(&c->name, w->name, err) &&
	    text_take(&c->address, w->address, err) &&
	    text_take(&c->email, w->email, err);
}

static bool
correspondent_put(struct flow *f, struct docket *d, struct correspondent *c,
    struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "correspondent.new");
	return docket_begin(d, err) && record_event(f, d, &r, 0, NULL, err) &&
	    docket_correspondent_new(d, c, err) && docket_commit(d, err);
}

bool
flow_correspondent_new(struct flow *f, const struct correspondent_wish *wish,
    unsigned *number, struct err *err)
{
	struct correspondent c = { .name = NULL };
	struct docket *d = NULL;
	bool ok;

	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_KEYS, err) && wish_ask(wish, err) &&
	    correspondent_take(wish, &c, err) && desk_open(f, true, &d, err) &&
	    correspondent_put(f, d, &c, err);
	docket_close(d);
	if (ok)
		*number = c.number;
	correspondent_clear(&c);
	return ok;
}

/* ---- what a letter says ---- */

void
letter_facts_init(struct letter_facts *l)
{
	memset(l, 0, sizeof *l);
	act_init(&l->act, ACT_GRANTED);
	act_init(&l->card, ACT_CARD);
	act_init(&l->request, ACT_PRESERVE);
	buf_init(&l->act_json, ACT_BYTES_MAX);
	l->micalg = "sha-256";
	for (size_t i = 0; i < LETTER_FILES_MAX; i++)
		buf_init(&l->files[i].bytes, LETTER_FILES_BYTES_MAX);
}

void
letter_facts_clear(struct letter_facts *l)
{
	act_clear(&l->act);
	act_clear(&l->card);
	act_clear(&l->request);
	buf_clear(&l->act_json);
	for (size_t i = 0; i < LETTER_FILES_MAX; i++)
		buf_clear(&l->files[i].bytes);
	letter_facts_init(l);
}

/* Paper has an address and languages; a peer what its card says. */
static bool
receiver_told(struct flow *f, struct docket *d, struct letter_facts *l,
    struct err *err)
{
	struct correspondent c = { .name = NULL };
	struct other_side side;
	bool ok;

	other_side_init(&side);
	ok = other_side_of(f, d, &l->row, &side, err);
	(void)snprintf(l->to_name, sizeof l->to_name, "%s", side.name);
	memcpy(l->to_state, side.state, sizeof l->to_state);
	if (ok && !side.is_peer) {
		ok = docket_correspondent_get(d, side.correspondent, &c, err);
		if (ok) {
			(void)snprintf(l->to_address, sizeof l->to_address, "%s",
			    c.address != NULL ? c.address : "");
			(void)snprintf(l->to_email, sizeof l->to_email, "%s",
			    c.email != NULL ? c.email : "");
			(void)snprintf(l->to_languages, sizeof l->to_languages, "%s",
			    c.languages);
		}
		correspondent_clear(&c);
	}
	for (size_t i = 0; ok && side.is_peer &&
	    i < side.peer.card.body.card.languages_n; i++) {
		size_t n = strlen(l->to_languages);

		(void)snprintf(l->to_languages + n, sizeof l->to_languages - n, "%s%s",
		    n > 0 ? ";" : "", side.peer.card.body.card.languages[i]);
	}
	other_side_clear(&side);
	return ok;
}

/* The mail address on our card, if there is one. */
static void
sender_told(struct letter_facts *l)
{
	const struct card_body *c = &l->card.body.card;
	static const char mail[] = "mailto:";

	for (size_t i = 0; i < c->carriers_n && l->from_email[0] == '\0'; i++)
		if (strncmp(c->carriers[i], mail, sizeof mail - 1) == 0)
			(void)snprintf(l->from_email, sizeof l->from_email, "%.254s",
			    c->carriers[i] + sizeof mail - 1);
}

/* Everything about one parcel that was sealed to us. */
struct letter_reading {
	struct package_reading in;
	struct parcel_path path;
	struct age_keys keys;
};

static bool
reading_open(struct flow *f, const struct digest *act, struct letter_reading *r,
    struct err *err)
{
	struct keyring *k = NULL;

	memset(r, 0, sizeof *r);
	r->path = parcel_path(act);
	r->in.world = f->world;
	r->in.at = home_dir(f->home);
	r->in.path = r->path.s;
	r->in.keys = &r->keys;
	return flow_keyring(f, &k, err) &&
	    keyring_identities(k, &r->keys.identities, &r->keys.n, err);
}

static bool
file_take(struct letter_reading *r, struct letter_facts *l, const char *path,
    size_t *left, struct err *err)
{
	struct letter_file *file;

	if (l->files_n == LETTER_FILES_MAX)
		return err_set(err, ERR_LIMIT, "letter.files",
		    "more than %d files are attached: a mail does not carry them",
		    LETTER_FILES_MAX);
	file = &l->files[l->files_n];
	file->bytes.max = *left;
	if (!package_extract(&r->in, path, &file->bytes, err))
		return err->kind != ERR_LIMIT ? false : err_set(err, ERR_LIMIT,
		    "letter.files",
		    "the attached files are more than %u MiB together: a mail does not carry them; send them another way",
		    LETTER_FILES_BYTES_MAX >> 20);
	*left -= file->bytes.n;
	(void)snprintf(file->name, sizeof file->name, "%.255s",
	    path + strlen("data/"));
	l->files_n++;
	return digest_of(buf_span(&file->bytes), &file->sha256, err);
}

/* Lines of the manifest: "HEX  data/NAME"; the salt is no attachment. */
static bool
files_take(struct letter_reading *r, struct letter_facts *l, struct err *err)
{
	size_t left = LETTER_FILES_BYTES_MAX;
	struct cursor c;
	struct span line;
	struct buf list;
	bool ok;

	buf_init(&list, 65536);
	ok = package_extract(&r->in, "manifest-sha256.txt", &list, err);
	c = cursor_of(buf_span(&list));
	while (ok && cursor_line(&c, &line)) {
		char path[300];

		if (line.n <= 66 || line.n - 66 >= sizeof path)
			continue;
		memcpy(path, line.p + 66, line.n - 66);
		path[line.n - 66] = '\0';
		if (strcmp(path, "data/_salt") != 0)
			ok = file_take(r, l, path, &left, err);
	}
	buf_clear(&list);
	return ok;
}

static bool
act_take(struct flow *f, struct letter_facts *l, struct err *err)
{
	struct letter_reading r;

	/* Evidence is no attachment: it travels sealed, beside the letter. */
	if (!reading_open(f, &l->act_id, &r, err) ||
	    !package_extract(&r.in, "act.json", &l->act_json, err) ||
	    !act_decode(&l->act, buf_span(&l->act_json), err))
		return false;
	if (l->act.kind != ACT_DELIVERED && l->act.payload_files > 0 &&
	    !files_take(&r, l, err))
		return false;
	if (act_kind_class(l->act.kind) == ACT_IS_REQUEST || !l->row.has_act)
		return true;
	l->has_request = act_open(f, &l->row.act, &l->request, err);
	return l->has_request;
}

static bool
which_act(struct docket *d, unsigned number, const struct digest *wanted,
    struct letter_facts *l, struct docket_act *row, struct err *err)
{
	bool found;

	if (wanted != NULL)
		l->act_id = *wanted;
	else if (!thread_last(d, number, ACT_KINDS, ACT_OUT, &l->act_id, &found, err))
		return false;
	else if (!found)
		return err_set(err, ERR_ABSENT, "letter.absent",
		    "nothing of ours has been made in request %u yet; send it first: comity request send %u --by letter",
		    number, number);
	if (!docket_act_get(d, &l->act_id, row, &found, err))
		return false;
	return (found && row->request == number && row->direction == ACT_OUT) ||
	    err_set(err, ERR_ABSENT, "letter.absent",
	    "that act is none of ours in request %u", number);
}

/* What leaves the house is written down before it can. */
static bool
letter_record(struct flow *f, struct docket *d, const struct docket_act *a,
    struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_EXPORTED);
	r.has_act = r.has_package = true;
	r.act = a->act;
	r.package = a->package;
	(void)snprintf(r.reason, sizeof r.reason, "letter");
	return record_event(f, d, &r, a->request, NULL, err);
}

static bool
signer_micalg(struct flow *f, struct letter_facts *l, struct err *err)
{
	struct certs chain;
	bool ok;

	certs_init(&chain);
	ok = home_chain(f->home, home_settings(f->home)->signing, &chain, err);
	if (ok && cert_key_kind(chain.list[0]) == KEY_P384)
		l->micalg = "sha-384";
	certs_clear(&chain);
	return ok;
}

bool
flow_request_letter(struct flow *f, unsigned number, const struct digest *act,
    struct letter_facts *out, struct err *err)
{
	const struct settings *s;
	struct docket *d = NULL;
	struct docket_act row;
	bool ok;

	letter_facts_clear(out);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_VIEW, err) &&
	    request_load(f, number, &out->row, err) &&
	    desk_open(f, true, &d, err) &&
	    which_act(d, number, act, out, &row, err) &&
	    receiver_told(f, d, out, err) && letter_record(f, d, &row, err);
	docket_close(d);
	ok = ok && own_card(f->home, &out->card_id, &out->card, err) &&
	    act_take(f, out, err) && signer_micalg(f, out, err);
	if (!ok) {
		letter_facts_clear(out);
		return false;
	}
	s = home_settings(f->home);
	out->number = request_number_text(s->state, &out->row);
	(void)snprintf(out->lang, sizeof out->lang, "%s", s->lang);
	sender_told(out);
	return true;
}

bool
flow_sign_detached(struct flow *f, struct span bytes, struct buf *p7s,
    struct err *err)
{
	struct signer s;
	bool ok;

	if (!flow_may(f, PEOPLE_MESSAGE, err) || !signer_open(f, &s, err))
		return false;
	ok = cms_sign(s.key, &s.chain, world_now(f->world), bytes, p7s, err);
	signer_close(&s);
	return ok;
}
