"""The claim ledger: what the papers state and claim, beside what we measure."""
