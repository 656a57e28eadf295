// SPDX-License-Identifier: Apache-2.0
// What each route answers, when it is asked well and when it is not.
#include <gmock/gmock.h>

#include <set>

#include "base/file.h"
#include "http_fixture.h"
#include "model/drop_reason.h"
#include "page/landing_page.h"
#include "page/runbooks.h"

namespace packetdrop {
namespace {

using namespace std::chrono_literals;
using HttpApi = HttpFixture;

TEST_F(HttpApi, activate_and_deactivate_answer_the_new_state) {
  for (int i = 0; i < 2; i++) {
    const HttpResponse response = call("POST", "/activate");
    EXPECT_EQ(response.status, 200);
    const auto data = data_of(response);
    EXPECT_TRUE(data["active"]);
    EXPECT_TRUE(data["sources"][0]["hooks"][0]["attached"]);
    EXPECT_TRUE(data["sources"][0]["since"].is_string());
    EXPECT_TRUE(data["sources"][0]["until"].is_null());
    EXPECT_TRUE(bpf->active());
  }
  for (int i = 0; i < 2; i++) {
    const HttpResponse response = call("POST", "/deactivate?source=all");
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(data_of(response)["active"]);
    EXPECT_FALSE(bpf->active());
  }
}

// Twelve reasons of the least frequent first.
Snapshot with_drops() {
  Snapshot snapshot;
  for (std::uint64_t i = 0; i < 12; i++)
    snapshot.drops.push_back(
        {.function = "function_" + std::to_string(i),
         .reason = i == 11 ? "NO_SOCKET" : "<REASON_" + std::to_string(i) + ">",
         .key = PD_KEY_IPV4_UDP,
         .count = i + 1,
         .since = std::chrono::sys_days(std::chrono::year(2030) / 1 / 2)});
  return snapshot;
}

TEST_F(HttpApi, drops_come_with_all_that_is_known_the_most_frequent_first) {
  bpf->set_snapshot(with_drops());
  ASSERT_EQ(call("POST", "/activate").status, 200);
  const auto data = data_of(call("GET", "/api/v1/drops"));
  ASSERT_EQ(data["drops"].size(), 12u);
  const auto& first = data["drops"][0];
  EXPECT_EQ(first["source"], "bpf");
  EXPECT_EQ(first["reason"], "NO_SOCKET");
  EXPECT_EQ(first["description"], find_reason("NO_SOCKET")->sentence);
  EXPECT_TRUE(data["drops"][11]["description"].is_null()) << "nobody knows this reason";
  EXPECT_EQ(first["class"], "config");
  EXPECT_TRUE(first["layer"].is_string());
  EXPECT_EQ(first["family"], "ipv4");
  EXPECT_EQ(first["protocol"], "udp");
  EXPECT_EQ(first["count"], 12);
  EXPECT_EQ(first["since"], "2030-01-02T00:00:00Z");
  EXPECT_EQ(data["drops"][11]["count"], 1);
  ASSERT_EQ(data["functions"].size(), 12u);
  EXPECT_EQ(data["functions"][0]["function"], "function_11");
  EXPECT_EQ(data["functions"][0]["reason"], "NO_SOCKET");
  EXPECT_EQ(data["functions"][0]["count"], 12);
  EXPECT_EQ(data["functions"][0]["since"], "2030-01-02T00:00:00Z");
  EXPECT_EQ(data["functions"][0]["description"], find_reason("NO_SOCKET")->sentence);
  EXPECT_EQ(data["sources"][0]["attached"], true);
  EXPECT_EQ(data["sources"][0]["folded"], 0);
}

TEST_F(HttpApi, drops_without_a_reason_are_described_by_their_function) {
  Snapshot snapshot;
  for (const char* function : {"skb_queue_purge", "nobody_knows_it"})
    snapshot.drops.push_back({.function = function,
                              .reason = std::string(kNotSpecified),
                              .key = PD_KEY_IPV4_UDP,
                              .count = 1});
  bpf->set_snapshot(snapshot);
  const auto data = data_of(call("GET", "/api/v1/drops"));
  EXPECT_EQ(data["functions"][0]["description"], find_function("skb_queue_purge")->sentence);
  EXPECT_EQ(data["functions"][1]["description"], find_reason(kNotSpecified)->sentence);
}

TEST_F(HttpApi, drops_of_a_source_that_cannot_be_read_are_an_error_and_not_none) {
  bpf->fail_read(Error{.code = EIO, .message = "it broke"});
  const auto sources = data_of(call("GET", "/api/v1/drops"))["sources"];
  EXPECT_EQ(sources[0], (nlohmann::json{{"source", "bpf"}, {"error", "it broke"}}));
}

TEST_F(HttpApi, drops_of_nobody_are_empty_lists) {
  const auto data = data_of(call("GET", "/api/v1/drops"));
  EXPECT_TRUE(data["drops"].is_array());
  EXPECT_TRUE(data["drops"].empty());
  EXPECT_TRUE(data["functions"].empty());
  EXPECT_EQ(call("POST", "/api/v1/drops").status, 405);
}

TEST_F(HttpApi, landing_page_shows_the_ten_most_frequent_drops_and_what_they_mean) {
  bpf->set_snapshot(with_drops());
  const std::string page = call("GET", "/").body;
  EXPECT_NE(page.find("NO_SOCKET"), std::string::npos);
  EXPECT_NE(page.find(std::string(find_reason("NO_SOCKET")->sentence)), std::string::npos);
  EXPECT_NE(page.find("&lt;REASON_2&gt;"), std::string::npos) << "the tenth";
  EXPECT_EQ(page.find("REASON_1&gt;"), std::string::npos) << "the eleventh";
  EXPECT_NE(page.find("2 more"), std::string::npos);
  EXPECT_EQ(page.find("<REASON"), std::string::npos);
}

TEST_F(HttpApi, ttl_shows_when_it_ends) {
  const HttpResponse response = call("POST", "/activate?ttl=1h30m&source=bpf");
  EXPECT_EQ(response.status, 200);
  const auto data = data_of(response);
  EXPECT_TRUE(data["sources"][0]["until"].is_string());
  EXPECT_NE(data["sources"][0]["until"], data["sources"][0]["since"]);
}

TEST_F(HttpApi, wrong_parameters_are_told_what_is_right) {
  const struct {
    std::string target, says;
  } cases[] = {
      {"/activate?ttl=", "from 1s to 7d"},
      {"/activate?ttl=1.5h", "from 1s to 7d"},
      {"/activate?ttl=8d", "from 1s to 7d"},
      {"/activate?source=", "bpf, kmod or all"},
      {"/activate?source=ebpf", "bpf, kmod or all"},
      {"/activate?source=bpf&source=bpf", "source, ttl"},
      {"/activate?source=bpf&%73ource=bpf", "source, ttl"},
      {"/activate?verbose=1", "source, ttl"},
      {"/activate?source=bpf&", ""},
      {"/activate?&source=bpf", "source, ttl"},
      {"/activate?source=%zz", "percent-encoded"},
      {"/activate?source=%f", "percent-encoded"},
      {"/activate?source=%ff", "bpf, kmod or all"},
      {"/deactivate?ttl=1h", "source"},
      {"/deactivate?source=none", "bpf, kmod or all"},
  };
  for (const auto& one : cases) {
    const HttpResponse response = call("POST", one.target);
    if (one.says.empty()) {
      EXPECT_EQ(response.status, 200) << one.target;
      ASSERT_EQ(call("POST", "/deactivate").status, 200);
      continue;
    }
    EXPECT_NE(error_of(response, 400).find(one.says), std::string::npos) << response.body;
    EXPECT_FALSE(bpf->active()) << one.target;
  }
}

TEST_F(HttpApi, a_source_that_is_not_here_is_a_conflict) {
  error_of(call("POST", "/activate?source=kmod"), 409);
  error_of(call("POST", "/deactivate?source=kmod"), 409);
}

TEST_F(HttpApi, activation_that_attaches_nothing_is_unavailable_with_every_cause) {
  for (const ProbeInfo& hook : hooks())
    bpf->refuse(hook.hook(), {"kprobe", std::string(hook.label), EPERM, "lockdown=integrity"});
  EXPECT_NE(error_of(call("POST", "/activate"), 503).find("lockdown=integrity"), std::string::npos);
  const auto data = data_of(call("GET", "/api/v1/status"));
  EXPECT_FALSE(data["active"]);
  EXPECT_EQ(data["sources"][0]["hooks"].size(), kHookCount);
  for (const auto& hook : data["sources"][0]["hooks"]) {
    EXPECT_FALSE(hook["attached"]);
    EXPECT_EQ(hook["refusals"][0]["mechanism"], "kprobe");
    EXPECT_EQ(hook["refusals"][0]["errno"], "EPERM");
    EXPECT_EQ(hook["refusals"][0]["cause"], "lockdown=integrity");
  }
}

TEST_F(HttpApi, status_tells_hooks_preflight_and_build) {
  ASSERT_EQ(call("POST", "/activate").status, 200);
  const auto data = data_of(call("GET", "/api/v1/status"));
  const auto& hook = data["sources"][0]["hooks"][0];
  EXPECT_EQ(hook["hook"], "dev_queue_xmit");
  EXPECT_EQ(hook["direction"], "transmit");
  EXPECT_EQ(hook["mechanism"], "fake");
  EXPECT_EQ(hook["exact"], true);
  EXPECT_EQ(hook["misses"], "not observable");
  EXPECT_EQ(data["preflight"].size(), 3u);
  EXPECT_EQ(data["preflight"][1]["remedy"], "run <as> root");
  EXPECT_TRUE(data["preflight"][2]["ok"].is_null());
  EXPECT_FALSE(data["build"]["version"].get<std::string>().empty());
}

TEST_F(HttpApi, inactive_is_ready_and_unreadable_is_not) {
  EXPECT_EQ(call("GET", "/-/ready").status, 200);
  EXPECT_EQ(call("HEAD", "/-/ready").status, 200);
  bpf->fail_read(Error{EPERM, "CAP_BPF is missing"});
  EXPECT_NE(error_of(call("GET", "/-/ready"), 503).find("CAP_BPF is missing"), std::string::npos);
  EXPECT_EQ(call("HEAD", "/-/ready").status, 503);
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(call("GET", "/metrics").status, 200);
  const auto data = data_of(call("GET", "/api/v1/status"));
  EXPECT_FALSE(data["sources"][0]["present"]);
  EXPECT_EQ(data["sources"][0]["error"], "CAP_BPF is missing");
}

TEST_F(HttpApi, a_source_that_is_not_on_this_host_is_not_ready_and_says_what_to_do) {
  bpf->fail_read(Error{ENOENT, "the module is not loaded: modprobe drop_packet"});
  EXPECT_THAT(error_of(call("GET", "/-/ready"), 503), testing::HasSubstr("modprobe drop_packet"));
  EXPECT_THAT(call("GET", "/api/v1/drops").body, testing::HasSubstr("modprobe drop_packet"));
}

TEST_F(HttpApi, active_without_drops_is_not_ready_and_says_why) {
  ASSERT_EQ(call("POST", "/activate").status, 200);
  EXPECT_EQ(call("GET", "/-/ready").status, 200);
  Snapshot snapshot;
  snapshot.active = true;
  for (const ProbeInfo& hook : hooks()) snapshot.probes[hook.id].attached = true;
  snapshot.probes[PD_PROBE_KFREE_SKB].refusals = {
      {"tp_btf", "kfree_skb", EPERM, "lockdown=confidentiality"}};
  bpf->set_snapshot(snapshot);
  EXPECT_THAT(error_of(call("GET", "/-/ready"), 503),
              testing::HasSubstr("bpf: drops are not counted: tp_btf kfree_skb: EPERM, lockdown"));
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  snapshot.active = false;  // nobody knows whether the next activation gets them
  bpf->set_snapshot(snapshot);
  EXPECT_EQ(call("GET", "/-/ready").status, 200);
}

TEST_F(HttpApi, metrics_are_text_or_openmetrics_as_asked) {
  const HttpResponse text = call("GET", "/metrics");
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.header("Content-Type")->find("text/plain; version=0.0.4"), 0u);
  EXPECT_EQ(text.header("Vary"), "Accept, Accept-Encoding");
  EXPECT_FALSE(text.header("Content-Encoding"));
  EXPECT_NE(text.body.find("packetdrop_active{source=\"bpf\"} 0"), std::string::npos);
  const HttpResponse open =
      call("GET", "/metrics", {{"Accept", "application/openmetrics-text; version=1.0.0"}});
  EXPECT_EQ(open.header("Content-Type")->find("application/openmetrics-text"), 0u);
  EXPECT_TRUE(open.body.ends_with("# EOF\n"));
}

// What "href" attributes of this server's own name.
std::set<std::string> links_of(const std::string& page) {
  static constexpr std::string_view kLink = "href=\"/";
  std::set<std::string> links;
  for (std::size_t at = 0; (at = page.find(kLink, at)) != page.npos;) {
    at += kLink.size() - 1;
    links.insert(page.substr(at, page.find('"', at) - at));
  }
  return links;
}

const HttpHeaders kBrowser = {
    {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}};

TEST_F(HttpApi, runbooks_are_listed_and_every_link_between_them_works) {
  const std::string index = call("GET", "/runbooks/", kBrowser).body;
  std::set<std::string> links = links_of(index);
  for (const Runbook& runbook : runbooks())
    EXPECT_TRUE(links.contains("/runbooks/" + std::string(runbook.name))) << runbook.name;
  EXPECT_TRUE(links.contains("/runbooks/PacketDropSpike"));
  EXPECT_FALSE(links.contains("/runbooks/README"));
  EXPECT_THAT(index, testing::HasSubstr("far more than it usually does"));
  for (const Runbook& runbook : runbooks())
    links.merge(links_of(call("GET", "/runbooks/" + std::string(runbook.name), kBrowser).body));
  for (const std::string& link : links) EXPECT_EQ(call("GET", link).status, 200) << link;
  EXPECT_TRUE(links_of(call("GET", "/").body).contains("/runbooks/"));
  EXPECT_EQ(call("GET", "/runbooks", kBrowser).body, index) << "without the slash";
}

TEST_F(HttpApi, a_runbook_is_a_page_to_browsers) {
  const HttpResponse page = call("GET", "/runbooks/PacketDropDropsNotCounted", kBrowser);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.header("Vary"), "Accept");
  EXPECT_THAT(page.header("Content-Security-Policy").value_or(""),
              testing::HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.body, testing::HasSubstr("<h1>PacketDropDropsNotCounted</h1>"));
  EXPECT_THAT(page.body, testing::HasSubstr("<td><code>EPERM</code></td>"));
  EXPECT_THAT(call("GET", "/runbooks/class-capacity", kBrowser).body,
              testing::HasSubstr("<td><code>QDISC_<wbr>DROP</code>, <code>QDISC_<wbr>OVERLIMIT<"));
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  for (const Runbook& runbook : runbooks()) {
    EXPECT_EQ(runbook.html.find(".md\""), std::string::npos) << runbook.name;
    EXPECT_EQ(runbook.html.find("|---"), std::string::npos) << runbook.name;
  }
}

TEST_F(HttpApi, every_page_is_the_frame_with_the_style_sheet_in_it) {
  const auto style = read_file(PACKETDROP_DOCS "/../exporter/page/page.css");
  ASSERT_TRUE(style) << style.error().message;
  for (const std::string_view path : {"/", "/runbooks/", "/runbooks/PacketDropSpike"}) {
    const std::string page = call("GET", path, kBrowser).body;
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n")) << path;
    EXPECT_TRUE(page.ends_with("</main>\n</body>\n</html>\n")) << path;
    EXPECT_THAT(page, testing::HasSubstr("<style>\n" + *style + "</style>")) << path;
    for (const char* const mark : {"{{title}}", "{{style}}", "{{content}}"})
      EXPECT_THAT(page, testing::Not(testing::HasSubstr(mark))) << path;
  }
}

TEST_F(HttpApi, a_runbook_is_its_own_text_to_others) {
  const HttpHeaders curl = {{"Accept", "*/*"}};
  for (const auto& [path, headers] : std::vector<std::pair<std::string, HttpHeaders>>{
           {"/runbooks/PacketDropSpike", curl},
           {"/runbooks/PacketDropSpike", {}},
           {"/runbooks/PacketDropSpike.md", kBrowser}}) {
    const HttpResponse text = call("GET", path, headers);
    EXPECT_EQ(text.status, 200);
    EXPECT_EQ(text.header("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_TRUE(text.body.starts_with("# PacketDropSpike\n")) << text.body;
  }
  EXPECT_TRUE(call("GET", "/runbooks/", curl).body.starts_with("# Runbooks\n"));
  EXPECT_EQ(call("HEAD", "/runbooks/PacketDropSpike").status, 200);
}

TEST_F(HttpApi, a_runbook_is_a_page_to_who_names_html_and_wants_nothing_more) {
  for (const char* accept :
       {"TEXT/HTML", "text/html", "text/html;q=0.1", "text/plain;q=0.5, text/html ; Q=0.5",
        "text/html;charset=utf-8;q=0.9, text/*;q=0.8", "text/html, text/plain;q=0.9, text/*;q=1",
        "text/html;q=0.5, text/plain;q=0, */*"})
    EXPECT_EQ(call("GET", "/runbooks/", {{"Accept", accept}}).header("Content-Type"),
              "text/html; charset=utf-8")
        << accept;
  for (const char* accept :
       {"", "text/*", "text/html;q=0", "text/html;q=0.000, image/png", "text/html;q=2",
        "text/plain, text/html;q=0.1", "text/html;q=0.5, text/*", "text/html;q=0.5, */*",
        "xtext/htmlx", "text/htmlx", "image/png;a=text/html"})
    EXPECT_EQ(call("GET", "/runbooks/", {{"Accept", accept}}).header("Content-Type"),
              "text/plain; charset=utf-8")
        << accept;
}

TEST_F(HttpApi, no_other_file_is_a_runbook) {
  for (const char* path :
       {"/runbooks/PacketDropSpike/", "/runbooks/README", "/runbooks/README.md",
        "/runbooks/../runbooks/PacketDropSpike", "/runbooks/packetdropspike", "/runbooks/.md"})
    error_of(call("GET", path), 404);
  error_of(call("POST", "/runbooks/PacketDropSpike"), 405);
}

TEST_F(HttpApi, metrics_are_packed_only_when_asked) {
  const HttpResponse packed = call("GET", "/metrics", {{"Accept-Encoding", "gzip, deflate"}});
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_TRUE(packed.body.starts_with("\x1f\x8b"));
  EXPECT_FALSE(
      call("GET", "/metrics", {{"Accept-Encoding", "gzip;q=0"}}).header("Content-Encoding"));
}

TEST_F(HttpApi, several_lines_of_what_is_accepted_are_one_list) {
  const HttpResponse answer = call("GET", "/metrics",
                                   {{"Accept-Encoding", "br"},
                                    {"Accept", "text/plain;q=0.5"},
                                    {"accept-encoding", "gzip"},
                                    {"accept", "application/openmetrics-text;version=1.0.0"}});
  EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
  EXPECT_TRUE(answer.header("Content-Type").value_or("").starts_with("application/openmetrics"));
  const HttpResponse page =
      call("GET", "/runbooks/", {{"Accept", "image/png"}, {"Accept", "text/html"}});
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
}

TEST_F(HttpApi, a_scrape_timeout_is_a_number_of_seconds) {
  const std::string name = "X-Prometheus-Scrape-Timeout-Seconds";
  EXPECT_EQ(call("GET", "/metrics", {{name, "10"}}).status, 200);
  EXPECT_EQ(call("GET", "/metrics", {{name, "2.5"}}).status, 200);
  for (const std::string value : {"", "0", "-1", "10s", "nan", "inf", "1e999", "0x10", "1,5"})
    error_of(call("GET", "/metrics", {{name, value}}), 400);
}

TEST_F(HttpApi, a_source_that_hangs_costs_no_more_than_itself) {
  bpf->delay_read(2s);
  const auto start = std::chrono::steady_clock::now();
  const HttpResponse scrape =
      call("GET", "/metrics", {{"X-Prometheus-Scrape-Timeout-Seconds", "0.5"}});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(scrape.status, 200);
  EXPECT_THAT(scrape.body,
              testing::HasSubstr("packetdrop_scrape_source_success{source=\"bpf\"} 0"));
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(bpf->read_calls(), 1);
}

TEST_F(HttpApi, more_switches_than_a_minute_may_have_are_refused) {
  start({.listen_addresses = {"127.0.0.1:0"}, .max_control_requests = 2});
  EXPECT_EQ(call("POST", "/activate?source=nonsense").status, 400);
  EXPECT_EQ(call("POST", "/activate").status, 200);
  const HttpResponse refused = call("POST", "/deactivate");
  EXPECT_NE(error_of(refused, 429).find("--web.max-control-requests"), std::string::npos);
  EXPECT_EQ(refused.header("Retry-After"), "30");
  EXPECT_TRUE(bpf->active());
  EXPECT_EQ(call("GET", "/metrics").status, 200);
}

TEST_F(HttpApi, too_many_scrapes_at_once_are_refused) {
  start({.listen_addresses = {"127.0.0.1:0"}, .max_requests = 1});
  bpf->delay_read(300ms);
  HttpClient first = connect();
  ASSERT_TRUE(first.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (bpf->read_calls() == 0) std::this_thread::sleep_for(1ms);
  error_of(call("GET", "/metrics"), 503);
  EXPECT_EQ(first.receive()->status, 200);
  EXPECT_EQ(call("GET", "/metrics").status, 200);
}

TEST_F(HttpApi, telemetry_path_moves_the_metrics) {
  start({.listen_addresses = {"127.0.0.1:0"}, .telemetry_path = "/telemetry"});
  EXPECT_EQ(call("GET", "/telemetry").status, 200);
  error_of(call("GET", "/metrics"), 404);
  EXPECT_NE(call("GET", "/").body.find("href=\"/telemetry\""), std::string::npos);
}

TEST_F(HttpApi, control_api_can_be_switched_off) {
  start({.listen_addresses = {"127.0.0.1:0"}, .control_api = false});
  for (const std::string_view path : {"/activate", "/deactivate"})
    EXPECT_NE(error_of(call("POST", path), 404).find("--web.disable-control-api"),
              std::string::npos);
  EXPECT_EQ(bpf->activate_calls(), 0);
  EXPECT_EQ(call("GET", "/").body.find("curl"), std::string::npos);
}

TEST_F(HttpApi, landing_page_needs_nothing_else_and_escapes_what_it_shows) {
  ASSERT_EQ(call("POST", "/activate").status, 200);
  bpf->refuse(PD_HOOK_TCP_V4_RCV, {"kprobe", "tcp_v4_rcv", EPERM, "<script>alert(1)</script>"});
  const HttpResponse page = call("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.header("Content-Security-Policy")->find("default-src 'none'"), std::string::npos);
  for (const ProbeInfo& hook : hooks())
    EXPECT_NE(page.body.find(hook.label), std::string::npos) << hook.label;
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_NE(page.body.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.body.find("run &lt;as&gt; root"), std::string::npos);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
}

TEST_F(HttpApi, landing_page_sums_packets_per_stage) {
  Snapshot snapshot;
  snapshot.counters[PD_HOOK_NET_DEV_XMIT][PD_KEY_IPV4_TCP].packets = 1'234'000;
  snapshot.counters[PD_HOOK_NET_DEV_XMIT][PD_KEY_IPV6_UDP].packets = 567;
  bpf->set_snapshot(snapshot);
  EXPECT_NE(call("GET", "/").body.find("1,234,567"), std::string::npos);
}

TEST_F(HttpApi, landing_page_has_no_number_where_nothing_was_counted) {
  static const std::string kNone = "data-label=Packets>–";
  EXPECT_THAT(call("GET", "/").body, testing::HasSubstr(kNone));
  ASSERT_EQ(call("POST", "/activate").status, 200);
  const std::string page = call("GET", "/").body;
  EXPECT_THAT(page, testing::Not(testing::HasSubstr(kNone)));
  EXPECT_THAT(page, testing::HasSubstr("data-label=Packets>0"));
  EXPECT_THAT(page, testing::HasSubstr("; the numbers include earlier activations"));
}

TEST_F(HttpApi, landing_page_says_what_a_stand_in_does_not_see) {
  Snapshot snapshot;
  snapshot.active = true;
  snapshot.probes[PD_PROBE_DEV_QUEUE_XMIT] = {
      .attached = true, .mechanism = "tp_btf", .target = "net_dev_queue", .refusals = {}};
  bpf->set_snapshot(snapshot);
  EXPECT_THAT(call("GET", "/").body, testing::HasSubstr("what egress tc and nft drop<"));
  snapshot.probes[PD_PROBE_DEV_QUEUE_XMIT].target = "another";
  bpf->set_snapshot(snapshot);
  EXPECT_THAT(call("GET", "/").body, testing::HasSubstr("does not see every packet<"));
}

TEST_F(HttpApi, landing_page_leads_from_a_drop_to_what_to_do) {
  Snapshot snapshot = with_drops();
  EXPECT_THAT(call("GET", "/").body, testing::Not(testing::HasSubstr("/runbooks/class-")));
  bpf->set_snapshot(snapshot);
  std::string page = call("GET", "/").body;
  EXPECT_THAT(page, testing::HasSubstr("<a href=\"/runbooks/class-config\"><span"));
  EXPECT_THAT(page, testing::Not(testing::HasSubstr("<code>functions</code>")));
  for (const DropClassInfo& drop_class : drop_classes())
    EXPECT_EQ(call("GET", "/runbooks/class-" + std::string(drop_class.label)).status, 200);
  snapshot.drops[11].reason = std::string(kNotSpecified);
  bpf->set_snapshot(snapshot);
  EXPECT_THAT(call("GET", "/").body,
              testing::HasSubstr("<code>functions</code> in <a href=\"/api/v1/drops\">"));
}

TEST_F(HttpApi, landing_page_offers_only_the_sources_that_it_has) {
  const std::string page = call("GET", "/").body;
  EXPECT_THAT(page, testing::Not(testing::HasSubstr("?source=")));
  EXPECT_THAT(page, testing::HasSubstr("<code>?ttl=10m</code>"));
  EXPECT_THAT(page, testing::HasSubstr("(Without <code>sudo</code> if you are root.)"));
  const LandingPage both = {
      .states = {{.reading = {.source = "bpf", .snapshot = Snapshot()}, .since = {}, .until = {}},
                 {.reading = {.source = "kmod", .snapshot = Snapshot()}, .since = {}, .until = {}}},
      .preflight = {},
      .telemetry_path = "/metrics",
      .control = ControlHelp{.who = "Anybody.", .curl = "curl http://localhost"}};
  const std::string of_both = render_landing_page(both);
  EXPECT_THAT(of_both, testing::HasSubstr("<code>?source=bpf</code>, <code>kmod</code> or "
                                          "<code>all</code>."));
  EXPECT_THAT(of_both, testing::Not(testing::HasSubstr("sudo")));
}

TEST_F(HttpApi, landing_page_is_not_alarmed_by_findings_while_something_counts) {
  static const std::string kAlarm = "badge bad";
  bpf->fail_read(Error{EPERM, "CAP_BPF is missing"});
  EXPECT_THAT(call("GET", "/").body, testing::HasSubstr("badge bad\">not ok"));
  bpf->fail_read({});
  ASSERT_EQ(call("POST", "/activate").status, 200);
  EXPECT_EQ(call("GET", "/").body.find(kAlarm), std::string::npos);
  EXPECT_THAT(call("GET", "/").body, testing::HasSubstr("<h1>packetdrop-exporter</h1><span "
                                                        "class=\"badge good\">counting</span>"));
}

TEST_F(HttpApi, landing_page_says_what_state_the_whole_is_in) {
  const auto expect_badge = [&](const std::string& badge) {
    EXPECT_THAT(call("GET", "/").body, testing::HasSubstr("</h1><span class=\"badge " + badge));
  };
  expect_badge("\">not counting<");
  Snapshot snapshot;
  snapshot.active = true;
  for (const ProbeInfo& hook : hooks()) snapshot.probes[hook.id].attached = true;
  bpf->set_snapshot(snapshot);
  ASSERT_EQ(call("POST", "/activate").status, 200);
  bpf->set_snapshot(snapshot);
  expect_badge("good\">counting</span> <span class=\"badge bad\">drops are not counted<");
  snapshot.probes[PD_PROBE_KFREE_SKB].attached = true;
  snapshot.probes[PD_PROBE_TCP_V4_RCV].attached = false;
  bpf->set_snapshot(snapshot);
  expect_badge("warn\">counting; 1 of 6 hooks not attached</span><p");
  snapshot.probes[PD_PROBE_KFREE_SKB].attached = false;
  bpf->set_snapshot(snapshot);
  expect_badge(
      "warn\">counting; 1 of 6 hooks not attached</span> <span class=\"badge bad\">drops are not "
      "counted<");
  bpf->fail_read(Error{EPERM, "CAP_BPF is missing"});
  expect_badge("bad\">cannot count<");
}

}  // namespace
}  // namespace packetdrop
