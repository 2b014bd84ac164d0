"""At the desk: a family’s file, and what an agent does for it by the family’s own rules."""
