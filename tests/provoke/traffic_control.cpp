// SPDX-License-Identifier: Apache-2.0
// Queueing disciplines that are full, and classifiers that say no.
#include "provoke/cause.h"
#include "provoke/filter.h"

namespace packetdrop::provoke {
namespace {

void ingress(Host& host, int count) {
  host.command(classifier("tap0", "ingress", Verdict::kDrop));
  host.write(datagram(host.family()), count);
}

void egress(Host& host, int count) {
  host.command(classifier("tap0", "egress", Verdict::kDrop));
  host.send(host.peer(), count);
}

void discipline(Host& host, const std::string& what) {
  host.optional_command("tc qdisc replace dev tap0 root " + what,
                        "qdisc " + what.substr(0, what.find(' ')));
}

void pfifo(Host& host, int count) {
  discipline(host, "pfifo limit 0");
  host.send(host.peer(), count);
}

void bfifo(Host& host, int count) {
  discipline(host, "bfifo limit 100");
  host.send(host.peer(), count, 200);
}

// As long as nothing has to wait, tbf is no queue: one packet goes at once, the next would for
// hours.
constexpr const char* kSlow = "tbf rate 8bit burst 300 limit 300";
constexpr const char* kFast = "tbf rate 1gbit burst 100k limit 100k";

// The next packet takes those that wait with it.
void let_go(Host& host) { host.command(std::string("tc qdisc change dev tap0 root ") + kFast); }

void token_bucket(Host& host, int count) {
  discipline(host, kSlow);
  host.send(host.peer(), 2 + count, 150);
  let_go(host);
  host.send(host.peer(), 1, 150);
}

// One packet goes, one waits in tbf, and one more is too many.
void fq_codel(Host& host, int count) {
  discipline(host, std::string("handle 1: ") + kSlow);
  host.optional_command("tc qdisc add dev tap0 parent 1: fq_codel limit 1", "qdisc fq_codel");
  host.send(host.peer(), 2 + count - 1, 150);
  let_go(host);
  host.send(host.peer(), 1, 150);
}

void red(Host& host, int count) {
  discipline(host, "red limit 100 min 10 max 30 avpkt 10 burst 1");
  host.send(host.peer(), count, 200);
}

void netem(Host& host, int count) {
  discipline(host, "netem loss 100%");
  host.send(host.peer(), count);
}

constexpr Cause kCauses[] = {
    {"tc_classifier_drops_on_ingress", Family::kIpv4, ingress},
    {"tc_classifier_drops_on_ingress", Family::kIpv6, ingress},
    {"tc_classifier_drops_on_egress", Family::kIpv4, egress},
    {"tc_classifier_drops_on_egress", Family::kIpv6, egress},
    {"pfifo_full", Family::kIpv4, pfifo},
    {"pfifo_full", Family::kIpv6, pfifo},
    {"bfifo_full", Family::kIpv4, bfifo},
    {"bfifo_full", Family::kIpv6, bfifo},
    {"token_bucket_filter_full", Family::kIpv4, token_bucket},
    {"token_bucket_filter_full", Family::kIpv6, token_bucket},
    {"fq_codel_full", Family::kIpv4, fq_codel},
    {"fq_codel_full", Family::kIpv6, fq_codel},
    {"red_full", Family::kIpv4, red},
    {"red_full", Family::kIpv6, red},
    {"netem_loss", Family::kIpv4, netem},
    {"netem_loss", Family::kIpv6, netem},
};

}  // namespace

std::span<const Cause> traffic_control_causes() { return kCauses; }

}  // namespace packetdrop::provoke
