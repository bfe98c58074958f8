/* law/measures: one letter for what a measure asks of a field.  Inside the room only. */
#ifndef COMITY_LAW_MEASURES_H
#define COMITY_LAW_MEASURES_H

#include "law/tables.h"

/* As tables.awk writes them; any other: not asked. */
#define NEED_REQUIRED 'r'	/* by treaty, practice or other law */
#define NEED_OURS 'p'		/* by our policy or profile, whatever the instrument */
#define NEED_ONE_OF '1'		/* of all fields with this letter, at least one */
#define NEED_CONDITIONAL 'c'
#define NEED_OPTIONAL 'o'

/* Both must be rows of the tables. */
char law_need_letter(const struct law_measure *m, const struct law_field *f);

#endif
