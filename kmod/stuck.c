// SPDX-License-Identifier: GPL-2.0
/*
 * A kprobe that the kernel could not disarm: ftrace had no memory to take the function out of its
 * filter, or gave up altogether. unregister_kprobes() takes the address from such a one and leaves
 * it in the kernel's lists, where it can never be taken out.
 *
 * Alone on its function it is found by its address, and so never again. As one of several, which
 * are all switched off, it hangs on the kprobe that stands for them all, which is armed as before
 * and calls its handler: with the module's text gone, into nowhere.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "drop_packet.h"

/*
 * The kernel looks at the handler, then at the flag, and then calls what is there: so the flag
 * comes first. It does all that without being preempted. Nobody but the kprobe's owner has these
 * flags changed.
 */
static void pd_take_handler(struct kprobe *kprobe)
{
	WRITE_ONCE(kprobe->flags, kprobe->flags | KPROBE_FLAG_DISABLED);
	synchronize_rcu();
	WRITE_ONCE(kprobe->pre_handler, NULL);
	synchronize_rcu();
	/*
	 * Among others it has to count as one that is on. Else the last of them to be switched off
	 * disarms the function for a second time, and the kernel is one short in its count of what
	 * ftrace calls it for: it would stop that for a kprobe of somebody else's.
	 */
	if (!list_empty(&kprobe->list))
		WRITE_ONCE(kprobe->flags, kprobe->flags & ~KPROBE_FLAG_DISABLED);
}

void pd_leave_to_kernel(struct kprobe *kprobe)
{
	static bool pinned;

	pd_take_handler(kprobe);
	/*
	 * Nothing points into the module any more. It stays as long as it can be made to, all the
	 * same; on its way out it cannot.
	 */
	if (!pinned)
		pinned = try_module_get(THIS_MODULE);
	pr_warn(KBUILD_MODNAME ": the kprobe on %s cannot be disarmed: %s until the next boot\n",
		kprobe->symbol_name, pinned ? "the module stays loaded" : "it keeps its memory");
}
