#!/bin/sh
# law_digest.c: SHA-256 of the tables, one after the other in the order they are given.
digest=$(cat "$@" | sha256sum) || exit 1
printf '#include "law/law.h"\n\nconst char law_digest[65] = "%s";\n' "${digest%% *}"
