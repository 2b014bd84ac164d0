"""Figures for Prometheus. Labels are names from the code, never an id or a path."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "http_request_seconds", "Time to answer", ["operation", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6),
)  # fmt: skip
EVENTS_RECEIVED = Counter("events_received_total", "Events taken in", ["event", "outcome"])
EVENTS_SENT = Counter("events_sent_total", "Events confirmed by the broker", ["event"])
OUTBOX_AGE = Gauge("outbox_oldest_seconds", "Age of the oldest event not sent yet")
DEAD_LETTERS = Counter("dead_letters_total", "Messages that no retry could heal", ["event"])
BROKER_LIVES = Counter("broker_lives_total", "Connections made to the broker")
CANARY_AGE = Gauge("broker_silence_seconds", "Seconds since the queue last brought a message")
TIMER_RUNS = Counter("timer_runs_total", "Runs of a timer", ["timer", "outcome"])
