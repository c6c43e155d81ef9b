#!/usr/bin/env python3
"""Every finding of cmake/check_sources.py with a text that has it, and every good form with one that has not."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "check_sources.py"

# file, text, words of the finding
FINDINGS = [
    ("libkuberay/src/base/a.cpp", '#include "net/x.hpp"\n', "layer 'base' must not include"),
    ("libkuberay/src/net/a.cpp", "#include <kuberay/kube/x.hpp>\n", "layer 'net' must not include"),
    ("libkuberay/src/kube/a.cpp", "#include <kuberay/ray/x.hpp>\n", "layer 'kube' must not include"),
    ("libkuberay/testing/src/a.cpp", "#include <kuberay/ray/x.hpp>\n", "layer 'testing' must not include"),
    ("kubectl-ray/commands/a.cpp", "#include <kuberay/net/x.hpp>\n", "layer 'cli' must not include"),
    ("libkuberay/include/kuberay/base/a.hpp", '#pragma once\n#include "base/x.hpp"\n', "includes private"),
    ("libkuberay/include/kuberay/net/a.hpp", "#pragma once\n#include <boost/beast/http.hpp>\n", "includes heavy"),
    ("libkuberay/include/kuberay/net/b.hpp", "#pragma once\n#include <yaml-cpp/yaml.h>\n", "includes heavy"),
    ("libkuberay/include/kuberay/base/b.hpp", "struct b;\n", "missing #pragma once"),
    ("tests/a.cpp", "co_await f({1, 2});\n", "braces inside"),
    ("tests/b.cpp", "auto x = co_await f(params{});\n", "braces inside"),
    ("tests/c.cpp", "co_await f(a ? b : c);\n", "conditional operator inside"),
    ("tests/d.cpp", "co_await f(a?b:c);\n", "conditional operator inside"),
    ("tests/e.cpp", "co_await f(a\n  ?b\n  :c);\n", "conditional operator inside"),
    ("tests/f.cpp", "co_await f([&](int) { g(); });\n", "lambda inside"),
    ("tests/g.cpp", "co_await f([] { g(); });\n", "lambda inside"),
    ("tests/h.cpp", "auto [a, b] = co_await f();\n", "structured binding"),
    ("tests/i.cpp", "auto const& [a, b] = co_await f();\n", "structured binding"),
    ("tests/j.cpp", "for (auto const& x : co_await f()) g(x);\n", "range-for"),
    ("tests/k.cpp", "x();\n" * 401, "more than 400 lines"),
]

GOOD = [
    ("libkuberay/src/ray/a.cpp", '#include <kuberay/kube/x.hpp>\n#include "ray/y.hpp"\n#include "base/z.hpp"\n'),
    ("libkuberay/testing/src/ray/a.cpp", "#include <kuberay/ray/x.hpp>\n"),
    ("libkuberay/testing/include/kuberay/testing/ray_operator.hpp", "#pragma once\n#include <kuberay/ray/x.hpp>\n"),
    ("kubectl-ray/commands/a.cpp", '#include <kuberay/ray/x.hpp>\n#include "cli/y.hpp"\n'),
    ("tests/a.cpp", "auto x = co_await f(name, g(), std::move(value));\n"),
    ("tests/b.cpp", "if (co_await f()) { g(); }\n"),
    ("tests/c.cpp", "while (co_await f(x)) { h(a ? b : c); }\n"),
    ("tests/d.cpp", "f(co_await g(), {1, 2});\n"),
    ("tests/e.cpp", 'co_await f("{ ? } [](int) {}");\n'),
    ("tests/f.cpp", "// co_await f({});\n/* co_await f(a ? b : c); */\nx();\n"),
    ("tests/g.cpp", "auto const x = co_await f(values[i], list[0]);\n"),
    ("tests/h.cpp", "auto const x = (co_await f()).size() > 0 ? 1 : 2;\n"),
    ("tests/i.cpp", "co_await f('{');\n"),
    ("tests/j.cpp", "for (auto const& x : named) co_await f(x);\n"),
    ("tests/k.cpp", "co_await table[i](x);\n"),
]


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)


class CheckSources(unittest.TestCase):
    def test_every_breach_is_found(self):
        for name, text, words in FINDINGS:
            with self.subTest(name=name, text=text[:60]):
                done = run([(name, text)])
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(words, done.stdout)
                self.assertIn(name + ":", done.stdout)

    def test_good_forms_pass(self):
        for name, text in GOOD:
            with self.subTest(name=name, text=text[:60]):
                done = run([(name, text)])
                self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
