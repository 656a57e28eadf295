// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mooc/net/drop-packet: rendered once when it is opened, so that seeks and small reads see
 * one text; written to with "activate" or "deactivate". drop-packet(5) has the grammar.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "drop_packet.h"

#define PD_DIRECTORY "mooc/net"
#define PD_FILE "drop-packet"
#define PD_OPEN_MAX 2048 /* texts at one time, see pd_may_open() */
#define PD_WORD_MAX 16

static struct proc_dir_entry *pd_entry;
static atomic_t pd_open_texts = ATOMIC_INIT(0);

#define PD_TEXT_MAX (PD_RENDER_MAX - sizeof(struct pd_text))

void pd_print(struct pd_text *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	out->length += vscnprintf(out->text + out->length, PD_TEXT_MAX - out->length, format,
				  arguments);
	va_end(arguments);
}

static const char *const pd_key_names[PD_KEYS] = {
#define PD_KEY_NAME(id, family, protocol) #family "/" #protocol,
	PD_KEY_TABLE(PD_KEY_NAME)
};

static const char *const pd_result_names[PD_TX_RESULTS] = {
#define PD_RESULT_NAME(id, label, what) #label,
	PD_TX_RESULT_TABLE(PD_RESULT_NAME)
};

void pd_print_probe(struct pd_text *out, int hook)
{
	const struct pd_hook_state *state = pd_hook_state(hook);

	pd_print(out, "  %s", pd_hook_label(hook));
	if (state->attached)
		pd_print(out, " attached=y mechanism=%s target=%s exact=%c\n", state->mechanism,
			 state->target, state->exact ? 'y' : 'N');
	else
		pd_print(out, " attached=N errno=%d\n", -state->error);
}

static void pd_print_hook(struct pd_text *out, enum pd_hook hook, const struct pd_counter *counters)
{
	int key;

	pd_print_probe(out, hook);
	for (key = 0; key < PD_KEYS; key++)
		if (pd_hook_counts(hook, key))
			pd_print(out, "    %s packets=%llu segments=%llu bytes=%llu\n",
				 pd_key_names[key], counters[key].packets, counters[key].segments,
				 counters[key].bytes);
}

static int pd_print_all(struct pd_text *out, struct pd_total *total)
{
	int hook, result, err;
	bool active = pd_lock_state();

	/* Behind the lock: who reads that it is switched off reads the last counts, too. */
	pd_sum(total);
	pd_print(out, "settings:\n  activated: %c\n  abi: %d\n  version: %s\n",
		 active ? 'y' : 'N', PD_ABI_VERSION, DROP_PACKET_VERSION);
	pd_print(out, "hooks:\n");
	for (hook = 0; hook < PD_HOOKS; hook++)
		pd_print_hook(out, hook, total->hook[hook]);
	pd_print(out, "transmit_not_ok:\n");
	for (result = 0; result < PD_TX_RESULTS; result++)
		pd_print(out, "  %s: %llu\n", pd_result_names[result], total->tx_result[result]);
	pd_print(out, "missed:\n  kprobe: %llu\n  xmit_unmatched: %llu\n", pd_kprobe_missed(),
		 total->xmit_unmatched);
	err = pd_print_drops(out);
	pd_unlock_state();
	return err;
}

/* A copy that takes no more memory than the text does: it lives as long as the file is open. */
static struct pd_text *pd_keep(const struct pd_text *text)
{
	size_t size = struct_size(text, text, text->length);
	struct pd_text *kept = kvmalloc(size, GFP_KERNEL_ACCOUNT);

	if (kept)
		memcpy(kept, text, size);
	return kept;
}

static struct pd_text *pd_render(void)
{
	struct pd_total *total = kmalloc(sizeof(*total), GFP_KERNEL);
	struct pd_text *text = kvmalloc(PD_RENDER_MAX, GFP_KERNEL);
	struct pd_text *kept = NULL;

	if (total && text) {
		text->length = 0;
		if (!pd_print_all(text, total))
			kept = pd_keep(text);
	}
	kvfree(text);
	kfree(total);
	return kept;
}

/* Anybody may read, but the last half is kept for who administers: nobody can lock them out. */
static bool pd_may_open(int texts)
{
	return texts <= PD_OPEN_MAX / 2 || (texts <= PD_OPEN_MAX && capable(CAP_NET_ADMIN));
}

static int pd_open(struct inode *inode, struct file *file)
{
	struct pd_text *text;
	int err = -ENFILE;

	/* uid 0 of a container is not enough to switch what the whole host sees. */
	if ((file->f_mode & FMODE_WRITE) && !capable(CAP_NET_ADMIN))
		return -EPERM;
	file->private_data = NULL;
	if (!(file->f_mode & FMODE_READ))
		return 0;

	if (!pd_may_open(atomic_inc_return(&pd_open_texts)))
		goto not_open;
	err = -ENOMEM;
	text = pd_render();
	if (!text)
		goto not_open;
	file->private_data = text;
	return 0;

not_open:
	atomic_dec(&pd_open_texts);
	return err;
}

static int pd_release(struct inode *inode, struct file *file)
{
	if (file->private_data) {
		kvfree(file->private_data);
		atomic_dec(&pd_open_texts);
	}
	return 0;
}

static ssize_t pd_read(struct file *file, char __user *to, size_t count, loff_t *position)
{
	const struct pd_text *text = file->private_data;

	return simple_read_from_buffer(to, count, position, text->text, text->length);
}

static loff_t pd_lseek(struct file *file, loff_t offset, int whence)
{
	const struct pd_text *text = file->private_data;

	return fixed_size_llseek(file, offset, whence, text ? text->length : 0);
}

/* The position stays at 0, so one descriptor can switch twice; a pwrite() elsewhere fails. */
static ssize_t pd_write(struct file *file, const char __user *from, size_t count, loff_t *position)
{
	char word[PD_WORD_MAX];
	int err = 0;

	if (*position != 0 || count == 0 || count >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, from, count))
		return -EFAULT;
	word[count] = '\0';
	/* An embedded NUL would hide what follows it. */
	if (strlen(word) != count)
		return -EINVAL;
	if (word[count - 1] == '\n')
		word[count - 1] = '\0';

	if (!strcmp(word, "activate"))
		err = pd_activate();
	else if (!strcmp(word, "deactivate"))
		pd_deactivate();
	else
		err = -EINVAL;
	return err ? err : count;
}

static const struct proc_ops pd_proc_ops = {
	.proc_open = pd_open,
	.proc_read = pd_read,
	.proc_lseek = pd_lseek,
	.proc_write = pd_write,
	.proc_release = pd_release,
};

static int pd_look_for(struct vfsmount *proc, const char *name)
{
	struct path found;
	int err = vfs_path_lookup(proc->mnt_root, proc, name, 0, &found);

	if (!err)
		path_put(&found);
	return err;
}

/* Other modules may live there, too: what is there is used, what is missing is made. */
static int pd_make_directory(struct vfsmount *proc, const char *name)
{
	int err = pd_look_for(proc, name);

	if (err != -ENOENT)
		return err;
	return proc_mkdir(name, NULL) ? 0 : -ENOMEM;
}

static int pd_make_file(struct vfsmount *proc)
{
	int err = pd_make_directory(proc, "mooc");

	if (!err)
		err = pd_make_directory(proc, PD_DIRECTORY);
	if (err)
		return err;

	err = pd_look_for(proc, PD_DIRECTORY "/" PD_FILE);
	/* Not EEXIST: that means to modprobe that this module is loaded already. */
	if (err != -ENOENT)
		return err ? err : -EBUSY;
	pd_entry = proc_create(PD_DIRECTORY "/" PD_FILE, 0644, NULL, &pd_proc_ops);
	return pd_entry ? 0 : -ENOMEM;
}

/*
 * Making what is there already is a warning in the log, so it has to be looked for; and through a
 * mount of its own, because the /proc of whoever loads the module may be missing (early boot),
 * another one (chroot), or one that hides all but processes (subset=pid).
 */
int pd_proc_init(void)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *proc;
	int err;

	if (!type)
		return -ENODEV;
	proc = kern_mount(type);
	if (IS_ERR(proc))
		return PTR_ERR(proc);
	err = pd_make_file(proc);
	kern_unmount(proc);
	return err;
}

void pd_proc_exit(void)
{
	/* Waits for calls that are under way, and releases what is open. */
	proc_remove(pd_entry);
}
