#!/usr/bin/env python3
"""Architecture and coroutine rules that a compiler does not check.

    check_sources.py [ROOT]      exit 1 with file:line for every breach

Layers may only use the layers below them; public headers include neither private nor heavy ones; an expression with
co_await holds no braces, conditional operator or lambda, because GCC 12 destroys such temporaries twice.
"""
import pathlib
import re
import sys

MAY_USE = {
    "base": {"base"},
    "net": {"base", "net"},
    "kube": {"base", "net", "kube"},
    "ray": {"base", "net", "kube", "ray"},
    "testing": {"base", "net", "kube", "testing"},
    "testing/ray": {"base", "net", "kube", "ray", "testing"},
    "cli": {"base", "kube", "ray", "cli", "commands"},
    "all": {"base", "net", "kube", "ray", "testing", "cli", "commands"},
}
LAYERS = {"base", "net", "kube", "ray", "testing", "cli", "commands"}
FOLDERS = ("libkuberay", "kubectl-ray", "examples", "tests")
HEAVY = re.compile(
    r"<boost/(beast/|asio/ssl|asio\.hpp|asio/co_spawn|asio/experimental/|json\.hpp|program_options)|<yaml-cpp/|<openssl/"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LAMBDA = re.compile(r"(?<![\w\])])\[[^\]\[]*\]\s*(?:\(|\{|mutable|->)")
STRIP = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
LINE_LIMIT = 400


def layer_of(relative):
    parts = relative.parts
    if parts[0] == "kubectl-ray":
        return "cli"
    if parts[0] in ("tests", "examples"):
        return "all"
    if "testing" in parts:
        ray = "ray" in parts or relative.name.startswith("ray_")
        return "testing/ray" if ray else "testing"
    return next((part for part in parts if part in MAY_USE), "all")


def expression_after(code, start):
    """The text of the co_await expression that begins at `start`: up to its unbalanced ), ; or ,."""
    depth = 0
    for at in range(start, len(code)):
        letter = code[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth < 0:
                return code[start:at]
        elif letter == ";" or (letter == "," and depth == 0):
            return code[start:at]
    return code[start:]


def include_breaches(text, relative):
    layer = layer_of(relative)
    public = "include" in relative.parts
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match[2].removeprefix("kuberay/").split("/")[0]
        ours = match[2].startswith("kuberay/") or match[1] == '"'
        if ours and target in LAYERS and target not in MAY_USE[layer]:
            yield number, f"layer {layer!r} must not include {match[2]}"
        if public and match[1] == '"':
            yield number, f"public header includes private {match[2]}"
        if public and HEAVY.search(line):
            yield number, f"public header includes heavy {match[2]}"
    if relative.suffix == ".hpp" and "#pragma once" not in text:
        yield 1, "missing #pragma once"


def coroutine_breaches(text):
    code = STRIP.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)

    def line_of(at):
        return code.count("\n", 0, at) + 1

    for match in re.finditer(r"\bco_await\b", code):
        expression = expression_after(code, match.end())
        line = line_of(match.start())
        if LAMBDA.search(expression):
            yield line, "lambda inside a co_await expression: name it"
        elif "{" in expression:
            yield line, "braces inside a co_await expression: name the value"
        if "?" in expression:
            yield line, "conditional operator inside a co_await expression: name the value"
    for match in re.finditer(r"\bauto\s*(?:const\s*)?&{0,2}\s*\[[^\]]*\]\s*=\s*co_await\b", code):
        yield line_of(match.start()), "structured binding of a co_await: name the result first"
    for match in re.finditer(r"\bfor\s*\([^;)]*:\s*\(?\s*co_await\b", code):
        yield line_of(match.start()), "range-for over a co_await temporary dangles: name it first"


def breaches(root, relative):
    text = (root / relative).read_text()
    yield from include_breaches(text, relative)
    yield from coroutine_breaches(text)
    if text.count("\n") > LINE_LIMIT:
        yield LINE_LIMIT, f"more than {LINE_LIMIT} lines: cut the file by subject"


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path.relative_to(root)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    found = [(path, number, why) for path in sources(root) for number, why in breaches(root, path)]
    for path, number, why in found:
        print(f"{path}:{number}: {why}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
