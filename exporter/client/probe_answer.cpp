// SPDX-License-Identifier: Apache-2.0
// Reads the answer of a server to a probe.
#include "client/probe_answer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace packetdrop {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kShown = 100;  // bytes of what is no HTTP

Error wrong(std::string message) { return {.code = 0, .message = std::move(message)}; }

// With \xNN for each byte that a terminal might interpret.
std::string printable(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : text) {
    if ((c >= ' ' && c < 0x7f) || c == '\n' || c == '\t')
      out += static_cast<char>(c);
    else
      out.append("\\x") += {kDigits[c >> 4], kDigits[c & 15]};
  }
  return out;
}

// "HTTP/1.1 200 OK"; the reason may be missing (RFC 9112, 4).
bool is_status_line(std::string_view line) {
  return line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) && line[8] == ' ' &&
         std::ranges::all_of(line.substr(9, 3), is_digit) && (line.size() == 12 || line[12] == ' ');
}

std::string too_long(std::string_view size) {
  return "an answer of " + std::string(size) + " bytes, where " +
         std::to_string(ProbeAnswer::kBodyLimit) + " are the most";
}

Result<std::size_t> parse_length(std::string_view text) {
  std::size_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, length);
  if (text.empty() || stop != end || problem == std::errc::invalid_argument)
    return wrong("the answer's Content-Length is no number: " + quoted(text.substr(0, kShown)));
  if (problem != std::errc() || length > ProbeAnswer::kBodyLimit)
    return wrong(too_long(text.substr(0, kShown)));
  return length;
}

}  // namespace

Result<bool> ProbeAnswer::add(std::string_view bytes) {
  text_ += bytes;
  while (!has_head()) {
    const std::size_t end = text_.find(kHeadEnd);
    if (end > kHeadLimit && text_.size() > kHeadLimit)
      return wrong("an answer without an end of its headers in " + std::to_string(kHeadLimit) +
                   " bytes");
    if (end == text_.npos) return false;
    body_at_ = end + kHeadEnd.size();
    if (const auto read = read_head(std::string_view(text_).substr(0, end)); !read)
      return read.error();
    if (is_interim()) forget_head();
  }
  if (body_size() > kBodyLimit) return wrong(too_long("more than " + std::to_string(kBodyLimit)));
  return size_ && body_size() >= *size_;
}

// 101 is no interim one: what follows it is another protocol's.
bool ProbeAnswer::is_interim() const { return status_[9] == '1' && status_.substr(9, 3) != "101"; }

void ProbeAnswer::forget_head() {
  text_.erase(0, body_at_);
  body_at_ = 0;
  size_.reset();
}

Result<void> ProbeAnswer::read_head(std::string_view head) {
  status_ = head.substr(0, head.find(kLineEnd));
  if (!is_status_line(status_))
    return wrong("the answer is not HTTP: " + quoted(status_.substr(0, kShown)));
  head.remove_prefix(status_.size());
  while (!head.empty()) {
    head.remove_prefix(kLineEnd.size());
    const std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(line.size());
    const std::size_t colon = line.find(':');
    if (colon == line.npos)
      return wrong("a header of the answer has no colon: " + quoted(line.substr(0, kShown)));
    if (auto read = read_header(line.substr(0, colon), trim(line.substr(colon + 1))); !read)
      return read;
  }
  if (status_.substr(9, 3) == "204") size_ = 0;
  return {};
}

Result<void> ProbeAnswer::read_header(std::string_view name, std::string_view value) {
  // No exporter answers a probe in chunks.
  if (equal_ignoring_case(name, "Transfer-Encoding"))
    return wrong("the answer comes with a Transfer-Encoding, which is not understood here");
  if (!equal_ignoring_case(name, "Content-Length")) return {};
  const auto length = parse_length(value);
  if (!length) return length.error();
  if (size_ && *size_ != *length) return wrong("the answer has two different Content-Lengths");
  size_ = *length;
  return {};
}

Result<std::string> ProbeAnswer::body() const {
  if (!has_head())
    return wrong("the answer is not HTTP, or not all of it: " + quoted(text_.substr(0, kShown)));
  if (size_ && body_size() < *size_)
    return wrong("the answer ended after " + std::to_string(body_size()) + " of " +
                 std::to_string(*size_) + " bytes");
  const std::string body = text_.substr(body_at_, size_.value_or(text_.npos));
  if (status_[9] == '2') return body;
  return wrong(printable(status_ + "\n" + body));
}

}  // namespace packetdrop
