"""What the emulators are called, by kind.

Letters are those of Figure 3 of Spurio Mancini et al. (2021).
"""

from __future__ import annotations

LABELS = {
    "direct": "NN direct (A)",
    "pca_nn": "PCA + NN (B)",
    "pca_gp": "PCA + GP (C)",
    "ae_nn": "AE + NN (D)",
    "ae_gp": "AE + GP (E)",
    "cvae": "CVAE (F)",
    "wgan_gp": "WGAN-GP (G)",
    "d18": "D18",
    "direct_smooth": "NN direct, smooth alignment",
    "d18_aligned": "D18, aligned traces",
}
