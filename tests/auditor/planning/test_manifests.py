"""Objects of Kubernetes: the variables of their containers, and what they may do."""

import pytest

from secaudit.facts import Unknown
from secaudit.planning.deployment import Deployment

from .conftest import Planner

POD = "spec:\n  containers:\n    - name: api\n      image: x\n"


def head(kind: str, namespace: str = "") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: api{place}}}\n"


def values(one: Deployment) -> dict[str, object]:
    return {name: found[0].value for name, found in one.environment.items()}


def test_the_entries_of_a_config_map_are_variables(planned: Planner) -> None:
    text = (
        head("ConfigMap") + "data:\n  DEBUG: 'true'\n  PORT: 80\n  app.yaml: |\n    debug: true\n"
    )
    (one,) = planned({"k8s/all.yaml": text}).deployments
    assert (one.name, one.profile) == ("k8s/all.yaml ConfigMap/api", "unknown")
    assert values(one) == {"DEBUG": "true", "PORT": "80"}
    place = one.environment["DEBUG"][0].location
    assert place is not None
    assert place[1:] == (5, 10, 5, 16)


def test_what_a_secret_encodes_is_read(planned: Planner) -> None:
    text = head("Secret") + (
        "data:\n  API_TOKEN: c2VjcmV0Cg==\n  BROKEN: '%%'\n  BINARY: /w==\n"
        "stringData:\n  JWT_SECRET: plain\n"
    )
    (one,) = planned({"k8s/secret.yaml": text}).deployments
    found = values(one)
    assert (found["API_TOKEN"], found["JWT_SECRET"]) == ("secret", "plain")
    assert isinstance(found["BROKEN"], Unknown)
    assert isinstance(found["BINARY"], Unknown)
    assert {(at.kind, at.subject, at.detail["object"]) for at in one.observations} == {
        ("secret-in-manifest", "API_TOKEN", "Secret/api"),
        ("secret-in-manifest", "JWT_SECRET", "Secret/api"),
    }


@pytest.mark.parametrize(
    ("kind", "above"),
    [
        ("Pod", []),
        ("Deployment", ["spec", "template"]),
        ("CronJob", ["spec", "jobTemplate", "spec", "template"]),
    ],
)
def test_the_variables_of_containers(planned: Planner, kind: str, above: list[str]) -> None:
    env = "      env:\n        - {name: A, value: b}\n        - name: C\n          valueFrom: {}\n"
    lines = [f"{'  ' * depth}{key}:" for depth, key in enumerate(above)]
    lines += [f"{'  ' * len(above)}{line}" for line in (POD + env).splitlines()]
    text = head(kind) + "\n".join(lines) + "\n"
    (one,) = planned({"deploy/app.yml": text}).deployments
    assert values(one) == {"A": "b"}


def test_privileges_of_a_container(planned: Planner) -> None:
    context = "      securityContext: {privileged: true, runAsUser: 0}\n"
    (one,) = planned({"k8s/a.yaml": head("Pod") + POD + context}).deployments
    assert {setting.concept: setting.value for setting in one.settings} == {
        "container.privileged": True,
        "container.user": "",
    }
    calm = "      securityContext: {privileged: false, runAsUser: 1000}\n"
    assert planned({"k8s/a.yaml": head("Pod") + POD + calm}).deployments == ()


@pytest.mark.parametrize(
    ("path", "namespace", "data", "profile"),
    [
        ("k8s/a.yaml", "production", "A: b", "production"),
        ("k8s/overlays/dev/a.yaml", "", "A: b", "development"),
        ("k8s/a.yaml", "", "APP_ENV: staging", "production"),
    ],
)
def test_the_profile_of_an_object(
    planned: Planner, path: str, namespace: str, data: str, profile: str
) -> None:
    text = head("ConfigMap", namespace) + f"data:\n  {data}\n"
    (one,) = planned({path: text}).deployments
    assert one.profile == profile


def test_other_yaml_in_such_folders_is_left_alone_unless_it_is_named(planned: Planner) -> None:
    files = {"deploy/vars.yml": "secret_key: changeme\n", "app.py": "import os\nos.environ\n"}
    assert [one.name for one in planned(files).deployments] == ["app.py"]
    (one,) = planned(files, "deploy/vars.yml").deployments
    assert [setting.name for setting in one.settings] == ["secret_key"]


def test_a_template_of_a_chart_is_noted(planned: Planner) -> None:
    text = head("Secret") + "{{- if .Values.x }}\ndata:\n  A: b\n{{- end }}\n"
    plan = planned({"chart/secret.yaml": text, "app.py": "import os\nos.environ\n"})
    assert plan.problems == ()
    assert [note.rpartition(": ")[2] for note in plan.notes] == ["a template, not YAML"]


def test_the_items_of_a_list_are_objects_and_odd_ones_are_nothing(planned: Planner) -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {A: b}}\n"
        "  - {apiVersion: v1, kind: Secret, metadata: x, data: [1]}\n"
        "  - {kind: Pod, spec: {containers: [x, {env: [1, {name: 3}, {value: x}]}]}}\n"
        "  - text\n"
    )
    (one,) = planned({"k8s/list.yaml": text}).deployments
    assert (one.name, values(one)) == ("k8s/list.yaml ConfigMap/a", {"A": "b"})
