// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching: a kprobe on every body of a hook's function, or a tracepoint. Each hook on its own;
 * one that cannot be had costs itself alone.
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

#define PD_CLONES 8 /* X.constprop.0 … X.constprop.7 are looked for, and X itself */
#define PD_BODIES (PD_CLONES + 1)
#define PD_SYMBOL_NAMES 2
#define PD_TRACEPOINTS 2

struct pd_kprobe {
	struct kprobe kprobe;
	char symbol[PD_SYMBOL_LEN];
};

struct pd_probe {
	const char *tracepoint;
	void *function;
};

/* Whatever is attached to one hook: kprobes or tracepoint probes, never both. */
struct pd_attached {
	struct pd_kprobe *bodies[PD_BODIES];
	struct tracepoint *tracepoints[PD_TRACEPOINTS];
};

struct pd_attach_row {
	const char *label;
	bool ipv4_tcp_only;
	kprobe_pre_handler_t handler;
	const char *symbols[PD_SYMBOL_NAMES];
	struct pd_probe probes[PD_TRACEPOINTS]; /* of the hook itself, or its exact stand-in */
};

static struct pd_hook_state pd_states[PD_PROBES];
static struct pd_attached pd_attached[PD_PROBES];
static u64 pd_missed_before; /* by kprobes that are gone again */

/*
 * Bit i: the kernel has no function of the i-th name, and never will. Finding that out means to
 * walk through all of its names, before 6.2 (60443c88f3a8) one by one.
 */
static unsigned long pd_absent[PD_HOOKS][PD_SYMBOL_NAMES];

#define PD_SKB_BY_VALUE(argument) ((const struct sk_buff *)(argument))
#define PD_SKB_BY_REFERENCE(argument) (*(const struct sk_buff **)(argument))

#define PD_HANDLER_TRACEPOINT(...)
#define PD_HANDLER_FUNCTION(label, argument, pass)					\
	static int pd_kprobe_##label(struct kprobe *kprobe, struct pt_regs *regs)	\
	{										\
		unsigned long value = regs_get_kernel_argument(regs, argument);		\
											\
		return pd_count_##label(PD_SKB_##pass(value));				\
	}										\
	NOKPROBE_SYMBOL(pd_kprobe_##label);

/*
 * Tracepoint handlers may be preempted since 7.x. Their prototypes have to be the kernel's own to
 * the letter (CFI), so Kbuild looks into its headers whether the skb is const: PD_CONST_<name>.
 */
#define PD_STAND_IN_NONE(...)
#define PD_STAND_IN_INEXACT(...)
#define PD_STAND_IN_EXACT(label, stand_in)						\
	static void pd_trace_##stand_in(void *data,					\
					PD_CONST_##stand_in struct sk_buff *skb)	\
	{										\
		preempt_disable_notrace();						\
		pd_count_##label(skb);							\
		preempt_enable_notrace();						\
	}

#define PD_HOOK(id, label, direction, kind, header, argument, pass, symbols, stand_in,	\
		standing, bytes)							\
	PD_HANDLER_##kind(label, argument, pass)					\
	PD_STAND_IN_##standing(label, stand_in)
#include "uapi/packetdrop_hooks.def"

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
	check_trace_callback_type_netif_receive_skb(pd_trace_netif_receive_skb);
	check_trace_callback_type_napi_gro_receive_entry(pd_trace_napi_gro_receive_entry);
	check_trace_callback_type_kfree_skb(pd_trace_kfree_skb);
}

#define PD_IPV4_TCP_ONLY_ETHERNET false
#define PD_IPV4_TCP_ONLY_NETWORK false
#define PD_IPV4_TCP_ONLY_DATA false
#define PD_IPV4_TCP_ONLY_TRANSPORT true

#define PD_PROBES_NONE(stand_in)
#define PD_PROBES_INEXACT(stand_in)
#define PD_PROBES_EXACT(stand_in) .probes = { { #stand_in, pd_trace_##stand_in } },
#define PD_ROW_FUNCTION(name, names, stand_in, standing) \
	.handler = pd_kprobe_##name, .symbols = { names }, PD_PROBES_##standing(stand_in)
/* What the transmit brings comes before what ends it. */
#define PD_ROW_TRACEPOINT(name, names, stand_in, standing)			\
	.probes = { { "net_dev_start_xmit", pd_trace_net_dev_start_xmit },	\
		    { "net_dev_xmit", pd_trace_net_dev_xmit } },

static const struct pd_attach_row pd_rows[PD_PROBES] = {
#define PD_HOOK(id, name, direction, kind, header, argument, pass, names, stand_in,	\
		standing, bytes)							\
	[PD_HOOK_##id] = {								\
		.label = #name,								\
		.ipv4_tcp_only = PD_IPV4_TCP_ONLY_##header,				\
		PD_ROW_##kind(name, PD_SYMBOLS(names), stand_in, standing)		\
	},
#include "uapi/packetdrop_hooks.def"
	[PD_DROPS] = { .label = "kfree_skb", .probes = { { "kfree_skb", pd_trace_kfree_skb } } },
};

const char *pd_hook_label(int hook)
{
	return pd_rows[hook].label;
}

bool pd_hook_counts(enum pd_hook hook, enum pd_key key)
{
	return !pd_rows[hook].ipv4_tcp_only || key == PD_KEY_IPV4_TCP;
}

const struct pd_hook_state *pd_hook_state(int hook)
{
	return &pd_states[hook];
}

/* 0, or why there is no kprobe on that symbol; -ENOENT where the kernel has none of that name. */
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

/* Of the hooks from 'first' to 'last': one grace period for all, not one for each kprobe. */
static void pd_detach_bodies(int first, int last)
{
	struct kprobe *kprobes[PD_HOOKS * PD_BODIES];
	int hook, i, count = 0;

	for (hook = first; hook <= last; hook++) {
		for (i = 0; i < PD_BODIES; i++) {
			if (!pd_attached[hook].bodies[i])
				continue;
			kprobes[count++] = &pd_attached[hook].bodies[i]->kprobe;
			pd_attached[hook].bodies[i] = NULL;
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
static int pd_attach_function(int hook, int name)
{
	const char *function = pd_rows[hook].symbols[name];
	struct pd_attached *attached = &pd_attached[hook];
	struct pd_hook_state *state = &pd_states[hook];
	char symbol[PD_SYMBOL_LEN];
	int found = 0, err, i;

	for (i = 0; i < PD_BODIES; i++) {
		if (test_bit(i, &pd_absent[hook][name]))
			continue;
		if (i == 0)
			strscpy(symbol, function, sizeof(symbol));
		else
			snprintf(symbol, sizeof(symbol), "%s.constprop.%d", function, i - 1);
		err = pd_attach_body(&attached->bodies[i], symbol, pd_rows[hook].handler);
		if (err == -ENOENT) {
			__set_bit(i, &pd_absent[hook][name]);
			continue;
		}
		if (err) {
			pd_detach_bodies(hook, hook);
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

static void pd_detach_tracepoints(int hook)
{
	int i;

	for (i = PD_TRACEPOINTS - 1; i >= 0; i--) {
		struct tracepoint **slot = &pd_attached[hook].tracepoints[i];

		if (!*slot)
			continue;
		tracepoint_probe_unregister(*slot, pd_rows[hook].probes[i].function, NULL);
		*slot = NULL;
	}
}

static int pd_attach_tracepoints(int hook)
{
	struct pd_hook_state *state = &pd_states[hook];
	int err, i;

	for (i = 0; i < PD_TRACEPOINTS; i++) {
		const struct pd_probe *probe = &pd_rows[hook].probes[i];
		struct pd_search search = { .name = probe->tracepoint };

		if (!probe->tracepoint)
			break;
		for_each_kernel_tracepoint(pd_search_tracepoint, &search);
		err = -ENOENT;
		if (search.found)
			err = tracepoint_probe_register(search.found, probe->function, NULL);
		if (err) {
			pd_detach_tracepoints(hook);
			/* If nothing else attaches, the module can be gone at once. */
			tracepoint_synchronize_unregister();
			return err;
		}
		pd_attached[hook].tracepoints[i] = search.found;
		strscpy(state->target, probe->tracepoint, sizeof(state->target));
	}
	if (!i)
		return -ENOENT;
	state->mechanism = "tracepoint";
	return 0;
}

static int pd_attach_hook(int hook)
{
	int err = -ENOENT, tracepoint_err, i;

	for (i = 0; i < PD_SYMBOL_NAMES && pd_rows[hook].symbols[i]; i++) {
		err = pd_attach_function(hook, i);
		if (err != -ENOENT)
			break;
	}
	if (!err)
		return 0;
	tracepoint_err = pd_attach_tracepoints(hook);
	/* Of the two, what kept the function from being hooked tells more. */
	return tracepoint_err && pd_rows[hook].symbols[0] ? err : tracepoint_err;
}

int pd_attach_hooks(void)
{
	int first_err = 0;
	bool any = false;
	int hook;

	for (hook = 0; hook < PD_PROBES; hook++) {
		struct pd_hook_state *state = &pd_states[hook];

		memset(state, 0, sizeof(*state));
		state->error = pd_attach_hook(hook);
		state->attached = !state->error;
		state->exact = state->attached;
		any |= state->attached;
		if (state->error && !first_err)
			first_err = state->error;
	}
	return any ? 0 : first_err;
}

void pd_detach_hooks(void)
{
	int hook;

	pd_detach_bodies(0, PD_HOOKS - 1);
	for (hook = 0; hook < PD_PROBES; hook++) {
		pd_detach_tracepoints(hook);
		pd_states[hook].attached = false;
	}
	tracepoint_synchronize_unregister();
}

u64 pd_kprobe_missed(void)
{
	u64 missed = pd_missed_before;
	int hook, i;

	for (hook = 0; hook < PD_HOOKS; hook++)
		for (i = 0; i < PD_BODIES; i++)
			if (pd_attached[hook].bodies[i])
				missed += pd_attached[hook].bodies[i]->kprobe.nmissed;
	return missed;
}
