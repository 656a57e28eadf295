/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * How drops are kept and named, for the module, for BPF and for the exporter; PD_INLINE says how a
 * small function is inlined.
 */
#ifndef PACKETDROP_DROPS_H
#define PACKETDROP_DROPS_H

#include "packetdrop_abi.h"

#ifndef PD_INLINE
#define PD_INLINE inline
#endif

/* A drop is looked for in that many slots, from its home on; what finds none goes into the overflow
 * table. */
#define PD_DROP_PROBES 32

/* Stands for every reason outside the ranges that are numbered through. */
#define PD_REASON_OTHER 0xffffffffU

/* Names are cut there, so that both sides show the same one. */
#define PD_FUNCTION_LEN 64

static PD_INLINE __u32 pd_drop_hash(__u64 location, __u32 reason, __u32 key)
{
	/* Fibonacci hashing: the upper bits depend on every bit of the input. */
	return ((location ^ (__u64)reason << 40 ^ (__u64)key << 60) * 0x9e3779b97f4a7c15ULL) >> 32;
}

/* The slot to look at in the given try. */
static PD_INLINE __u32 pd_drop_slot(__u32 hash, __u32 attempt)
{
	return ((hash >> (32 - PD_DROP_SLOT_BITS)) + attempt) & (PD_DROP_SLOTS - 1);
}

static PD_INLINE __u32 pd_fold_index(__u32 reason)
{
	__u32 subsystem = reason >> 16;
	__u32 number = reason & 0xffff;

	if (!subsystem && number < PD_FOLD_CORE_REASONS)
		return number;
	if (subsystem && subsystem <= PD_FOLD_SUBSYSTEMS && number < PD_FOLD_SUBSYSTEM_REASONS)
		return PD_FOLD_CORE_REASONS + (subsystem - 1) * PD_FOLD_SUBSYSTEM_REASONS + number;
	return PD_FOLD_REASONS - 1;
}

/* The reason that has this index. */
static PD_INLINE __u32 pd_fold_reason(__u32 index)
{
	__u32 behind_core = index - PD_FOLD_CORE_REASONS;

	if (index < PD_FOLD_CORE_REASONS)
		return index;
	if (index >= PD_FOLD_REASONS - 1)
		return PD_REASON_OTHER;
	return (behind_core / PD_FOLD_SUBSYSTEM_REASONS + 1) << 16 |
	       behind_core % PD_FOLD_SUBSYSTEM_REASONS;
}

/*
 * How much of a symbol's text is the function's plain name: without the suffix of a clone
 * (.constprop.0, .isra.0, .part.0, .cold, .llvm.123) and without the module (" [veth]").
 */
static PD_INLINE __u32 pd_function_length(const char *symbol)
{
	__u32 length = 0;

	while (length < PD_FUNCTION_LEN - 1 && symbol[length] && symbol[length] != '.' &&
	       symbol[length] != ' ' && symbol[length] != '\t')
		length++;
	return length;
}

#endif
