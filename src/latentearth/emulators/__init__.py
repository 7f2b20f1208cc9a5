"""Emulators of seismic traces: from a source's position to a pressure trace, behind one interface.

The seven of Spurio Mancini et al. (2021) and the one of Das et al. (2018).
"""
