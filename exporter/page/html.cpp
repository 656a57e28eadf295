// SPDX-License-Identifier: Apache-2.0
// Pieces of HTML.
#include "page/html.h"

namespace packetdrop {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string badge(std::string_view text, std::string_view mood) {
  return "<span class=\"badge " + std::string(mood) + "\">" + std::string(text) + "</span>";
}

}  // namespace packetdrop
