"""One object that makes pages: Jinja2 with everything escaped, the static files, the French."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from chassis.ui import french
from chassis.ui.static import Assets

HERE = Path(__file__).parent


class Kit:
    """Templates and static files of the kit and of the folders that a front adds.

    `facts` are known to every template: the site's name, its menu. Templates are compiled at
    start, so that a broken one stops the process rather than a page.
    """

    def __init__(self, folder: Path, prefix: str = "/static", **facts: Any):
        self.assets = Assets([HERE / "static", folder / "static"], prefix)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder / "templates", HERE / "templates"]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._templates.globals.update(facts, asset=self.assets.url, months=french.MONTHS)
        self._templates.filters.update(french.FILTERS)
        for name in self._templates.list_templates(extensions=["html"]):
            self._templates.get_template(name)

    def render(self, template: str, **content: Any) -> str:
        """The page as text."""
        return self._templates.get_template(template).render(content)

    def names(self) -> Sequence[str]:
        """The names of all templates."""
        return self._templates.list_templates(extensions=["html"])
