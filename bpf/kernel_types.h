/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel types that the programs touch, by hand instead of a generated vmlinux.h: CO-RE
 * moves every field to where the running kernel has it. Every kernel's BTF has each of these types;
 * one that a kernel may lack does not belong here (see packetdrop_constants.h).
 */
#ifndef PACKETDROP_KERNEL_TYPES_H
#define PACKETDROP_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sk_buff {
	unsigned int len;
	__be16 protocol;
	__u16 network_header;
	unsigned int tail; /* offsets from head on every 64-bit kernel (NET_SKBUFF_DATA_USES_OFFSET) */
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
};

struct skb_shared_info {
	unsigned short gso_size;
	unsigned short gso_segs;
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

#pragma clang attribute pop

/* As bpf_tracing.h names the fields where __VMLINUX_H__ is defined; the layouts are fixed ABI. */
#define __VMLINUX_H__
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
};
struct pt_regs;
#else
#error "name the architecture: -D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64"
#endif

#endif
