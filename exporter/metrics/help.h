// SPDX-License-Identifier: Apache-2.0
// HELP texts that list rows of the hook table and its like, each in one line.
#pragma once

#include <string>

namespace packetdrop {

std::string packets_help();
std::string segments_help();
std::string bytes_help();
std::string hook_info_help();
std::string transmit_not_ok_help();
std::string missed_events_help();
std::string drops_help();
std::string drops_by_class_help();
std::string drop_functions_help();

}  // namespace packetdrop
