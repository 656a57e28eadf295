// SPDX-License-Identifier: GPL-2.0
/*
 * Activation and deactivation: attaches hooks and opens the gate, and the reverse, one caller at a
 * time.
 */
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
		err = pd_attach_probes();
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
	pd_detach_probes();
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

void pd_control_exit(void)
{
	pd_switch_off();
}
