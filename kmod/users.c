// SPDX-License-Identifier: GPL-2.0
/*
 * Limits the number of open texts per user, so that no user can keep another one out, above all not
 * the exporter.
 *
 * There is no limit for all users together: one user could use it up for the others. Texts are
 * charged to the memory cgroup of the task that opens. Root (also of a container without a user
 * namespace) is limited only by that and by its open files.
 */
#include <linux/cred.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "drop_packet.h"

#define PD_USER_TEXTS 64

/* While the user has any. */
struct pd_user {
	struct hlist_node node;
	kuid_t uid;
	unsigned int texts;
};

static DEFINE_HASHTABLE(pd_users, 6);
static DEFINE_SPINLOCK(pd_users_lock);

static struct pd_user *pd_find_user(kuid_t uid)
{
	struct pd_user *user;

	hash_for_each_possible(pd_users, user, node, __kuid_val(uid))
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

int pd_user_enter(kuid_t uid)
{
	struct pd_user *fresh, *user;
	int err = 0;

	if (uid_eq(uid, GLOBAL_ROOT_UID))
		return 0;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;

	spin_lock(&pd_users_lock);
	user = pd_find_user(uid);
	if (!user) {
		swap(user, fresh);
		user->uid = uid;
		hash_add(pd_users, &user->node, __kuid_val(uid));
	}
	if (user->texts < PD_USER_TEXTS)
		user->texts++;
	else
		err = -ENFILE;
	spin_unlock(&pd_users_lock);
	kfree(fresh);
	return err;
}

void pd_user_leave(kuid_t uid)
{
	struct pd_user *user, *gone = NULL;

	if (uid_eq(uid, GLOBAL_ROOT_UID))
		return;
	spin_lock(&pd_users_lock);
	user = pd_find_user(uid);
	if (user && !--user->texts) {
		hash_del(&user->node);
		gone = user;
	}
	spin_unlock(&pd_users_lock);
	kfree(gone);
}
