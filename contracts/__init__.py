"""What services say to each other: operations, events, refusals, values. Pydantic only, no I/O.

One module per service, named after the service that owns it; `operation`, `event`, `refusal` and
`values` are the grammar they share.
"""
