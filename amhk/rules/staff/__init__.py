"""Who has piket, and to which team a call goes."""
