"""Compiled passes over memory that networks are made of, and who decides on bfloat16."""
