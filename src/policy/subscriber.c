/* subscriber: who has the account or address; the lightest class of data. */
#include <string.h>

#include "policy/check.h"

/* Many subscribers share one address at one time; only the port tells them apart. */
static void
an_address_has_its_port(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F06");

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		const struct field_part *type = fields_part(c->fields, "F06", i, "type");

		if (type != NULL && type->text != NULL && strcmp(type->text, "ip") == 0 &&
		    fields_part(c->fields, "F06", i, "port") == NULL)
			finding_say(c, FINDING_WARNS, "request.ip-without-port", "F06", NULL,
			    "Identifier %zu is an IP address without a port. Many may share it, so the provider may be unable to say who it was. Add the port, if you have it.",
			    i + 1);
	}
}

void
subscriber_check(struct checking *c)
{
	an_address_has_its_port(c);
}
