/* evidence destroy. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/destroy.h"

/* ---- destroy ---- */

/* What, whose, how much; and what it does not reach. */
static bool
what_print(const struct evidence *e, const char *reason, struct buf *out,
    struct err *err)
{
	uint64_t bytes = 0;
	bool ok;

	for (size_t i = 0; i < e->parcels_n; i++)
		bytes += e->parcels[i].bytes;
	ok = buf_printf(out, err, "Evidence %04u (%s), %s, %s.\n", e->number,
	    e->origin == EVIDENCE_RECEIVED ? "received" : "our own",
	    count_people(e->files, "file", "files").s, size_people(e->bytes).s);
	for (size_t i = 0; ok && i < e->parcels_n; i++)
		ok = buf_printf(out, err, "  package %s, %s %s\n",
		    id_short(&e->parcels[i].package_id).s,
		    e->origin == EVIDENCE_RECEIVED ? "from" : "for",
		    e->parcels[i].peer.s[0] != '\0' ? e->parcels[i].peer.s :
		    "this office alone");
	return ok && buf_printf(out, err,
	    "To be destroyed for good: %s, %s; reason %s. The key that opens them is written over; no backup opens them again. Acts, receipts and the ledger stay.\n"
	    "Not reached: copies on sticks and in bundle folders, bags that were opened, what lies where it was collected, packages in other hands, an old file of package keys.\n",
	    count_people(e->parcels_n, "parcel", "parcels").s, size_people(bytes).s,
	    reason != NULL ? reason : "?");
}

static bool
ask_number(struct cli *c, const char *what, const char *want)
{
	struct buf question, answer;
	const char *prompt, *typed;
	bool ok;

	buf_init(&question, 65536);
	buf_init(&answer, 256);
	ok = buf_printf(&question, &c->err,
	    "%sType the number of the evidence, four digits, to go on: ", what) &&
	    buf_text(&question, &prompt, &c->err) &&
	    world_ask(c->world, prompt, false, &answer, &c->err) &&
	    buf_text(&answer, &typed, &c->err) && (strcmp(typed, want) == 0 ||
	    err_set(&c->err, ERR_USE, "destroy.confirm",
	    "that is not %s; nothing was done", want));
	buf_clear(&answer);
	buf_clear(&question);
	return ok;
}

/* Its number, once more: no flag says yes to this in passing. */
static bool
number_typed(struct cli *c, struct call *call, const struct evidence *e)
{
	const char *given = call_value(call, "confirm"), *text;
	struct buf what;
	char want[16];
	bool ok;

	(void)snprintf(want, sizeof want, "%04u", e->number);
	if (given == NULL && (c->no_input || !world_input_is_terminal(c->world)))
		return err_set(&c->err, ERR_USE, "destroy.confirm",
		    "this has to be typed: add --confirm %s, the number of the evidence", want);
	if (given != NULL && strcmp(given, want) != 0)
		return err_set(&c->err, ERR_USE, "destroy.confirm",
		    "that is not %s; nothing was done", want);
	buf_init(&what, 32768);
	ok = what_print(e, call_value(call, "reason"), &what, &c->err) &&
	    buf_text(&what, &text, &c->err);
	if (ok && given == NULL)
		ok = ask_number(c, text, want);
	else if (ok)
		say(c, "%s", text);
	buf_clear(&what);
	return ok;
}

static void
done_json(struct cli *c, const struct destroyed *d)
{
	struct json_out j;

	json_start(c, &j, "comity.evidence-destroyed/1");
	json_out_int(&j, "number", d->evidence.number);
	json_out_int(&j, "packages", (int64_t)d->packages);
	json_out_int(&j, "untold", (int64_t)d->untold);
	json_out_array(&j, "told");
	for (size_t i = 0; i < d->told_n; i++) {
		json_out_object(&j, NULL);
		json_out_str(&j, "peer", d->told[i].peer.s);
		json_out_digest(&j, "act", &d->told[i].act);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_done(c, &j);
}

static void
done_say(struct cli *c, const struct destroyed *d)
{
	if (d->packages == 0)
		say(c, "Evidence %04u was destroyed before; nothing was done twice.\n",
		    d->evidence.number);
	else
		say(c, "Destroyed: evidence %04u, %s.\n", d->evidence.number,
		    count_people(d->packages, "package", "packages").s);
	for (size_t i = 0; i < d->told_n; i++)
		say(c, "  %s is told by act %s; it waits in the outbox.\n",
		    d->told[i].peer.s, id_short(&d->told[i].act).s);
	if (d->untold > 0)
		say(c, "  Counterparts that cannot be told from here (no confirmed card): %zu. Write to them.\n",
		    d->untold);
	say(c, "  Copies on sticks and in other hands are not reached. The file of package keys beside your backup still holds the key.\n  Next: comity backup --keys-only --keys FILE\n");
}

int
run_evidence_destroy(struct cli *c, struct call *call)
{
	const char *order = call_value(call, "order");
	struct destroy_wish w = { .reason = call_value(call, "reason") };
	struct destroyed *d = mem_new(sizeof *d, &c->err);
	struct buf bytes;
	bool ok;

	buf_init(&bytes, 64u << 20);
	ok = d != NULL && evidence_find(c->flow.home, call->args[0], &d->evidence,
	    &c->err) && (order == NULL || file_option(c, order, &bytes));
	if (ok) {
		w.number = d->evidence.number;
		w.order = buf_span(&bytes);
		ok = number_typed(c, call, &d->evidence) &&
		    flow_evidence_destroy(&c->flow, &w, d, &c->err);
	}
	buf_clear(&bytes);
	if (ok && c->json)
		done_json(c, d);
	else if (ok)
		done_say(c, d);
	mem_free(d);
	return ok ? EXIT_DONE : fail(c);
}
