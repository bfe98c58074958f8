/*
 * names: the names payload gets inside a package (formats/package.md section 3).
 * Pure.  Inside the room only.  What the reader demands of a path is in
 * read_order.h, written apart from this on purpose: each is the other's test.
 */
#ifndef COMITY_PACKAGE_NAMES_H
#define COMITY_PACKAGE_NAMES_H

#include "base/base.h"

#define NAME_SAFE_MAX 100		/* bytes of a component that keeps its name */
#define NAME_EXTENSION_MAX 8		/* letters and digits after the last dot */
#define NAME_NUMBER_MAX 99999999u	/* 8 digits: in one folder, and in _long */
#define NAME_PATH_MAX 200		/* from data/ on; longer goes to data/_long/ */
#define NAME_LONG_FOLDER "data/_long/"
#define NAME_SALT "data/_salt"

/* A component may stay as it is (its earlier siblings not looked at). */
bool name_safe(struct span name);

/* "_" and 8 digits; a file keeps its extension. */
struct name_made {
	char s[24];
};
struct name_made name_numbered(uint32_t number, struct span original, bool is_file);

/* The same without the "_", inside data/_long/. */
struct name_made name_long(uint32_t number, struct span original);

#endif
