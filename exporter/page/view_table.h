// SPDX-License-Identifier: Apache-2.0
// Any view as a table of the landing page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "views/view.h"

namespace packetdrop {

// Appends the first `most` rows. `hint`, if not null, gives HTML below the first cell of a row.
void append_table(std::string& out, const View& view, std::size_t most,
                  std::string_view (*hint)(const ViewRow&) = nullptr);

}  // namespace packetdrop
