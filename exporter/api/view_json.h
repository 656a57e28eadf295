// SPDX-License-Identifier: Apache-2.0
// Any view as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "views/view.h"

namespace packetdrop {

// Appends one object per row of `view`: the source, each column, each note (null if it is empty)
// and the value by its name, and when the row began if the view is dated.
void append_rows(nlohmann::json& list, std::string_view source, const View& view);

}  // namespace packetdrop
