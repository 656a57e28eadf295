// SPDX-License-Identifier: Apache-2.0
// gzip is sent to those who take it, and unpacks to what went in.
#include "http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace packetdrop {
namespace {

TEST(Gzip, is_for_clients_that_accept_it) {
  for (const std::string_view accept :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.5", "gzip ; q=1.0", "*", "br,*;q=0.1",
        "identity;q=0.1,gzip", "gzip;q=0.001", "*;q=0, gzip"})
    EXPECT_TRUE(accepts_gzip(accept)) << accept;
  for (const std::string_view accept :
       {"", "identity", "deflate", "gzip;q=0", "gzip;q=0.000", "gzip; q = 0", "gzip;q=0;a=1",
        "*;q=0", "gzip;q=0, *", "gzipped", "br, deflate", ",,;", "notgzip"})
    EXPECT_FALSE(accepts_gzip(accept)) << accept;
}

// What zlib makes of it; nothing where it is not one whole gzip member.
std::optional<std::string> unpack(const std::string& packed, std::size_t size) {
  std::string unpacked(size + 1, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, 16 + 15) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  unpacked.resize(stream.total_out);
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return unpacked;
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; i++)
    text += "packetdrop_hook_packets_total " + std::to_string(i) + "\n";
  return text;
}

// Bytes that do not compress.
std::string noise(std::size_t size) {
  std::minstd_rand next;
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(next());
  return bytes;
}

TEST(Gzip, round_trips_whatever_was_compressed_before) {
  for (const std::string& original : {std::string(), std::string("x"), lines(2000), noise(100'000),
                                      std::string("y"), lines(9000), std::string()}) {
    const auto packed = gzip(original);
    ASSERT_TRUE(packed);
    EXPECT_EQ(unpack(*packed, original.size()), original);
  }
}

TEST(Gzip, is_for_several_threads) {
  std::vector<std::jthread> threads;
  for (int thread = 1; thread <= 4; thread++)
    threads.emplace_back([original = lines(500 * thread)] {
      for (int i = 0; i < 20; i++) {
        const auto packed = gzip(original);
        ASSERT_TRUE(packed);
        EXPECT_EQ(unpack(*packed, original.size()), original);
      }
    });
}

TEST(Gzip, makes_a_scrape_several_times_smaller) {
  const std::string original = lines(2000);
  const auto packed = gzip(original);
  ASSERT_TRUE(packed);
  EXPECT_LT(packed->size() * 5, original.size());
}

}  // namespace
}  // namespace packetdrop
