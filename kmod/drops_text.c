// SPDX-License-Identifier: GPL-2.0
/*
 * Drops as text: merged over all CPUs and by the name of the dropping function, sorted by name.
 * Overflow is under "other", at the end.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#if defined(PD_REASONS) || defined(PD_REASONS_BY_SUBSYS)
#include <net/dropreason.h>
#endif

#include "drop_packet.h"
#include "uapi/packetdrop_drops.h"

#define PD_DROP_ROWS 512 /* with a function's name: those dropped first */
#define PD_OTHER_ROWS 128 /* without one */
#define PD_NEW_ROWS 64	/* that may appear while rows are collected */

struct pd_text_row {
	u64 location;
	char function[PD_FUNCTION_LEN];
	u32 reason;
	u32 key;
	u64 count;
	u64 first;
};

struct pd_rows {
	size_t count;
	size_t max;
	struct pd_text_row *row;
};

static const char *const pd_families[PD_KEYS] = {
#define PD_KEY_FAMILY(id, family, protocol) #family,
	PD_KEY_TABLE(PD_KEY_FAMILY)
};

static const char *const pd_protocols[PD_KEYS] = {
#define PD_KEY_PROTOCOL(id, family, protocol) #protocol,
	PD_KEY_TABLE(PD_KEY_PROTOCOL)
};

static void pd_count_row(const struct pd_drop *drop, void *data)
{
	struct pd_rows *rows = data;

	rows->max++;
}

static void pd_take_row(const struct pd_drop *drop, void *data)
{
	struct pd_rows *rows = data;

	if (rows->count == rows->max)
		return;
	rows->row[rows->count++] = (struct pd_text_row){
		.location = drop->location,
		.reason = drop->reason,
		.key = drop->key,
		.count = drop->count,
		.first = drop->first,
	};
}

#define PD_ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int pd_order_of_reasons(const struct pd_text_row *a, const struct pd_text_row *b)
{
	return PD_ORDER(a->reason, b->reason) ?: PD_ORDER(a->key, b->key);
}

static int pd_by_location(const void *left, const void *right)
{
	const struct pd_text_row *a = left, *b = right;

	return PD_ORDER(a->location, b->location) ?: pd_order_of_reasons(a, b);
}

static int pd_by_function(const void *left, const void *right)
{
	const struct pd_text_row *a = left, *b = right;

	/* "other" has no location. */
	return PD_ORDER(!a->location, !b->location) ?: strcmp(a->function, b->function) ?:
	       pd_order_of_reasons(a, b);
}

static int pd_by_age(const void *left, const void *right)
{
	const struct pd_text_row *a = left, *b = right;

	return PD_ORDER(!a->location, !b->location) ?: PD_ORDER(a->first, b->first);
}

typedef int (*pd_order_t)(const void *left, const void *right);

/* There is one row per used slot of each CPU, and sort() itself never reschedules. */
static int pd_compare(const void *left, const void *right, const void *order)
{
	cond_resched();
	return (*(const pd_order_t *)order)(left, right);
}

static void pd_sort(struct pd_rows *rows, pd_order_t order)
{
	sort_r(rows->row, rows->count, sizeof(*rows->row), pd_compare, NULL, &order);
}

/* Sorts the rows and merges equal ones. */
static void pd_merge(struct pd_rows *rows, pd_order_t order)
{
	struct pd_text_row *last = NULL;
	size_t i, count = 0;

	pd_sort(rows, order);
	for (i = 0; i < rows->count; i++) {
		const struct pd_text_row *row = &rows->row[i];

		if (last && !pd_compare(last, row, &order)) {
			last->count += row->count;
			last->first = min(last->first, row->first);
			continue;
		}
		last = &rows->row[count++];
		*last = *row;
	}
	rows->count = count;
}

static void pd_name_function(struct pd_text_row *row)
{
	u32 length;

	if (!row->location) {
		strscpy(row->function, "other", sizeof(row->function));
		return;
	}
	snprintf(row->function, sizeof(row->function), "%ps", (void *)(unsigned long)row->location);
	length = pd_function_length(row->function);
	row->function[length] = '\0';
	/* %ps prints an address without a symbol as a number. */
	if (!length || !strncmp(row->function, "0x", 2))
		strscpy(row->function, "unknown", sizeof(row->function));
}

/* Locations become function names. Rows beyond PD_DROP_ROWS lose theirs: the oldest keep them. */
static void pd_name_functions(struct pd_rows *rows)
{
	size_t i;

	pd_merge(rows, pd_by_location);
	for (i = 0; i < rows->count; i++) {
		pd_name_function(&rows->row[i]);
		cond_resched();
	}
	pd_merge(rows, pd_by_function);
	pd_sort(rows, pd_by_age);
	for (i = PD_DROP_ROWS; i < rows->count; i++) {
		rows->row[i].location = 0;
		pd_name_function(&rows->row[i]);
	}
	pd_merge(rows, pd_by_function);
}

/* The kernel's own name, if it has one. A subsystem's names disappear with its module. */
static void pd_print_reason(struct pd_text *out, u32 reason)
{
	const char *name = NULL;

	pd_print(out, " reason=0x%x", reason);
	rcu_read_lock();
#if defined(PD_REASONS_BY_SUBSYS)
	{
		u32 subsystem = reason >> SKB_DROP_REASON_SUBSYS_SHIFT;
		u32 number = reason & ~SKB_DROP_REASON_SUBSYS_MASK;
		const struct drop_reason_list *list = NULL;

		if (subsystem < SKB_DROP_REASON_SUBSYS_NUM)
			list = rcu_dereference(drop_reasons_by_subsys[subsystem]);
		if (list && number < list->n_reasons)
			name = list->reasons[number];
	}
#elif defined(PD_REASONS)
	if (reason < SKB_DROP_REASON_MAX)
		name = drop_reasons[reason];
#elif !defined(PD_KFREE_SKB_REASON)
	name = "NOT_SPECIFIED";
#endif
	if (name)
		pd_print(out, " name=%.63s", name);
	rcu_read_unlock();
}

static void pd_print_row(struct pd_text *out, const struct pd_text_row *row)
{
	pd_print(out, "    %s", row->function);
	pd_print_reason(out, row->reason);
	pd_print(out, " family=%s protocol=%s count=%llu first_ns=%llu\n", pd_families[row->key],
		 pd_protocols[row->key], row->count, row->first);
}

static void pd_print_rows(struct pd_text *out, const struct pd_rows *rows)
{
	struct pd_text_row rest = {
		.function = "other",
		.reason = PD_REASON_OTHER,
		.key = PD_KEY_OTHER_OTHER,
		.first = U64_MAX,
	};
	u64 folded = 0;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const struct pd_text_row *row = &rows->row[i];

		if (!row->location)
			folded += row->count;
		if (i < PD_DROP_ROWS + PD_OTHER_ROWS) {
			pd_print_row(out, row);
			continue;
		}
		rest.count += row->count;
		rest.first = min(rest.first, row->first);
	}
	if (rest.count)
		pd_print_row(out, &rest);
	pd_print(out, "  folded: %llu\n", folded);
}

int pd_print_drops(struct pd_text *out)
{
	struct pd_rows rows = { .max = PD_NEW_ROWS };

	pd_for_each_drop(pd_count_row, &rows);
	rows.row = kvmalloc_array(rows.max, sizeof(*rows.row), GFP_KERNEL);
	if (!rows.row)
		return -ENOMEM;
	pd_for_each_drop(pd_take_row, &rows);
	pd_name_functions(&rows);

	pd_print(out, "drops:\n");
	pd_print_probe(out, PD_PROBE_KFREE_SKB);
	pd_print_rows(out, &rows);
	kvfree(rows.row);
	return 0;
}
