/* What may clear an accused is noted, never taken back, and goes along. */
#include "flow/exculpatory.h"

#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/people.h"

#define CLEARS "clears"
#define CLEARS_MAX 64		/* notes of one piece: together they fit a text of an act */

static struct evidence_file
note_path(unsigned evidence, unsigned number)
{
	char name[40];

	(void)snprintf(name, sizeof name, CLEARS "-%u.age", number);
	return evidence_path(evidence, name);
}

static bool
note_add(struct flow *f, unsigned evidence, unsigned number, struct buf *all,
    struct err *err)
{
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	struct buf sealed, plain;
	bool ok;

	buf_init(&sealed, SMALL_FILE_MAX);
	buf_init_secret(&plain, ACT_TEXT_MAX + 200);
	ok = home_load(f->home, note_path(evidence, number).s, &sealed, err) &&
	    flow_keyring(f, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    age_open_small(buf_span(&sealed), &keys, &plain, err) &&
	    (all->n == 0 || buf_add_byte(all, '\n', err)) &&
	    buf_add(all, buf_span(&plain), err);
	buf_clear(&sealed);
	buf_clear(&plain);
	return ok;
}

static bool
notes_load(struct flow *f, unsigned evidence, struct buf *all, struct err *err)
{
	bool ok = true;

	for (unsigned n = 1; ok && n <= CLEARS_MAX &&
	    home_has(f->home, note_path(evidence, n).s); n++)
		ok = note_add(f, evidence, n, all, err);
	return ok;
}

bool
exculpatory_put(struct flow *f, unsigned evidence, const struct marked_text *said,
    struct marked_text *out, struct err *err)
{
	const char *lang = home_settings(f->home)->lang, *text;
	struct buf all;
	bool ok = true;

	buf_init(&all, 2 * ACT_TEXT_MAX + 2);
	if (said != NULL && said->text != NULL) {
		lang = said->lang;
		ok = buf_add_text(&all, said->text, err);
	}
	ok = ok && notes_load(f, evidence, &all, err);
	if (ok && all.n > ACT_TEXT_MAX) {
		buf_reset(&all);
		lang = "en";
		ok = buf_add_text(&all,
		    "As in act.json of the hand-over before this one; more is noted at the office that passes it on.",
		    err);
	}
	ok = ok && (all.n == 0 || (buf_text(&all, &text, err) &&
	    marked_set(out, "exculpatory", lang, text, err)));
	buf_clear(&all);
	return ok;
}

static bool
note_record(struct flow *f, bool answer, struct span plain, struct err *err)
{
	struct record *r = mem_new(sizeof *r, err);
	bool ok;

	if (r == NULL)
		return false;
	record_begin(f, r, EVENT_DECIDED);
	record_decided(r, "exculpatory", answer ? "answered" : "flagged");
	(void)snprintf(r->files[0].path, sizeof r->files[0].path, CLEARS ".txt");
	r->files[0].bytes = plain.n;
	r->files_n = 1;
	ok = digest_of(plain, &r->files[0].sha256, err) && record_alone(f, r, 0, err);
	mem_free(r);
	return ok;
}

static bool
note_make(struct flow *f, unsigned evidence, bool answer, const char *text,
    struct buf *note, struct err *err)
{
	struct buf all;
	bool ok;

	buf_init(&all, 2 * ACT_TEXT_MAX);
	ok = buf_printf(note, err, "[%s, %s, %s] %s", answer ? "answer" : "flag",
	    when_day(world_now(f->world)).s, home_settings(f->home)->authority.s, text) &&
	    notes_load(f, evidence, &all, err);
	if (ok && answer && all.n == 0)
		ok = err_set(err, ERR_ABSENT, "clears.nothing",
		    "nothing is noted of evidence %04u that could be answered", evidence);
	if (ok && all.n + note->n + 1 > ACT_TEXT_MAX)
		ok = err_set(err, ERR_LIMIT, "clears.long",
		    "all notes of this evidence together are longer than %d bytes",
		    ACT_TEXT_MAX);
	buf_clear(&all);
	return ok;
}

bool
flow_evidence_clears(struct flow *f, unsigned evidence, bool answer, const char *text,
    unsigned *number, struct err *err)
{
	struct evidence *e;
	struct buf note;
	bool ok;

	if (text == NULL || text[0] == '\0' || strlen(text) > ACT_TEXT_MAX ||
	    !utf8_valid(span_text(text)))
		return err_set(err, ERR_USE, "clears.text",
		    "say what may clear the accused, in at most %d bytes", ACT_TEXT_MAX);
	e = mem_new(sizeof *e, err);
	buf_init_secret(&note, ACT_TEXT_MAX + 200);
	ok = e != NULL && flow_may(f, PEOPLE_READ, err) && home_lock(f->home, err) &&
	    evidence_load(f->home, evidence, e, err) &&
	    note_make(f, evidence, answer, text, &note, err) &&
	    note_record(f, answer, buf_span(&note), err) &&
	    evidence_note_save(f, evidence, CLEARS, buf_span(&note), number, err);
	buf_clear(&note);
	mem_free(e);
	return ok;
}
