/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the module know of each other, the lowest first. A part calls only those above
 * its own section:
 *
 *   main → proc → render → drops_text → text, control → hooks → stuck, drops → count
 */
#ifndef DROP_PACKET_H
#define DROP_PACKET_H

#include <linux/types.h>
#include <linux/uidgid.h>

#include "uapi/packetdrop_abi.h"

#ifndef CONFIG_64BIT
#error "counters are whole on 64-bit kernels only"
#endif

/* What handlers do: count.c */

struct sk_buff;

/* Opened after every hook is attached, closed before any is detached. */
void pd_open_gate(void);
void pd_close_gate(void); /* returns once no handler runs any more; may sleep */
bool pd_is_open(void);

int pd_counters_init(void);
void pd_counters_exit(void);

struct pd_total {
	struct pd_counter hook[PD_HOOKS][PD_KEYS];
	u64 tx_result[PD_TX_RESULTS];
	u64 xmit_unmatched;
};

/*
 * Sums over all possible CPUs; may sleep. Each number is consistent; numbers of one key may differ
 * by one packet.
 */
void pd_sum(struct pd_total *total);

/*
 * Called with preemption off, by the kprobe of a hook or by its fallback tracepoint. Always returns
 * 0, so that a kprobe handler can tail-call it.
 */
#define PD_PROBE(id, label, ...) int pd_count_##label(const struct sk_buff *skb);
#include "uapi/packetdrop_probes.def"
void pd_xmit_begins(const struct sk_buff *skb);
void pd_xmit_ends(const void *skb, int rc);
u32 pd_dropped_key(const struct sk_buff *skb);

/* What is kept of drops: drops.c */

int pd_drops_init(void);
void pd_drops_exit(void);

/* With preemption off. 'location' is an address in the dropping function. */
void pd_count_drop(const struct sk_buff *skb, u64 location, u32 reason);

/*
 * Calls 'visit' for every slot in use; one drop may have several. Location 0: it found no slot. May
 * sleep.
 */
typedef void (*pd_drop_visit_t)(const struct pd_drop *drop, void *data);
void pd_for_each_drop(pd_drop_visit_t visit, void *data);

/* Where handlers are attached: hooks.c */

#define PD_SYMBOL_LEN 64

struct pd_probe_state {
	bool attached;
	bool exact;
	int error; /* of the last attempt; 0 if there was none, or it succeeded */
	const char *mechanism;
	char target[PD_SYMBOL_LEN];
};

/*
 * 0 if at least one is attached, else the error of the first. Call it with the control mutex held.
 */
int pd_attach_probes(void);
void pd_detach_probes(void);
const struct pd_probe_state *pd_probe_state(enum pd_probe probe);
const char *pd_probe_label(enum pd_probe probe);
bool pd_hook_counts(enum pd_hook hook, enum pd_key key);

/* Hits that kprobes skipped since the module was loaded, whether the gate was open or not. */
u64 pd_kprobe_missed(void);

/* What cannot be detached: stuck.c */

struct kprobe;

/*
 * For a kprobe in memory of its own whose address unregister_kprobes() has cleared. Makes sure that
 * the kernel no longer calls its handler; may sleep. The memory is never freed.
 */
void pd_leave_to_kernel(struct kprobe *kprobe);

/* Activation: control.c */

/* Both idempotent. All three give up with -EINTR once the caller is killed. */
int pd_activate(void);
int pd_deactivate(void);

/* Keeps hooks and activation as they are until unlocked. */
int pd_lock_state(bool *active);
void pd_unlock_state(void);

/* Deactivates; call it when nobody can call the others any more. */
void pd_control_exit(void);

/* A text of bounded length: text.c */

#define PD_RENDER_MAX (256 * 1024) /* more than it can take, see PD_DROP_ROWS */
#define PD_TEXT_MAX (PD_RENDER_MAX - sizeof(struct pd_text))

struct pd_text {
	size_t length;
	char text[];
};

/* Cuts off what does not fit. */
__printf(2, 3) void pd_print(struct pd_text *out, const char *format, ...);
void pd_print_probe(struct pd_text *out, enum pd_probe probe);

/* The section "drops:": drops_text.c */

int pd_print_drops(struct pd_text *out);

/* How many texts each user has: users.c */

int pd_user_enter(kuid_t uid); /* -ENFILE if the user has too many */
void pd_user_leave(kuid_t uid);

/* The whole text: render.c */

int pd_render_init(void);
void pd_render_exit(void);

/*
 * The text for an open() of that user. It shows everything that was counted and switched before the
 * call. Errors: -ENFILE, -ENOMEM, -EINTR. Give it back with the same user.
 */
struct pd_text *pd_text_get(kuid_t uid);
void pd_text_put(struct pd_text *text, kuid_t uid);

/* The file: proc.c */

struct dentry;
struct path;
struct vfsmount;

/* The kernel's own, exported long before its declaration was (6.1 has it in fs/internal.h). */
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);

int pd_proc_init(void);
void pd_proc_exit(void);

#endif
