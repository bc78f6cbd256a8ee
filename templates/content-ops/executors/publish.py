"""Publishes an approved article: one page, the index, and a line in the site's own log.

Reads Headway's work order (JSON) on standard input and the approved article from inputs/. The site
is the folder SITE; a relative one lies below SITE_BASE, the home directory of whoever runs Headway,
and so outside the repository. The log, published.jsonl, is what makes the effect happen once: a key
that stands in it was carried out, and carrying it out again changes nothing.
"""

import fcntl
import html
import json
import os
import pathlib
import re
import sys
import tempfile

STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --paper: #fdfcf9; --soft: #6b6b70; --line: #d9d6cf; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --paper: #17181a; --soft: #9a9aa0; --line: #34363a; }
}
body { max-width: 36rem; margin: 3rem auto; padding: 0 1.25rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.65 Georgia, "Times New Roman", serif; }
h1, h2, h3 { line-height: 1.25; font-family: system-ui, sans-serif; }
h1 { font-size: 1.9rem; }
h2 { margin-top: 2.2rem; font-size: 1.25rem; }
a { color: inherit; }
blockquote { margin: 1.2rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
nav, .notes, .index small { color: var(--soft); font: .875rem/1.5 system-ui, sans-serif; }
.index { list-style: none; padding: 0; }
.index li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
sup { font-size: .7em; line-height: 0; }
code { font-size: .9em; }
"""


def inline(text):
    """Markdown within a line. Everything is escaped first: no article can bring its own HTML."""
    text = html.escape(text, quote=True)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<![\w*])[*_](?!\s)(.+?)(?<!\s)[*_](?![\w*])", r"<em>\1</em>", text)
    text = re.sub(r"\[\^(\d+)\]", r'<sup><a href="#note-\1">\1</a></sup>', text)
    return re.sub(
        r"\[([^\]]+)\]\((https?://[^\s)]+|[\w./#-]+)\)", r'<a href="\2">\1</a>', text)


BULLET = re.compile(r"\s*[-*]\s+")
NUMBER = re.compile(r"\s*\d+\.\s+")
NOTE = re.compile(r"\[\^(\d+)\]:\s+(.*)")


def listed(tag, mark, lines):
    items = "".join(f"<li>{inline(mark.sub('', line, count=1))}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>"


def notes(lines):
    found = [NOTE.match(line) for line in lines]
    items = "".join(
        f'<li id="note-{note[1]}" value="{note[1]}">{inline(note[2])}</li>' for note in found)
    return f'<ol class="notes">{items}</ol>'


def body(markdown):
    """The subset of Markdown that articles use, as HTML; returns it and the first heading."""
    blocks, title = [], None
    for block in re.split(r"\n\s*\n", markdown.strip()):
        lines = block.strip().splitlines()
        heading = re.match(r"(#{1,4})\s+(.*)", lines[0])
        if heading:
            level, text = len(heading[1]), heading[2].strip()
            if level == 1 and title is None:
                title = text
            blocks.append(f"<h{level}>{inline(text)}</h{level}>")
            lines = lines[1:]
        if not lines:
            continue
        if all(BULLET.match(line) for line in lines):
            blocks.append(listed("ul", BULLET, lines))
        elif all(NUMBER.match(line) for line in lines):
            blocks.append(listed("ol", NUMBER, lines))
        elif all(NOTE.match(line) for line in lines):
            blocks.append(notes(lines))
        elif all(line.startswith(">") for line in lines):
            quote = " ".join(line.lstrip("> ").strip() for line in lines)
            blocks.append(f"<blockquote><p>{inline(quote)}</p></blockquote>")
        else:
            blocks.append(f"<p>{inline(' '.join(line.strip() for line in lines))}</p>")
    return "\n".join(blocks), title


def page(title, content):
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{content}\n</body>\n</html>\n")


def without_front_matter(text):
    """The article's text, and nothing that only machines read."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.S)


def write(path, text):
    """Puts the whole file in place at one instant, so that no visitor sees half a page."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, 0o644)
    os.replace(name, path)


def site_folder():
    site = pathlib.Path(os.environ.get("SITE", "sites/content-ops"))
    if not site.is_absolute():
        base = os.environ.get("SITE_BASE")
        if not base:
            sys.exit("SITE is relative and SITE_BASE is not set")
        site = pathlib.Path(base) / site
    site.mkdir(parents=True, exist_ok=True)
    return site


def approved_article():
    """The one Markdown file that the approval task hands on."""
    inputs = pathlib.Path(os.environ.get("HEADWAY_INPUTS", "inputs"))
    found = sorted((inputs / "approve").rglob("*.md"))
    if len(found) != 1:
        sys.exit(f"expected one approved article from the task `approve`, found {len(found)}")
    return without_front_matter(found[0].read_text(encoding="utf-8"))


def entries(log):
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def index(published):
    latest = {entry["slug"]: entry for entry in published}
    rows = "".join(
        f'<li><a href="{entry["slug"]}.html">{html.escape(entry["title"])}</a><br>'
        f'<small>{entry["task"]}</small></li>'
        for entry in reversed(list(latest.values())))
    return page("Articles", f'<h1>Articles</h1>\n<ul class="index">{rows}</ul>')


def publish(order):
    site = site_folder()
    slug = re.sub(r"-[0-9a-f]{6,12}\Z", "", order["run"])
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug):
        sys.exit("the run's name cannot be a file's name")
    log = site / "published.jsonl"
    with open(site / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        published = entries(log)
        done = next((entry for entry in published if entry["key"] == order["key"]), None)
        if done is None:
            content, heading = body(approved_article())
            title = heading or slug.replace("-", " ").capitalize()
            done = {
                "key": order["key"], "slug": slug, "title": title,
                "task": f'{order["run"]}/{order["task"]}',
            }
            write(
                site / f"{slug}.html",
                page(title, f'<nav><a href="index.html">All articles</a></nav>\n{content}'))
            write(site / "index.html", index(published + [done]))
            # Last: the line says that everything before it has happened.
            with open(log, "a", encoding="utf-8") as file:
                file.write(json.dumps(done, ensure_ascii=False, sort_keys=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
    return {"page": str(site / f"{slug}.html"), **done}


def main():
    receipt = publish(json.load(sys.stdin))
    output = pathlib.Path(os.environ["HEADWAY_OUTPUT"])
    (output / "receipt.json").write_text(
        json.dumps(receipt, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
