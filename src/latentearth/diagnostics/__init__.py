"""Have samples mixed, do they cover the truth, what did they cost? Arrays in, numbers out."""
