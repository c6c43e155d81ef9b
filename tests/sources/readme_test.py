#!/usr/bin/env python3
"""The code in README.md is a region of a compiled example, and the links of the documents lead somewhere."""
import pathlib
import re
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [path for path in ROOT.rglob("*.md") if not {"build", ".cache"} & set(path.relative_to(ROOT).parts)]


class Readme(unittest.TestCase):
    def test_code_is_compiled(self):
        text = (ROOT / "README.md").read_text()
        found = re.findall(r"<!-- the region `(\w+)` of (\S+);.*?-->\n```cpp\n(.*?)```", text, re.S)
        self.assertTrue(found)
        for region, file, shown in found:
            with self.subTest(region=region):
                inside = re.search(rf"// \[{region}\]\n(.*?)\n *// \[/{region}\]", (ROOT / file).read_text(), re.S)
                self.assertIsNotNone(inside)
                self.assertEqual(shown, textwrap.dedent(inside[1]) + "\n")

    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
                with self.subTest(document=document.name, target=target):
                    self.assertTrue((document.parent / target).exists())


if __name__ == "__main__":
    unittest.main()
