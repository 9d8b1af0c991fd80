"""What scikit-learn makes of a small set of points: stored in embedding.json, which embedding.test.ts compares with.

Run: python test/library/inspect/embedding-scikit-learn.py > test/library/inspect/embedding.json
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.metrics import pairwise_distances
from scipy.spatial.distance import squareform

rng = np.random.RandomState(7)
count, width, perplexity = 90, 8, 12.0
centres = rng.randn(5, width) * 1.5
points = np.round(centres[np.arange(count) % 5] + rng.randn(count, width) * 0.7, 4)
start = np.round(rng.randn(count, 2) * 1e-2, 6)

distances = pairwise_distances(points, metric="euclidean", squared=True).astype(np.float32)
joint = squareform(_joint_probabilities(distances, perplexity, 0))


def embedded(iterations):
    model = TSNE(perplexity=perplexity, method="exact", init=start.astype(np.float64), max_iter=iterations, learning_rate=50.0)
    return model.fit_transform(points), float(model.kl_divergence_)


final, divergence = embedded(1000)
pca = PCA(n_components=3, svd_solver="full").fit(points)
scattered = np.round(rng.randn(count, 2), 4)
json.dump({
    "scikitLearn": sklearn.__version__,
    "points": points.tolist(),
    "start": start.tolist(),
    "perplexity": perplexity,
    "joint": [np.round(row, 10).tolist() for row in joint[:6]],
    "divergence": divergence,
    "trustworthiness": {
        "tsne": trustworthiness(points, final, n_neighbors=7),
        "pca": trustworthiness(points, pca.transform(points)[:, :2], n_neighbors=7),
        "scattered": trustworthiness(points, scattered, n_neighbors=5),
    },
    "scattered": scattered.tolist(),
    "pca": {
        "components": np.round(pca.components_, 8).tolist(),
        "points": np.round(pca.transform(points), 8).tolist(),
        "explainedVarianceRatio": np.round(pca.explained_variance_ratio_, 8).tolist(),
        "mean": np.round(pca.mean_, 8).tolist(),
    },
}, sys.stdout)
