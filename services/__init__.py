"""The five services. Each can be started; none imports another."""
