/* case, correspondent, backup, restore. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"

/* ---- cases ---- */

static void
case_json(struct json_out *j, const struct docket_case *k)
{
	json_out_str(j, "number", case_number_text(k).s);
	json_out_int(j, "id", k->number);
	json_out_str(j, "name", k->name);
	json_out_str(j, "opened_at", when_rfc3339(k->opened_at).s);
	json_out_bool(j, "open", k->closed_at == 0);
}

/* The docket with the key that opens names. */
static bool
named_docket(struct cli *c, struct docket **d)
{
	struct keyring *k = NULL;
	struct aead_key key;
	bool ok;

	ok = flow_keyring(&c->flow, &k, &c->err) &&
	    keyring_docket_key(k, &key, &c->err) &&
	    home_docket(c->flow.home, d, &c->err);
	if (ok)
		docket_key(*d, &key);
	aead_key_wipe(&key);
	return ok;
}

int
run_case_new(struct cli *c, struct call *call)
{
	struct docket_case k = { 0 };
	struct json_out j;
	unsigned number;

	if (!flow_case_new(&c->flow, call->args[0], &number, &c->err))
		return fail(c);
	k.number = number;
	k.opened_at = world_now(c->world);
	if (c->json) {
		json_start(c, &j, "comity.case/1");
		json_out_str(&j, "number", case_number_text(&k).s);
		json_out_int(&j, "id", number);
		json_done(c, &j);
	}
	say(c, "Case %s opened. Its name stays in this home.\n  Next: comity case add %u --evidence ID\n",
	    case_number_text(&k).s, number);
	return EXIT_DONE;
}

struct case_listing {
	struct cli *c;
	struct json_out *j;
	size_t n;
};

static bool
case_one(void *arg, const struct docket_case *k, struct err *err)
{
	struct case_listing *l = arg;

	(void)err;
	l->n++;
	if (l->j != NULL) {
		json_out_object(l->j, NULL);
		case_json(l->j, k);
		json_out_close_object(l->j);
		return true;
	}
	say(l->c, "%s  %-6s  ", case_number_text(k).s, k->closed_at == 0 ? "open" :
	    "closed");
	say_text(l->c, k->name != NULL ? k->name : "");
	say(l->c, "\n");
	return true;
}

int
run_case_list(struct cli *c, struct call *call)
{
	struct case_listing l = { .c = c };
	struct docket *d = NULL;
	struct json_out j;
	bool ok;

	(void)call;
	if (!named_docket(c, &d))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.cases/1");
		json_out_array(&j, "cases");
		l.j = &j;
	}
	ok = docket_cases(d, true, case_one, &l, &c->err);
	home_docket_done(c->flow.home);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	} else if (l.n == 0) {
		say(c, "No case yet. A case groups requests and evidence.\n  Next: comity case new NAME\n");
	}
	return EXIT_DONE;
}

static bool
case_request_line(void *arg, const struct docket_request *r, struct err *err)
{
	struct case_listing *l = arg;

	(void)err;
	if (l->j != NULL) {
		json_out_object(l->j, NULL);
		request_json(l->c, l->j, r);
		json_out_close_object(l->j);
	} else {
		say(l->c, "  ");
		request_line(l->c, r, world_now(l->c->world));
	}
	return true;
}

int
run_case_show(struct cli *c, struct call *call)
{
	struct case_listing l = { .c = c };
	struct docket_filter f = { 0 };
	struct docket_case k = { 0 };
	struct docket *d = NULL;
	unsigned *list = NULL;
	struct json_out j;
	size_t n = 0;
	bool ok;

	if (!case_number_parse(call->args[0], &f.case_number, &c->err) ||
	    !named_docket(c, &d))
		return fail(c);
	ok = docket_case_get(d, f.case_number, true, &k, &c->err) &&
	    docket_case_evidences(d, f.case_number, &list, &n, &c->err);
	if (ok && c->json) {
		json_start(c, &j, "comity.case/1");
		case_json(&j, &k);
		json_out_array(&j, "evidence");
		for (size_t i = 0; i < n; i++)
			json_out_int(&j, NULL, list[i]);
		json_out_close_array(&j);
		json_out_array(&j, "requests");
		l.j = &j;
	} else if (ok) {
		case_one(&l, &k, &c->err);
		say(c, "  evidence");
		for (size_t i = 0; i < n; i++)
			say(c, " %04u", list[i]);
		say(c, n == 0 ? " none\n" : "\n");
	}
	ok = ok && docket_requests(d, &f, case_request_line, &l, &c->err);
	if (ok && c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	home_docket_done(c->flow.home);
	docket_case_clear(&k);
	mem_free(list);
	return ok ? EXIT_DONE : fail(c);
}

int
run_case_add(struct cli *c, struct call *call)
{
	const char *evidence = call_value(call, "evidence"),
	    *request = call_value(call, "request");
	struct json_out j;
	unsigned number;

	if (evidence == NULL && request == NULL)
		return fail_use(c, "comity case add needs --evidence ID or --request NUMBER");
	if (!case_number_parse(call->args[0], &number, &c->err) ||
	    !flow_case_add(&c->flow, number, evidence, request, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.case-added/1");
		json_out_int(&j, "id", number);
		json_done(c, &j);
	}
	say(c, "Added to the case.\n");
	return EXIT_DONE;
}

/* ---- counterparts without a node ---- */

int
run_correspondent_new(struct cli *c, struct call *call)
{
	struct correspondent_wish w = { .state = call_value(call, "country"),
		.name = call_value(call, "name"), .address = call_value(call, "address"),
		.email = call_value(call, "email"),
		.languages = call_value(call, "languages") };
	struct json_out j;
	unsigned number;

	if (w.state == NULL || w.name == NULL)
		return fail_use(c, "comity correspondent new needs --country XX and --name NAME");
	if (!flow_correspondent_new(&c->flow, &w, &number, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.correspondent/1");
		json_out_int(&j, "id", number);
		json_done(c, &j);
	}
	say(c, "Correspondent %u in %s noted.\n  Next: comity request new KIND --to %s ..., then send --by letter or mail\n",
	    number, w.state, w.state);
	return EXIT_DONE;
}

int
run_correspondent_list(struct cli *c, struct call *call)
{
	struct docket *d = NULL;
	unsigned *list = NULL;
	struct json_out j;
	size_t n = 0;
	bool ok;

	(void)call;
	if (!named_docket(c, &d))
		return fail(c);
	ok = docket_correspondents(d, NULL, &list, &n, &c->err);
	if (ok && c->json) {
		json_start(c, &j, "comity.correspondents/1");
		json_out_array(&j, "correspondents");
	}
	for (size_t i = 0; ok && i < n; i++) {
		struct correspondent k = { 0 };

		ok = docket_correspondent_get(d, list[i], &k, &c->err);
		if (ok && c->json) {
			json_out_object(&j, NULL);
			json_out_int(&j, "id", k.number);
			json_out_str(&j, "country", k.state);
			json_out_str(&j, "name", k.name);
			json_out_str(&j, "address", k.address);
			json_out_str(&j, "email", k.email);
			json_out_str(&j, "languages", k.languages);
			json_out_close_object(&j);
		} else if (ok) {
			say(c, "%u  %s  ", k.number, k.state);
			say_text(c, k.name);
			say(c, k.email != NULL ? "  " : "");
			say_text(c, k.email != NULL ? k.email : "");
			say(c, "\n");
		}
		correspondent_clear(&k);
	}
	home_docket_done(c->flow.home);
	mem_free(list);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	} else if (n == 0) {
		say(c, "None yet. A correspondent is an authority without Comity: it gets letters or signed mail.\n  Next: comity correspondent new --country XX --name NAME\n");
	}
	return EXIT_DONE;
}

/* ---- backup ---- */

static int
backup_answer(struct cli *c, const struct backup_result *r, const char *schema,
    const char *what, const char *path)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, schema);
		json_out_int(&j, "files", (int64_t)r->files);
		json_out_int(&j, "bytes", (int64_t)r->bytes);
		json_out_digest(&j, "sha256", &r->sha256);
		json_shown(&j, "path", path);
		json_shown(&j, "keys_path", r->keys_path);
		json_out_int(&j, "keys", (int64_t)r->keys);
		json_out_int(&j, "keys_away", (int64_t)r->keys_away);
		json_out_bool(&j, "damaged", r->damaged);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "%s ", what);
	say_text(c, path);
	say(c, ": %s, %s, sha256 %s\n", count_people(r->files, "file", "files").s,
	    size_people(r->bytes).s, digest_hex(&r->sha256).s);
	return EXIT_DONE;
}

int
run_backup(struct cli *c, struct call *call)
{
	struct backup_wish w = { .path = call->args_n > 0 ? call->args[0] : NULL,
		.keys = call_value(call, "keys"),
		.keys_only = call_flag(call, "keys-only") };
	struct backup_result r;
	int code = EXIT_DONE;

	if (w.path == NULL && !w.keys_only)
		return fail_use(c, "say where the backup goes, as in: comity backup FILE");
	if (w.path == NULL && w.keys == NULL)
		return fail_use(c, "say where the package keys go, as in: comity backup --keys-only --keys FILE");
	if (!flow_backup(&c->flow, &w, &r, &c->err))
		return fail(c);
	if (c->json || !w.keys_only)
		code = backup_answer(c, &r, "comity.backup/1", "Backup written to",
		    w.keys_only ? r.keys_path : w.path);
	if (r.damaged)
		say(c, "The journal of this home is damaged: it was copied as it is, and no record says that this backup was made.\n  Next: comity ledger check\n");
	if (!w.keys_only)
		say(c, "It opens with this home's passphrase only. Try it: comity --home NEW restore FILE\n");
	say(c, "Package keys: %llu, in ", (unsigned long long)r.keys);
	say_text(c, r.keys_path);
	say(c, "\n  It took the place of the one before: keep only the newest, and no other copy. No evidence opens out of a backup without it; what is destroyed later will not be in it.\n");
	return code;
}

static void
keys_told(struct cli *c, const struct backup_result *r)
{
	if (r->keys_path[0] != '\0' && !r->keys_other)
		say(c, "Package keys taken in: %llu\n", (unsigned long long)r->keys);
	if (r->keys_other) {
		say(c, "The file of package keys opens with another passphrase: ");
		say_text(c, r->keys_path);
		say(c, "\n");
	}
	if (r->keys_away > 0)
		say(c, "Packages that do not open here, as their key is away: %llu. They were destroyed after this backup, or their file of keys is still to come: comity restore-keys FILE\n",
		    (unsigned long long)r->keys_away);
}

int
run_restore(struct cli *c, struct call *call)
{
	struct restore_wish w = { .backup = call->args[0],
		.keys = call_value(call, "keys") };
	struct backup_result r;
	int code;

	if (!buf_text(&c->home_path, &w.home, &c->err) ||
	    !flow_restore(&c->flow, &w, &r, &c->err))
		return fail(c);
	code = backup_answer(c, &r, "comity.restore/1", "Restored into", w.home);
	keys_told(c, &r);
	say(c, "The old home, if it is still somewhere, must not be used beside this one: both would give out the same numbers.\n  Next: comity doctor\n");
	return code;
}

int
run_restore_keys(struct cli *c, struct call *call)
{
	struct backup_result r;

	if (!flow_restore_keys(&c->flow, call->args[0], &r, &c->err))
		return fail(c);
	if (c->json) {
		struct json_out j;

		json_start(c, &j, "comity.restore-keys/1");
		json_out_int(&j, "keys", (int64_t)r.keys);
		json_out_int(&j, "keys_away", (int64_t)r.keys_away);
		json_done(c, &j);
		return EXIT_DONE;
	}
	keys_told(c, &r);
	return EXIT_DONE;
}
