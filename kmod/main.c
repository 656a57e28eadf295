// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the packets that pass each stage of the network path, switched and read by
 * /proc/mooc/net/drop-packet. Loading it changes nothing until somebody writes "activate" there.
 */
#include <linux/module.h>
#include <linux/mutex.h>

#include "drop_packet.h"

static DEFINE_MUTEX(pd_control); /* one activation, deactivation or rendering at a time */
static bool pd_active;

int pd_activate(void)
{
	int err = mutex_lock_killable(&pd_control);

	if (err)
		return err;
	if (!pd_active) {
		err = pd_attach_hooks();
		if (!err) {
			pd_active = true;
			pd_open_gate();
		}
	}
	mutex_unlock(&pd_control);
	return err;
}

static void pd_switch_off(void)
{
	if (!pd_active)
		return;
	pd_close_gate();
	pd_detach_hooks();
	pd_active = false;
}

int pd_deactivate(void)
{
	int err = mutex_lock_killable(&pd_control);

	if (err)
		return err;
	pd_switch_off();
	mutex_unlock(&pd_control);
	return 0;
}

int pd_lock_state(bool *active)
{
	int err = mutex_lock_killable(&pd_control);

	if (!err)
		*active = pd_active;
	return err;
}

void pd_unlock_state(void)
{
	mutex_unlock(&pd_control);
}

static int __init pd_init(void)
{
	int err = pd_counters_init();

	if (err)
		return err;
	err = pd_drops_init();
	if (err)
		goto no_drops;
	err = pd_text_init();
	if (err)
		goto no_text;
	err = pd_proc_init();
	if (err)
		goto no_file;
	return 0;

no_file:
	pd_text_exit();
no_text:
	pd_drops_exit();
no_drops:
	pd_counters_exit();
	return err;
}

static void __exit pd_exit(void)
{
	/* First nobody can switch or read it any more, then it is switched off. */
	pd_proc_exit();
	pd_switch_off();
	pd_text_exit();
	pd_drops_exit();
	pd_counters_exit();
}

module_init(pd_init);
module_exit(pd_exit);

MODULE_DESCRIPTION("Counts packets at each stage of the network path, and drops by reason");
MODULE_AUTHOR("The packetdrop-exporter authors");
MODULE_VERSION(DROP_PACKET_VERSION);
MODULE_LICENSE("GPL");
