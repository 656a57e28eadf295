// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the kernel which function an address lies in, as its own %ps finds it: microseconds, where
 * reading /proc/kallsyms takes tens of milliseconds. Run by BPF_PROG_TEST_RUN, attached to nothing.
 * Needs bpf_snprintf() (5.13, 7b15523a989b).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* Of a module, the name of which stands behind its own, too. */
#define PD_NAME_SIZE 512

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[PD_NAME_SIZE]);
} pd_name SEC(".maps");

static const char pd_format[] SEC(".rodata.format") = "%ps";

/* The length of the name with its final zero, or what bpf_snprintf() refused it for. */
SEC("raw_tp") int name_function(__u64 *ctx)
{
	__u64 address = ctx[0];
	__u32 zero = 0;
	char *name = bpf_map_lookup_elem(&pd_name, &zero);

	if (!name)
		return -1;
	return bpf_snprintf(name, PD_NAME_SIZE, pd_format, &address, sizeof(address));
}
