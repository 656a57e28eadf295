// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the probes of the table: a kprobe on every clone of a function, or a tracepoint. Probes
 * attach independently; a failure affects only that probe.
 *
 * Functions are looked for by name, through register_kprobe(): kallsyms_lookup_name() is exported
 * nowhere, and calling it by an address found otherwise breaks with IBT.
 */
#include <linux/bitops.h>
#include <linux/kprobes.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/net.h>
#include <trace/events/skb.h>

#include "drop_packet.h"

#define PD_CLONES 8 /* X.constprop.0 … X.constprop.7 are tried, and X itself */
#define PD_BODIES (PD_CLONES + 1)
#define PD_SYMBOL_NAMES 2
#define PD_TRACEPOINTS 2

struct pd_kprobe {
	struct kprobe kprobe;
	char symbol[PD_SYMBOL_LEN];
};

struct pd_handler {
	const char *tracepoint;
	void *function;
};

/* Whatever is attached to one probe: kprobes or tracepoint handlers, never both. */
struct pd_attached {
	struct pd_kprobe *bodies[PD_BODIES];
	struct tracepoint *tracepoints[PD_TRACEPOINTS];
};

struct pd_attach_row {
	const char *label;
	enum pd_key key;
	kprobe_pre_handler_t handler;
	const char *symbols[PD_SYMBOL_NAMES];
	struct pd_handler tracepoints[PD_TRACEPOINTS]; /* of the row, or its exact fallback */
};

static struct pd_probe_state pd_states[PD_PROBES];
static struct pd_attached pd_attached[PD_PROBES];
static u64 pd_missed_before; /* by kprobes that were unregistered */

/*
 * Bit i: the kernel has no function of the i-th name, and never will. Finding that out means to
 * walk through all of its names, before 6.2 (60443c88f3a8) one by one.
 */
static unsigned long pd_absent[PD_PROBES][PD_SYMBOL_NAMES];

#define PD_SKB_BY_VALUE(argument) ((const struct sk_buff *)(argument))
#define PD_SKB_BY_REFERENCE(argument) (*(const struct sk_buff **)(argument))

/*
 * Tracepoint handlers may be preempted since 7.x. Their prototypes have to be the kernel's own to
 * the letter (CFI), and its versions differ in whether the skb is const: both handlers are
 * compiled, and the kernel's own check of callbacks says which of them it takes.
 */
#define PD_TAKES(tracepoint, type)							\
	__builtin_types_compatible_p(typeof(check_trace_callback_type_##tracepoint),	\
				     void(void (*)(void *, type)))
#define PD_TRACE(label, tracepoint, type)						\
	__builtin_choose_expr(PD_TAKES(tracepoint, const type), pd_trace_const_##label,	\
			      pd_trace_##label)

#define PD_TRACE_HANDLER(name, label, type, value)					\
	static void __maybe_unused name(void *data, type skb)				\
	{										\
		preempt_disable_notrace();						\
		pd_count_##label(value);						\
		preempt_enable_notrace();						\
	}
#define PD_TRACE_HANDLERS(label, tracepoint, type, value)				\
	PD_TRACE_HANDLER(pd_trace_##label, label, type, value)				\
	PD_TRACE_HANDLER(pd_trace_const_##label, label, const type, value)		\
	/* Compiles only while the kernel's prototype is one of the two. */		\
	static void __maybe_unused pd_check_##label(void)				\
	{										\
		check_trace_callback_type_##tracepoint(PD_TRACE(label, tracepoint, type)); \
	}

#define PD_TYPE_BY_VALUE struct sk_buff *
#define PD_TYPE_BY_REFERENCE struct sk_buff **
#define PD_VALUE_BY_VALUE skb
#define PD_VALUE_BY_REFERENCE (*skb)

#define PD_HANDLERS_XMIT_PAIR(...)
#define PD_HANDLERS_TRACEPOINT(label, argument, pass, at)				\
	PD_TRACE_HANDLERS(label, at, PD_TYPE_##pass, PD_VALUE_##pass)
#define PD_HANDLERS_FUNCTION(label, argument, pass, ...)				\
	static int pd_kprobe_##label(struct kprobe *kprobe, struct pt_regs *regs)	\
	{										\
		unsigned long value = regs_get_kernel_argument(regs, argument);		\
											\
		return pd_count_##label(PD_SKB_##pass(value));				\
	}										\
	NOKPROBE_SYMBOL(pd_kprobe_##label);

/* An inexact fallback is not used: the module must agree with BPF, or report that it cannot. */
#define PD_FALLBACK_HANDLERS_NONE(...)
#define PD_FALLBACK_HANDLERS_INEXACT(...)
#define PD_FALLBACK_HANDLERS_EXACT(label, fallback)					\
	PD_TRACE_HANDLERS(label, fallback, PD_TYPE_BY_VALUE, skb)

#define PD_PROBE(id, label, feeds, direction, kind, header, key, argument, pass, at, fallback,	\
		 fallback_exact, bytes)							\
	PD_IF_HOOK(feeds, PD_HANDLERS_##kind(label, argument, pass, at)			\
			  PD_FALLBACK_HANDLERS_##fallback_exact(label, fallback))
#include "uapi/packetdrop_probes.def"

static void pd_trace_net_dev_start_xmit(void *data, const struct sk_buff *skb,
					const struct net_device *dev)
{
	preempt_disable_notrace();
	pd_xmit_begins(skb);
	preempt_enable_notrace();
}

/* The skb may be freed already: only its address is used. */
static void pd_trace_net_dev_xmit(void *data, struct sk_buff *skb, int rc, struct net_device *dev,
				  unsigned int len)
{
	preempt_disable_notrace();
	pd_xmit_ends(skb, rc);
	preempt_enable_notrace();
}

/* The reason since 5.17 (c504e5c2f964), the socket since 6.11 (c53795d48ee8). */
#if defined(PD_KFREE_SKB_SOCKET)
#define PD_KFREE_SKB_MORE , enum skb_drop_reason reason, PD_CONST_SOCKET struct sock *rx_sk
#define PD_GIVEN_REASON reason
#elif defined(PD_KFREE_SKB_REASON)
#define PD_KFREE_SKB_MORE , enum skb_drop_reason reason
#define PD_GIVEN_REASON reason
#else
#define PD_KFREE_SKB_MORE
#define PD_GIVEN_REASON 0
#endif

static void pd_trace_kfree_skb(void *data, struct sk_buff *skb, void *location PD_KFREE_SKB_MORE)
{
	preempt_disable_notrace();
	pd_count_drop(skb, (unsigned long)location, PD_GIVEN_REASON);
	preempt_enable_notrace();
}

/* Compiles only while the kernel's prototypes are these. */
static void __maybe_unused pd_check_prototypes(void)
{
	check_trace_callback_type_net_dev_start_xmit(pd_trace_net_dev_start_xmit);
	check_trace_callback_type_net_dev_xmit(pd_trace_net_dev_xmit);
	check_trace_callback_type_kfree_skb(pd_trace_kfree_skb);
}

#define PD_FALLBACK_ROW_NONE(...)
#define PD_FALLBACK_ROW_INEXACT(...)
#define PD_FALLBACK_ROW_EXACT(name, fallback)						\
	.tracepoints = { { #fallback, PD_TRACE(name, fallback, PD_TYPE_BY_VALUE) } },
#define PD_ROW_FUNCTION(feeds, name, pass, ...)						\
	.handler = pd_kprobe_##name, .symbols = { __VA_ARGS__ },
#define PD_ROW_TRACEPOINT(feeds, name, pass, at) PD_ROW_TRACEPOINT_##feeds(name, pass, at)
#define PD_ROW_TRACEPOINT_HOOK(name, pass, at)						\
	.tracepoints = { { #at, PD_TRACE(name, at, PD_TYPE_##pass) } },
#define PD_ROW_TRACEPOINT_DROPS(name, pass, at) .tracepoints = { { #at, pd_trace_##name } },
/* What the transmit brings comes before what ends it. */
#define PD_ROW_XMIT_PAIR(feeds, name, pass, at)						\
	.tracepoints = { { "net_dev_start_xmit", pd_trace_net_dev_start_xmit },		\
			 { #at, pd_trace_net_dev_xmit } },

static const struct pd_attach_row pd_rows[PD_PROBES] = {
#define PD_PROBE(id, name, feeds, direction, kind, header, legal, argument, pass, at, fallback,	\
		 fallback_exact, bytes)							\
	[PD_PROBE_##id] = {								\
		.label = #name,								\
		.key = PD_KEY_##legal,							\
		PD_ROW_##kind(feeds, name, pass, at)					\
		PD_FALLBACK_ROW_##fallback_exact(name, fallback)			\
	},
#include "uapi/packetdrop_probes.def"
};

const char *pd_probe_label(enum pd_probe probe)
{
	return pd_rows[probe].label;
}

bool pd_hook_counts(enum pd_hook hook, enum pd_key key)
{
	return pd_rows[hook].key == PD_KEY_ANY || pd_rows[hook].key == key;
}

const struct pd_probe_state *pd_probe_state(enum pd_probe probe)
{
	return &pd_states[probe];
}

/* 0, or why there is no kprobe on that symbol; -ENOENT if the kernel has no such symbol. */
static int pd_attach_body(struct pd_kprobe **slot, const char *symbol, kprobe_pre_handler_t handler)
{
	struct pd_kprobe *body = kzalloc(sizeof(*body), GFP_KERNEL);
	int err;

	if (!body)
		return -ENOMEM;
	strscpy(body->symbol, symbol, sizeof(body->symbol));
	body->kprobe.symbol_name = body->symbol;
	body->kprobe.pre_handler = handler;
	err = register_kprobe(&body->kprobe);
	if (err) {
		kfree(body);
		return err;
	}
	*slot = body;
	return 0;
}

/* Detaches the probes from 'first' to 'last' with one grace period for all kprobes. */
static void pd_detach_bodies(int first, int last)
{
	struct kprobe *kprobes[PD_PROBES * PD_BODIES];
	int probe, i, count = 0;

	for (probe = first; probe <= last; probe++) {
		for (i = 0; i < PD_BODIES; i++) {
			if (!pd_attached[probe].bodies[i])
				continue;
			kprobes[count++] = &pd_attached[probe].bodies[i]->kprobe;
			pd_attached[probe].bodies[i] = NULL;
		}
	}
	unregister_kprobes(kprobes, count);
	for (i = 0; i < count; i++) {
		pd_missed_before += kprobes[i]->nmissed;
		if (kprobes[i]->addr)
			kfree(container_of(kprobes[i], struct pd_kprobe, kprobe));
		else
			pd_leave_to_kernel(kprobes[i]);
	}
}

/* X, and every clone of it with the same arguments: all of them, or none. */
static int pd_attach_function(int probe, int name)
{
	const char *function = pd_rows[probe].symbols[name];
	struct pd_attached *attached = &pd_attached[probe];
	struct pd_probe_state *state = &pd_states[probe];
	char symbol[PD_SYMBOL_LEN];
	int found = 0, err, i;

	for (i = 0; i < PD_BODIES; i++) {
		if (test_bit(i, &pd_absent[probe][name]))
			continue;
		if (i == 0)
			strscpy(symbol, function, sizeof(symbol));
		else
			snprintf(symbol, sizeof(symbol), "%s.constprop.%d", function, i - 1);
		err = pd_attach_body(&attached->bodies[i], symbol, pd_rows[probe].handler);
		if (err == -ENOENT) {
			__set_bit(i, &pd_absent[probe][name]);
			continue;
		}
		if (err) {
			pd_detach_bodies(probe, probe);
			return err;
		}
		if (!found++)
			strscpy(state->target, symbol, sizeof(state->target));
	}
	if (!found)
		return -ENOENT;
	state->mechanism = "kprobe";
	return 0;
}

struct pd_search {
	const char *name;
	struct tracepoint *found;
};

static void pd_search_tracepoint(struct tracepoint *tracepoint, void *data)
{
	struct pd_search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

static void pd_detach_tracepoints(int probe)
{
	int i;

	for (i = PD_TRACEPOINTS - 1; i >= 0; i--) {
		struct tracepoint **slot = &pd_attached[probe].tracepoints[i];

		if (!*slot)
			continue;
		tracepoint_probe_unregister(*slot, pd_rows[probe].tracepoints[i].function, NULL);
		*slot = NULL;
	}
}

static int pd_attach_tracepoints(int probe)
{
	struct pd_probe_state *state = &pd_states[probe];
	int err, i;

	for (i = 0; i < PD_TRACEPOINTS; i++) {
		const struct pd_handler *handler = &pd_rows[probe].tracepoints[i];
		struct pd_search search = { .name = handler->tracepoint };

		if (!handler->tracepoint)
			break;
		for_each_kernel_tracepoint(pd_search_tracepoint, &search);
		err = -ENOENT;
		if (search.found)
			err = tracepoint_probe_register(search.found, handler->function, NULL);
		if (err) {
			pd_detach_tracepoints(probe);
			/* If nothing else attaches, the module can be unloaded at once. */
			tracepoint_synchronize_unregister();
			return err;
		}
		pd_attached[probe].tracepoints[i] = search.found;
		strscpy(state->target, handler->tracepoint, sizeof(state->target));
	}
	if (!i)
		return -ENOENT;
	state->mechanism = "tracepoint";
	return 0;
}

static int pd_attach_probe(int probe)
{
	int err = -ENOENT, tracepoint_err, i;

	for (i = 0; i < PD_SYMBOL_NAMES && pd_rows[probe].symbols[i]; i++) {
		err = pd_attach_function(probe, i);
		if (err != -ENOENT)
			break;
	}
	if (!err)
		return 0;
	tracepoint_err = pd_attach_tracepoints(probe);
	/* The error of the function says more than that of its fallback. */
	return tracepoint_err && pd_rows[probe].symbols[0] ? err : tracepoint_err;
}

int pd_attach_probes(void)
{
	int first_err = 0;
	bool any = false;
	int probe;

	for (probe = 0; probe < PD_PROBES; probe++) {
		struct pd_probe_state *state = &pd_states[probe];

		memset(state, 0, sizeof(*state));
		state->error = pd_attach_probe(probe);
		state->attached = !state->error;
		state->exact = state->attached;
		any |= state->attached;
		if (state->error && !first_err)
			first_err = state->error;
	}
	return any ? 0 : first_err;
}

void pd_detach_probes(void)
{
	int probe;

	pd_detach_bodies(0, PD_PROBES - 1);
	for (probe = 0; probe < PD_PROBES; probe++) {
		pd_detach_tracepoints(probe);
		pd_states[probe].attached = false;
	}
	tracepoint_synchronize_unregister();
}

u64 pd_kprobe_missed(void)
{
	u64 missed = pd_missed_before;
	int probe, i;

	for (probe = 0; probe < PD_PROBES; probe++)
		for (i = 0; i < PD_BODIES; i++)
			if (pd_attached[probe].bodies[i])
				missed += pd_attached[probe].bodies[i]->kprobe.nmissed;
	return missed;
}
