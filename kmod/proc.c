// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mooc/net/drop-packet: an open() renders the text that read() returns; write() takes
 * "activate" or "deactivate". drop-packet(5) has the grammar.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "drop_packet.h"

#define PD_DIRECTORY "mooc/net"
#define PD_FILE "drop-packet"
#define PD_WORD_MAX 16

static struct proc_dir_entry *pd_entry;

/*
 * Anybody may read it, like other counters of the whole machine (/proc/softirqs,
 * /proc/net/softnet_stat). Only the host's administrator may switch it: uid 0 of a container is not
 * enough, nor is CAP_NET_ADMIN of a container with its own network.
 */
static bool pd_may_switch(void)
{
	return net_eq(current->nsproxy->net_ns, &init_net) && capable(CAP_NET_ADMIN);
}

static int pd_open(struct inode *inode, struct file *file)
{
	struct pd_text *text;

	if ((file->f_mode & FMODE_WRITE) && !pd_may_switch())
		return -EPERM;
	file->private_data = NULL;
	if (!(file->f_mode & FMODE_READ))
		return 0;

	text = pd_text_get(file->f_cred->uid);
	if (IS_ERR(text))
		return PTR_ERR(text);
	file->private_data = text;
	return 0;
}

static int pd_release(struct inode *inode, struct file *file)
{
	if (file->private_data)
		pd_text_put(file->private_data, file->f_cred->uid);
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
		err = pd_deactivate();
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

/* Other modules may use these directories: make only what does not exist. */
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
	/* Not EEXIST: modprobe would take it for a module that is already loaded. */
	if (err != -ENOENT)
		return err ? err : -EBUSY;
	pd_entry = proc_create(PD_DIRECTORY "/" PD_FILE, 0644, NULL, &pd_proc_ops);
	return pd_entry ? 0 : -ENOMEM;
}

/*
 * Creating an existing entry would log a warning, so look first. It looks through a mount of its
 * own, because the /proc of the task that loads the module may be missing (early boot), a different
 * one (chroot), or may show processes only (subset=pid).
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
	/* Waits for running calls, and releases open files. */
	proc_remove(pd_entry);
}
