"""How a service runs. No canteen word in here: it changes when aiohttp or RabbitMQ does."""
