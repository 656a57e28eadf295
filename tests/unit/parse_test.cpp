// SPDX-License-Identifier: Apache-2.0
// The kernel's header parser, compiled here with plain reads that never leave the frame.
#include <gtest/gtest.h>
#include <linux/types.h>

#include <cstdint>

#define PD_INLINE inline
#define PD_SLOW static
#define PD_SCALAR(at) (at)
#define PD_UNROLL
#define PD_BYTES(name, n) const std::uint8_t* name
#define PD_READ(name, at, n) name = read_checked(at, n)
#define PD_BYTE(name, i) ((name)[i])
#define PD_READ_IS_DEAR read_is_dear

namespace {

// What makes no difference to what is found.
bool read_is_dear;

// The frame that is being parsed; a read outside is a failure, whatever the parser makes of it.
std::uint64_t readable_from;
std::uint64_t readable_to;

const std::uint8_t* read_checked(std::uint64_t at, std::uint64_t n) {
  static constexpr std::uint8_t kNothing[16] = {};
  if (at < readable_from || at + n > readable_to) {
    ADD_FAILURE() << "read of " << n << " bytes at offset "
                  << static_cast<std::int64_t>(at - readable_from);
    return kNothing;
  }
  return reinterpret_cast<const std::uint8_t*>(at);
}

}  // namespace

#include "lab/frame.h"
#include "uapi/packetdrop_parse.h"

namespace packetdrop {
namespace {

using lab::Bytes;
using lab::operator+;

struct Parsed {
  pd_flow flow{};
  pd_linear linear{};
};

Parsed parse(const Bytes& frame) {
  Parsed out;
  out.linear.head = readable_from = reinterpret_cast<std::uint64_t>(frame.data());
  out.linear.size = static_cast<std::uint32_t>(frame.size());
  readable_to = readable_from + frame.size();
  read_is_dear = true;
  pd_flow at_once{};
  pd_parse_ethernet(&at_once, &out.linear, 0);
  read_is_dear = false;
  pd_parse_ethernet(&out.flow, &out.linear, 0);
  EXPECT_EQ(at_once.key, out.flow.key);
  EXPECT_EQ(at_once.l3, out.flow.l3);
  return out;
}

std::uint32_t segments(const Bytes& frame, std::uint32_t len, std::uint16_t gso_size,
                       std::uint16_t gso_segs) {
  const Parsed parsed = parse(frame);
  return pd_segments(&parsed.flow, &parsed.linear, 0, len, gso_size, gso_segs);
}

TEST(Parse, every_frame_case_gets_its_key) {
  for (const lab::FrameCase& one : lab::frame_cases())
    EXPECT_EQ(parse(one.frame).flow.key, one.key) << one.name;
}

TEST(Parse, no_prefix_of_any_frame_makes_it_read_outside) {
  for (const lab::FrameCase& one : lab::frame_cases()) {
    for (std::size_t size = 0; size <= one.frame.size(); size++) {
      SCOPED_TRACE(one.name + " cut to " + std::to_string(size));
      const Bytes prefix(one.frame.begin(), one.frame.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_LT(parse(prefix).flow.key, kKeyCount);
    }
  }
}

TEST(Parse, frame_too_short_for_an_ethertype_is_other) {
  EXPECT_EQ(parse(lab::zeros(13)).flow.key, PD_KEY_OTHER_OTHER);
  EXPECT_EQ(parse({}).flow.key, PD_KEY_OTHER_OTHER);
}

TEST(Segments, skb_without_gso_size_is_one) {
  EXPECT_EQ(segments(lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(100)), 154, 0, 7), 1u);
}

TEST(Segments, gso_segs_is_taken_where_it_is_set) {
  EXPECT_EQ(segments(lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(100)), 154, 10, 7), 7u);
}

TEST(Segments, are_computed_from_the_payload_where_gso_segs_is_missing) {
  const Bytes tcp4 = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(2500));
  EXPECT_EQ(segments(tcp4, static_cast<std::uint32_t>(tcp4.size()), 1000, 0), 3u);
  const Bytes tcp6 = lab::ethernet(0x86dd) + lab::ipv6(6, lab::tcp_data(3000));
  EXPECT_EQ(segments(tcp6, static_cast<std::uint32_t>(tcp6.size()), 1000, 0), 3u);
  const Bytes udp4 = lab::ethernet(0x0800) + lab::ipv4(17, lab::udp(3001));
  EXPECT_EQ(segments(udp4, static_cast<std::uint32_t>(udp4.size()), 1000, 0), 4u);
}

TEST(Segments, count_payload_beyond_the_linear_part) {
  Bytes headers = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(0));
  EXPECT_EQ(segments(headers, static_cast<std::uint32_t>(headers.size()) + 60000, 1000, 0), 60u);
}

TEST(Segments, are_computed_behind_ipv6_extension_headers) {
  const Bytes frame =
      lab::ethernet(0x86dd) + lab::ipv6(60, lab::extension(6) + lab::tcp_data(2500));
  EXPECT_EQ(segments(frame, static_cast<std::uint32_t>(frame.size()), 1000, 0), 3u);
}

TEST(Segments, are_computed_behind_the_ip_layer) {
  const Bytes segment = lab::tcp_data(2500);
  readable_from = reinterpret_cast<std::uint64_t>(segment.data());
  readable_to = readable_from + segment.size();
  const pd_linear linear{.head = readable_from, .size = static_cast<std::uint32_t>(segment.size())};
  for (const pd_key key : {PD_KEY_IPV4_TCP, PD_KEY_IPV6_TCP}) {
    const pd_flow flow{.key = PD_KEY_BEHIND_IP(static_cast<std::uint32_t>(key)), .l3 = 0};
    EXPECT_EQ(pd_segments(&flow, &linear, 0, linear.size, 1000, 0), 3u);
  }
}

// 2008 bytes: 2 segments of 1000 behind a UDP header, 3 where no header is known.
TEST(Segments, behind_the_ip_layer_are_those_of_the_rows_protocol) {
  const Bytes datagram = lab::zeros(8 + 2000);
  readable_from = reinterpret_cast<std::uint64_t>(datagram.data());
  readable_to = readable_from + datagram.size();
  const pd_linear linear{.head = readable_from,
                         .size = static_cast<std::uint32_t>(datagram.size())};
  for (const pd_key key : {PD_KEY_IPV4_UDP, PD_KEY_IPV6_UDP}) {
    const pd_flow flow{.key = PD_KEY_BEHIND_IP(static_cast<std::uint32_t>(key)), .l3 = 0};
    EXPECT_EQ(pd_segments(&flow, &linear, 0, linear.size, 1000, 0), 2u);
  }
  const pd_flow sctp{.key = PD_KEY_BEHIND_IP(PD_KEY_IPV6_SCTP), .l3 = 0};
  EXPECT_EQ(pd_segments(&sctp, &linear, 0, linear.size, 1000, 0), 3u);
}

TEST(Segments, of_what_is_no_ip_packet_are_one) {
  const Bytes frame = lab::ethernet(0x88b5) + lab::zeros(2500);
  EXPECT_EQ(segments(frame, 2514, 1000, 0), 1u);
}

TEST(Segments, respect_tcp_options) {
  Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(1012));
  frame[14 + 20 + 12] = 8 << 4;  // 12 bytes of options: 1000 of payload remain
  EXPECT_EQ(segments(frame, static_cast<std::uint32_t>(frame.size()), 1000, 0), 1u);
  frame[14 + 20 + 12] = 5 << 4;
  EXPECT_EQ(segments(frame, static_cast<std::uint32_t>(frame.size()), 1000, 0), 2u);
}

TEST(Segments, are_one_where_the_transport_header_is_not_linear) {
  Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(0));
  frame.resize(frame.size() - 1);
  EXPECT_EQ(segments(frame, 60000, 1000, 0), 1u);
}

TEST(Segments, are_one_where_headers_claim_more_than_the_skb_has) {
  Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(0));
  EXPECT_EQ(segments(frame, 40, 1000, 0), 1u);
  frame[14 + 20 + 12] = 15 << 4;
  EXPECT_EQ(segments(frame, static_cast<std::uint32_t>(frame.size()), 1000, 0), 1u);
}

}  // namespace
}  // namespace packetdrop
