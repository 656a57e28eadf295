/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the two kernel components and the exporter share: ids, keys and the layout of counters.
 * Plain C and C++, no kernel headers; include <linux/types.h> (or its like) first.
 */
#ifndef PACKETDROP_ABI_H
#define PACKETDROP_ABI_H

/* Changes whenever a reader of an older layout would misread the newer one. */
#define PD_ABI_VERSION 1

/*
 * The words in the columns of packetdrop_probes.def, said once for C, BPF and C++.
 */
enum pd_feeds {
	PD_FEEDS_HOOK,
	PD_FEEDS_DROPS,
};

enum pd_direction {
	PD_DIRECTION_NONE,
	PD_DIRECTION_TRANSMIT,
	PD_DIRECTION_RECEIVE,
};

enum pd_kind {
	PD_KIND_FUNCTION,
	PD_KIND_TRACEPOINT,
	PD_KIND_XMIT_PAIR,
};

/* Where a probe finds the packet's first header. */
enum pd_header {
	PD_HEADER_L2,  /* data is at the Ethernet header; skb->protocol is not set yet */
	PD_HEADER_NET, /* network_header is set; data is at the Ethernet header */
	PD_HEADER_L3,  /* data is behind the Ethernet header; network_header is not set yet */
	PD_HEADER_L4,  /* data is at the transport header of a packet of the row's key */
};

enum pd_pass {
	PD_PASS_BY_VALUE,
	PD_PASS_BY_REFERENCE,
};

enum pd_fallback {
	PD_FALLBACK_NONE,
	PD_FALLBACK_INEXACT,
	PD_FALLBACK_EXACT,
};

/* The row's arguments behind 'feeds', in a row that feeds a hook; nothing in any other row. */
#define PD_IF_HOOK(feeds, ...) PD_IF_HOOK_##feeds(__VA_ARGS__)
#define PD_IF_HOOK_HOOK(...) __VA_ARGS__
#define PD_IF_HOOK_DROPS(...)

#define PD_FUNCTIONS(...) __VA_ARGS__

enum pd_probe {
#define PD_PROBE(id, ...) PD_PROBE_##id,
#include "packetdrop_probes.def"
	PD_PROBES,
};

/* Numbers the counters. Hooks come first in the table, so PD_HOOK_x == PD_PROBE_x. */
enum pd_hook {
#define PD_PROBE(id, label, feeds, ...) PD_IF_HOOK(feeds, PD_HOOK_##id = PD_PROBE_##id,)
#include "packetdrop_probes.def"
	PD_HOOKS,
};

/*
 * The legal (family, protocol) pairs and nothing else: a key is an index into an array, so no
 * packet can make a new one. Adding a protocol is adding one row to PD_KEY_TABLE.
 */
#define PD_KEY_TABLE(KEY)                 \
	KEY(IPV4_TCP, ipv4, tcp)          \
	KEY(IPV4_UDP, ipv4, udp)          \
	KEY(IPV4_ICMP, ipv4, icmp)        \
	KEY(IPV4_SCTP, ipv4, sctp)        \
	KEY(IPV4_OTHER, ipv4, other)      \
	KEY(IPV6_TCP, ipv6, tcp)          \
	KEY(IPV6_UDP, ipv6, udp)          \
	KEY(IPV6_ICMP, ipv6, icmp)        \
	KEY(IPV6_SCTP, ipv6, sctp)        \
	KEY(IPV6_OTHER, ipv6, other)      \
	KEY(ARP_OTHER, arp, other)        \
	KEY(OTHER_OTHER, other, other)

enum pd_key {
#define PD_KEY_ID(id, family, protocol) PD_KEY_##id,
	PD_KEY_TABLE(PD_KEY_ID)
#undef PD_KEY_ID
	PD_KEYS,
	PD_KEY_ANY = PD_KEYS, /* of a probe: the packet's own headers say which */
};

/* What a driver's ndo_start_xmit returned where it was not NETDEV_TX_OK. */
#define PD_TX_RESULT_TABLE(RESULT)                                                               \
	RESULT(BUSY, busy, "the driver gave the skb back and will see it again")                 \
	RESULT(DROPPED, dropped, "NET_XMIT_DROP: the device below dropped the skb")              \
	RESULT(CONGESTED, congested, "NET_XMIT_CN: the device below is congested")               \
	RESULT(ERROR, error, "any other code; the skb is gone")

enum pd_tx_result {
#define PD_TX_RESULT_ID(id, label, what) PD_TX_##id,
	PD_TX_RESULT_TABLE(PD_TX_RESULT_ID)
#undef PD_TX_RESULT_ID
	PD_TX_RESULTS,
};

/* 32 bytes, so that one event touches one cache line. */
struct pd_counter {
	__u64 packets;
	__u64 segments;
	__u64 bytes;
	__u64 reserved;
};

/* One per possible CPU (highest id + 1 of them); only that CPU writes it. */
struct pd_cpu_counters {
	struct pd_counter hook[PD_HOOKS][PD_KEYS];
	__u64 tx_result[PD_TX_RESULTS];
	__u64 xmit_unmatched; /* net_dev_xmit without its net_dev_start_xmit */
	__u64 reserved[3];
};

/*
 * Transmits under way on one CPU: net_dev_start_xmit pushes what it sees of the skb, because
 * net_dev_xmit may find it freed. Nested devices (VLAN, bond, tunnel) make it a stack.
 */
#define PD_XMIT_DEPTH 16

struct pd_xmit {
	__u64 skb; /* address, never dereferenced */
	__u32 len; /* skb->len, bytes */
	__u32 segments;
	__u32 key; /* enum pd_key */
	__u32 reserved;
};

struct pd_xmit_stack {
	__u64 activation; /* entries of an older activation do not count */
	__u32 depth;
	__u32 reserved;
	struct pd_xmit entry[PD_XMIT_DEPTH];
};

/*
 * Drops of one CPU by where, why and what: a hash table that only that CPU writes and nothing ever
 * leaves, see packetdrop_drops.h.
 */
#define PD_DROP_SLOT_BITS 9
#define PD_DROP_SLOTS (1 << PD_DROP_SLOT_BITS)

struct pd_drop {
	__u64 location; /* whom the tracepoint names as the caller */
	__u32 reason;   /* enum skb_drop_reason of the running kernel; 0 where it has none */
	__u32 key;      /* enum pd_key */
	__u32 hash;     /* of the three above: a reader skips a slot that is being filled */
	__u32 claims;   /* the first one owns the slot */
	__u64 count;    /* skbs */
	__u64 first;    /* CLOCK_BOOTTIME of the first one, nanoseconds */
};

struct pd_drop_table {
	struct pd_drop slot[PD_DROP_SLOTS];
};

/*
 * Drops that found no slot, of all CPUs, by reason and key alone. Reasons are numbered through: the
 * core's, those of the subsystems (the upper half of a reason), and one place for all others.
 */
#define PD_FOLD_CORE_REASONS 256
#define PD_FOLD_SUBSYSTEMS 7
#define PD_FOLD_SUBSYSTEM_REASONS 128
#define PD_FOLD_REASONS (PD_FOLD_CORE_REASONS + PD_FOLD_SUBSYSTEMS * PD_FOLD_SUBSYSTEM_REASONS + 1)

struct pd_fold {
	__u64 count; /* skbs */
	__u64 first; /* as in struct pd_drop */
};

struct pd_fold_table {
	struct pd_fold fold[PD_FOLD_REASONS][PD_KEYS];
};

#endif
