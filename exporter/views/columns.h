// SPDX-License-Identifier: Apache-2.0
// The columns that several views have.
#pragma once

#include "views/view.h"

namespace packetdrop {

inline constexpr Column kReasonColumn = {.name = "reason",
                                         .title = "Dropped because",
                                         .what = "why, as the running kernel names it",
                                         .look = Look::kCode};
inline constexpr Column kFunctionColumn = {.name = "function",
                                           .title = "Function",
                                           .what = "kernel function that dropped",
                                           .look = Look::kCode};
inline constexpr Column kClassColumn = {.name = "class",
                                        .title = "Class",
                                        .what = "whether anybody should care",
                                        .fixed = true,
                                        .look = Look::kClass};
inline constexpr Column kLayerColumn = {
    .name = "layer", .title = "Layer", .what = "where it was dropped", .fixed = true};
inline constexpr Column kFamilyColumn = {
    .name = "family", .title = "Family", .what = "ipv4, ipv6, arp or other", .fixed = true};
inline constexpr Column kProtocolColumn = {.name = "protocol",
                                           .title = "protocol",
                                           .what = "transport protocol of an IP packet",
                                           .fixed = true,
                                           .look = Look::kJoined};
inline constexpr Column kHookColumn = {
    .name = "hook", .title = "Stage", .what = "stage of the network path", .fixed = true};
inline constexpr Column kDirectionColumn = {
    .name = "direction", .title = "Direction", .what = "transmit or receive", .fixed = true};
inline constexpr Column kDescriptionColumn = {
    .name = "description", .title = "Description", .what = "what the reason means"};

// Values.
inline constexpr Column kPacketsValue = {.name = "count", .title = "Packets", .what = "skbs"};
inline constexpr Column kStateValue = {.name = "state", .title = "State", .what = "1 or 0"};

}  // namespace packetdrop
