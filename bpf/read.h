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
#define PD_READ_IS_DEAR 0

/* An skb whose type the verifier does not know. */
#define PD_UNTYPED(skb) PD_CAST(struct sk_buff, skb)
#define PD_SHARED_INFO(at) PD_CAST(struct skb_shared_info, at)
#define PD_SHARED_FIELD(shared, field) ((shared)->field)

#else

#define PD_BYTES(name, n) __u8 name[n]
#define PD_READ(name, at, n) bpf_probe_read_kernel(name, n, (const void *)(at))
#define PD_BYTE(name, i) ((name)[i])
#define PD_READ_IS_DEAR 1

#define PD_UNTYPED(skb) ((const struct sk_buff *)(skb))
#define PD_SHARED_INFO(at) ((const struct skb_shared_info *)(at))
#define PD_SHARED_FIELD(shared, field) BPF_CORE_READ(shared, field)

#endif

/* What is needed of an skb: read at once where each read is a call, else when it is needed. */
struct pd_fields {
	__u32 len;
	__u32 tail;
	__u32 end;
	__be16 protocol;
	__u16 network_header;
	__u64 head;
	__u64 data;
};

#ifdef PD_RDONLY_CAST

#define PD_FIND_FIELDS(fields, skb, typed) ((void)(fields), (void)(typed))
#define PD_FIELD(fields, skb, field, typed) \
	((void)(fields), (void)(typed), (typeof((fields)->field))(skb)->field)

#else

#define PD_FIND_FIELDS(fields, skb, typed) ((typed) ? (void)0 : pd_find_fields(fields, skb))
#define PD_FIELD(fields, skb, field, typed) \
	((typed) ? (typeof((fields)->field))(skb)->field : (fields)->field)

/*
 * 'len' is the first of them on every kernel so far, and 'data' the last and not far behind. Where
 * that is not so, each is read by itself. To the verifier all of this is constants.
 */
#define PD_SPAN 128
#define PD_PLACE(field) \
	(bpf_core_field_offset(struct sk_buff, field) - bpf_core_field_offset(struct sk_buff, len))
#define PD_IN_SPAN(field) (PD_PLACE(field) < PD_PLACE(data))
#define PD_SPANNED(span, field) (*(typeof(((struct sk_buff *)0)->field) *)((span) + PD_PLACE(field)))

static __always_inline bool pd_is_spanned(void)
{
	return PD_PLACE(data) <= PD_SPAN - sizeof(__u64) && PD_IN_SPAN(tail) && PD_IN_SPAN(end) &&
	       PD_IN_SPAN(protocol) && PD_IN_SPAN(network_header) && PD_IN_SPAN(head);
}

static __always_inline void pd_find_fields(struct pd_fields *fields, const struct sk_buff *skb)
{
	__u8 span[PD_SPAN] __attribute__((aligned(8)));

	if (pd_is_spanned()) {
		bpf_probe_read_kernel(span, PD_PLACE(data) + sizeof(__u64), &skb->len);
		fields->len = *(__u32 *)span;
		fields->tail = PD_SPANNED(span, tail);
		fields->end = PD_SPANNED(span, end);
		fields->protocol = PD_SPANNED(span, protocol);
		fields->network_header = PD_SPANNED(span, network_header);
		fields->head = (__u64)PD_SPANNED(span, head);
		fields->data = (__u64)PD_SPANNED(span, data);
		return;
	}
	fields->len = BPF_CORE_READ(skb, len);
	fields->tail = BPF_CORE_READ(skb, tail);
	fields->end = BPF_CORE_READ(skb, end);
	fields->protocol = BPF_CORE_READ(skb, protocol);
	fields->network_header = BPF_CORE_READ(skb, network_header);
	fields->head = (__u64)BPF_CORE_READ(skb, head);
	fields->data = (__u64)BPF_CORE_READ(skb, data);
}

#endif

#endif
