"""The service refuses to start in secaudit's words: every code it names is a rule."""

import re
from pathlib import Path

from secaudit.rules_table import RULES_TABLE

APP = Path(__file__).parents[2] / "template" / "app"


def test_every_code_the_service_names_is_a_rule() -> None:
    texts = [path.read_text("utf-8") for path in APP.glob("settings*.py")]
    named = {code for text in texts for code in re.findall(r'"([A-Z]+\d{3})"', text)}
    algorithms = {"HS256", "ES256"}
    assert len(named) > 15
    assert named - algorithms <= {row[0] for row in RULES_TABLE}
