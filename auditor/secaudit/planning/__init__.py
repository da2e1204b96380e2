"""Decides the deployments of a project: modules, process environment, profile of each."""

from secaudit.planning.deployment import Deployment
from secaudit.planning.plan import Plan, plan

__all__ = ["Deployment", "Plan", "plan"]
