"""What a reader meets is true: studies run, commands parse, code runs and prints what is told, links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest

import fmsearch
from fmsearch import commands
from fmsearch.cli import _parser
from fmsearch.executors.inline import InlineExecutor
from fmsearch.reports.leaderboard import FIELDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\b[A-Z]{4,}\b|\.\.\.")
COMMANDS = {command.__name__.rsplit(".", 1)[1] for command in commands.ALL}
TINY = (
    "budget.candidates=2",
    "budget.rungs=[1]",
    "final.epochs=1",
    "final.seeds=1",
)
DIGITS = "data={dataset: digits, validation: 0.2}"


def name(path):
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


def fences(page, *languages):
    return [body for language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def studies(page):
    return [block for block in fences(page, "yaml") if re.search(r"^space:", block, re.MULTILINE)]


def command_lines(page):
    """Every command that stands on a line of its own in a block, or between backticks with at least one argument."""
    blocks = fences(page, "bash", "text")
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    for line in re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines():
        lines += re.findall(r"`([^`]+)`", line)
    for line in lines:
        for part in re.split(r" (?:&&|\||>) ", line.strip()):
            if re.match(r"(\w+=\S+ )*fmsearch [a-z-]", part) and not PLACEHOLDER.search(part):
                yield re.sub(r"^(\w+=\S+ )+", "", part)


@pytest.fixture(params=["with a stand-in for training", pytest.param("as told", marks=pytest.mark.nightly)])
def reader(request, tmp_path, monkeypatch):
    """A folder to follow a page in, as if it were a clone."""
    if request.param != "as told":
        monkeypatch.setattr("fmsearch.runner.EVALUATE", "stub_training:evaluate")
        monkeypatch.setattr("fmsearch.runner.PREPARE", "stub_training:prepare")
        monkeypatch.setattr("fmsearch.executors.make", lambda *_: InlineExecutor())
        monkeypatch.setenv("STUB_MODELS", "1")
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FMSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path


def follow(page):
    """Execute the page's Python, in order and in one namespace; a block that begins with a file's name is that file."""
    scope = {"__name__": "__main__"}
    for block in fences(page, "python"):
        if named := re.match(r"# (\w+\.py)\n", block):
            Path(named[1]).write_text(block, encoding="utf-8")
            continue
        exec(compile(block, name(page), "exec"), scope)


def runs(path, *changes):
    study = fmsearch.load_study(path, (*TINY, *changes))
    table = fmsearch.run(study, Path("runs") / study.name, executor="inline")
    return [row for row in table if row.status == "final"]


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("path", sorted(ROOT.glob("studies/*.yaml")), ids=name)
def test_the_studies_run(path):
    """On the digits, whatever their own images: those are there on every machine."""
    assert fmsearch.load_study(path).name == path.stem
    assert runs(path, DIGITS)


@pytest.mark.parametrize("page", [page for page in PAGES if fences(page, "python") or studies(page)], ids=name)
def test_a_reader_can_follow(page, reader, capsys):
    """Python blocks run and print what the page says they print; then each study runs, in the folder they left."""
    follow(page)
    printed = capsys.readouterr().out
    assert bool(printed) == any("print(" in block for block in fences(page, "python"))
    assert not printed or printed in fences(page, "text")
    for number, block in enumerate(studies(page)):
        path = reader / f"study{number}.yaml"
        path.write_text(block, encoding="utf-8")
        study = fmsearch.load_study(path)
        assert runs(path, *([DIGITS] if study.data.dataset not in {None, "digits"} else []))


@pytest.mark.parametrize("page", [page for page in PAGES if [*command_lines(page)]], ids=name)
def test_commands_parse(page):
    parser = _parser()
    for line in command_lines(page):
        _, command, *arguments = shlex.split(line, comments=True)
        assert command in COMMANDS or command.startswith("--"), line
        if arguments:
            try:
                parser.parse_args([command, *arguments])
            except SystemExit:
                pytest.fail(f"{name(page)}: this does not parse: {line}")


@pytest.mark.parametrize("command", sorted(COMMANDS - {"schema"}))  # that one is for editors and generated pages
def test_every_command_is_in_the_tutorial_or_the_readme(command):
    told = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/tutorial.md"))
    assert f"fmsearch {command}" in told


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        place, _, anchor = target.partition("#")
        path = (page.parent / place).resolve() if place else page
        assert path.exists(), f"{name(page)}: {target}"
        if anchor:
            assert anchor in anchors(path), f"{name(page)}: {target}"


def anchors(page):
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_every_page_of_the_documentation_is_in_its_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/*/*.md"):
        assert f"({page.relative_to(ROOT / 'docs').as_posix()})" in index


def test_every_field_of_the_leaderboard_is_explained_in_its_order():
    page = (ROOT / "docs/how-to/from-python.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(FIELDS)


def test_the_readme_has_two_set_up_commands_of_a_line_each():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    marked = re.findall(r"^<!-- setup: (\w+) -->\n```bash\n(.+)\n```$", readme, re.MULTILINE)
    assert [mark for mark, _ in marked] == ["run", "test"]
    assert fences(ROOT / "README.md", "bash", "sh", "console") == [f"{line}\n" for _, line in marked]


def test_the_picture_needs_nothing_from_elsewhere():
    picture = (ROOT / "docs/images/leaderboard.svg").read_text(encoding="utf-8")
    assert len(picture) < 60_000
    assert "@font-face" not in picture
    assert "url(http" not in picture
