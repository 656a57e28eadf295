// SPDX-License-Identifier: Apache-2.0
// Any view as columns of text, for a terminal.
#pragma once

#include <string>

#include "views/view.h"

namespace packetdrop {

// One line of titles and one line per row: text aligned left, the value aligned right. Control
// characters become '?', because a terminal would interpret them.
std::string to_columns(const View& view);

}  // namespace packetdrop
