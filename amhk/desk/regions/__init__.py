"""Cases that go to another meldpunt, and those that come from one."""
