"""A baseline accepts what was there, with its value, and holds no value."""

import json

from secaudit.testing import Shell


def test_recorded_findings_are_accepted_and_a_new_value_is_reported_again(service: Shell) -> None:
    words = ("config", ".", "--profile", "production", "-f", "json")
    assert service(*words, "--write-baseline", "baseline.json").status == 0
    run = service(*words, "--baseline", "baseline.json")
    document = json.loads(run.stdout)
    assert run.status == 0
    assert document["findings"] == []
    assert {one["suppression"]["kind"] for one in document["suppressed"]} == {"baseline"}

    service.write({".env": "# moved\nSECRET_KEY=change-me-too\nDEBUG=true\n"})
    run = service(*words, "--baseline", "baseline.json")
    assert [finding["code"] for finding in json.loads(run.stdout)["findings"]] == ["SEC001"]
    assert run.status == 1


def test_the_file_holds_no_value_and_no_two_are_alike(service: Shell) -> None:
    texts = []
    for name in ("one.json", "two.json"):
        service("config", ".", "--write-baseline", name)
        texts.append((service.folder / name).read_text())
    assert texts[0] != texts[1]
    assert "changeme" not in texts[0] + texts[1]
    assert json.loads(texts[0])["salt"] != json.loads(texts[1])["salt"]


def test_a_value_is_recorded_once_however_often_it_stands_there(shell: Shell) -> None:
    call = 'requests.get("https://api.example.com", verify=False)\n'
    shell.write({"main.py": f"import requests\n\n{call}{call}"})
    shell("config", ".", "--select", "TLS001", "--write-baseline", "baseline.json")
    (entry,) = json.loads((shell.folder / "baseline.json").read_text())["accepted"]
    assert len(entry["values"]) == 1
    assert shell("config", ".", "--select", "TLS001", "--baseline", "baseline.json").status == 0


def test_writing_one_exits_with_2_when_something_could_not_be_read(service: Shell) -> None:
    run = service("config", ".", "missing.env", "--write-baseline", "baseline.json")
    assert run.status == 2


def test_one_line_stands_for_the_report_that_was_accepted(service: Shell) -> None:
    run = service("config", ".", "--profile", "production", "--write-baseline", "baseline.json")
    assert (run.status, run.stdout) == (0, "")
    assert run.stderr.endswith("1 deployment, recorded in baseline.json\n")
    assert run.stderr.count("\n") == 1
    assert service("config", ".", "--write-baseline", "b.json", "-q").stderr == ""
    run = service("config", ".", "--write-baseline", "b.json", "--output", "report.txt")
    assert "secaudit explain" in (service.folder / "report.txt").read_text()


def test_anything_else_is_refused(service: Shell) -> None:
    for content in ("[]", "{}", "no json", '{"version": 9, "salt": "", "accepted": []}'):
        service.write({"baseline.json": content})
        run = service("config", ".", "--baseline", "baseline.json")
        assert run.status == 2
        assert "baseline" in run.stderr
