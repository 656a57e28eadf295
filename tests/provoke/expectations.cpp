// SPDX-License-Identifier: Apache-2.0
// The table: what each kernel says of each cause.
#include "provoke/expectation.h"

namespace packetdrop::provoke {
namespace {
constexpr ExpectationRow kRows[] = {
    {"udp_to_a_closed_port", Family::kIpv4, "udp", "NO_SOCKET", "__udp4_lib_rcv"},
};
}
std::span<const ExpectationRow> expectation_rows() { return kRows; }
}  // namespace packetdrop::provoke
