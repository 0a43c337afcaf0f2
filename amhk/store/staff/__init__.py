"""Plans of absence, the channels by which terms reach people, and the rules of division."""
