// SPDX-License-Identifier: Apache-2.0
// The style sheet of the landing page, in light and dark.
#pragma once

#include <string_view>

namespace packetdrop {

inline constexpr std::string_view kLandingStyle = R"css(
:root {
  color-scheme: light dark;
  --bg: #f6f7f9; --card: #fff; --text: #1b2430; --soft: #5d6b7c; --line: #e1e5eb;
  --link: #0b62d6; --good: #12753c; --good-bg: #e0f4e7; --bad: #b3261e; --bad-bg: #fde8e6;
  --warn: #8a5300; --warn-bg: #fdf0d5;
  --idle: #5d6b7c; --idle-bg: #e9edf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #11151b; --card: #1a2028; --text: #e6ebf2; --soft: #97a4b5; --line: #2b3440;
    --link: #78b0ff; --good: #6fdc9a; --good-bg: #163526; --bad: #ff9a91; --bad-bg: #3f1d1b;
    --warn: #f2c46d; --warn-bg: #3d2f14;
    --idle: #a9b5c4; --idle-bg: #2a333f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1rem; }
h1 { font-size: 1.5rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0; }
header p { flex-basis: 100%; margin: 0; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin: 1rem 0 1.5rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem 1.25rem; margin-bottom: 1.25rem;
}
.title { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .75rem; }
.soft, small { color: var(--soft); }
.badge {
  border-radius: 99px; padding: .1rem .65rem; font-size: .82rem; font-weight: 600;
  background: var(--idle-bg); color: var(--idle); white-space: nowrap;
}
.good { background: var(--good-bg); color: var(--good); }
.warn { background: var(--warn-bg); color: var(--warn); }
.bad { background: var(--bad-bg); color: var(--bad); }
.scroll { overflow-x: auto; margin-top: .9rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .45rem .9rem .45rem 0; vertical-align: top; }
th { font-size: .78rem; font-weight: 600; color: var(--soft); white-space: nowrap; }
td { border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
small { display: block; font-size: .84rem; }
dl { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: .9rem 0 0; }
dt { font-size: .78rem; color: var(--soft); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; margin: .7rem 0 0; }
@media (max-width: 40rem) {
  .stack tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .5rem 0; }
  .stack tr + tr { border-top: 1px solid var(--line); }
  .stack th { display: none; }
  .stack td { border: 0; padding: 0; text-align: left; }
  .stack .wide { flex-basis: 100%; }
  .stack td[data-label]::before {
    content: attr(data-label) " "; font-size: .78rem; color: var(--soft);
  }
  main { padding: 1.25rem .75rem 2rem; }
  section { padding: .9rem 1rem; }
}
footer { color: var(--soft); font-size: .84rem; }
)css";

}  // namespace packetdrop
