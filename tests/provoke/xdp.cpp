// SPDX-License-Identifier: Apache-2.0
// XDP programs that drop, generic (on skbs) and native in veth.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>

#include "provoke/cause.h"
#include "provoke/filter.h"
#include "provoke/veth.h"

namespace packetdrop::provoke {
namespace {

void attach(Host& host, const std::string& device, const UniqueFd& program, std::uint32_t flags) {
  int code = 0;
  host.ns().run([&] {
    code = bpf_xdp_attach(static_cast<int>(if_nametoindex(device.c_str())), program.get(), flags,
                          nullptr);
  });
  if (code != 0) host.fail(system_error("XDP on " + device, -code));
}

void generic(Host& host, int verdict, int count) {
  attach(host, "tap0", one_verdict(host, BPF_PROG_TYPE_XDP, verdict), XDP_FLAGS_SKB_MODE);
  host.write(datagram(host.family()), count);
}
void generic_drop(Host& host, int count) { generic(host, XDP_DROP, count); }
void generic_abort(Host& host, int count) { generic(host, XDP_ABORTED, count); }

void generic_redirect_to_nowhere(Host& host, int count) {
  attach(host, "tap0", redirect(host, BPF_PROG_TYPE_XDP, 0x7fff), XDP_FLAGS_SKB_MODE);
  host.write(datagram(host.family()), count);
}

void native_drop(Host& host, int count) {
  Veth veth(host);
  attach(host, "veth0", one_verdict(host, BPF_PROG_TYPE_XDP, XDP_DROP), XDP_FLAGS_DRV_MODE);
  veth.write(datagram(host.family()), count);
}

constexpr Cause kCauses[] = {
    {"generic_xdp_drop", Family::kIpv4, generic_drop},
    {"generic_xdp_drop", Family::kIpv6, generic_drop},
    {"generic_xdp_abort", Family::kIpv4, generic_abort},
    {"generic_xdp_abort", Family::kIpv6, generic_abort},
    {"generic_xdp_redirect_to_nowhere", Family::kIpv4, generic_redirect_to_nowhere},
    {"generic_xdp_redirect_to_nowhere", Family::kIpv6, generic_redirect_to_nowhere},
    {"native_xdp_drop_in_veth", Family::kIpv4, native_drop},
    {"native_xdp_drop_in_veth", Family::kIpv6, native_drop},
};

}  // namespace

std::span<const Cause> xdp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
