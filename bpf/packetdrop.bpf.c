// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the packets that pass each hook, and the drops. One program per probe and mechanism,
 * generated from the probe table; the loader (exporter/sources/bpf) loads for each probe the one
 * program that it chose.
 */
#include "packetdrop_constants.h"
#include "kernel_types.h"
#include "read.h"
#include "../kmod/uapi/packetdrop_parse.h"
#include "../kmod/uapi/packetdrop_drops.h"
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

/*
 * The one gate: 0 while closed, else the number of the activation. Hooks attach milliseconds
 * apart; opening one word afterwards makes every stage begin with the same packet. It is alone in
 * its section, so the loader finds it at offset 0.
 */
__u64 pd_gate SEC(".data.gate");

/* Alone in its section, too. */
const volatile struct pd_constants pd_kernel SEC(".rodata.kernel");

/*
 * Indexed by CPU; mapped by the exporter, because reading by system call would make the kernel
 * skip BPF kprobes on that CPU meanwhile. The loader sets the real number of CPUs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pd_cpu_counters);
} pd_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pd_xmit_stack);
} pd_xmit_stacks SEC(".maps");

/* Both mapped by the exporter, as pd_counters is; one table per CPU, and one shared overflow table. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pd_drop_table);
} pd_drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pd_fold_table);
} pd_folds SEC(".maps");

struct pd_event {
	__u32 key;
	__u32 len;
	__u32 segments;
};

static __always_inline struct pd_cpu_counters *pd_this_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&pd_counters, &cpu);
}

static __always_inline struct pd_xmit_stack *pd_this_stack(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&pd_xmit_stacks, &cpu);
}

/* The linear part, and the offset in it at which the skb's bytes begin. */
static __always_inline __u32 pd_bounds(struct pd_linear *linear, const struct pd_fields *fields,
				       const struct sk_buff *skb, bool typed)
{
	linear->head = PD_FIELD(fields, skb, head, typed);
	linear->size = PD_FIELD(fields, skb, tail, typed);
	return PD_FIELD(fields, skb, data, typed) - linear->head;
}

static __always_inline void pd_find_flow(struct pd_flow *flow, const struct sk_buff *skb,
					 const struct pd_fields *fields, enum pd_header header,
					 enum pd_key key, bool typed)
{
	struct pd_linear linear;
	__u32 data = pd_bounds(&linear, fields, skb, typed);

	if (header == PD_HEADER_L4) {
		flow->key = PD_KEY_BEHIND_IP(key);
		flow->l3 = data;
	} else if (header == PD_HEADER_L2) {
		pd_parse_ethernet(flow, &linear, data);
	} else {
		__u16 ethertype = bpf_ntohs(PD_FIELD(fields, skb, protocol, typed));
		__u32 at = data;

		if (header == PD_HEADER_NET && pd_is_vlan(ethertype))
			at = data + PD_ETHERNET_LEN;
		else if (header == PD_HEADER_NET)
			at = PD_FIELD(fields, skb, network_header, typed);
		pd_parse(flow, &linear, ethertype, at);
	}
}

static __always_inline const struct skb_shared_info *
pd_shared_info(const struct pd_fields *fields, const struct sk_buff *skb, bool typed)
{
	return PD_SHARED_INFO(PD_FIELD(fields, skb, head, typed) + PD_FIELD(fields, skb, end, typed));
}

/* Of a GSO skb; reads again what it needs, so that all the others need not keep it. */
static __always_inline __u32 pd_count_segments(const struct pd_flow *flow, const struct sk_buff *skb,
					       __u16 gso_size, bool typed)
{
	const struct skb_shared_info *shared;
	struct pd_fields fields;
	struct pd_linear linear;
	__u32 data;

	PD_FIND_FIELDS(&fields, skb, typed);
	shared = pd_shared_info(&fields, skb, typed);
	data = pd_bounds(&linear, &fields, skb, typed);
	return pd_segments(flow, &linear, data, PD_FIELD(&fields, skb, len, typed), gso_size,
			   PD_SHARED_FIELD(shared, gso_segs));
}

/*
 * 'header', 'key' and 'typed' are constants: what a hook does not need is not compiled into it. To clang
 * each read through PD_READ() is a call, so the order of things keeps what lives across one in the
 * four registers that survive it.
 */
static __always_inline void pd_look(struct pd_event *event, const struct sk_buff *skb,
				    enum pd_header header, enum pd_key key, bool typed)
{
	const struct skb_shared_info *shared;
	struct pd_fields fields;
	struct pd_flow flow;
	__u16 gso_size;

	PD_FIND_FIELDS(&fields, skb, typed);
	shared = pd_shared_info(&fields, skb, typed);
	gso_size = PD_SHARED_FIELD(shared, gso_size);
	pd_find_flow(&flow, skb, &fields, header, key, typed);
	event->segments = gso_size ? pd_count_segments(&flow, skb, gso_size, typed) : 1;
	event->key = header == PD_HEADER_L4 ? key : flow.key;
	event->len = PD_FIELD(&fields, skb, len, typed);
}

static __always_inline void pd_counter_add(struct pd_counter *counter, __u32 len, __u32 segments)
{
	/* Keeps clang from computing the address again for each of the three. */
	barrier_var(counter);
	if (pd_kernel.atomic) {
		__sync_fetch_and_add(&counter->packets, 1);
		__sync_fetch_and_add(&counter->segments, segments);
		__sync_fetch_and_add(&counter->bytes, len);
	} else {
		counter->packets += 1;
		counter->segments += segments;
		counter->bytes += len;
	}
}

static __always_inline int pd_count_packet(enum pd_hook hook, const struct sk_buff *skb,
					   enum pd_header header, enum pd_key key, bool typed)
{
	struct pd_cpu_counters *cpu;
	struct pd_event event;

	if (!pd_gate)
		return 0;

	pd_look(&event, skb, header, key, typed);
	cpu = pd_this_cpu();
	/* Both always true; the verifier cannot see it. */
	if (cpu && event.key < PD_KEYS)
		pd_counter_add(&cpu->hook[hook][event.key], event.len, event.segments);
	return 0;
}

static __always_inline int pd_xmit_begins(const struct sk_buff *skb, bool typed)
{
	struct pd_xmit_stack *stack;
	struct pd_event event;
	__u64 gate = pd_gate;
	struct pd_xmit *entry;
	__u32 depth;

	if (!gate)
		return 0;

	pd_look(&event, skb, PD_HEADER_NET, PD_KEY_ANY, typed);
	stack = pd_this_stack();
	if (!stack)
		return 0;
	if (stack->activation != gate) {
		stack->activation = gate;
		stack->depth = 0;
	}
	depth = stack->depth;
	/* Full: this packet's net_dev_xmit will find no entry and be published as missed. */
	if (depth >= PD_XMIT_DEPTH)
		return 0;

	entry = &stack->entry[depth];
	entry->skb = (__u64)skb;
	entry->len = event.len;
	entry->segments = event.segments;
	entry->key = event.key;
	stack->depth = depth + 1;
	return 0;
}

/* The newest entry of that skb; what lies above it never ended and is discarded with it. */
static __always_inline struct pd_xmit *pd_xmit_pop(struct pd_xmit_stack *stack, __u64 skb, __u64 gate)
{
	__u32 depth = stack->depth;
	int i;

	if (stack->activation != gate)
		return NULL;
	for (i = 0; i < PD_XMIT_DEPTH; i++) {
		struct pd_xmit *entry;

		if (depth == 0 || depth > PD_XMIT_DEPTH)
			return NULL;
		depth--;
		/* Changes nothing; the barrier keeps it in, for the verifier to see the bound. */
		barrier_var(depth);
		depth &= PD_XMIT_DEPTH - 1;
		entry = &stack->entry[depth];
		if (entry->skb == skb) {
			stack->depth = depth;
			return entry;
		}
	}
	return NULL;
}

static __always_inline enum pd_tx_result pd_tx_result_of(int rc)
{
	switch (rc) {
	case 0x10: /* NETDEV_TX_BUSY */
		return PD_TX_BUSY;
	case 1: /* NET_XMIT_DROP */
		return PD_TX_DROPPED;
	case 2: /* NET_XMIT_CN */
		return PD_TX_CONGESTED;
	}
	return PD_TX_ERROR;
}

/* The skb may be freed already: only its address is used. */
static __always_inline int pd_xmit_ends(__u64 skb, int rc)
{
	struct pd_cpu_counters *cpu;
	struct pd_xmit_stack *stack;
	struct pd_xmit *entry;
	__u64 gate = pd_gate;
	__u32 key;

	if (!gate)
		return 0;
	cpu = pd_this_cpu();
	stack = pd_this_stack();
	if (!cpu || !stack)
		return 0;

	entry = pd_xmit_pop(stack, skb, gate);
	if (!entry) {
		__sync_fetch_and_add(&cpu->xmit_unmatched, 1);
		return 0;
	}
	if (rc) {
		__sync_fetch_and_add(&cpu->tx_result[pd_tx_result_of(rc)], 1);
		return 0;
	}
	key = entry->key;
	if (key < PD_KEYS)
		pd_counter_add(&cpu->hook[PD_HOOK_NET_DEV_XMIT][key], entry->len,
			       entry->segments);
	return 0;
}

static __always_inline __u32 pd_dropped_key(const struct sk_buff *skb, bool typed)
{
	struct pd_fields fields;
	struct pd_linear linear;
	__u16 ethertype;

	PD_FIND_FIELDS(&fields, skb, typed);
	ethertype = bpf_ntohs(PD_FIELD(&fields, skb, protocol, typed));
	pd_bounds(&linear, &fields, skb, typed);
	return pd_parse_dropped(&linear, ethertype, PD_FIELD(&fields, skb, network_header, typed));
}

/* By reason and key alone. All CPUs share the table, so every add is atomic. */
static __always_inline void pd_fold(__u32 reason, __u32 key)
{
	struct pd_fold_table *folds;
	__u32 index = pd_fold_index(reason);
	struct pd_fold *fold;
	__u32 zero = 0;

	folds = bpf_map_lookup_elem(&pd_folds, &zero);
	/* clang knows the bounds and leaves them out; the verifier has to see them. */
	barrier_var(index);
	barrier_var(key);
	if (!folds || index >= PD_FOLD_REASONS || key >= PD_KEYS)
		return;
	fold = &folds->fold[index][key];
	if (!fold->first)
		fold->first = bpf_ktime_get_boot_ns();
	__sync_fetch_and_add(&fold->count, 1);
}

/*
 * Only a nested run on this CPU can want the same slot, and it ends before the outer one goes on.
 * So what is read right after one's own claim tells whether somebody came in between, on kernels
 * before 5.12, too, whose BPF has no atomic operation that returns a value.
 */
static __always_inline bool pd_claim(struct pd_drop *slot)
{
	if (*(volatile __u32 *)&slot->claims)
		return false;
	__sync_fetch_and_add(&slot->claims, 1);
	return *(volatile __u32 *)&slot->claims == 1;
}

static __always_inline void pd_publish_slot(struct pd_drop *slot, __u64 location, __u32 reason,
					    __u32 key, __u32 hash)
{
	slot->location = location;
	slot->reason = reason;
	slot->key = key;
	slot->first = bpf_ktime_get_boot_ns();
	slot->hash = hash;
}

/*
 * Out of line, so that the verifier walks through the slots once and not for every key that the
 * parser can find.
 */
PD_SLOW int pd_keep_drop(__u64 location, __u32 reason, __u32 key)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 hash = pd_drop_hash(location, reason, key);
	struct pd_drop_table *table = bpf_map_lookup_elem(&pd_drops, &cpu);
	__u32 i;

	if (!table)
		return 0;
	for (i = 0; i < PD_DROP_PROBES; i++) {
		struct pd_drop *slot = &table->slot[pd_drop_slot(hash, i)];

		if (pd_claim(slot))
			pd_publish_slot(slot, location, reason, key, hash);
		else if (slot->hash != hash || slot->location != location ||
			 slot->reason != reason || slot->key != key)
			continue;
		if (pd_kernel.atomic)
			__sync_fetch_and_add(&slot->count, 1);
		else
			slot->count += 1;
		return 0;
	}
	pd_fold(reason, key);
	return 0;
}

static __always_inline int pd_count_drop(const struct sk_buff *skb, __u64 location, __u32 reason, bool typed)
{
	if (pd_gate)
		pd_keep_drop(location, reason, pd_dropped_key(skb, typed));
	return 0;
}

/* Of (skb, location), or of (skb, location, reason). */
static __always_inline __u32 pd_reason(__u64 *ctx)
{
	return pd_kernel.reasons ? (__u32)ctx[2] : 0;
}

/* An argument that is a struct sk_buff *, or a struct sk_buff ** to read it from. */
#define PD_SKB_BY_VALUE(arg) PD_UNTYPED(arg)
#define PD_SKB_BY_REFERENCE(arg) PD_UNTYPED(pd_dereference(arg))
#define PD_SKB_TYPED_BY_VALUE(arg) ((const struct sk_buff *)(arg))
#define PD_SKB_TYPED_BY_REFERENCE(arg) PD_SKB_BY_REFERENCE(arg)
#define PD_TYPED_BY_VALUE true
#define PD_TYPED_BY_REFERENCE false

static __always_inline __u64 pd_dereference(__u64 at)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (const void *)at);
	return value;
}

#define PD_ARGUMENT_0(ctx) PT_REGS_PARM1(ctx)
#define PD_ARGUMENT_1(ctx) PT_REGS_PARM2(ctx)
#define PD_ARGUMENT_2(ctx) PT_REGS_PARM3(ctx)
#define PD_ARGUMENT_3(ctx) PT_REGS_PARM4(ctx)
#define PD_ARGUMENT_4(ctx) PT_REGS_PARM5(ctx)

/* The skb in an argument of a tracepoint or function that the verifier knows, or does not. */
#define PD_RUN_TYPED(feeds, id, header, key, arg, pass)                                             \
	PD_FEED_##feeds(id, header, key, PD_SKB_TYPED_##pass(ctx[arg]), arg, PD_TYPED_##pass)
#define PD_RUN_UNTYPED(feeds, id, header, key, arg, pass)                                           \
	PD_FEED_##feeds(id, header, key, PD_SKB_##pass(ctx[arg]), arg, false)

#define PD_FEED_HOOK(id, header, key, skb, arg, typed)                                              \
	pd_count_packet(PD_HOOK_##id, skb, PD_HEADER_##header, PD_KEY_##key, typed)
#define PD_FEED_DROPS(id, header, key, skb, arg, typed)                                             \
	pd_count_drop(skb, ctx[(arg) + 1], pd_reason(ctx), typed)

#define PD_PROGRAMS_FUNCTION(feeds, id, label, header, key, arg, pass)                              \
	SEC("fentry") int fentry_##label(__u64 *ctx)                                                \
	{                                                                                           \
		return PD_RUN_TYPED(feeds, id, header, key, arg, pass);                             \
	}                                                                                           \
	SEC("kprobe") int kprobe_##label(struct pt_regs *ctx)                                       \
	{                                                                                           \
		return PD_FEED_##feeds(id, header, key, PD_SKB_##pass(PD_ARGUMENT_##arg(ctx)), arg, \
				       false);                                                      \
	}

#define PD_PROGRAMS_TRACEPOINT(feeds, id, label, header, key, arg, pass)                            \
	SEC("tp_btf") int tp_btf_##label(__u64 *ctx)                                                \
	{                                                                                           \
		return PD_RUN_TYPED(feeds, id, header, key, arg, pass);                             \
	}                                                                                           \
	SEC("raw_tp") int raw_tp_##label(__u64 *ctx)                                                \
	{                                                                                           \
		return PD_RUN_UNTYPED(feeds, id, header, key, arg, pass);                           \
	}

/* Its event needs an earlier one; its programs are below. */
#define PD_PROGRAMS_XMIT_PAIR(...)

#define PD_FALLBACK_PROGRAMS_NONE(...)
#define PD_FALLBACK_PROGRAMS_INEXACT(...) PD_PROGRAMS_TRACEPOINT(__VA_ARGS__, 0, BY_VALUE)
#define PD_FALLBACK_PROGRAMS_EXACT(...) PD_PROGRAMS_TRACEPOINT(__VA_ARGS__, 0, BY_VALUE)

#define PD_PROBE(id, label, feeds, direction, kind, header, key, arg, pass, at, fallback,           \
		 fallback_exact, bytes)                                                             \
	PD_PROGRAMS_##kind(feeds, id, label, header, key, arg, pass)                                \
	PD_FALLBACK_PROGRAMS_##fallback_exact(feeds, id, label, header, key)
#include "../kmod/uapi/packetdrop_probes.def"

SEC("tp_btf/net_dev_start_xmit") int tp_btf_net_dev_start_xmit(__u64 *ctx)
{
	return pd_xmit_begins((const struct sk_buff *)ctx[0], true);
}

SEC("raw_tp/net_dev_start_xmit") int raw_tp_net_dev_start_xmit(__u64 *ctx)
{
	return pd_xmit_begins(PD_UNTYPED(ctx[0]), false);
}

SEC("tp_btf/net_dev_xmit") int tp_btf_net_dev_xmit(__u64 *ctx)
{
	return pd_xmit_ends(ctx[0], (int)ctx[1]);
}

SEC("raw_tp/net_dev_xmit") int raw_tp_net_dev_xmit(__u64 *ctx)
{
	return pd_xmit_ends(ctx[0], (int)ctx[1]);
}
