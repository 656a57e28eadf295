// SPDX-License-Identifier: Apache-2.0
// The labels that come from tables, in their final form.
#pragma once

#include <cstddef>

#include "metrics/series_writer.h"
#include "model/drop_reason.h"
#include "model/probe.h"

namespace packetdrop {

const LabelText& hook_labels(pd_hook hook);               // hook, direction
const LabelText& key_labels(std::size_t key);             // family, protocol
const LabelText& verdict_labels(const Verdict& verdict);  // class, layer

}  // namespace packetdrop
