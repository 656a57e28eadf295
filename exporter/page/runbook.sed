# SPDX-License-Identifier: Apache-2.0
# Turns the HTML that cmark-gfm makes of a runbook into the HTML that is served.
# Links to other runbooks become routes.
s#href="([A-Za-z-]+)\.md"#href="/runbooks/\1"#g
# A long name in a cell's code may break after each "_" where the table is narrow.
/^<td>/ {
  :next
  s#(<code>([^<]|<wbr>)*_)([^<]|</code>)#\1<wbr>\3#
  t next
}
