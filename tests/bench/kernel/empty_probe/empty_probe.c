// SPDX-License-Identifier: GPL-2.0
/* Handlers that only return, where drop_packet's would be: what the kernel itself takes for one. */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "function to be hooked; none: the two tracepoints of a transmit");

static int on_function(struct kprobe *kprobe, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(on_function);

static struct kprobe function_probe = { .pre_handler = on_function };

static void on_net_dev_start_xmit(void *data, const struct sk_buff *skb,
				  const struct net_device *dev)
{
}

static void on_net_dev_xmit(void *data, struct sk_buff *skb, int rc, struct net_device *dev,
			    unsigned int len)
{
}

static struct {
	const char *name;
	void *function;
	struct tracepoint *found;
} probes[] = {
	{ "net_dev_start_xmit", on_net_dev_start_xmit },
	{ "net_dev_xmit", on_net_dev_xmit },
};

static void look_at(struct tracepoint *tracepoint, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tracepoint->name, probes[i].name))
			probes[i].found = tracepoint;
}

static int attach_tracepoints(void)
{
	int err;

	for_each_kernel_tracepoint(look_at, NULL);
	if (!probes[0].found || !probes[1].found)
		return -ENOENT;
	err = tracepoint_probe_register(probes[0].found, probes[0].function, NULL);
	if (err)
		return err;
	err = tracepoint_probe_register(probes[1].found, probes[1].function, NULL);
	if (err) {
		tracepoint_probe_unregister(probes[0].found, probes[0].function, NULL);
		tracepoint_synchronize_unregister();
	}
	return err;
}

static int __init empty_probe_init(void)
{
	if (!*symbol)
		return attach_tracepoints();
	function_probe.symbol_name = symbol;
	return register_kprobe(&function_probe);
}

static void __exit empty_probe_exit(void)
{
	int i;

	if (*symbol) {
		unregister_kprobe(&function_probe);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		tracepoint_probe_unregister(probes[i].found, probes[i].function, NULL);
	tracepoint_synchronize_unregister();
}

module_init(empty_probe_init);
module_exit(empty_probe_exit);

MODULE_DESCRIPTION("Does nothing at a hook of drop_packet, to be compared with it");
MODULE_LICENSE("GPL");
