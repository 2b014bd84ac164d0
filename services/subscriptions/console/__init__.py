"""The town hall's console: pages for agents, a file per screen, served under /console.

A front like the gateway: it stands on operations alone, its own service's too, and decides nothing.
`app.py` lists its screens, `town.py` its menu; a page extends `templates/console.html`.
"""
