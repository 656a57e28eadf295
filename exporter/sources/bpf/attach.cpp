// SPDX-License-Identifier: Apache-2.0
// The one attach routine: plan, load, attach; what is refused makes way for the next candidate.
#include "sources/bpf/attach.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <deque>

#include "host/cause.h"
#include "host/kallsyms.h"
#include "sources/bpf/misses.h"

namespace packetdrop {
namespace {

class Attacher {
 public:
  Attacher(const AttachInput& input, ProbeStates& states) : in_(input), states_(states) {
    const Mechanism tracepoint = in_.btf.is_kernels_own() ? Mechanism::kTpBtf : Mechanism::kRawTp;
    states_ = {};
    for (const ProbeInfo& probe : probes()) {
      auto list = candidates(probe, in_.options.attach, tracepoint);
      left_[probe.id].assign(list.begin(), list.end());
      if (list.empty())
        states_[probe.id].refusals.push_back(
            {.mechanism = "tracepoint",
             .target = std::string(probe.targets[0]),
             .code = ENOENT,
             .cause = "no tracepoint can stand in for this function"});
    }
  }

  Result<Attachment> run() {
    for (;;) {
      drop_what_cannot_be();
      const auto wanted = plan();
      if (wanted.empty()) return nothing_attached();
      auto object = load(wanted);
      if (!object) continue;
      Attachment attachment(std::move(*object));
      if (attach(attachment)) return attachment;
    }
  }

 private:
  void refuse(std::size_t probe, int code, const std::string& target,
              const std::string& libbpf = {}) {
    const Candidate& candidate = left_[probe].front();
    const std::string mechanism(to_string(candidate.mechanism));
    states_[probe].refusals.push_back({.mechanism = mechanism,
                                       .target = target,
                                       .code = code,
                                       .cause = likely_cause(in_.facts, mechanism, code, libbpf)});
    left_[probe].pop_front();
  }

  // Asks what can be asked without loading the object, which costs a parse of the kernel's BTF.
  void drop_what_cannot_be() {
    for (std::size_t i = 0; i < kProbeCount; i++) {
      while (!left_[i].empty()) {
        const int code = check(left_[i].front());
        if (code == 0) break;
        refuse(i, code, left_[i].front().target);
      }
    }
  }

  int check(Candidate& candidate) {
    switch (candidate.mechanism) {
      case Mechanism::kFentry:
        return try_fentry(candidate.target);
      case Mechanism::kKprobe:
        return find_kprobe_bodies(candidate);
      case Mechanism::kTpBtf:
      case Mechanism::kRawTp:
        return has_tracepoints(candidate) ? 0 : ENOENT;
    }
    return 0;
  }

  // Of what is not there libbpf would ask the modules' BTF (see bpf/packetdrop_constants.h).
  bool has_tracepoints(const Candidate& candidate) const {
    return std::ranges::all_of(candidate.steps, [&](const Step& step) {
      return in_.btf.tracepoints.contains(step.target);
    });
  }

  // Two instructions are refused for the same reasons as the real program.
  int try_fentry(const std::string& target) const {
    if (!in_.btf.is_kernels_own()) return EOPNOTSUPP;
    const auto id = in_.btf.functions.find(target);
    if (id == in_.btf.functions.end()) return ENOENT;
    const bpf_insn instructions[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    LIBBPF_OPTS(bpf_prog_load_opts, options);
    options.expected_attach_type = BPF_TRACE_FENTRY;
    options.attach_btf_id = id->second;
    const UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_TRACING, "pd_try_fentry", "GPL",
                                         instructions, std::size(instructions), &options));
    return program ? 0 : errno;
  }

  // Puts every body of the function into the steps.
  int find_kprobe_bodies(Candidate& candidate) {
    if (in_.facts.kprobes == false) return ENOENT;
    if (!bodies_) bodies_ = find_bodies(in_.facts.paths.procfs, hookable_functions());
    if (!*bodies_) return bodies_->error().code;
    const auto found = (*bodies_)->find(candidate.target);
    if (found == (*bodies_)->end()) return ENOENT;
    std::vector<std::string> names = found->second;
    std::ranges::sort(names);
    if (std::ranges::adjacent_find(names) != names.end()) return ENOTUNIQ;

    const std::string program = candidate.steps.front().program;
    candidate.steps.clear();
    for (const std::string& name : names)
      candidate.steps.push_back({.program = program, .target = name});
    candidate.target = names.front();
    return 0;
  }

  static std::vector<std::string_view> hookable_functions() {
    std::vector<std::string_view> functions;
    for (const ProbeInfo& probe : probes())
      if (probe.kind == PD_KIND_FUNCTION)
        functions.insert(functions.end(), probe.targets.begin(), probe.targets.end());
    return functions;
  }

  std::vector<std::size_t> plan() const {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < kProbeCount; i++)
      if (!left_[i].empty()) wanted.push_back(i);
    return wanted;
  }

  Result<Object> load_only(std::span<const std::size_t> wanted, Flavour flavour) const {
    std::vector<const Candidate*> chosen;
    for (const std::size_t probe : wanted) chosen.push_back(&left_[probe].front());
    const bool atomic = std::ranges::any_of(
        chosen, [&](const Candidate* c) { return may_nest(c->mechanism, in_.btf); });
    const pd_constants kernel{.atomic = atomic, .reasons = in_.btf.drops_tell_reasons};
    return Object::load({.flavour = flavour, .btf = in_.btf.file, .kernel = kernel}, chosen,
                        in_.maps);
  }

  // One program that fails to load fails its whole object: load each alone to learn which it was.
  Result<Object> load(std::span<const std::size_t> wanted) {
    if (in_.btf.has_rdonly_cast)
      if (auto object = load_only(wanted, Flavour::kRdonlyCast)) return object;
    auto object = load_only(wanted, Flavour::kProbeRead);
    if (object) return object;

    bool found = false;
    for (const std::size_t probe : wanted) {
      const auto alone = load_only(std::span(&probe, 1), Flavour::kProbeRead);
      if (alone) continue;
      refuse(probe, alone.error().code, left_[probe].front().target, alone.error().message);
      found = true;
    }
    if (!found)
      for (const std::size_t probe : wanted)
        refuse(probe, object.error().code, left_[probe].front().target, object.error().message);
    return object;
  }

  // False if a probe failed that has another candidate: then all starts again with that one.
  bool attach(Attachment& attachment) {
    bool again = false;
    for (std::size_t i = 0; i < kProbeCount; i++) {
      states_[i].attached = false;
      if (left_[i].empty()) continue;
      const Candidate& candidate = left_[i].front();
      std::vector<Link> links;
      int code = 0;
      for (const Step& step : candidate.steps) {
        auto link = attachment.object().attach(step, candidate.mechanism);
        if (!link) {
          code = link.error().code;
          break;
        }
        links.push_back(std::move(*link));
      }
      if (code) {
        links.clear();
        refuse(i, code, candidate.target);
        again = again || !left_[i].empty();
        continue;
      }
      for (std::size_t s = 0; s < links.size(); s++)
        attachment.add(candidate.steps[s], candidate.mechanism, std::move(links[s]), in_.btf);
      describe(states_[i], candidate);
    }
    return !again && std::ranges::any_of(states_, &ProbeState::attached);
  }

  void describe(ProbeState& state, const Candidate& candidate) const {
    state.attached = true;
    state.mechanism = to_string(candidate.mechanism);
    state.target = candidate.target;
    state.exact = candidate.exact;
    state.misses_observable = misses_observable(candidate.mechanism, in_.btf);
  }

  Error nothing_attached() const {
    Error error{.code = 0, .message = "no hook could be attached"};
    for (std::size_t i = 0; i < kProbeCount; i++) {
      for (const Refusal& refusal : states_[i].refusals) {
        if (error.code == 0) error.code = refusal.code;
        error.message += "; " + std::string(probes()[i].label) + ": " + to_string(refusal);
      }
    }
    return error;
  }

  const AttachInput& in_;
  ProbeStates& states_;
  // Of each probe, the candidates that have not been refused yet, best first.
  std::array<std::deque<Candidate>, kProbeCount> left_;
  std::optional<Result<Bodies>> bodies_;
};

}  // namespace

void Attachment::add(const Step& step, Mechanism mechanism, Link link, const KernelBtf& btf) {
  kprobe_missed_offset_ = btf.kprobe_missed_offset;
  attached_.push_back({.link = std::move(link),
                       .program_fd = object_.program_fd(step),
                       .is_kprobe = mechanism == Mechanism::kKprobe});
}

MissCounts Attachment::misses() const {
  MissCounts counts{};
  int previous = -1;
  for (const Attached& attached : attached_) {
    // Several bodies of one function share one program.
    if (attached.program_fd != previous)
      counts[static_cast<std::size_t>(MissCause::kRecursion)] +=
          recursion_misses(attached.program_fd);
    if (attached.is_kprobe)
      counts[static_cast<std::size_t>(MissCause::kKprobe)] +=
          kprobe_misses(bpf_link__fd(attached.link.get()), kprobe_missed_offset_);
    previous = attached.program_fd;
  }
  return counts;
}

Result<Attachment> attach_probes(const AttachInput& input, ProbeStates& states) {
  return Attacher(input, states).run();
}

}  // namespace packetdrop
