"""Staff: who works here, who is away, who has piket, and where calls and referrals go."""
