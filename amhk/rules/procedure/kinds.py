"""The kinds of need and of effect that a procedure can name: what the engine knows how to do."""

NEED_KINDS = (
    "fact",
    "facts_any",
    "running",
    "not_running",
    "not_before",
    "notices_sent",
    "notices_gone",
    "not_withheld",
    "was_sent",
    "role",
    "finish",
    "filled",
)
EFFECTS = (
    "referral",
    "referral_accepted",
    "referral_refused",
    "referral_withdrawn",
    "help_started",
    "check",
    "finding",
    "contact",
    "counter",
    "calm",
    "join",
    "to_advies",
    "to_melding",
    "correct",
    "rvdk_answer",
    "rvdk_outcome",
)
