/* The simulated disk: the bytes of a file, seen and durable. */
#include <errno.h>
#include <string.h>

#include "world/sim.h"

/* The first slot at or after a page. */
static size_t
slot_at(const struct sim_image *img, uint64_t index)
{
	size_t low = 0, high = img->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (img->slots[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint8_t *
page_find(const struct sim_image *img, uint64_t index)
{
	size_t i = slot_at(img, index);

	return i < img->n && img->slots[i].index == index ?
	    img->slots[i].page : NULL;
}

/* Room for one more slot. */
static bool
slots_grow(struct sim_image *img)
{
	size_t cap = img->cap == 0 ? 4 : img->cap * 2, bytes;
	struct sim_slot *slots;

	if (img->n < img->cap)
		return true;
	if (!size_mul(cap, sizeof *slots, &bytes))
		return false;
	slots = mem_resize(img->slots, bytes, NULL);
	if (slots == NULL)
		return false;
	img->slots = slots;
	img->cap = cap;
	return true;
}

/* Pages of what handles see count against the disk; durable copies do not. */
static int
page_make(struct sim *s, struct sim_image *img, uint64_t index, bool counted,
    uint8_t **out)
{
	size_t i = slot_at(img, index);
	uint8_t *page;

	if (i < img->n && img->slots[i].index == index) {
		*out = img->slots[i].page;
		return 0;
	}
	if (counted && s->pages >= s->pages_max)
		return ENOSPC;
	if (!slots_grow(img) || (page = mem_new(SIM_PAGE, NULL)) == NULL)
		return ENOMEM;
	memmove(img->slots + i + 1, img->slots + i,
	    (img->n - i) * sizeof *img->slots);
	img->slots[i] = (struct sim_slot){ index, page };
	img->n++;
	if (counted)
		s->pages++;
	*out = page;
	return 0;
}

int
sim_image_write(struct sim *s, struct sim_image *img, const uint8_t *p,
    size_t n, uint64_t at, bool counted, size_t *done)
{
	*done = 0;
	while (n > 0) {
		size_t in = (size_t)(at % SIM_PAGE), part = SIM_PAGE - in;
		uint8_t *page;
		int e = page_make(s, img, at / SIM_PAGE, counted, &page);

		if (e != 0)
			return e;
		if (part > n)
			part = n;
		memcpy(page + in, p, part);
		p += part;
		n -= part;
		at += part;
		*done += part;
		if (img->size < at)
			img->size = at;
	}
	return 0;
}

void
sim_image_read(const struct sim_image *img, uint8_t *p, size_t n, uint64_t at)
{
	while (n > 0) {
		size_t in = (size_t)(at % SIM_PAGE), part = SIM_PAGE - in;
		const uint8_t *page = page_find(img, at / SIM_PAGE);

		if (part > n)
			part = n;
		if (page != NULL)
			memcpy(p, page + in, part);
		else
			memset(p, 0, part);
		p += part;
		n -= part;
		at += part;
	}
}

void
sim_image_resize(struct sim *s, struct sim_image *img, uint64_t size,
    bool counted)
{
	uint64_t whole = size / SIM_PAGE + (size % SIM_PAGE != 0);
	uint8_t *last;

	while (img->n > 0 && img->slots[img->n - 1].index >= whole) {
		mem_free(img->slots[--img->n].page);
		if (counted)
			s->pages--;
	}
	/* Bytes past the end must be zeros when the file grows again. */
	last = size % SIM_PAGE == 0 ? NULL : page_find(img, size / SIM_PAGE);
	if (last != NULL && size < img->size)
		memset(last + size % SIM_PAGE, 0, SIM_PAGE - size % SIM_PAGE);
	img->size = size;
}

void
sim_image_clear(struct sim *s, struct sim_image *img, bool counted)
{
	sim_image_resize(s, img, 0, counted);
	mem_free(img->slots);
	*img = (struct sim_image){ NULL, 0, 0, 0 };
}

/* ---- seen and durable ---- */

static struct sim_write *
write_new(bool resize, uint64_t at, const uint8_t *p, size_t n)
{
	struct sim_write *w = mem_new(sizeof *w, NULL);

	if (w == NULL)
		return NULL;
	w->resize = resize;
	w->at = at;
	w->n = n;
	w->bytes = n == 0 ? NULL : mem_new(n, NULL);
	if (n > 0 && w->bytes == NULL) {
		mem_free(w);
		return NULL;
	}
	if (n > 0)
		memcpy(w->bytes, p, n);
	return w;
}

static void
write_free(struct sim_write *w)
{
	mem_free(w->bytes);
	mem_free(w);
}

static void
remember(struct sim *s, struct sim_node *node, struct sim_write *w)
{
	w->order = ++s->operations;
	*node->unsynced_end = w;
	node->unsynced_end = &w->next;
}

int
sim_node_write(struct sim *s, struct sim_node *node, const uint8_t *p, size_t n,
    uint64_t at)
{
	struct sim_write *w = write_new(false, at, p, n);
	int e;

	if (w == NULL)
		return ENOMEM;
	/* What fitted before the disk was full is in the file, as on a real one. */
	e = sim_image_write(s, &node->now, p, n, at, true, &w->n);
	remember(s, node, w);
	return e;
}

int
sim_node_resize(struct sim *s, struct sim_node *node, uint64_t size)
{
	struct sim_write *w = write_new(true, size, NULL, 0);

	if (w == NULL)
		return ENOMEM;
	sim_image_resize(s, &node->now, size, true);
	remember(s, node, w);
	return 0;
}

int
sim_node_sync(struct sim *s, struct sim_node *node)
{
	struct sim_write *w;
	size_t done;
	int e;

	while ((w = node->unsynced) != NULL) {
		if (w->resize)
			sim_image_resize(s, &node->durable, w->at, false);
		else if ((e = sim_image_write(s, &node->durable, w->bytes, w->n,
		    w->at, false, &done)) != 0)
			return e;
		node->unsynced = w->next;
		if (node->unsynced == NULL)
			node->unsynced_end = &node->unsynced;
		write_free(w);
	}
	return 0;
}

void
sim_node_forget(struct sim_node *node)
{
	struct sim_write *w;

	while ((w = node->unsynced) != NULL) {
		node->unsynced = w->next;
		write_free(w);
	}
	node->unsynced_end = &node->unsynced;
}
