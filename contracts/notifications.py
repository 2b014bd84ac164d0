"""What notifications tells: nothing yet. It reads the others' events and writes to families."""
