/* What a second person approves when a request leaves: the draft to the byte, and to whom. */
#include <stdio.h>
#include <string.h>

#include "flow/people_inside.h"

bool
request_matter(const struct docket_request *row, const struct draft *d,
    const struct peer *to, struct buf *content, struct matter *out, struct err *err)
{
	*out = (struct matter){ .act = people_act_of(d->act.kind, d->act.kind),
		.kind = d->act.kind, .request = row->number };
	if (!buf_printf(content, err, "request %u\nto %s\nto_card %s\ncorrespondent %u\n",
	    row->number, row->peer[0] != '\0' ? row->peer : "-", to != NULL ?
	    digest_hex(&to->card_id).s : "-", row->correspondent) ||
	    !draft_encode(d, content, err))
		return false;
	out->content = buf_span(content);
	return true;
}

bool
request_prepare(struct flow *f, const struct docket_request *row,
    const struct draft *d, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct matter m;
	struct buf content;
	struct peer to;
	bool known, ok;

	buf_init_secret(&content, MATTER_MAX);
	peer_init(&to);
	/* A card that cannot be read stops what is sent, not what is written. */
	known = row->peer[0] != '\0' && peer_find(f->home, row->peer, &to, &ignored);
	ok = request_matter(row, d, known ? &to : NULL, &content, &m, err) && flow_prepare(f, &m, err);
	peer_clear(&to);
	buf_clear(&content);
	return ok;
}
