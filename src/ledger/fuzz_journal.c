/*
 * Fuzz target: any bytes as the journal's file.  It opens or is told as damaged (then
 * nothing is touched); what opens is read without an error, goes on, and is the same at
 * the next opening.
 * Seeds: tests/fuzz/journal.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
count(void *arg, const struct journal_entry *e, struct err *err)
{
	uint64_t *n = arg;

	(void)err;
	must(e->number == (*n)++);
	must(e->record.n > 0 && e->record.n <= RECORD_MAX);
	return true;
}

static void
goes_on(struct world *w, struct dir *home, struct journal *j)
{
	struct span more[2] = { span_text("one"), span_text("two") };
	struct err err = ERR_INIT;
	uint64_t n = 0, first = 0, before = journal_count(j);
	struct digest chain, again;

	must(journal_each(j, 0, count, &n, &err) && n == before);
	must(journal_append(j, more, 2, &first, &err) && first == before);
	chain = journal_chain(j);
	journal_close(j);
	must(journal_open(w, home, &j, &err) && journal_count(j) == before + 2);
	again = journal_chain(j);
	must(digest_eq(&chain, &again));
	journal_close(j);
}

static void
is_untouched(struct world *w, struct span bytes)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, bytes.n + 1);
	must(file_load(w, NULL, JOURNAL_PATH, &b, &err));
	must(span_eq(buf_span(&b), bytes));
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err err = ERR_INIT;
	struct journal *j = NULL;
	struct world *w = NULL;
	struct dir *home = NULL;

	must(world_sim(&w, (struct world_sim_options){ .seed = 1 }, &err));
	must(dir_make(w, NULL, "journal", &err));
	must(file_save(w, NULL, JOURNAL_PATH, span_of(p, n), false, &err));
	must(dir_open(w, NULL, "/", &home, &err));
	if (journal_open(w, home, &j, &err)) {
		goes_on(w, home, j);
	} else {
		must(err.kind == ERR_UNPROVEN &&
		    strcmp(err.reason, "journal.damaged") == 0);
		is_untouched(w, span_of(p, n));
	}
	dir_close(home);
	world_free(w);
	return 0;
}
