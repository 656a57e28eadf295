#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What holds for the tree as a whole: no circles, no dead links, a README that stays short."""
import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE.parent / "support"))
from cases import main  # noqa: E402

README_LINES = 200
FENCE = re.compile(r"^```.*?^```", re.S | re.M)


def tracked(*patterns):
    """Files of the tree, without what is built in it."""
    files = (path for pattern in patterns for path in ROOT.glob(pattern))
    return sorted(path for path in files if not path.relative_to(ROOT).parts[0].startswith(("build", ".git")))


def circle(edges):
    """The names of one circle in {from: {to}}, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return None
        path.append(node)
        for following in sorted(edges.get(node, ())):
            if found := visit(following):
                return found
        done.add(path.pop())
        return None

    return next((found for node in sorted(edges) if (found := visit(node))), None)


def includes():
    """{file: {file}} by #include "…", with a header and its .cpp or .c as two files."""
    sources = tracked("kmod/**/*.[ch]", "kmod/**/*.def", "bpf/*.[ch]", "exporter/**/*.cpp", "exporter/**/*.h")
    edges = {}
    for source in sources:
        names = re.findall(r'^#include "([^"]+)"', source.read_text(), re.M)
        places = [folder / name for name in names for folder in (source.parent, ROOT / "exporter", ROOT / "kmod/uapi")]
        edges[str(source.relative_to(ROOT))] = {
            str(place.resolve().relative_to(ROOT)) for place in places if place.is_file()}  # fmt: skip
    return edges


def rooms(edges):
    """The same between rooms: exporter/http, exporter/host, kmod, …"""
    def room(file):
        parts = Path(file).parts
        return "/".join(parts[:2]) if parts[0] == "exporter" else parts[0]

    between = {}
    for file, targets in edges.items():
        between.setdefault(room(file), set()).update(room(target) for target in targets if room(target) != room(file))
    return between


def module_calls():
    """{file: {file}} of the module, by calls of functions that another file defines."""
    defined, texts = {}, {}
    for source in tracked("kmod/*.c"):
        text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.S)
        texts[source.name] = text
        # Kernel style: a definition's name begins in the first column's declaration, its body on a line of its own.
        for head in re.findall(r"^(?!static)[a-z][^;{}()#]*?\b(pd_\w+)\([^;{}]*\)\n\{", text, re.M):
            defined[head] = source.name
    edges = {name: set() for name in texts}
    for name, text in texts.items():
        for word in set(re.findall(r"\bpd_\w+", text)):
            if defined.get(word, name) != name:
                edges[name].add(defined[word])
    return edges


def anchors(page):
    """What #… may follow a link to that page, as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Circles(unittest.TestCase):
    def test_no_file_includes_itself_through_others(self):
        edges = includes()
        self.assertGreater(sum(map(len, edges.values())), 300)
        self.assertIsNone(circle(edges))

    def test_no_room_includes_itself_through_others(self):
        self.assertIsNone(circle(rooms(includes())))

    def test_no_part_of_the_module_calls_back_up(self):
        edges = module_calls()
        self.assertIn("control.c", edges["proc.c"])
        self.assertIsNone(circle(edges))

    def test_a_circle_is_found(self):
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])
        self.assertIsNone(circle({"a": {"b", "c"}, "b": {"c"}}))


class Pages(unittest.TestCase):
    def follow(self, root, pages):
        """Follows each relative link of pages; returns how many there are."""
        links = 0
        for page in pages:
            for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text())):
                if target.startswith(("http", "mailto:")):
                    continue
                links += 1
                file, _, anchor = target.partition("#")
                place = (page.parent / file).resolve() if file else page
                where = f"{page.relative_to(root)}: {target}"
                self.assertTrue(place.exists(), where)
                if anchor:
                    self.assertIn(anchor, anchors(place), where)
        return links

    def test_links_lead_to_files_and_headings(self):
        pages = tracked("*.md", "docs/**/*.md", "deploy/**/*.md", "tests/**/*.md", "grafana/**/*.md")
        self.assertGreater(self.follow(ROOT, pages), 30)

    def test_links_of_the_packaged_documents_do_too(self):
        with tempfile.TemporaryDirectory() as root:
            documents = Path(root) / "usr/share/doc/packetdrop-exporter"
            shared = Path(root) / "usr/share/packetdrop-exporter"
            shared.mkdir(parents=True)
            (shared / "prometheus").symlink_to(ROOT / "deploy/prometheus")
            (shared / "grafana").symlink_to(ROOT / "grafana")
            subprocess.run([ROOT / "deploy/debian/documents", documents], check=True)
            self.assertGreater(self.follow(Path(root), documents.rglob("*.md")), 20)

    def test_readme_is_short(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text().splitlines()), README_LINES)

    def test_readme_leads_to_every_page(self):
        readme = (ROOT / "README.md").read_text()
        for page in tracked("docs/*.md"):
            self.assertIn(f"(docs/{page.name})", readme)


class Words(unittest.TestCase):
    """tests/lint/words, which "make lint" runs over the tree."""

    def setUp(self):
        loader = importlib.machinery.SourceFileLoader("words", str(HERE / "words"))
        self.words = importlib.util.module_from_spec(importlib.util.spec_from_loader("words", loader))
        loader.exec_module(self.words)

    def found(self, suffix, text):
        with tempfile.NamedTemporaryFile("w", suffix=suffix) as file:
            file.write(text)
            file.flush()
            return [line for line, _ in self.words.findings(Path(file.name))]

    def test_are_found_in_comments_and_documents(self):
        self.assertEqual(self.found(".cpp", "int a;\n// It begins anew.\n"), [2])
        self.assertEqual(self.found(".c", "/*\n * One table a CPU,\n * a table a CPU.\n */\n"), [3])
        self.assertEqual(self.found(".md", "# Title\n\nThe user is told.\n"), [3])

    def test_are_not_looked_for_in_code_and_names(self):
        self.assertEqual(self.found(".cpp", 'auto anew = "is told";\n'), [])
        self.assertEqual(self.found(".md", "`packetdrop_drops_folded_total`, `folded`\n```\nanew\n```\n"), [])

    def test_in_the_table_of_the_style_page_are_found(self):
        page = (ROOT / "docs/style.md").read_text()
        table = page[page.index("| do not write | write |") :]
        rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", table, re.M)[1:]
        # Words that are right elsewhere: a person reads for these.
        by_hand = {"body (the compiler's)", "refusal", "alone"}
        for row in set(rows) - by_hand:
            for word in row.split(", "):
                self.assertTrue(self.found(".md", f"so {word} here\n"), word)


if __name__ == "__main__":
    main(globals())
