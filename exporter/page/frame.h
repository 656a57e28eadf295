// SPDX-License-Identifier: Apache-2.0
// What all pages have in common: page.html around their content, and page.css in it.
#pragma once

#include <string>
#include <string_view>

namespace packetdrop {

// The files as of the build.
std::string_view page_html();
std::string_view page_css();

// A whole page that needs no other file and no network. Both arguments are HTML.
std::string render_page(std::string_view title, std::string_view content);

}  // namespace packetdrop
