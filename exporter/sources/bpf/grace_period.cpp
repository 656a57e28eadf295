// SPDX-License-Identifier: Apache-2.0
// Waits until every BPF program that was running has ended.
#include "sources/bpf/grace_period.h"

#include <bpf/bpf.h>

#include <cerrno>

namespace packetdrop {

Result<GracePeriod> GracePeriod::create() {
  UniqueFd inner(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pd_grace_inner", 4, 4, 1, nullptr));
  if (!inner) return system_error("the inner map of the grace period cannot be made", errno);

  LIBBPF_OPTS(bpf_map_create_opts, options);
  options.inner_map_fd = static_cast<__u32>(inner.get());
  UniqueFd outer(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "pd_grace", 4, 4, 1, &options));
  if (!outer) return system_error("the outer map of the grace period cannot be made", errno);
  return GracePeriod(std::move(inner), std::move(outer));
}

Result<void> GracePeriod::wait() const {
  const __u32 key = 0;
  const int inner = inner_.get();
  if (bpf_map_update_elem(outer_.get(), &key, &inner, BPF_ANY) != 0)
    return system_error("waiting for running BPF programs", errno);
  return {};
}

}  // namespace packetdrop
