// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the packets that pass each stage of the network path, switched and read by
 * /proc/mooc/net/drop-packet. Loading it changes nothing until somebody writes "activate" there.
 */
#include <linux/module.h>

#include "drop_packet.h"

static int __init pd_init(void)
{
	int err = pd_counters_init();

	if (err)
		return err;
	err = pd_drops_init();
	if (err)
		goto no_drops;
	err = pd_render_init();
	if (err)
		goto no_render;
	err = pd_proc_init();
	if (err)
		goto no_file;
	return 0;

no_file:
	pd_render_exit();
no_render:
	pd_drops_exit();
no_drops:
	pd_counters_exit();
	return err;
}

static void __exit pd_exit(void)
{
	/* Once the file is gone, nobody can activate it again. */
	pd_proc_exit();
	pd_control_exit();
	pd_render_exit();
	pd_drops_exit();
	pd_counters_exit();
}

module_init(pd_init);
module_exit(pd_exit);

MODULE_DESCRIPTION("Counts packets at each stage of the network path, and drops by reason");
MODULE_AUTHOR("The packetdrop-exporter authors");
MODULE_VERSION(DROP_PACKET_VERSION);
MODULE_LICENSE("GPL");
