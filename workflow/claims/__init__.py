"""What each paper states (SETTINGS) and claims (FINDINGS); a module per paper, named by its key."""
