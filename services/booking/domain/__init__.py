"""The decisions of booking, pure: `rules` decides meals, `orders` decides orders."""
