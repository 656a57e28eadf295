// SPDX-License-Identifier: GPL-2.0
/*
 * A kprobe that the kernel could not disarm: ftrace had no memory to remove the function from its
 * filter, or has disabled itself. unregister_kprobes() clears the address of such a kprobe and
 * leaves it in the kernel's lists for good.
 *
 * If it is the only one on its function, the kernel looks it up by address and never finds it
 * again. If it is one of several, all of which are disabled, it is on the list of the aggregate
 * kprobe, which stays armed and calls its handler: after the module is unloaded, a jump to freed
 * memory.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "drop_packet.h"

/*
 * The kernel reads the handler, then the flag, and then calls the handler, all with preemption off:
 * so the flag is set first. Only the owner of the kprobe changes these flags.
 */
static void pd_take_handler(struct kprobe *kprobe)
{
	WRITE_ONCE(kprobe->flags, kprobe->flags | KPROBE_FLAG_DISABLED);
	synchronize_rcu();
	WRITE_ONCE(kprobe->pre_handler, NULL);
	synchronize_rcu();
	/*
	 * On the list of an aggregate kprobe it must count as enabled. Otherwise disabling the last
	 * of the others would disarm the function a second time, and the kernel's count of kprobes
	 * on ftrace would be one too low: ftrace would stop for a kprobe of another owner.
	 */
	if (!list_empty(&kprobe->list))
		WRITE_ONCE(kprobe->flags, kprobe->flags & ~KPROBE_FLAG_DISABLED);
}

void pd_leave_to_kernel(struct kprobe *kprobe)
{
	static bool pinned;

	pd_take_handler(kprobe);
	/*
	 * Nothing points into the module any more. It stays loaded anyway if possible; while it is
	 * being unloaded that is not possible.
	 */
	if (!pinned)
		pinned = try_module_get(THIS_MODULE);
	pr_warn(KBUILD_MODNAME ": the kprobe on %s cannot be disarmed: %s until the next boot\n",
		kprobe->symbol_name, pinned ? "the module stays loaded" : "it keeps its memory");
}
