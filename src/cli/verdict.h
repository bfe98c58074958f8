/* The verdict of a check, as text or as JSON, for the verbs that show one. */
#ifndef COMITY_CLI_VERDICT_H
#define COMITY_CLI_VERDICT_H

#include "cli/cli.h"

void verdict_say(struct cli *c, const struct package_report *r, bool details);
/* Text, or the JSON object with --json; the exit code. */
int verdict_answer(struct cli *c, const struct package_report *r, bool details);

#endif
