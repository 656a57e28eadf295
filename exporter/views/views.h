// SPDX-License-Identifier: Apache-2.0
// All views, in the order of a scrape.
#pragma once

#include <span>

#include "views/view.h"

namespace packetdrop {

#define PD_VIEW(view) extern const ViewInfo view;
#include "views/views.def"
#undef PD_VIEW

std::span<const ViewInfo* const> views();

}  // namespace packetdrop
