// SPDX-License-Identifier: GPL-2.0
/*
 * Keeping drops: one hash table per CPU keyed by (location, reason, key), plus one shared overflow
 * table.
 * Nothing is ever taken out, so a slot, once owned, is only added to.
 */
#include <asm/local64.h>
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "drop_packet.h"

#define PD_INLINE __always_inline
#include "uapi/packetdrop_drops.h"

struct pd_folded {
	atomic64_t count;
	u64 first;
};

static DEFINE_PER_CPU(struct pd_drop_table *, pd_drops);
static struct pd_folded (*pd_folds)[PD_KEYS]; /* by pd_fold_index() */

static void pd_fold(u32 reason, u32 key)
{
	struct pd_folded *fold = &pd_folds[pd_fold_index(reason)][key];

	if (!READ_ONCE(fold->first))
		WRITE_ONCE(fold->first, ktime_get_boot_fast_ns());
	atomic64_inc(&fold->count);
}

/* Only an interrupt on this CPU can want the same slot. */
static bool pd_claim(struct pd_drop *slot)
{
	return !READ_ONCE(slot->claims) && cmpxchg_local(&slot->claims, 0, 1) == 0;
}

static void pd_publish_slot(struct pd_drop *slot, u64 location, u32 reason, u32 key, u32 hash)
{
	WRITE_ONCE(slot->location, location);
	WRITE_ONCE(slot->reason, reason);
	WRITE_ONCE(slot->key, key);
	WRITE_ONCE(slot->first, ktime_get_boot_fast_ns());
	/* Pairs with the reader's smp_load_acquire() in pd_read_slot(). */
	smp_store_release(&slot->hash, hash);
}

static void pd_keep_drop(u64 location, u32 reason, u32 key)
{
	struct pd_drop_table *table = __this_cpu_read(pd_drops);
	u32 hash = pd_drop_hash(location, reason, key);
	u32 i;

	for (i = 0; i < PD_DROP_PROBES; i++) {
		struct pd_drop *slot = &table->slot[pd_drop_slot(hash, i)];

		if (pd_claim(slot))
			pd_publish_slot(slot, location, reason, key, hash);
		else if (slot->hash != hash || slot->location != location ||
			 slot->reason != reason || slot->key != key)
			continue;
		/* Local: an interrupt may add to the same slot, another CPU never does. */
		local64_inc((local64_t *)&slot->count);
		return;
	}
	pd_fold(reason, key);
}

void pd_count_drop(const struct sk_buff *skb, u64 location, u32 reason)
{
	if (pd_is_open())
		pd_keep_drop(location, reason, pd_dropped_key(skb));
}

/* False for a slot that is free, or that its CPU is filling now. */
static bool pd_read_slot(const struct pd_drop *slot, struct pd_drop *drop)
{
	drop->count = READ_ONCE(slot->count);
	if (!drop->count)
		return false;
	drop->hash = smp_load_acquire(&slot->hash);
	drop->location = READ_ONCE(slot->location);
	drop->reason = READ_ONCE(slot->reason);
	drop->key = READ_ONCE(slot->key);
	drop->first = READ_ONCE(slot->first);
	return drop->hash == pd_drop_hash(drop->location, drop->reason, drop->key);
}

void pd_for_each_drop(pd_drop_visit_t visit, void *data)
{
	struct pd_drop drop;
	int cpu, i, key;

	for_each_possible_cpu(cpu) {
		for (i = 0; i < PD_DROP_SLOTS; i++)
			if (pd_read_slot(&per_cpu(pd_drops, cpu)->slot[i], &drop))
				visit(&drop, data);
		cond_resched();
	}

	for (i = 0; i < PD_FOLD_REASONS; i++) {
		for (key = 0; key < PD_KEYS; key++) {
			drop = (struct pd_drop){
				.reason = pd_fold_reason(i),
				.key = key,
				.count = atomic64_read(&pd_folds[i][key].count),
				.first = READ_ONCE(pd_folds[i][key].first),
			};
			if (drop.count)
				visit(&drop, data);
		}
		cond_resched();
	}
}

int pd_drops_init(void)
{
	int cpu;

	pd_folds = kvcalloc(PD_FOLD_REASONS, sizeof(*pd_folds), GFP_KERNEL);
	if (!pd_folds)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct pd_drop_table *table = kvzalloc_node(sizeof(*table), GFP_KERNEL,
							    cpu_to_node(cpu));

		if (!table) {
			pd_drops_exit();
			return -ENOMEM;
		}
		per_cpu(pd_drops, cpu) = table;
	}
	return 0;
}

void pd_drops_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu(pd_drops, cpu));
	kvfree(pd_folds);
}
