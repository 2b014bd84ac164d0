"""docs/performance.md: what was measured, on what, and where the time goes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.bench.figures import BUSY, Measure, table
from deploy.bench.machine import shape
from deploy.bench.rounds import Size
from deploy.local.places import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
FINDINGS = "<!-- findings: written by hand, kept by `make bench` -->"

SUMMARY = """\
> **En bref.** `make bench` mesure le portail complet (passerelle, services, PostgreSQL avec
> fsync, RabbitMQ, courriels) à côté d'un étalon : la même commande de 40 repas en sept
> instructions SQL nues, par pgbench, dans la même grappe. Seuls les rapports voyagent d'une
> machine à l'autre. Au-delà de {busy:.0%} de la machine pris par d'autres, aucun verdict."""

METHOD = """\
## How it is measured

    make bench                              # everything, about {minutes} minutes
    make bench ARGS="--quick"               # one small round: does the bench itself work?
    make bench ARGS="--profile"             # besides: where the processes spend their time
    make bench ARGS="--write"               # besides: rewrite this page

The bench starts a PostgreSQL (fsync on) and a RabbitMQ of its own, and the whole stack, with the
demonstration's clock. {families:,} families, two children each, {canteens} canteens opened through
the product; 2,500 older orders stand in the tables. A checkout is a cart of 40 meals confirmed by
its form: CSRF, session, idempotency, rules, seats, outbox, logs, traces, metrics are all on.
Sixteen keep-alive connections of a client in its own process send it. Between two series the
orders are forgotten and the carts filled again; tables are vacuumed, and PostgreSQL has just made
a checkpoint, before the yardstick as well.

Rounds are interleaved: yardstick, gateway, straight to booking, gateway without relay, and again,
{rounds} times. Each ratio is taken within a round; the median counts. « others » is the share of
the machine's CPU that was busy for processes that are not ours."""


def page(
    measures: Sequence[Measure], profiles: Mapping[str, Sequence[str]], size: Size, findings: str
) -> str:
    """The whole page."""
    parts = [
        "# Performance",
        SUMMARY.format(busy=BUSY),
        METHOD.format(
            minutes=size.rounds * 2 + 4, families=size.families, canteens=size.canteens,
            rounds=size.rounds,
        ),
        f"## Measured on {datetime.now(UTC):%Y-%m-%d}\n\n{shape()}.\n\n{table(measures)}",
        *(
            f"### Where `{name}` spends its time\n\n```\n" + "\n".join(lines) + "\n```"
            for name, lines in profiles.items()
        ),
        f"{FINDINGS}\n\n{findings}".rstrip(),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def write(measures: Sequence[Measure], profiles: Mapping[str, Sequence[str]], size: Size) -> Path:
    """Write the page; what a person wrote at its end stays."""
    _, _, findings = PAGE.read_text().partition(FINDINGS) if PAGE.exists() else ("", "", "")
    PAGE.write_text(page(measures, profiles, size, findings.strip()))
    return PAGE
