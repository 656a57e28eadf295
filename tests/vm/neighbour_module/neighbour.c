// SPDX-License-Identifier: GPL-2.0
/* Stands for any other module that keeps a file in /proc/mooc/net, and looks before it creates. */
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static struct proc_dir_entry *entry;

static int show(struct seq_file *file, void *data)
{
	seq_puts(file, "neighbour\n");
	return 0;
}

static int make_directory(const char *path)
{
	struct path found;
	int err = kern_path(path, LOOKUP_DIRECTORY, &found);

	if (!err)
		path_put(&found);
	if (err != -ENOENT)
		return err;
	return proc_mkdir(path + strlen("/proc/"), NULL) ? 0 : -ENOMEM;
}

static int __init neighbour_init(void)
{
	int err = make_directory("/proc/mooc");

	if (!err)
		err = make_directory("/proc/mooc/net");
	if (err)
		return err;
	entry = proc_create_single("mooc/net/neighbour", 0444, NULL, show);
	return entry ? 0 : -ENOMEM;
}

static void __exit neighbour_exit(void)
{
	proc_remove(entry);
}

module_init(neighbour_init);
module_exit(neighbour_exit);

MODULE_DESCRIPTION("A neighbour in /proc/mooc/net, for tests");
MODULE_LICENSE("GPL");
