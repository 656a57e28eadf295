/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How these programs read kernel memory. The object is built twice. With PD_RDONLY_CAST every
 * read is a plain load that the kernel protects by its exception tables; it needs the kfunc
 * bpf_rdonly_cast() (6.2, a35b9af4ec2c) and the kernel's own BTF. Without it, reads that BTF does
 * not vouch for are calls of bpf_probe_read_kernel(), which every kernel has.
 */
#ifndef PACKETDROP_READ_H
#define PACKETDROP_READ_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define PD_INLINE __always_inline
#define PD_SLOW __attribute__((noinline))
#define PD_UNROLL _Pragma("unroll")

/*
 * To the verifier skb->head is a pointer (since 6.17), and a global function takes none; what is
 * read back from the stack is a number.
 */
#define PD_SCALAR(at) pd_scalar(at)
static __always_inline __u64 pd_scalar(__u64 at)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &at);
	return number;
}

#ifdef PD_RDONLY_CAST

void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

#define PD_CAST(type, at) ((const type *)bpf_rdonly_cast((void *)(at), bpf_core_type_id_kernel(type)))

/* in6_addr is simply a type of 16 plain bytes that every kernel's BTF has. */
#define PD_BYTES(name, n) const struct in6_addr *name
#define PD_READ(name, at, n) name = PD_CAST(struct in6_addr, at)
#define PD_BYTE(name, i) ((name)->in6_u.u6_addr8[i])

/* An skb whose type the verifier does not know. */
#define PD_UNTYPED(skb) PD_CAST(struct sk_buff, skb)
#define PD_FIELD(ptr, field, typed) ((void)(typed), (ptr)->field)
#define PD_SHARED_INFO(at) PD_CAST(struct skb_shared_info, at)
#define PD_SHARED_FIELD(shared, field) ((shared)->field)

#else

#define PD_BYTES(name, n) __u8 name[n]
#define PD_READ(name, at, n) bpf_probe_read_kernel(name, n, (const void *)(at))
#define PD_BYTE(name, i) ((name)[i])

#define PD_UNTYPED(skb) ((const struct sk_buff *)(skb))
#define PD_FIELD(ptr, field, typed) ((typed) ? (ptr)->field : BPF_CORE_READ(ptr, field))
#define PD_SHARED_INFO(at) ((const struct skb_shared_info *)(at))
#define PD_SHARED_FIELD(shared, field) BPF_CORE_READ(shared, field)

#endif

/* Where an skb's bytes are; read at once where each read is a call, else when it is needed. */
struct pd_place {
	__u32 tail;
	__u32 end;
	__u64 head;
	__u64 data;
};

#ifdef PD_RDONLY_CAST

#define PD_FIND_PLACE(place, skb, typed) ((void)(place))
#define PD_PLACE(place, skb, field, typed) ((void)(place), (__u64)PD_FIELD(skb, field, typed))

#else

#define PD_FIND_PLACE(place, skb, typed) ((typed) ? (void)0 : pd_find_place(place, skb))
#define PD_PLACE(place, skb, field, typed) ((typed) ? (__u64)(skb)->field : (place)->field)

/* Every kernel so far has them in pairs; between the pairs some have a gap (6.1). */
#define PD_AT(field) bpf_core_field_offset(struct sk_buff, field)
#define PD_PLACE_IS_IN_PAIRS (PD_AT(end) - PD_AT(tail) == 4 && PD_AT(data) - PD_AT(head) == 8)

static __always_inline void pd_find_place(struct pd_place *place, const struct sk_buff *skb)
{
	/* A constant by the time it is loaded. */
	if (PD_PLACE_IS_IN_PAIRS) {
		bpf_probe_read_kernel(&place->tail, 8, (const void *)skb + PD_AT(tail));
		bpf_probe_read_kernel(&place->head, 16, (const void *)skb + PD_AT(head));
		return;
	}
	place->tail = BPF_CORE_READ(skb, tail);
	place->end = BPF_CORE_READ(skb, end);
	place->head = (__u64)BPF_CORE_READ(skb, head);
	place->data = (__u64)BPF_CORE_READ(skb, data);
}

#endif

#endif
