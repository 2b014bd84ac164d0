"""The whole portal on one bare machine: embedded servers, processes, mailbox."""
