/* What people.awk makes of data/people (private to people.c). */
#ifndef COMITY_POLICY_PEOPLE_TABLES_H
#define COMITY_POLICY_PEOPLE_TABLES_H

#include "policy/people.h"

struct role_row {
	const char *name, *title;
	unsigned may;			/* acts */
	unsigned opens;			/* groups */
	unsigned apart;			/* roles one person does not have beside it */
	const char *words;
};
extern const struct role_row people_role_rows[PEOPLE_ROLES];
extern const struct people_rule people_rule_rows[PEOPLE_ACTS * OFFICE_SIZES];

struct kind_row {
	const char *kind;		/* "*request": all others of that class */
	const char *on;			/* kind of request it answers; "" any */
	enum people_act act;
};
extern const struct kind_row people_kind_rows[];
extern const size_t people_kind_count;

#endif
