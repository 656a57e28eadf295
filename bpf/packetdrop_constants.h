/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the loader tells the programs about the running kernel before it loads them. To the verifier
 * these are constants: it does not walk through a branch that they close.
 *
 * The loader asks the kernel's BTF for what a kernel may lack; the programs never do. A CO-RE
 * relocation that finds nothing there makes libbpf look through the BTF of every module (5.11 and
 * newer), which takes CAP_SYS_ADMIN: without it nothing would be loaded.
 */
#ifndef PACKETDROP_CONSTANTS_H
#define PACKETDROP_CONSTANTS_H

#include <stdbool.h>

struct pd_constants {
	/* A nested run of one program is possible, and a plain add could lose a count. */
	bool atomic;
	/* The third argument of the tracepoint kfree_skb is the reason (5.17, c504e5c2f964). */
	bool reasons;
};

#endif
