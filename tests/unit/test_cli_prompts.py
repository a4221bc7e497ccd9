"""The operator's commands about AI functions and prompts."""

import pytest

from igny8_flask.cli import install_commands
from tests.factories import make_site


@pytest.fixture
def run(app):
    install_commands(app)
    runner = app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=args, **more)


def test_every_function_is_listed_with_its_model(run):
    rows = [line.split("\t") for line in run("functions", "list").output.splitlines()]
    assert [row[0] for row in rows] == [
        "auto_cluster",
        "generate_content",
        "generate_ideas",
        "generate_images",
    ]
    assert all(row[3] == "gpt-6-luna" for row in rows)


def test_a_prompt_is_set_shown_and_rolled_back(run):
    account = ("--account", make_site().site.account.name)
    for words in ("One {language}.", "Two {language}."):
        done = run("prompts", "set", "auto_cluster", "-", *account, input=words)
        assert done.exit_code == 0, done.output
    assert "auto_cluster\taccount:2\t" in run("prompts", "list", *account).output
    shown = run("prompts", "show", "auto_cluster", *account)
    assert shown.stdout == "Two {language}.\n"
    assert "[IGNY8_KEYWORDS]" in shown.stderr
    assert "Version 2" in shown.stderr
    back = run("prompts", "rollback", "auto_cluster", "1", *account)
    assert back.output == "In use: account:1\n"
    assert run("prompts", "rollback", "auto_cluster", "0", *account).output == "In use: default:1\n"


def test_the_prompt_of_a_site_is_its_own(run):
    site, other = make_site().site, make_site().site
    run("prompts", "set", "negative_prompt", "-", "--site", site.url, input="no cats")
    assert run("prompts", "show", "negative_prompt", "--site", site.url).stdout == "no cats\n"
    assert "no cats" not in run("prompts", "show", "negative_prompt", "--site", other.url).stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("set", "auto_cluster", "-"), "{nope}"),
        (("show", "nothing"), "no prompt named 'nothing'"),
        (("rollback", "auto_cluster", "7"), "no version 7"),
    ],
)
def test_a_wrong_prompt_fails_in_words(run, args, words):
    done = run("prompts", *args, "--site", make_site().site.url, input="Use {nope}.")
    assert done.exit_code == 1
    assert words in done.output
