"""The parents' screens, a file per screen."""
