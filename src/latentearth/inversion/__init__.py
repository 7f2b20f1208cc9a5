"""Inverse problems put together from the other rooms: crosshole, downscaling, location."""
