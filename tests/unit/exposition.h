// SPDX-License-Identifier: Apache-2.0
// Text 0.0.4 as the families that it is made of, for tests that look at series and not at bytes.
#pragma once

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <charconv>
#include <map>
#include <string>
#include <string_view>

namespace packetdrop {

using Families = std::map<std::string, prometheus::MetricFamily>;

class ExpositionParser {
 public:
  explicit ExpositionParser(std::string_view text) : rest_(text) {}

  Families parse() {
    while (!rest_.empty()) {
      if (skip("# HELP "))
        begin_family();
      else if (skip("# TYPE "))
        set_type();
      else
        add_series();
    }
    return std::move(families_);
  }

 private:
  bool skip(std::string_view start) {
    if (!rest_.starts_with(start)) return false;
    rest_.remove_prefix(start.size());
    return true;
  }

  // What stands before the first of `ends`, which stays.
  std::string take_until(std::string_view ends) {
    const std::string taken(rest_.substr(0, rest_.find_first_of(ends)));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string take_line() {
    std::string line = take_until("\n");
    EXPECT_TRUE(skip("\n")) << "a line without an end: " << line;
    return line;
  }

  void begin_family() {
    const std::string name = take_until(" ");
    EXPECT_FALSE(families_.contains(name)) << name << " begins twice";
    family_ = &families_[name];
    family_->name = name;
    rest_.remove_prefix(1);
    family_->help = take_line();
  }

  void set_type() {
    EXPECT_EQ(take_until(" "), family_->name);
    const std::string type = take_line();
    EXPECT_TRUE(type == " counter" || type == " gauge") << type;
    family_->type =
        type == " counter" ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  }

  void add_series() {
    EXPECT_EQ(take_until("{ "), family_->name);
    auto& metric = family_->metric.emplace_back();
    if (skip("{")) do
        add_label(metric);
      while (skip(","));
    skip("}");
    EXPECT_TRUE(skip(" "));
    const std::string text = take_line();
    double value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
    EXPECT_EQ(end, text.data() + text.size()) << text;
    const bool counter = family_->type == prometheus::MetricType::Counter;
    (counter ? metric.counter.value : metric.gauge.value) = value;
  }

  // Values without quotes and backslashes; escaping is held byte by byte elsewhere.
  void add_label(prometheus::ClientMetric& metric) {
    auto& label = metric.label.emplace_back();
    label.name = take_until("=");
    EXPECT_TRUE(skip("=\""));
    label.value = take_until("\"");
    EXPECT_TRUE(skip("\""));
  }

  std::string_view rest_;
  Families families_;
  prometheus::MetricFamily* family_ = nullptr;
};

}  // namespace packetdrop
