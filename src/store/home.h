/* Inside of the room: the home as its files share it. */
#ifndef COMITY_STORE_HOME_H
#define COMITY_STORE_HOME_H

#include "store/store.h"

struct home {
	struct world *world;
	struct dir *dir;
	struct dir *tmp;
	struct file *lock;
	char *path;
	struct settings settings;
	struct docket *docket;		/* while it is open */
	struct card_binding cards;	/* look NULL: nobody asks */
};

#endif
