"""One conversation for every door at which people write: Zalo, Telegram, SMS, web chat. What is said is decided in machine.py."""
