"""Reads C++ as far as the checks in this folder need it: no comments, no literals, includes by line."""
import os
import re

SOURCE_ENDINGS = (".h", ".hpp", ".cpp", ".cc")
SKIPPED_FOLDERS = {"build", "node_modules", "dist", ".git", "__pycache__", ".cache"}

# Comments, raw strings, strings and characters, in one pass so that none hides another. A digit
# separator (1'000) is no character literal.
_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)")
      | (?P<text>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b\d[\w.']*)
      | (?P<char>'(?:\\.|[^'\\\n])+')""",
    re.S | re.X,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def files_under(root, folders, endings=SOURCE_ENDINGS):
    """Paths relative to root, in a fixed order."""
    found = []
    for folder in folders:
        for directory, subfolders, names in os.walk(os.path.join(root, folder)):
            subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED_FOLDERS)
            found += [os.path.relpath(os.path.join(directory, n), root) for n in sorted(names) if n.endswith(endings)]
    return found


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def blank(text, keep_strings=False):
    """The same text, line for line and column for column, with comments (and literals) made of spaces."""

    def replace(match):
        kind = match.lastgroup if match.lastgroup != "mark" else "raw"
        if kind == "number" or (keep_strings and kind in ("text", "raw", "char")):
            return match.group()
        spaces = re.sub(r"[^\n]", " ", match.group())
        return spaces if kind == "comment" else '"' + spaces[1:-1] + '"' if "\n" not in spaces else spaces

    return _TOKENS.sub(replace, text)


def includes(text):
    """(line, "<" or '"', path) for each include outside comments."""
    clean = blank(text, keep_strings=True)
    return [(clean.count("\n", 0, m.start()) + 1, m.group(1), m.group(2)) for m in _INCLUDE.finditer(clean)]
