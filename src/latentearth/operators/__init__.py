"""Forward operators: from models of the Earth to what instruments record."""
