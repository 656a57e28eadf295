// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: what every handler does with an skb. Per CPU, without a lock; nothing can fail.
 *
 * this_cpu_add() is one instruction on x86 and safe against interrupts everywhere, so a softirq
 * that runs the same hook in the middle of a handler costs no count.
 */
#include <linux/cache.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "drop_packet.h"

#define PD_INLINE __always_inline
#define PD_SLOW static noinline __cold /* costs no register where it is not called */
#define PD_SCALAR(at) (at)
#define PD_UNROLL
#define PD_BYTES(name, n) const u8 *name
#define PD_READ(name, at, n) (name = (const u8 *)(unsigned long)(at))
#define PD_BYTE(name, i) ((name)[i])
#define PD_READ_IS_DEAR 0
#include "uapi/packetdrop_parse.h"

/* 0 while closed, else the number of the activation. */
static unsigned long pd_gate __read_mostly;
static unsigned long pd_activations;

static struct pd_cpu_counters __percpu *pd_counters;
static DEFINE_PER_CPU(struct pd_xmit_stack, pd_xmit_stacks);

struct pd_event {
	u32 key;
	u32 len;
	u32 segments;
};

/* Fills the linear part. Returns the offset in it of the first byte of the skb. */
static __always_inline u32 pd_bounds(struct pd_linear *linear, const struct sk_buff *skb)
{
	linear->head = (unsigned long)skb->head;
	linear->size = skb_tail_pointer(skb) - skb->head;
	return skb_headroom(skb);
}

/* "header" and "key" are constants wherever this is inlined. */
static __always_inline void pd_find_flow(struct pd_flow *flow, const struct sk_buff *skb,
					 enum pd_header header, enum pd_key key)
{
	struct pd_linear linear;
	u32 data = pd_bounds(&linear, skb);

	if (header == PD_HEADER_L4) {
		flow->key = PD_KEY_BEHIND_IP(key);
		flow->l3 = data;
	} else if (header == PD_HEADER_L2) {
		pd_parse_ethernet(flow, &linear, data);
	} else {
		u16 ethertype = be16_to_cpu(skb->protocol);
		u32 at = data;

		if (header == PD_HEADER_NET && pd_is_vlan(ethertype))
			at = data + PD_ETHERNET_LEN;
		else if (header == PD_HEADER_NET)
			at = skb->network_header;
		pd_parse(flow, &linear, ethertype, at);
	}
}

/* For a GSO skb. It reads its fields again, so that other skbs need not keep them. */
static noinline u32 pd_count_segments(const struct sk_buff *skb, u32 key, u32 l3)
{
	const struct skb_shared_info *shared = skb_shinfo(skb);
	const struct pd_flow flow = { .key = key, .l3 = l3 };
	struct pd_linear linear;
	u32 data = pd_bounds(&linear, skb);

	return pd_segments(&flow, &linear, data, skb->len, shared->gso_size, shared->gso_segs);
}

static __always_inline void pd_look(struct pd_event *event, const struct sk_buff *skb,
				    enum pd_header header, enum pd_key key)
{
	struct pd_flow flow;

	pd_find_flow(&flow, skb, header, key);
	event->segments = 1;
	if (skb_shinfo(skb)->gso_size)
		event->segments = pd_count_segments(skb, flow.key, flow.l3);
	event->key = header == PD_HEADER_L4 ? key : flow.key;
	event->len = skb->len;
}

u32 pd_dropped_key(const struct sk_buff *skb)
{
	struct pd_linear linear;

	pd_bounds(&linear, skb);
	return pd_parse_dropped(&linear, be16_to_cpu(skb->protocol), skb->network_header);
}

static __always_inline void pd_counter_add(struct pd_counter __percpu *counter, u32 len,
					   u32 segments)
{
	/* Keeps gcc from computing the address again for each of the three. */
	OPTIMIZER_HIDE_VAR(counter);
	this_cpu_inc(counter->packets);
	this_cpu_add(counter->segments, segments);
	this_cpu_add(counter->bytes, len);
}

static __always_inline void pd_count_packet(enum pd_hook hook, const struct sk_buff *skb,
					    enum pd_header header, enum pd_key key)
{
	struct pd_event event;

	if (!READ_ONCE(pd_gate))
		return;
	pd_look(&event, skb, header, key);
	pd_counter_add(&pd_counters->hook[hook][event.key], event.len, event.segments);
}

/* Every function that a kprobe handler calls: a kprobe in one of them would hit itself. */
#define PD_COUNT_HOOK(id, label, header, key)							\
	int pd_count_##label(const struct sk_buff *skb)						\
	{											\
		pd_count_packet(PD_HOOK_##id, skb, PD_HEADER_##header, PD_KEY_##key);		\
		return 0;									\
	}											\
	NOKPROBE_SYMBOL(pd_count_##label);
#define PD_COUNT_FUNCTION(...) PD_COUNT_HOOK(__VA_ARGS__)
#define PD_COUNT_TRACEPOINT(...) PD_COUNT_HOOK(__VA_ARGS__)
#define PD_COUNT_XMIT_PAIR(...) /* pd_xmit_begins() and pd_xmit_ends() */
#define PD_PROBE(id, label, feeds, direction, kind, header, key, ...)				\
	PD_IF_HOOK(feeds, PD_COUNT_##kind(id, label, header, key))
#include "uapi/packetdrop_probes.def"

NOKPROBE_SYMBOL(pd_count_segments);
NOKPROBE_SYMBOL(pd_skip_extensions);
NOKPROBE_SYMBOL(pd_gso_segments);

void pd_xmit_begins(const struct sk_buff *skb)
{
	unsigned long gate = READ_ONCE(pd_gate);
	struct pd_xmit_stack *stack;
	struct pd_event event;
	struct pd_xmit *entry;

	if (!gate)
		return;
	pd_look(&event, skb, PD_HEADER_NET, PD_KEY_ANY);
	stack = this_cpu_ptr(&pd_xmit_stacks);
	if (stack->activation != gate) {
		stack->activation = gate;
		stack->depth = 0;
	}
	/* Full: the net_dev_xmit of this packet will find no entry and be counted as missed. */
	if (stack->depth >= PD_XMIT_DEPTH)
		return;

	entry = &stack->entry[stack->depth++];
	entry->skb = (unsigned long)skb;
	entry->len = event.len;
	entry->segments = event.segments;
	entry->key = event.key;
}

/* The newest entry of that skb. Entries above it never ended and are discarded with it. */
static const struct pd_xmit *pd_xmit_pop(struct pd_xmit_stack *stack, const void *skb,
					 unsigned long gate)
{
	u32 depth = stack->depth;

	if (stack->activation != gate)
		return NULL;
	while (depth--) {
		if (stack->entry[depth].skb == (unsigned long)skb) {
			stack->depth = depth;
			return &stack->entry[depth];
		}
	}
	return NULL;
}

static enum pd_tx_result pd_tx_result_of(int rc)
{
	switch (rc) {
	case NETDEV_TX_BUSY:
		return PD_TX_BUSY;
	case NET_XMIT_DROP:
		return PD_TX_DROPPED;
	case NET_XMIT_CN:
		return PD_TX_CONGESTED;
	default:
		return PD_TX_ERROR;
	}
}

void pd_xmit_ends(const void *skb, int rc)
{
	unsigned long gate = READ_ONCE(pd_gate);
	const struct pd_xmit *entry;

	if (!gate)
		return;
	entry = pd_xmit_pop(this_cpu_ptr(&pd_xmit_stacks), skb, gate);
	if (!entry)
		this_cpu_inc(pd_counters->xmit_unmatched);
	else if (rc)
		this_cpu_inc(pd_counters->tx_result[pd_tx_result_of(rc)]);
	else
		pd_counter_add(&pd_counters->hook[PD_HOOK_NET_DEV_XMIT][entry->key], entry->len,
			       entry->segments);
}

bool pd_is_open(void)
{
	return READ_ONCE(pd_gate);
}

void pd_open_gate(void)
{
	WRITE_ONCE(pd_gate, ++pd_activations);
}

void pd_close_gate(void)
{
	WRITE_ONCE(pd_gate, 0);
	/* Handlers run with preemption off, or under SRCU where tracepoints preempt (7.x). */
	tracepoint_synchronize_unregister();
	synchronize_rcu();
}

void pd_sum(struct pd_total *total)
{
	int cpu, hook, key, result;

	memset(total, 0, sizeof(*total));
	for_each_possible_cpu(cpu) {
		const struct pd_cpu_counters *one = per_cpu_ptr(pd_counters, cpu);

		for (hook = 0; hook < PD_HOOKS; hook++) {
			for (key = 0; key < PD_KEYS; key++) {
				const struct pd_counter *from = &one->hook[hook][key];
				struct pd_counter *to = &total->hook[hook][key];

				to->packets += READ_ONCE(from->packets);
				to->segments += READ_ONCE(from->segments);
				to->bytes += READ_ONCE(from->bytes);
			}
		}
		for (result = 0; result < PD_TX_RESULTS; result++)
			total->tx_result[result] += READ_ONCE(one->tx_result[result]);
		total->xmit_unmatched += READ_ONCE(one->xmit_unmatched);
		cond_resched();
	}
}

int pd_counters_init(void)
{
	/* Aligned to a cache line, so that no counter lies on two. */
	pd_counters = __alloc_percpu(sizeof(struct pd_cpu_counters), SMP_CACHE_BYTES);
	return pd_counters ? 0 : -ENOMEM;
}

void pd_counters_exit(void)
{
	free_percpu(pd_counters);
}
