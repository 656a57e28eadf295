// SPDX-License-Identifier: Apache-2.0
// Any view as columns of text, for a terminal.
#pragma once

#include <string>

#include "views/view.h"

namespace packetdrop {

// One line of titles and one line per row: text to the left, the value to the right. Control
// characters become '?': a terminal would obey them.
std::string to_columns(const View& view);

}  // namespace packetdrop
