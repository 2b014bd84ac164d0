-- Before each run: empty tables, free seats, and a checkpoint behind us.
truncate booking, ledger_tx, posting, outbox;
update service_day set booked = 0 where booked <> 0;
vacuum service_day;
vacuum account;
checkpoint;
