/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The one header parser: family, protocol and segments of an skb, for the module, for every BPF
 * program and for the unit tests, which each say how packet bytes are read:
 *
 *   PD_INLINE              how a small function is inlined here
 *   PD_SLOW                how a rarely called function is kept out of line; BPF makes it a global
 *                          function, which the verifier looks at once, so it takes scalars only
 *   PD_SCALAR(at)          address 'at' as a plain number, as such a function wants it
 *   PD_UNROLL              what unrolls the loop that follows it, or nothing
 *   PD_BYTES(name, n)      declares room for n (at most 16) bytes of packet
 *   PD_READ(name, at, n)   fills it from address 'at'
 *   PD_BYTE(name, i)       byte i of them
 *   PD_READ_IS_DEAR        1 where every PD_READ() is a call: what lies together is read at once
 *
 * Only bytes in the linear part [head, end) are ever read, and a header counts only where all of
 * its fixed part lies in there and carries the right version; else the protocol is "other" and
 * the family stays. Tunnels: the outer header.
 */
#ifndef PACKETDROP_PARSE_H
#define PACKETDROP_PARSE_H

#include "packetdrop_abi.h"

#define PD_ETHERTYPE_IPV4 0x0800
#define PD_ETHERTYPE_ARP 0x0806
#define PD_ETHERTYPE_VLAN 0x8100
#define PD_ETHERTYPE_IPV6 0x86dd
#define PD_ETHERTYPE_QINQ 0x88a8

#define PD_ETHERNET_LEN 14
#define PD_VLAN_LEN 4
#define PD_VLAN_TAGS 2 /* as many as are looked through */
#define PD_IPV4_LEN 20
#define PD_IPV6_LEN 40
#define PD_EXTENSION_LEN 8 /* the shortest IPv6 extension header */
#define PD_EXTENSIONS 6    /* as many as are walked */
#define PD_TCP_LEN 20
#define PD_UDP_LEN 8

#define PD_PROTO_HOPOPTS 0
#define PD_PROTO_ICMP 1
#define PD_PROTO_TCP 6
#define PD_PROTO_UDP 17
#define PD_PROTO_ROUTING 43
#define PD_PROTO_FRAGMENT 44
#define PD_PROTO_AUTH 51
#define PD_PROTO_ICMPV6 58
#define PD_PROTO_DSTOPTS 60
#define PD_PROTO_SCTP 132

/*
 * The linear part of an skb: 'size' bytes from address 'head'. Everything below names places by
 * their offset from there, which cannot be negative, so one comparison bounds a read.
 */
struct pd_linear {
	__u64 head;
	__u32 size;
};

struct pd_flow {
	__u32 key; /* enum pd_key */
	__u32 l3;  /* offset of the network header, 0 where there is none */
};

/*
 * The key of a flow whose l3 is that of its transport header, because the probe is behind the IP
 * layer; 'key' is what gets there.
 */
#define PD_KEY_BEHIND_IP(key) (PD_KEYS + (key))

static PD_INLINE int pd_holds(const struct pd_linear *linear, __u64 at, __u32 len)
{
	return at + len <= linear->size;
}

static PD_INLINE int pd_is_vlan(__u16 ethertype)
{
	return ethertype == PD_ETHERTYPE_VLAN || ethertype == PD_ETHERTYPE_QINQ;
}

static PD_INLINE __u32 pd_key_of(__u32 family_tcp, __u8 icmp, __u8 protocol)
{
	if (protocol == PD_PROTO_TCP)
		return family_tcp;
	if (protocol == PD_PROTO_UDP)
		return family_tcp + (PD_KEY_IPV4_UDP - PD_KEY_IPV4_TCP);
	if (protocol == icmp)
		return family_tcp + (PD_KEY_IPV4_ICMP - PD_KEY_IPV4_TCP);
	if (protocol == PD_PROTO_SCTP)
		return family_tcp + (PD_KEY_IPV4_SCTP - PD_KEY_IPV4_TCP);
	return family_tcp + (PD_KEY_IPV4_OTHER - PD_KEY_IPV4_TCP);
}

/* The protocol byte counts on every fragment. */
static PD_INLINE __u32 pd_parse_ipv4(const struct pd_linear *linear, __u64 at)
{
	PD_BYTES(ip, 10);

	if (!pd_holds(linear, at, PD_IPV4_LEN))
		return PD_KEY_IPV4_OTHER;
	PD_READ(ip, linear->head + at, 10);
	if (PD_BYTE(ip, 0) >> 4 != 4)
		return PD_KEY_IPV4_OTHER;
	return pd_key_of(PD_KEY_IPV4_TCP, PD_PROTO_ICMP, PD_BYTE(ip, 9));
}

static PD_INLINE int pd_is_extension(__u8 next)
{
	return next == PD_PROTO_HOPOPTS || next == PD_PROTO_ROUTING || next == PD_PROTO_FRAGMENT ||
	       next == PD_PROTO_AUTH || next == PD_PROTO_DSTOPTS;
}

/* What pd_skip_extensions() found, in one word. */
#define PD_FOUND_NOTHING 0   /* a header was cut off */
#define PD_FOUND_PROTOCOL 1  /* of a later fragment: what follows is payload */
#define PD_FOUND_TRANSPORT 2 /* the transport header is 'length' behind the fixed header */
#define PD_FOUND(what, protocol, length) ((what) | (__u32)(protocol) << 8 | (__u32)(length) << 16)
#define PD_FOUND_WHAT(found) ((found) & 0xff)
#define PD_FOUND_NEXT(found) ((__u8)((found) >> 8))
#define PD_FOUND_LENGTH(found) ((found) >> 16)

/* 'next' is the type of the header at 'at', behind the fixed IPv6 header. */
PD_SLOW __u32 pd_skip_extensions(__u64 head, __u32 size, __u32 at, __u8 next)
{
	const struct pd_linear linear = { .head = head, .size = size };
	__u32 length = 0; /* six headers of at most 2048 bytes fit into 16 bits */
	int i;

	PD_UNROLL
	for (i = 0; i < PD_EXTENSIONS; i++) {
		PD_BYTES(extension, 4);

		if (!pd_is_extension(next))
			break;
		if (!pd_holds(&linear, (__u64)at + length, PD_EXTENSION_LEN))
			return PD_FOUND(PD_FOUND_NOTHING, 0, 0);
		PD_READ(extension, head + at + length, 4);
		if (next == PD_PROTO_FRAGMENT) {
			length += PD_EXTENSION_LEN;
			if (PD_BYTE(extension, 2) || PD_BYTE(extension, 3) & 0xf8)
				return PD_FOUND(PD_FOUND_PROTOCOL, PD_BYTE(extension, 0), 0);
		} else if (next == PD_PROTO_AUTH) {
			length += (PD_BYTE(extension, 1) + 2) * 4;
		} else {
			length += (PD_BYTE(extension, 1) + 1) * 8;
		}
		next = PD_BYTE(extension, 0);
	}
	return PD_FOUND(PD_FOUND_TRANSPORT, next, length);
}

/* Of the IPv6 header at 'at' with this next header. */
static PD_INLINE __u32 pd_ipv6_key(const struct pd_linear *linear, __u64 at, __u8 next)
{
	__u32 found;

	if (pd_is_extension(next)) {
		found = pd_skip_extensions(PD_SCALAR(linear->head), linear->size, at + PD_IPV6_LEN,
					   next);
		if (PD_FOUND_WHAT(found) == PD_FOUND_NOTHING)
			return PD_KEY_IPV6_OTHER;
		next = PD_FOUND_NEXT(found);
	}
	return pd_key_of(PD_KEY_IPV6_TCP, PD_PROTO_ICMPV6, next);
}

static PD_INLINE __u32 pd_parse_ipv6(const struct pd_linear *linear, __u64 at)
{
	PD_BYTES(ip, 8);

	if (!pd_holds(linear, at, PD_IPV6_LEN))
		return PD_KEY_IPV6_OTHER;
	PD_READ(ip, linear->head + at, 8);
	if (PD_BYTE(ip, 0) >> 4 != 6)
		return PD_KEY_IPV6_OTHER;
	return pd_ipv6_key(linear, at, PD_BYTE(ip, 6));
}

/* 'ethertype' in host order; 'at' is the offset behind it. Looks through up to two VLAN tags. */
static PD_INLINE void pd_parse(struct pd_flow *flow, const struct pd_linear *linear,
			       __u16 ethertype, __u64 at)
{
	int i;

	flow->key = PD_KEY_OTHER_OTHER;
	flow->l3 = 0;

	PD_UNROLL
	for (i = 0; i < PD_VLAN_TAGS; i++) {
		PD_BYTES(tag, PD_VLAN_LEN);

		if (!pd_is_vlan(ethertype))
			break;
		if (!pd_holds(linear, at, PD_VLAN_LEN))
			return;
		PD_READ(tag, linear->head + at, PD_VLAN_LEN);
		ethertype = PD_BYTE(tag, 2) << 8 | PD_BYTE(tag, 3);
		at += PD_VLAN_LEN;
	}

	flow->l3 = at;
	if (ethertype == PD_ETHERTYPE_IPV4)
		flow->key = pd_parse_ipv4(linear, at);
	else if (ethertype == PD_ETHERTYPE_IPV6)
		flow->key = pd_parse_ipv6(linear, at);
	else if (ethertype == PD_ETHERTYPE_ARP)
		flow->key = PD_KEY_ARP_OTHER;
}

/*
 * The EtherType of a frame that is long enough for an IPv4 header, and by the same read the flow of
 * an IP packet without a VLAN tag; any other flow is left as it is.
 */
static PD_INLINE __u16 pd_parse_at_once(struct pd_flow *flow, const struct pd_linear *linear,
					__u64 data)
{
	__u64 at = data + PD_ETHERNET_LEN;
	PD_BYTES(bytes, 12);
	__u16 ethertype;
	__u8 version;

	PD_READ(bytes, linear->head + data + 12, 12);
	ethertype = PD_BYTE(bytes, 0) << 8 | PD_BYTE(bytes, 1);
	version = PD_BYTE(bytes, 2) >> 4;
	if (ethertype == PD_ETHERTYPE_IPV4 && version == 4)
		flow->key = pd_key_of(PD_KEY_IPV4_TCP, PD_PROTO_ICMP, PD_BYTE(bytes, 11));
	else if (ethertype == PD_ETHERTYPE_IPV6 && version == 6 &&
		 pd_holds(linear, at, PD_IPV6_LEN))
		flow->key = pd_ipv6_key(linear, at, PD_BYTE(bytes, 8));
	else
		return ethertype;
	flow->l3 = at;
	return ethertype;
}

/* 'data' is the offset of an Ethernet header: the EtherType comes from the packet itself. */
static PD_INLINE void pd_parse_ethernet(struct pd_flow *flow, const struct pd_linear *linear,
					__u64 data)
{
	__u16 ethertype;

	flow->key = PD_KEY_OTHER_OTHER;
	flow->l3 = 0;
	if (!pd_holds(linear, data, PD_ETHERNET_LEN))
		return;
	if (PD_READ_IS_DEAR && pd_holds(linear, data, PD_ETHERNET_LEN + PD_IPV4_LEN)) {
		ethertype = pd_parse_at_once(flow, linear, data);
		if (flow->l3)
			return;
	} else {
		PD_BYTES(type, 2);

		PD_READ(type, linear->head + data + 12, 2);
		ethertype = PD_BYTE(type, 0) << 8 | PD_BYTE(type, 1);
	}
	pd_parse(flow, linear, ethertype, data + PD_ETHERNET_LEN);
}

/*
 * Of a dropped skb, wherever it was on its way: what it says of itself has to do. A network_header
 * of 0 is not set yet, and the protocol is "other" then.
 */
static PD_INLINE __u32 pd_parse_dropped(struct pd_linear *linear, __u16 ethertype,
					__u16 network_header)
{
	struct pd_flow flow;

	if (!network_header)
		linear->size = 0;
	pd_parse(&flow, linear, ethertype, network_header);
	return flow.key;
}

/* Of the protocols that GSO cuts into segments, which one the key stands for; else 0. */
static PD_INLINE __u8 pd_protocol_of(__u32 key)
{
	if (key == PD_KEY_IPV4_TCP || key == PD_KEY_IPV6_TCP)
		return PD_PROTO_TCP;
	if (key == PD_KEY_IPV4_UDP || key == PD_KEY_IPV6_UDP)
		return PD_PROTO_UDP;
	return 0;
}

/*
 * Segments of a GSO skb that came without gso_segs, as virtio-net and tap hand them in: the
 * payload over gso_size, like qdisc_pkt_len_init() (net/core/dev.c); 1 where the transport header
 * cannot be read. 'l3' is the flow's, 'len' the bytes of the skb from there on. Rare, so it finds
 * the transport header again instead of every packet remembering it.
 */
PD_SLOW __u32 pd_gso_segments(__u64 head, __u32 size, __u32 l3, __u32 len, __u32 key_and_gso_size)
{
	const struct pd_linear linear = { .head = head, .size = size };
	__u32 gso_size = key_and_gso_size & 0xffff;
	__u32 key = key_and_gso_size >> 16;
	PD_BYTES(bytes, 13);
	__u32 header = 0; /* everything before the payload */
	__u8 protocol;
	__u32 found;

	if (!gso_size)
		return 1;

	if (key <= PD_KEY_IPV4_OTHER) {
		if (!pd_holds(&linear, l3, PD_IPV4_LEN))
			return 1;
		PD_READ(bytes, head + l3, 10);
		if (PD_BYTE(bytes, 0) >> 4 != 4)
			return 1;
		header = (PD_BYTE(bytes, 0) & 0xf) * 4;
		protocol = PD_BYTE(bytes, 9);
	} else if (key <= PD_KEY_IPV6_OTHER) {
		if (!pd_holds(&linear, l3, PD_IPV6_LEN))
			return 1;
		PD_READ(bytes, head + l3, 8);
		if (PD_BYTE(bytes, 0) >> 4 != 6)
			return 1;
		found = pd_skip_extensions(head, size, l3 + PD_IPV6_LEN, PD_BYTE(bytes, 6));
		if (PD_FOUND_WHAT(found) != PD_FOUND_TRANSPORT)
			return 1;
		header = PD_IPV6_LEN + PD_FOUND_LENGTH(found);
		protocol = PD_FOUND_NEXT(found);
	} else if (key >= PD_KEYS) {
		protocol = pd_protocol_of(key - PD_KEYS);
	} else {
		return 1;
	}

	if (protocol == PD_PROTO_TCP) {
		if (!pd_holds(&linear, (__u64)l3 + header, PD_TCP_LEN))
			return 1;
		PD_READ(bytes, head + l3 + header, 13);
		header += (PD_BYTE(bytes, 12) >> 4) * 4;
	} else if (protocol == PD_PROTO_UDP) {
		if (!pd_holds(&linear, (__u64)l3 + header, PD_UDP_LEN))
			return 1;
		header += PD_UDP_LEN;
	}

	if (header >= len)
		return 1;
	return (len - header + gso_size - 1) / gso_size;
}

/* 'data' is the offset at which the 'len' bytes of the skb begin. */
static PD_INLINE __u32 pd_segments(const struct pd_flow *flow, const struct pd_linear *linear,
				   __u32 data, __u32 len, __u16 gso_size, __u16 gso_segs)
{
	if (!gso_size)
		return 1;
	if (gso_segs)
		return gso_segs;
	if (flow->l3 < data || flow->l3 - data >= len)
		return 1;
	return pd_gso_segments(PD_SCALAR(linear->head), linear->size, flow->l3,
			       len - (flow->l3 - data), flow->key << 16 | gso_size);
}

#endif
