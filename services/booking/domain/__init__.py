"""The decisions of booking, pure: `rules` decides meals, `orders` orders, `rights` who leaves."""
