// SPDX-License-Identifier: Apache-2.0
// gzip is sent to those who take it, and unpacks to what went in.
#include "http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace packetdrop {
namespace {

TEST(Gzip, is_for_clients_that_accept_it) {
  for (const std::string_view accept :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.5", "gzip ; q=1.0", "*", "br,*;q=0.1",
        "identity;q=0.1,gzip", "gzip;q=0.001", "*;q=0, gzip"})
    EXPECT_TRUE(accepts_gzip(accept)) << accept;
  for (const std::string_view accept :
       {"", "identity", "deflate", "gzip;q=0", "gzip;q=0.000", "gzip; q = 0", "*;q=0",
        "gzip;q=0, *", "gzipped", "br, deflate", ",,;", "notgzip"})
    EXPECT_FALSE(accepts_gzip(accept)) << accept;
}

TEST(Gzip, round_trips) {
  std::string text;
  for (int i = 0; i < 2000; i++)
    text += "packetdrop_hook_packets_total " + std::to_string(i) + "\n";
  for (const std::string& original : {std::string(), std::string("x"), text}) {
    const auto packed = gzip(original);
    ASSERT_TRUE(packed);
    std::string unpacked(original.size() + 1, '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 16 + 15), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed->data()));
    stream.avail_in = static_cast<uInt>(packed->size());
    stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
    stream.avail_out = static_cast<uInt>(unpacked.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    unpacked.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(unpacked, original);
  }
}

}  // namespace
}  // namespace packetdrop
