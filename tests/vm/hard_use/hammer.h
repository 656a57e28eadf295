// SPDX-License-Identifier: Apache-2.0
// Threads that do their work again and again until they are stopped.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace packetdrop::hard_use {

class Hammer {
 public:
  ~Hammer() { stop(); }
  void add(std::function<void()> work) {
    threads_.emplace_back([this, work = std::move(work)] {
      while (!stop_) work();
    });
  }
  void stop() {
    stop_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace packetdrop::hard_use
