"""The kit that screens are made of: templates, stylesheet, small scripts, French writing.

Whoever shows pages (the gateway for parents, the console for town halls) makes one `Kit` at start
and adds folders of its own. No word of the trade stands in here.
"""

from chassis.ui.kit import Kit
from chassis.ui.pages import answer

__all__ = ["Kit", "answer"]
