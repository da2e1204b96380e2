"""Deployments that the user declares: ``[tool.secaudit.deployments.NAME]``."""

from typing import TYPE_CHECKING

from secaudit.options import Declared
from secaudit.planning import env_uses, layers, profiles
from secaudit.planning.codebase import Codebase
from secaudit.planning.deployment import Deployment

if TYPE_CHECKING:
    from secaudit.planning.image import Image


def deployments(codebase: Codebase, image: "Image | None") -> list[Deployment]:
    """Return the deployments that are declared for a project's code, none where it has no code."""
    if not codebase.code.modules:
        return []
    declared = [one for one in codebase.options.deployments if _concerns(one, codebase.root)]
    return [_deployment(codebase, one, image) for one in declared]


def _concerns(declared: Declared, root: str) -> bool:
    """Say whether a table is about this project: it names a file of it, or no file at all."""
    prefix = root.rstrip("/") + "/"
    named = [path for path in (*declared.env_files, declared.settings) if path.startswith("/")]
    return not named or any(path.startswith(prefix) for path in named)


def _deployment(codebase: Codebase, declared: Declared, image: "Image | None") -> Deployment:
    env, options = codebase.env, codebase.options
    found = [env.use(path) for path in declared.env_files]
    uses = [use for use in found if use is not None]
    process = [env.candidates(use) for use in reversed(uses) if use.loader is None]
    weakest = [image.environment] if image else []
    own = layers.given(declared.env)
    environment = layers.merged([codebase.given, own, *process, *weakest])
    fitting = (one for one in codebase.code.leaves if declared.settings in {one.path, one.selected})
    leaf = next(fitting, None)
    signals = codebase.signals(leaf, uses, environment)
    profile = profiles.chosen(options, declared.env_files, signals)
    if declared.profile != "auto" and options.profile == "auto":
        profile = declared.profile
    settings, more = image.facts_with(environment) if image else ((), ())
    return Deployment(
        declared.name,
        codebase.root,
        profile,
        codebase.modules(leaf),
        environment,
        options.env_dialect,
        settings,
        (*env_uses.observations(uses, codebase.tracked), *more),
        leaf.selected if leaf else declared.settings,
        tuple(use.path for use in env.all if use.path not in declared.env_files),
    )
