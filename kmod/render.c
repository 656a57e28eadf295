// SPDX-License-Identifier: GPL-2.0
/*
 * Renders the file's text, and gives each open() its copy.
 *
 * One text is rendered at a time, into memory that the module keeps, and every open() copies it.
 * Readers that wait together get the same text: an open() may get any text whose rendering began
 * after the open() did, because it shows everything before. So any number of readers costs two
 * renderings, the current one and the next, and no reader waits longer. A text that is kept for
 * some time instead could show a reader less than it has just counted or switched.
 *
 * Nothing is charged to a memory cgroup under a lock: a cgroup at its limit can take seconds to
 * find memory, and all other readers would wait.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drop_packet.h"

#define PD_TEXT_SPARE 512 /* expected growth since the last one */

static DEFINE_MUTEX(pd_rendering); /* taken before the lock of pd_lock_state() */
static struct pd_text *pd_newest;
static struct pd_total pd_newest_total;
static size_t pd_newest_length; /* for allocations; without the lock it is a guess */
static unsigned long pd_newest_number; /* of the rendering that made it */
static atomic_long_t pd_begun = ATOMIC_LONG_INIT(0); /* renderings */

static const char *const pd_key_names[PD_KEYS] = {
#define PD_KEY_NAME(id, family, protocol) #family "/" #protocol,
	PD_KEY_TABLE(PD_KEY_NAME)
};

static const char *const pd_result_names[PD_TX_RESULTS] = {
#define PD_RESULT_NAME(id, label, what) #label,
	PD_TX_RESULT_TABLE(PD_RESULT_NAME)
};

static void pd_print_hook(struct pd_text *out, enum pd_hook hook, const struct pd_counter *counters)
{
	int key;

	pd_print_probe(out, (enum pd_probe)hook);
	for (key = 0; key < PD_KEYS; key++)
		if (pd_hook_counts(hook, key))
			pd_print(out, "    %s packets=%llu segments=%llu bytes=%llu\n",
				 pd_key_names[key], counters[key].packets, counters[key].segments,
				 counters[key].bytes);
}

static void pd_print_total(struct pd_text *out, const struct pd_total *total, bool active)
{
	int hook, result;

	pd_print(out, "settings:\n  activated: %c\n  abi: %d\n  version: %s\n",
		 active ? 'y' : 'N', PD_ABI_VERSION, DROP_PACKET_VERSION);
	pd_print(out, "hooks:\n");
	for (hook = 0; hook < PD_HOOKS; hook++)
		pd_print_hook(out, hook, total->hook[hook]);
	pd_print(out, "transmit_not_ok:\n");
	for (result = 0; result < PD_TX_RESULTS; result++)
		pd_print(out, "  %s: %llu\n", pd_result_names[result], total->tx_result[result]);
	pd_print(out, "missed:\n  kprobe: %llu\n  xmit_unmatched: %llu\n", pd_kprobe_missed(),
		 total->xmit_unmatched);
}

/* With the state locked: a reader that sees activated=N also sees the final counts. */
static int pd_render_locked(bool active)
{
	/* Ordered before all reads of counters; pairs with the barrier in pd_text_get(). */
	unsigned long number = atomic_long_inc_return(&pd_begun);
	int err;

	pd_newest_number = 0; /* none until this one is complete */
	pd_newest->length = 0;
	pd_sum(&pd_newest_total);
	pd_print_total(pd_newest, &pd_newest_total, active);
	err = pd_print_drops(pd_newest);
	if (err)
		return err;
	pd_newest_number = number;
	WRITE_ONCE(pd_newest_length, pd_newest->length);
	return 0;
}

static int pd_render(void)
{
	bool active;
	int err = pd_lock_state(&active);

	if (err)
		return err;
	err = pd_render_locked(active);
	pd_unlock_state();
	return err;
}

/*
 * Renders if no text is newer than 'begun', and copies the text if it fits into 'room'. Returns its
 * length, or an error.
 */
static ssize_t pd_copy_newest(struct pd_text *text, size_t room, unsigned long begun)
{
	ssize_t length = mutex_lock_killable(&pd_rendering);

	if (length)
		return length;
	if (pd_newest_number <= begun)
		length = pd_render();
	if (!length) {
		length = pd_newest->length;
		if ((size_t)length <= room)
			memcpy(text, pd_newest, struct_size(text, text, length));
	}
	mutex_unlock(&pd_rendering);
	return length;
}

static struct pd_text *pd_take_text(unsigned long begun)
{
	size_t room = READ_ONCE(pd_newest_length) + PD_TEXT_SPARE;

	for (;;) {
		struct pd_text *text = kvmalloc(struct_size(text, text, room), GFP_KERNEL_ACCOUNT);
		ssize_t length;

		if (!text)
			return ERR_PTR(-ENOMEM);
		length = pd_copy_newest(text, room, begun);
		if (length >= 0 && (size_t)length <= room)
			return text;
		kvfree(text);
		if (length < 0)
			return ERR_PTR(length);
		room = min_t(size_t, length + PD_TEXT_SPARE, PD_TEXT_MAX);
	}
}

struct pd_text *pd_text_get(kuid_t uid)
{
	struct pd_text *text;
	unsigned long begun;
	int err = pd_user_enter(uid);

	if (err)
		return ERR_PTR(err);
	/* A rendering that has not begun yet sees everything that the caller saw counted. */
	smp_mb();
	begun = atomic_long_read(&pd_begun);
	text = pd_take_text(begun);
	if (IS_ERR(text))
		pd_user_leave(uid);
	return text;
}

void pd_text_put(struct pd_text *text, kuid_t uid)
{
	kvfree(text);
	pd_user_leave(uid);
}

int pd_render_init(void)
{
	pd_newest = kvmalloc(PD_RENDER_MAX, GFP_KERNEL);
	return pd_newest ? 0 : -ENOMEM;
}

void pd_render_exit(void)
{
	kvfree(pd_newest);
}
