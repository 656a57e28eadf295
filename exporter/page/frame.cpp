// SPDX-License-Identifier: Apache-2.0
// Puts the content of a page into page.html.
#include "page/frame.h"

#include <initializer_list>
#include <utility>

namespace packetdrop {

std::string render_page(std::string_view title, std::string_view content) {
  std::string_view rest = page_html();
  std::string out;
  out.reserve(rest.size() + page_css().size() + title.size() + content.size());
  // In the order of page.html; what is filled in is not searched.
  for (const auto& [mark, text] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"{{title}}", title}, {"{{style}}", page_css()}, {"{{content}}", content}}) {
    const std::size_t at = rest.find(mark);
    out.append(rest.substr(0, at)).append(text);
    rest = at == rest.npos ? "" : rest.substr(at + mark.size());
  }
  return out.append(rest);
}

}  // namespace packetdrop
